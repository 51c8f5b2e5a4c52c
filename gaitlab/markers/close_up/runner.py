"""A runner of dots alone: close-ups of the lower legs from behind, from pictures to keypoints, without a network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.markers.close_up.columns import Column, best_columns, without_room
from gaitlab.markers.close_up.follow import Stand, follow, seen_together, sides_of, tracks
from gaitlab.markers.dots import Dots, jumps_px
from gaitlab.markers.jitter import add_jitter_sd
from gaitlab.markers.layout import DOTS
from gaitlab.markers.spots import Spots, find_spots

DOTS_ALONE = "dots alone"
# Lengths of the shank tried, in heights of the picture: dots of 0.4 to 2.9 % of the height.
_SHANKS = (0.25, 0.45, 0.80)
# Length of the shank to which larger pictures are reduced, px: dots of 4 to 9 px radius; and the least reduction.
_SHANK_PX, _HARDLY_SMALLER = 240.0, 0.8
# Pictures looked at for the size of the dots, and least share of them that shows a column.
_LOOKED_AT, _LEAST_SHOWN = 40, 0.25
# A second column counts if it comes so often beside the first.
_SECOND = 0.5
# Least share of stands that clearly are one leg's.
_CLEAR = 0.7
# Least share of neighbouring stands of which some picture shows both.
_TOGETHER = 0.3
# Least share of the frames of a stand in which a dot is seen.
_SEEN_ENOUGH = 0.6
_PAIRS = (("calf_top", "calf_bottom"), ("heel_top", "heel"))
_PICTURE_KINDS = "from behind, from mid-calf to the belt, two dots on each calf and two on each heel counter"


class CloseUp:
    """Looks for the dots in close-ups, picture by picture with `see`.

    Parameters
    ----------
    pictures : Iterable[Image]
        some pictures spread over the film, (height, width, 3) BGR each, which tell the size of the dots.
    path : object
        the film, for messages.
    moves : bool, optional
        whether the legs move, so that what lies still is part of the room.

    Raises
    ------
    InputError
        if they show no columns of dots.
    """

    def __init__(self, pictures: Iterable[Image], path: object, *, moves: bool = True) -> None:
        shown = list(pictures)[:_LOOKED_AT]
        self._path, self._moves = path, moves
        best: Column | None = None
        for share in _SHANKS:
            spots = [_spots(image, share) for image in shown]
            columns = best_columns(without_room(spots) if moves else spots, picture_height_px=_height(shown))
            # Dots stand out most where they are looked for in their own size.
            if columns and (best is None or _clear(columns[0]) > _clear(best)):
                best, self._share = columns[0], share
        if best is None or best.pictures < _LEAST_SHOWN * len(shown):
            raise InputError(self._no_dots())
        self._height_px = _height(shown)
        self.seen: list[Spots] = []

    def see(self, image: Image) -> None:
        """Process the next picture, (height, width, 3) BGR."""
        self.seen.append(_spots(image, self._share))

    def followed(self, time_s: FloatArray) -> Dots:
        """Return the dots of both legs in all pictures.

        Parameters
        ----------
        time_s : FloatArray
            (frame,) times of the pictures, s.

        Raises
        ------
        InputError
            if they are not found on both legs, or the legs cannot be told apart.
        """
        spots = without_room(self.seen) if self._moves else self.seen
        columns = best_columns(spots, picture_height_px=self._height_px)
        if not columns:
            raise InputError(self._no_dots())
        kept = [column for column in columns if column.score >= _SECOND * columns[0].score]
        stands = follow(spots, kept, time_s)
        sides, clear = sides_of(stands, spots, time_s)
        missing = [side for side in BOTH_SIDES if side not in sides]
        if missing or seen_together(stands) < _TOGETHER:
            raise InputError(
                f"in '{self._path}' dots are seen on one leg only; expected both lower legs {_PICTURE_KINDS}: film "
                "again, or name a part that shows both with "
                f"{argument('start_s')} and {argument('end_s')}"
            )
        if clear < _CLEAR:
            raise InputError(
                f"in '{self._path}' the left and the right leg cannot be told apart by where their dots are "
                f"({100 * clear:.0f} % of their steps are clearly of one leg, expected {100 * _CLEAR:.0f} % or more); "
                "expected both lower legs beside each other, seen from straight behind"
            )
        xy, sd_px = tracks(stands, sides, spots)
        seen = {
            f"{side}_{dot}": _share_seen(xy[f"{side}_{dot}"], stands, sides, side)
            for side in BOTH_SIDES
            for dot in DOTS
        }
        worst = min(seen, key=lambda name: seen[name])
        if seen[worst] < _SEEN_ENOUGH:
            raise InputError(
                f"the dot at the {worst.replace('_', ' ')} is seen in {100 * seen[worst]:.0f} % of the pictures of the "
                f"standing leg, expected {100 * _SEEN_ENOUGH:.0f} % or more: is it of another colour than what it "
                "sticks on, and not hidden?"
            )
        for side in BOTH_SIDES:
            calm = _standing(stands, sides, side, len(spots))
            for pair in _PAIRS:
                upper, lower = (f"{side}_{dot}" for dot in pair)
                # The line between both is what is measured, and the leg moves both alike.
                jumps = jumps_px(xy[upper] - xy[lower], calm) / math.sqrt(2)
                sd_px |= {name: add_jitter_sd(sd_px[name], jumps) for name in (upper, lower)}
        return Dots(_pose(xy, seen, time_s, stands=len(stands)), sd_px, seen, {})

    def _no_dots(self) -> str:
        return (
            f"no person and no tape dots of two lower legs were found in '{self._path}'; expected a runner seen whole "
            f"from behind, or a close-up {_PICTURE_KINDS}, all dots of one colour that stands out"
        )


def _height(pictures: Sequence[Image]) -> int:
    return int(pictures[0].shape[0]) if len(pictures) else 1


def _spots(image: Image, share: float) -> Spots:
    """Return the spots of a picture for a shank of a share of its height, found on a smaller one if they are large."""
    height, width = image.shape[:2]
    smaller = min(1.0, _SHANK_PX / (share * height))
    if smaller > _HARDLY_SMALLER:
        return find_spots(image, (0, 0, width, height), shank_px=share * height)
    small: Any = cv2.resize(image, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
    down, across = height / small.shape[0], width / small.shape[1]
    found = find_spots(small, (0, 0, small.shape[1], small.shape[0]), shank_px=share * small.shape[0])
    return replace(found, xy=(found.xy + 0.5) * [across, down] - 0.5, sd_px=found.sd_px * down)


def _standing(stands: Sequence[Stand], sides: Sequence[Side], side: Side, frames: int) -> np.ndarray:
    """Return (frame,) whether a leg stands, with its dots in a column."""
    down = np.zeros(frames, bool)
    for stand, whose in zip(stands, sides, strict=True):
        if whose == side:
            down[stand.core[0] : stand.core[1] + 1] = True
    return down


def _share_seen(xy: FloatArray, stands: Sequence[Stand], sides: Sequence[Side], side: Side) -> float:
    return float(np.isfinite(xy[_standing(stands, sides, side, len(xy)), 0]).mean())


def _pose(xy: Mapping[str, FloatArray], seen: Mapping[str, float], time_s: FloatArray, *, stands: int) -> PoseSequence:
    """Return the dots as the only keypoints of a runner."""
    points = np.stack(list(xy.values()), axis=1)
    step = Step(
        "dots", {"found_by": "auto", "body": False},
        {"share_seen_in_stance": {name: round(share, 4) for name, share in seen.items()}, "stands": stands},
    )  # fmt: skip
    return PoseSequence(
        points, np.isfinite(points[..., 0]).astype(np.float64), time_s, Skeleton("dots", tuple(xy)), (step,)
    )


def _clear(column: Column) -> float:
    return column.score * column.contrast
