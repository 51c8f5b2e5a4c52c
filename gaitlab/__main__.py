"""``python -m gaitlab`` is the command ``gaitlab``."""

from gaitlab.cli import main

main()
