"""The tool: ``python -m tools.synthetic demo`` or ``python -m tools.synthetic clip.mp4 --seed 3 --view side``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.synthetic.clips import DEMO, random_clip
from tools.synthetic.film import render

_DEMO_FOLDER = Path(__file__).resolve().parents[2] / "gaitlab" / "apps" / "demo_data"
_VIEWS = {"side": None, "left": "left", "right": "right", "rear": "behind", "front": "front"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="'demo' for both shipped clips, or the video to write; its truth lies beside it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--view", choices=_VIEWS, default="side")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--size", nargs=2, type=int, default=(480, 600), metavar=("WIDTH", "HEIGHT"))
    options = parser.parse_args()
    if options.target == "demo":
        _DEMO_FOLDER.mkdir(exist_ok=True)
        for name, clip in DEMO.items():
            render(clip, _DEMO_FOLDER / f"{name}.mp4", _DEMO_FOLDER / f"{name}_truth.npz", crf=24)
        return
    video = Path(options.target)
    width_px, height_px = options.size
    clip = random_clip(
        options.seed, seen_from=_VIEWS[options.view], duration_s=options.seconds, width_px=width_px, height_px=height_px
    )
    render(clip, video, video.with_suffix(".npz"))


if __name__ == "__main__":
    main()
