"""Squats and jumps that people posted, against what an eye read in them before any detector was there.

    python -m benchmarks.movements_by_eye [--model NAME]

Prints, of every clip, how often the movement was read and how often it was found, and the frames of the deepest points,
or of take-offs and landings. The clips are not part of the project; the readings are `tests/data/movements`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import gaitlab
from benchmarks.movements import moments_of
from gaitlab.core.errors import GaitlabError

_ROOT = Path(__file__).resolve().parents[1]
_READINGS = _ROOT / "tests" / "data" / "movements" / "readings.json"
_CLIPS = _ROOT.parent / "shared" / "data" / "movements"
_OUT = _ROOT / "benchmarks" / "out" / "movements"
# Clip, what is asked for, from where it is seen, and the moments of a repetition that are compared. A jack is two hops,
# too low for `jump`; as any movement it comes back every 41 frames.
_ASKED = (
    ("squat_gym", "squat", "side", ("bottom",)),
    ("squat_front", "squat", "front", ("bottom",)),
    ("sit_to_stand", "sit-to-stand", "side", ("stand",)),
    ("jumping_jack", "any", "front", ("start", "end")),
    ("jumping_jack", "jump", "front", ("take_off", "landing")),
)


def read_frames(clip: dict[str, Any], movement: str, moments: tuple[str, ...]) -> list[str]:
    """Return what was read of a clip, a text a person: of every repetition the frames of its moments."""
    if movement == "any":
        return [
            f"{who}: {person['jacks_begun']} begun, one every {person['period_frames']} frames"
            for who, person in clip["people"].items()
        ]
    if "people" in clip:
        return [
            f"{who}: " + " ".join("-".join(str(hop[moment]) for moment in moments) for hop in person["hops"])
            for who, person in clip["people"].items()
        ]
    return [" ".join(str(one["deepest"]) for one in clip["repetitions"])]


def found_frames(folder: Path, moments: tuple[str, ...], fps: float) -> list[str]:
    """Return of every accepted repetition of a session the frames of its moments."""
    return [
        "-".join(f"{times[moment] * fps:.1f}" if moment in times else "?" for moment in moments)
        for times in moments_of(folder / "repetitions.csv").values()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="auto")
    options = parser.parse_args()
    clips = json.loads(_READINGS.read_text(encoding="utf-8"))["clips"]
    for name, movement, view, moments in _ASKED:
        clip, video = clips[name], _CLIPS / f"{name}.mp4"
        if not video.is_file():
            print(f"{name}: '{video}' is not there")
            continue
        print(f"{name}, {movement}, {view}: {clip['shows']}")
        for line in read_frames(clip, movement, moments):
            print(f"  read:  {line}")
        try:
            gaitlab.analyze(
                video, movement=movement, view=view, model=options.model, settings={"video.annotate": False},
                output=_OUT / "session", force=True,
            )  # fmt: skip
        except GaitlabError as error:
            print(f"  found: {error}")
            continue
        found = found_frames(_OUT / "session", moments, clip["fps"])
        print(f"  found: {' '.join(found) or 'none'} ({len(found)})")


if __name__ == "__main__":
    main()
