"""A rendered runner on a treadmill whose joint angles and foot contacts are known exactly.

    python -m tools.synthetic side.mp4 --seed 3 --view side

Needs ``pip install .[synthetic]`` (the open body model anny) and a C compiler. World coordinates everywhere: metres,
x forward in running direction, y up from the belt's surface, z to the runner's right.
"""
