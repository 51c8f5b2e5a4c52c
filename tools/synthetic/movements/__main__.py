"""The tool: ``python -m tools.synthetic.movements squat.mp4 squat --view front --seed 3``; the truth lies beside it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from tools.synthetic.movements.film import Take, render
from tools.synthetic.movements.make import KINDS
from tools.synthetic.movements.points import View


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--view", choices=get_args(View), default="side")
    parser.add_argument("--fps", type=float, default=60.0)
    parser.add_argument("--size", nargs=2, type=int, default=(720, 1280), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--oversample", type=int, default=1, help="pictures are drawn so many times larger and averaged"
    )
    options = parser.parse_args()
    width_px, height_px = options.size
    take = Take(
        options.kind, options.view, options.fps, width_px, height_px, options.seed, oversample=options.oversample
    )
    render(take, options.video)


if __name__ == "__main__":
    main()
