"""Whether legs could be told from each other by how they look: ``python -m benchmarks.left_right_appearance``.

Of every clip of `benchmarks.left_right` whose legs are known: the colour (CIELAB) of each shank and each foot, in every
frame in which they lie apart, with the right names. Each frame is then named by colour alone, by what the frames beside
it look like: those from 0.1 to 1 s away. Half of the frames come out wrong where the legs look alike, and only where
far fewer do than motion leaves (`benchmarks.left_right`) would colour add anything.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from benchmarks.left_right import Filmed, Tracks, exchanged, filmed, legs_px, passages, tracks_of
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.io.video.reader import open_video
from gaitlab.signal.preprocessing import filter_by_confidence, fix_left_right_swaps

_MIN_SCORE = 0.3
# Where each part of a leg is looked at, from its upper to its lower end.
_PARTS = (("knee", "ankle", np.linspace(0.2, 0.85, 6)), ("ankle", "big_toe", np.linspace(0.2, 0.8, 4)))
_BLUR = 0.015  # of the legs' length
_APART = 0.12  # of the legs' length, knees and ankles in the mean: nearer, one leg covers the other
_BESIDE_S = (0.1, 1.0)
_FEWEST = 6


def colours(clip: Filmed, pose: PoseSequence, number: np.ndarray) -> FloatArray:
    """Return (frame, leg, colour): the mean colour of each part of each leg, left and right, in CIELAB."""
    found = np.full((len(pose), len(SIDES), 3 * len(_PARTS)), np.nan)
    blur_px = max(_BLUR * legs_px(pose), 0.5)
    places = {int(one): i for i, one in enumerate(number)}
    with open_video(clip.video) as video:
        for i, image in ((places[n], frame.image) for n, frame in enumerate(video.frames()) if n in places):
            lab = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), blur_px), cv2.COLOR_BGR2LAB).astype(np.float64)
            last = np.array([lab.shape[1], lab.shape[0]]) - 1
            for leg, side in enumerate(SIDES):
                for part, (upper, lower, shares) in enumerate(_PARTS):
                    ends = [pose.point(f"{side}_{joint}")[i] for joint in (upper, lower)]
                    if np.isfinite(ends).all():
                        at = ends[0] + shares[:, None] * (ends[1] - ends[0])
                        x, y = np.clip(at.round().astype(int), 0, last).T
                        found[i, leg, 3 * part : 3 * part + 3] = lab[y, x].mean(axis=0)
    return found


def named_wrongly(colour: FloatArray, time_s: FloatArray, usable: np.ndarray) -> np.ndarray:
    """Return for each usable frame with enough others beside it whether its colours fit the other leg's better.

    Parameters
    ----------
    colour : FloatArray
        (frame, leg, colour), each leg by its right name.
    time_s : FloatArray
        (frame,) seconds.
    usable : np.ndarray
        (frame,) frames that are named, and that others are named by.
    """
    steps = np.diff(colour[usable], axis=0)
    noise = steps.std(axis=(0, 1)) / np.sqrt(2) + 1.0  # and the rounding of a colour
    wrong = []
    for i in np.flatnonzero(usable):
        away_s = np.abs(time_s - time_s[i])
        beside = usable & (away_s > _BESIDE_S[0]) & (away_s < _BESIDE_S[1])
        if beside.sum() >= _FEWEST:
            usual = colour[beside].mean(axis=0)
            kept, crossed = (np.abs((colour[i] - one) / noise).sum() for one in (usual, usual[::-1]))
            wrong.append(kept > crossed)
    return np.array(wrong, dtype=bool)


def lines(clip: Filmed, tracks: Tracks) -> Iterator[str]:
    """Yield a line on each passage in which enough is known."""
    for i, part in enumerate(passages(clip, tracks), 1):
        pose = fix_left_right_swaps(filter_by_confidence(part.pose, min_score=_MIN_SCORE))
        if not np.isfinite(legs_px(pose)):
            continue
        crossed = exchanged(clip, pose, part.number)
        gaps = [pose.point(f"left_{joint}") - pose.point(f"right_{joint}") for joint in ("knee", "ankle")]
        apart = np.linalg.norm(gaps, axis=2).mean(axis=0) / legs_px(pose)
        colour = colours(clip, pose, part.number)
        colour[crossed == 1] = colour[crossed == 1][:, ::-1]
        usable = np.isfinite(crossed) & (apart > _APART) & np.isfinite(colour).all(axis=(1, 2))
        wrong = named_wrongly(colour, pose.time_s, usable)
        if len(wrong) > _FEWEST:
            by_colour, by_motion = 100 * wrong.mean(), 100 * np.nanmean(crossed)
            yield (
                f"{clip.name} {i} ({clip.kind}): {len(wrong)} frames; "
                f"wrong by colour {by_colour:.1f} %, by motion {by_motion:.1f} %"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="runner")
    parser.add_argument("--films", type=Path, help="folder of the labelled films, as for benchmarks.left_right")
    options = parser.parse_args()
    for clip in filmed(options.films, []):
        tracks = tracks_of(clip, options.model, kept=False) if clip.kind != "-" else None
        if tracks is not None:
            print(*lines(clip, tracks), sep="\n", flush=True)


if __name__ == "__main__":
    main()
