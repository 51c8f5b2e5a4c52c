"""Tracking of tape dots in a single pass over a video.

Candidate spots are collected from each frame as the runner is followed, and assigned to dots at the end, when the legs
are known in all frames. A dot that was occluded is then recovered by its position on the leg.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.markers.clicks import Clicks
from gaitlab.markers.jitter import add_jitter_sd
from gaitlab.markers.layout import DOTS, LOWEST_SCORE, Dot, Layout, best_layout, find_layout
from gaitlab.markers.legs import LegFrame, ShanksSeen, leg_frame
from gaitlab.markers.spots import NO_SPOTS, Spots, find_spots
from gaitlab.markers.tracks import follow_dots
from gaitlab.signal.preprocessing import fix_left_right_swaps

# Margins of the search region in shank lengths: sideways, above the knees, below the ankles.
_SIDE, _ABOVE, _BELOW = 0.35, 0.10, 0.60
# Largest distance of a spot from a click, in shank lengths and in px; the larger one applies.
_CLICK_SHANKS, _CLICK_PX = 0.06, 4.0
# Minimum share of stance frames in which a dot is detected.
_SEEN_ENOUGH = 0.6
# All dots are of one tape: one that stands out so much less than the others (median) is something else, or cannot be
# told from what it sticks on.
_CLEAR_ENOUGH = 0.45
# So many pictures of each leg standing tell early whether there are any dots: with less than this share of what makes
# dots of spots there are none (twelve rendered runners, from half a second on: 0.9 to 1.1 with dots, 0.4 at most
# without). Somebody whose legs hardly ever swing is not the runner, or stands before running.
_FEW_PICTURES, _HOPELESS, _STANDS = 20, 0.5, 0.9
NO_DOTS = (
    "no tape dots were found; expected two on each calf and two on each heel counter, all of one colour that stands "
    f"out: show where they are with `gaitlab dots VIDEO`, or leave {argument('dots')} out"
)


class DotCollector:
    """Collects candidate spots around both lower legs, frame by frame with `see`."""

    def __init__(self, skeleton: Skeleton) -> None:
        self._shanks = ShanksSeen(skeleton, "dots are looked for round")
        self._box: tuple[float, float, float, float] | None = None
        self.seen: list[Spots] = []

    def see(self, image: Image, xy: FloatArray | None) -> None:
        """Process the next frame and the (keypoint, 2) px of the runner; None if no person was detected."""
        if (joints := self._shanks.joints(xy)) is not None:
            shank = self._shanks.shank_px
            low, high = joints.min(axis=0), joints.max(axis=0)
            self._box = (
                float(low[0] - _SIDE * shank), float(low[1] - _ABOVE * shank),
                float(high[0] + _SIDE * shank), float(high[1] + _BELOW * shank),
            )  # fmt: skip
        if self._box is None:
            self.seen.append(NO_SPOTS)
        else:
            self.seen.append(find_spots(image, self._box, shank_px=self._shanks.shank_px))

    def miss(self) -> None:
        """Record a missing frame."""
        self.seen.append(NO_SPOTS)


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """Tracked dots of a recording.

    Attributes
    ----------
    pose : PoseSequence
        keypoints including the dots, px, with left-right swaps corrected.
    sd_px : Mapping[str, FloatArray]
        name (``left_heel``) to (frame,) standard deviation of its position, px; NaN where not detected.
    seen : Mapping[str, float]
        name to the share of stance frames in which it is detected, 0 to 1.
    layout : Layout
        position on the legs and appearance of the dots, reusable for another recording of the same runner.
    """

    pose: PoseSequence
    sd_px: Mapping[str, FloatArray]
    seen: Mapping[str, float]
    layout: Layout


def track_dots(
    raw: PoseSequence, spots: list[Spots], *, clicks: Clicks | None = None, layout: Layout | None = None
) -> Dots:
    """Assign candidate spots to dots and add the dots to the keypoints.

    Parameters
    ----------
    raw : PoseSequence
        keypoints including knees and ankles, px; one frame per entry of ``spots``, with the times of the video.
    clicks : Clicks | None, optional
        positions of the dots in one frame.
    layout : Layout | None, optional
        layout from another recording; without clicks or layout, dots are found by colour and arrangement.

    Returns
    -------
    Dots
        keypoints with the dots.

    Raises
    ------
    InputError
        if no dots are found, or a dot is detected too rarely.
    """
    pose = fix_left_right_swaps(raw)
    legs: dict[Side, LegFrame] = {side: leg_frame(pose, side) for side in BOTH_SIDES}
    told = layout is not None or clicks is not None
    for side, leg in legs.items():
        if not np.isfinite(leg.shank_px) or not leg.upright.any():
            raise InputError(f"the {side} lower leg was never seen from knee to ankle, so no dots can be told on it")
    if layout is None:
        layout = find_layout(spots, legs) if clicks is None else _clicked(clicks, spots, legs, pose.time_s)
    if layout is None:
        raise InputError(NO_DOTS)
    xy, sd_px = follow_dots(spots, legs, layout, pose.time_s)
    seen = {
        f"{side}_{dot}": float(np.isfinite(xy[f"{side}_{dot}"][legs[side].upright, 0]).mean())
        for side in BOTH_SIDES
        for dot in DOTS
    }
    _check_seen(layout, seen, told=told)
    sd_px = {
        f"{side}_{dot}": add_jitter_sd(sd_px[f"{side}_{dot}"], jumps_px(xy[f"{side}_{dot}"], leg.upright))
        for side, leg in legs.items()
        for dot in DOTS
    }
    return Dots(_with_points(pose, xy, seen, how="auto" if clicks is None else "clicks"), sd_px, seen, layout)


def dots_possible(raw: PoseSequence, spots: Sequence[Spots]) -> bool | None:
    """Return early in a recording whether dots may be present; None if too few stance frames were seen.

    Parameters
    ----------
    raw : PoseSequence
        keypoints including knees and ankles, px; one frame per entry of ``spots``.
    """
    pose = fix_left_right_swaps(raw)
    legs: dict[Side, LegFrame] = {side: leg_frame(pose, side) for side in BOTH_SIDES}
    if any(leg.upright.sum() < _FEW_PICTURES or leg.upright.mean() > _STANDS for leg in legs.values()):
        return None
    return best_layout(list(spots), legs)[0] >= _HOPELESS * LOWEST_SCORE


def _check_seen(layout: Layout, seen: Mapping[str, float], *, told: bool) -> None:
    """Raise InputError if a dot is detected too rarely or, unless given by the user, has too little contrast."""
    help_ = (
        "is it of another colour than what it sticks on, and not hidden? Show where the dots are with `gaitlab dots "
        f"VIDEO`, or leave {argument('dots')} out"
    )
    name = min(seen, key=lambda key: seen[key])
    if seen[name] < _SEEN_ENOUGH:
        raise InputError(
            f"the dot at the {name.replace('_', ' ')} is seen in {100 * seen[name]:.0f} % of the pictures of the "
            f"standing leg, expected {100 * _SEEN_ENOUGH:.0f} % or more: {help_}"
        )
    clear = {f"{side}_{dot}": layout[side][dot].contrast for side in layout for dot in DOTS}
    name = min(clear, key=lambda key: clear[key])
    share = clear[name] / float(np.median(list(clear.values())))
    if not told and share < _CLEAR_ENOUGH:
        raise InputError(
            f"what may be the dot at the {name.replace('_', ' ')} stands out {100 * share:.0f} % as much as the other "
            f"dots, expected {100 * _CLEAR_ENOUGH:.0f} % or more: {help_}"
        )


def _clicked(clicks: Clicks, spots: list[Spots], legs: dict[Side, LegFrame], time_s: FloatArray) -> Layout:
    """Return the layout of the dots from the spots nearest to the clicks."""
    frame = int(np.argmin(np.abs(time_s - clicks.time_s)))
    if abs(time_s[frame] - clicks.time_s) > 1.5 * float(np.median(np.diff(time_s))):
        raise InputError(
            f"the dots were clicked at {clicks.time_s:.2f} s, but the part that is analysed runs from {time_s[0]:.2f} "
            f"to {time_s[-1]:.2f} s; widen {argument('start_s')} and {argument('end_s')}, or click on a frame of it"
        )
    layout: Layout = {}
    for side, leg in legs.items():
        if not np.isfinite(leg.knee[frame]).all() or not np.isfinite(leg.ankle[frame]).all():
            raise InputError(
                f"the {side} lower leg is not seen in the clicked frame ({clicks.time_s:.2f} s); click on another"
            )
        layout[side] = {}
        for dot in DOTS:
            at = np.array(clicks.points[side][dot])
            found = spots[frame]
            away = np.linalg.norm(found.xy - at, axis=1) if len(found) else np.array([np.inf])
            nearest = int(np.argmin(away))
            if away[nearest] > max(_CLICK_SHANKS * leg.shank_px, _CLICK_PX):
                raise InputError(
                    f"nothing like a dot is near the click at the {side} {dot.replace('_', ' ')} ({at[0]:.0f}, "
                    f"{at[1]:.0f}, {clicks.time_s:.2f} s); click on its middle, in a frame that shows it clearly"
                )
            layout[side][dot] = Dot(
                leg.local(frame, found.xy[nearest][None])[0], found.colour[nearest], found.beside[nearest],
                float(found.contrast[nearest]),
            )  # fmt: skip
    return layout


def jumps_px(xy: FloatArray, calm: np.ndarray) -> FloatArray:
    """Return (jump, 2) px samples of the frame-to-frame jitter of a dot.

    Third differences suppress the slow motion of the stance leg and amplify white noise by the square root of 20
    (1 + 9 + 9 + 1), by which they are divided.

    Parameters
    ----------
    xy : FloatArray
        (frame, 2) px.
    calm : np.ndarray
        (frame,) True in stance.
    """
    jumps = np.diff(xy, n=3, axis=0)[np.lib.stride_tricks.sliding_window_view(calm, 4).all(axis=1)]
    whole: FloatArray = jumps[np.isfinite(jumps).all(axis=1)] / math.sqrt(20)
    return whole


def _with_points(
    pose: PoseSequence, points: Mapping[str, FloatArray], seen: Mapping[str, float], *, how: str
) -> PoseSequence:
    """Return the keypoints with the dots added, replacing keypoints of the same name."""
    others = [i for i, name in enumerate(pose.skeleton.names) if name not in points]
    names = (*(pose.skeleton.names[i] for i in others), *points)
    xy = np.concatenate([pose.xy[:, others], np.stack(list(points.values()), axis=1)], axis=1)
    found = np.stack([np.isfinite(point[:, 0]) for point in points.values()], axis=1).astype(np.float64)
    counts: dict[str, Any] = {"share_seen_in_stance": {name: round(share, 4) for name, share in seen.items()}}
    return pose.after(
        Step("dots", {"found_by": how}, counts), xy=xy,
        score=np.concatenate([pose.score[:, others], found], axis=1), skeleton=Skeleton("with_dots", names),
    )  # fmt: skip
