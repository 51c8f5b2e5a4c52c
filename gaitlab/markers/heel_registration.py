"""Heel counters without tape: one picture of each heel is put together from the clip, and every frame is laid on it.

The heel counter is a few pixels high and the toes beside it show no border to it, so its two edges in one frame say
little. A runner's heel looks alike in all stances, though: the median of all pictures of it shows it clearly,
and how far a frame is turned against that median follows from the whole patch (`laying`). Where the other foot hides
the heel, or where the patch tells too little, there is no line. The shank's line is that from ankle to knee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Side, other
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.markers.jitter import add_jitter_sd
from gaitlab.markers.legs import LegFrame, ShanksSeen, leg_frame
from gaitlab.markers.patches import FAINTEST, FEWEST, SHOWN_ENOUGH, Patch, Picture, register_to_median
from gaitlab.signal.preprocessing import fix_left_right_swaps
from gaitlab.signal.smoothing import savitzky_golay

# Lengths below are shares of the shank. Pictures reach so far round the ankle, and are made smaller than this shank.
_REACH, _LARGEST_SHANK_PX = 0.50, 160.0
# Pictures are kept until the end, about 50 kB a frame: of a long recording only the beginning counts.
_MOST_FRAMES = 3600
# An ankle this far above the other one belongs to a foot in the air.
_LIFTED = 0.30
# The patch of the heel: its middle below the ankle, half its width, half its height; how far a heel may lie from where
# the ankle lets expect it.
_BELOW_ANKLE, _HALF_WIDTH, _HALF_HEIGHT, _ASTRAY = 0.10, 0.14, 0.11, 0.18
# What the other leg hides: half the width of its foot and of its shank, and how long the foot looks where no toes are
# known.
_FOOT_HIDES, _SHANK_HIDES, _FOOT_LONG = 0.14, 0.12, 0.60
# While the heel is down the belt carries it down the picture; when it lifts, the ankle rises faster: shanks/s.
_RISING_PER_S = 0.15
# The heel's own line on the median: half its length, and the steepest an edge may be from row to row.
_HALF_LINE = 0.05
_EDGE_PENALTY = 0.15
# Standard deviation of the mean tilt of heels in stance about the picture's vertical.
_UPRIGHT_SD_DEG = 6.0
# How far the mid-line of what looks like the heel was off on four rendered clips, whatever its own residual: toes stand
# out beside it.
_ASKEW_DEG = 5.0
# Neighbouring pixels share their errors, and a foot that pitches looks turned: on four rendered clips lines were this
# much worse than single pixels promise.
_ERRORS_SHARED, _FLOOR_DEG = 3.0, 1.5
_FITS_ENOUGH, _SURE_ENOUGH_DEG, _MOST_TURN_DEG = 0.55, 4.0, 25.0
# A heel seen in a smaller share of its pictures has too few to be told from what hides it.
_USABLE_ENOUGH = 0.30
# Both heels must be seen in this share, so that both feet are measured in one and the same way.
_BOTH_USABLE = 0.50
_CUTOFF_HZ = 12.0
_LINES = {
    "heel_line_low": "heel", "heel_line_high": "heel_top", "shank_line_low": "calf_bottom",
    "shank_line_high": "calf_top",
}  # fmt: skip


class EdgeCollector:
    """Gathers small pictures of the feet that are low; `see` takes the next frame."""

    def __init__(self, skeleton: Skeleton) -> None:
        self._shanks = ShanksSeen(skeleton, "heels are looked for below")
        self.seen: list[tuple[Picture, ...]] = []

    def see(self, image: Image, xy: FloatArray | None) -> None:
        """Take the next frame and its body's (keypoint, 2) px, None where nobody was found."""
        if len(self.seen) >= _MOST_FRAMES or (joints := self._shanks.joints(xy)) is None:
            self.miss()
            return
        shank_px = self._shanks.shank_px
        ankles = joints[[1, 3]]
        low = ankles[:, 1] > ankles[::-1, 1] - _LIFTED * shank_px
        self.seen.append(tuple(_cut(image, ankle, shank_px) for ankle in ankles[low]))

    def miss(self) -> None:
        """Take a frame that is not there."""
        self.seen.append(())


def _cut(image: Image, middle: FloatArray, shank_px: float) -> Picture:
    """Return what lies round a place, its border repeated where the frame ends."""
    reach = round(_REACH * shank_px)
    x, y = (round(float(v)) for v in middle)
    rows = np.clip(np.arange(y - reach, y + reach + 1), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(x - reach, x + reach + 1), 0, image.shape[1] - 1)
    patch: Any = np.ascontiguousarray(image[rows[:, None], columns])
    scale = min(1.0, _LARGEST_SHANK_PX / max(shank_px, 1.0))
    if scale < 1:
        size = max(1, round(scale * len(rows)))
        scale = size / len(rows)
        patch = cv2.resize(patch, (size, size), interpolation=cv2.INTER_AREA)
    return Picture(patch, np.array([x - reach, y - reach], np.float64), scale)


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Mid-lines of heels and shanks.

    Attributes
    ----------
    points : Mapping[str, FloatArray]
        ``{left,right}_{heel,heel_top,calf_bottom,calf_top}`` to (frame, 2) px; NaN where the heel's line may not be
        used. Only directions mean something: the points lie on the lines, not on landmarks.
    sd_deg : Mapping[Side, FloatArray]
        side to (frame,) standard deviation of the heel's turn against the other frames, NaN where not known.
    line_sd_deg : Mapping[Side, float]
        side to that of the line on the median picture, the same for all frames: an unknown zero. The edges often give
        it poorly, toes beside the heel looking like the heel: use differences, not the angle itself.
    usable : Mapping[Side, float]
        side to the share of the pictures of the standing foot whose line may be used.
    """

    points: Mapping[str, FloatArray]
    sd_deg: Mapping[Side, FloatArray]
    line_sd_deg: Mapping[Side, float]
    usable: Mapping[Side, float]


def mid_lines(raw: PoseSequence, pictures: Sequence[tuple[Picture, ...]]) -> Edges:
    """Find the lines of both heels and shanks in every frame.

    Parameters
    ----------
    raw : PoseSequence
        keypoints with knees and ankles, as the collector saw them; times are those of the video.
    pictures : Sequence[tuple[Picture, ...]]
        of the collector, one entry a frame.

    Raises
    ------
    InputError
        as many pictures as frames were expected.
    """
    if len(pictures) != len(raw):
        raise InputError(f"pictures of {len(raw)} frames were expected, one entry a frame, got {len(pictures)}")
    pose = fix_left_right_swaps(raw)
    legs: dict[Side, LegFrame] = {side: leg_frame(pose, side) for side in BOTH_SIDES}
    points: dict[str, FloatArray] = {}
    sd_deg: dict[Side, FloatArray] = {}
    line_sd_deg: dict[Side, float] = {}
    usable: dict[Side, float] = {}
    for side, leg in legs.items():
        heel = _heel(pose, leg, side, pictures)
        sd_deg[side], line_sd_deg[side], usable[side] = heel.sd_deg, heel.line_sd_deg, heel.usable
        shown = np.isfinite(heel.sd_deg)[:, None]
        # Picture coordinates: y grows downwards, so the top of a line turned clockwise lies to the right.
        half = _HALF_LINE * leg.shank_px * np.stack([np.sin(heel.turn), -np.cos(heel.turn)], axis=1)
        for name, at in (
            ("heel", heel.middle - half), ("heel_top", heel.middle + half),
            ("calf_bottom", leg.knee + 0.72 * (leg.ankle - leg.knee)),
            ("calf_top", leg.knee + 0.34 * (leg.ankle - leg.knee)),
        ):  # fmt: skip
            points[f"{side}_{name}"] = np.where(shown, at, np.nan)
    return Edges(points, sd_deg, line_sd_deg, usable)


def with_heel_lines(raw: PoseSequence, pictures: Sequence[tuple[Picture, ...]]) -> PoseSequence:
    """Return the keypoints with the lines of heels and shanks among them, or as they are where a heel is not clear.

    The points are ``{left,right}_{heel,shank}_line_{low,high}``, NaN in swing and wherever a line may not be used.

    Parameters
    ----------
    raw : PoseSequence
        keypoints with knees and ankles, as the collector saw them.
    pictures : Sequence[tuple[Picture, ...]]
        of the collector, one entry a frame.
    """
    edges = mid_lines(raw, pictures)
    if min(edges.usable.values()) < _BOTH_USABLE:
        return raw
    points = {f"{side}_{line}": edges.points[f"{side}_{name}"] for side in BOTH_SIDES for line, name in _LINES.items()}
    score = np.stack([np.isfinite(point[:, 0]) for point in points.values()], axis=1).astype(np.float64)
    counts: dict[str, Any] = {"share_usable": {side: round(share, 4) for side, share in edges.usable.items()}}
    return raw.after(
        Step("heel pictures", {}, counts), xy=np.concatenate([raw.xy, np.stack(list(points.values()), axis=1)], axis=1),
        score=np.concatenate([raw.score, score], axis=1),
        skeleton=Skeleton("with_heel_lines", (*raw.skeleton.names, *points)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Heel:
    """One heel: (frame, 2) px its middle, (frame,) rad its line's turn clockwise from upright, (frame,) its error."""

    middle: FloatArray
    turn: FloatArray
    sd_deg: FloatArray
    line_sd_deg: float
    usable: float


def _heel(pose: PoseSequence, leg: LegFrame, side: Side, pictures: Sequence[tuple[Picture, ...]]) -> _Heel:
    """Return the heel of one leg in every frame."""
    middle, turn, sd = np.full((len(pose), 2), np.nan), np.full(len(pose), np.nan), np.full(len(pose), np.nan)
    none = _Heel(middle, turn, sd, float("nan"), 0.0)
    standing = np.flatnonzero(leg.upright & _not_rising(leg, pose.time_s))
    near = [(f, _nearest(pictures[f], leg.ankle[f], leg.shank_px)) for f in standing.tolist()]
    chosen = [(frame, picture) for frame, picture in near if picture is not None]
    if len(chosen) < FEWEST:
        return none
    scale = float(np.median([picture.scale for _, picture in chosen]))
    stack = [Patch.of(picture, _hidden(pose, side, frame, leg)) for frame, picture in chosen]
    start = np.array([leg.ankle[frame] + [0.0, _BELOW_ANKLE * leg.shank_px] for frame, _ in chosen])
    half = (round(_HALF_WIDTH * leg.shank_px * scale), round(_HALF_HEIGHT * leg.shank_px * scale))
    found = register_to_median(stack, start, half=half, astray_px=_ASTRAY * leg.shank_px, step_px=1 / scale)
    if found is None:
        return none
    line_turn, line_sd_deg = _own_line(found.median, shank_px=leg.shank_px * scale)
    frames = np.array([frame for frame, _ in chosen])
    error_deg = np.hypot(_ERRORS_SHARED * found.turn_sd_deg, _FLOOR_DEG)
    good = (
        (found.shown > SHOWN_ENOUGH)
        & (found.fits > _FITS_ENOUGH)
        & (error_deg < _SURE_ENOUGH_DEG)
        & (np.abs(np.degrees(found.turn)) < _MOST_TURN_DEG)
    )
    usable = float(good.mean())
    if not np.isfinite(line_turn):
        return none
    if usable < _USABLE_ENOUGH:
        return replace(none, usable=usable)
    line_turn, line_sd_deg = _near_upright(line_turn, line_sd_deg)
    middle[frames[good]], turn[frames[good]] = found.middle[good], found.turn[good] + line_turn
    sd[frames[good]] = error_deg[good]
    return _Heel(middle, turn, add_jitter_sd(sd, _off_smooth_deg(turn, pose.time_s)), line_sd_deg, usable)


def _not_rising(leg: LegFrame, time_s: FloatArray) -> np.ndarray:
    """Return (frame,) whether the ankle does not rise in the picture."""
    rise = np.full(len(time_s), np.nan)
    if len(time_s) > 2:
        rise = -np.gradient(leg.ankle[:, 1], time_s) / leg.shank_px
    down: np.ndarray = rise < _RISING_PER_S
    return down


def _nearest(pictures: tuple[Picture, ...], ankle: FloatArray, shank_px: float) -> Picture | None:
    """Return the picture taken round this ankle; the network may have exchanged the legs when it was taken."""
    near: tuple[float, Picture | None] = (_ASTRAY * shank_px, None)
    for picture in pictures:
        centre = picture.origin_px + (np.array(picture.image.shape[1::-1]) - 1) / 2 / picture.scale
        if (away := float(np.linalg.norm(centre - ankle))) < near[0]:
            near = (away, picture)
    return near[1]


def _hidden(pose: PoseSequence, side: Side, frame: int, leg: LegFrame) -> list[tuple[FloatArray, FloatArray, float]]:
    """Return the (start, end, half width) px of what the other leg covers: its foot and shank, if it is lifted."""
    knee, ankle = (pose.point(f"{other(side)}_{joint}")[frame] for joint in ("knee", "ankle"))
    if not np.isfinite(ankle).all() or ankle[1] > leg.ankle[frame, 1] - 0.05 * leg.shank_px:
        return []
    toe = ankle + [0.0, _FOOT_LONG * leg.shank_px]
    name = f"{other(side)}_big_toe"
    if name in pose.skeleton and np.isfinite(at := pose.point(name)[frame]).all():
        toe = at
    covers = [(ankle, toe, _FOOT_HIDES * leg.shank_px)]
    if np.isfinite(knee).all():
        covers.append((knee, ankle, _SHANK_HIDES * leg.shank_px))
    return covers


def _own_line(median: Any, *, shank_px: float) -> tuple[float, float]:
    """Return the turn of the heel's mid-line on the median, rad clockwise from upright, and its error in degrees.

    The error is that of a straight line through the middles between left and right edge. NaN where nothing stands out.
    """
    high, wide = median.shape[0] // 2, median.shape[1] // 2
    half = max(2, round(_HALF_LINE * shank_px))
    rows = median[max(0, high - half) : high + half + 1].astype(np.float64)
    slope = np.linalg.norm(np.gradient(rows, axis=1), axis=-1)
    left = _edge(slope[:, : wide + 1])
    right = _edge(slope[:, wide:]) + wide
    y = np.arange(len(rows), dtype=np.float64) - (len(rows) - 1) / 2
    x = (left + right) / 2
    if float(slope.max()) < FAINTEST:
        return float("nan"), float("nan")
    lean = float((x * y).sum() / (y**2).sum())
    away = x - x.mean() - lean * y
    # Neighbouring rows share their errors through the blur: about three of them are one.
    sd = float(np.sqrt(3 * (away**2).sum() / max(len(y) - 2, 1) / (y**2).sum()))
    # The line leans to the right downwards: its top lies to the left.
    return -float(np.arctan(lean)), float(np.degrees(np.arctan(sd)))


def _near_upright(line_turn: float, line_sd_deg: float) -> tuple[float, float]:
    """Return the turn and error of a line that, being a heel, stands about upright: a poor one gives way to that."""
    trust = _UPRIGHT_SD_DEG**2 / (_UPRIGHT_SD_DEG**2 + line_sd_deg**2)
    return trust * line_turn, float(np.hypot(np.sqrt(trust) * line_sd_deg, _ASKEW_DEG))


def _edge(slope: FloatArray) -> FloatArray:
    """Return (row,) the column of the strongest edge that runs through all rows, to a fraction of a pixel."""
    n = slope.shape[1]
    gain = slope / max(float(slope.max()), 1e-9)
    change = _EDGE_PENALTY * np.abs(np.arange(n)[:, None] - np.arange(n)[None])
    total, came = gain[0], []
    for row in gain[1:]:
        ways = total[None] - change
        came.append(ways.argmax(axis=1))
        total = row + ways.max(axis=1)
    columns = [int(total.argmax())]
    for back in reversed(came):
        columns.append(int(back[columns[-1]]))
    path = np.array(columns[::-1])
    inner = np.clip(path, 1, n - 2)
    rows = np.arange(len(path))
    before, here, after = (gain[rows, inner + k] for k in (-1, 0, 1))
    bend = 2 * here - before - after
    shift = np.where(bend > 1e-6, np.clip((after - before) / np.maximum(2 * bend, 1e-6), -1, 1), 0.0)
    places: FloatArray = inner + shift
    return places


def _off_smooth_deg(turn: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (frame,) by how much a heel's turn, rad, is off its own smoothed curve, degrees."""
    smooth = savitzky_golay(turn[:, None], time_s, cutoff_hz=_CUTOFF_HZ)[:, 0]
    return np.degrees(turn - smooth)
