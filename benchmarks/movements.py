"""Jumps, squats, chair and cycling against exact truth: rendered clips through ``gaitlab analyze --movement``.

``python -m benchmarks.movements`` renders each clip of `CLIPS` once (needs ``.[synthetic]``), analyses it as a user
would, and prints how far the session's files are from the truth beside what is asked for. ``--only TEXT`` takes the clips
whose name has it, ``--render`` only renders. Everything lies in ``benchmarks/out/movements``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.synthetic.movements.film import Take, render

OUT = Path(__file__).resolve().parent / "out" / "movements"
# The pictures that phones make: upright and across, 30 to 240 a second, and sizes that divide by nothing.
CLIPS: dict[str, Take] = {
    "cmj-side-720p60": Take("countermovement_jump", "side", 60, 1280, 720, 1),
    "cmj-side-720p30": Take("countermovement_jump", "side", 30, 1280, 720, 2),
    "cmj-front-upright60": Take("countermovement_jump", "front", 60, 1080, 1920, 3, {"knee_in_deg": 8.0}),
    "sj-side-upright30": Take("squat_jump", "side", 30, 1080, 1920, 4),
    "sj-side-odd60": Take("squat_jump", "side", 60, 607, 1081, 5),
    "dj-side-720p60": Take("drop_jump", "side", 60, 1280, 720, 6),
    "dj-side-480p240": Take("drop_jump", "side", 240, 854, 480, 7),
    "dj-front-720p60": Take("drop_jump", "front", 60, 720, 1280, 8, {"knee_in_deg": 10.0}),
    "squat-side-720p60": Take("squat", "side", 60, 1280, 720, 9),
    "squat-heels-odd60": Take("squat", "side", 60, 607, 1081, 10, {"heel_deg": 14.0}),
    "squat-front-upright30": Take("squat", "front", 30, 1080, 1920, 11),
    "chair-side-720p60": Take("sit_to_stand", "side", 60, 1280, 720, 12),
    "chair-side-upright30": Take("sit_to_stand", "side", 30, 1080, 1920, 13),
    "cycling-side-720p60": Take("cycling", "side", 60, 1280, 720, 14),
    "cycling-side-480p120": Take("cycling", "side", 120, 854, 480, 15),
    "arms-front-720p30": Take("arm_raise", "front", 30, 720, 1280, 16, {"sideways": True}),
    "lunge-side-720p60": Take("lunge", "side", 60, 1280, 720, 17),
}  # fmt: skip


def clip_of(name: str) -> Path:
    """Return the video of a clip, its truth beside it, rendered if it is not there yet."""
    video = OUT / f"{name}.mp4"
    if not video.with_suffix(".npz").is_file():
        OUT.mkdir(parents=True, exist_ok=True)
        render(CLIPS[name], video)
    return video


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--render", action="store_true")
    options = parser.parse_args()
    for name in CLIPS:
        if options.only in name:
            clip_of(name)


if __name__ == "__main__":
    main()
