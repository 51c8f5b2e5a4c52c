"""Rendered clips of movements: which there are, and each rendered once into ``benchmarks/out/movements``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tools.synthetic.movements.film import Take

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
# Five people a movement, across and upright in turn, for how far a network errs from one person to the next.
_MADE_BY_PEOPLE: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "jump": (
        ("countermovement_jump", {}), ("squat_jump", {}), ("drop_jump", {}), ("countermovement_jump", {}),
        ("drop_jump", {}), ("squat_jump", {}),
    ),
    "squat": (("squat", {}),) * 5,
    "sit-to-stand": (("sit_to_stand", {}),) * 5,
    "cycling": (("cycling", {"duration_s": 7.0}),) * 5,
}  # fmt: skip
_ACROSS, _UPRIGHT = (1280, 720), (720, 1280)
PEOPLE: dict[str, dict[str, Take]] = {
    movement: {
        f"{movement}-of-{number}": Take(
            kind, "side", 60, *(_UPRIGHT if number % 2 else _ACROSS), 100 + number, {"person": number % 5, **settings}
        )
        for number, (kind, settings) in enumerate(made)
    }
    for movement, made in _MADE_BY_PEOPLE.items()
}


def clip_of(name: str, take: Take) -> tuple[Path, dict[str, np.ndarray]]:
    """Return the video of a clip and its truth, rendered if they are not there yet."""
    from tools.synthetic.movements.film import render

    video = OUT / f"{name}.mp4"
    if not video.with_suffix(".npz").is_file():
        OUT.mkdir(parents=True, exist_ok=True)
        render(take, video)
    with np.load(video.with_suffix(".npz")) as data:
        return video, dict(data)
