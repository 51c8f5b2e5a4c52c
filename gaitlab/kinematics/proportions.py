"""Segment lengths, which reveal wrongly ordered keypoints and non-square pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray, PoseSequence

# Share of the height: Winter 2009, Biomechanics and Motor Control of Human Movement, figure 4.1; the foot is that from
# the heel to the ball or the tip of the toe. Bones with a side stand for two.
SHARES: Mapping[str, float] = {"thigh": 0.245, "shank": 0.246, "trunk": 0.288}
_ENDS = {"thigh": ("hip", "knee"), "shank": ("knee", "ankle"), "foot": ("heel", "big_toe")}
_FOOT = 0.13
TOLERANCE = 0.4
_REACH = 75  # percentile of a bone's length: in a picture a bone is shorter than it is in most frames, never longer
_FEW = 3  # frames that show a bone
# A shank tells the shape of pixels if dx² and dy² are correlated below this. A squeezed picture does not change the
# correlation, so no squeeze is too strong to be seen. Seen from behind it stays above -0.7.
_TELLS = -0.85


@dataclass(frozen=True, slots=True)
class Proportions:
    """Segment lengths over a whole recording, px; NaN for segments that are not detected.

    Attributes
    ----------
    lengths_px : Mapping[str, float]
        ``left_thigh``, ``right_shank``, ``trunk``, ``left_foot`` …
    height_px : float
        body height, px: the median of the estimates from thighs, shanks and trunk.
    """

    lengths_px: Mapping[str, float]
    height_px: float

    def off(self, bone: str) -> float:
        """Return the relative deviation from the expected length: 0.4 is 40 % too long; NaN if not detected."""
        share = SHARES.get(bone.rpartition("_")[2], _FOOT)
        return self.lengths_px[bone] / (share * self.height_px) - 1

    @property
    def worst(self) -> tuple[str, float]:
        """The thigh, shank or trunk with the largest relative deviation, and that deviation; 0 if undetermined."""
        offs = {bone: self.off(bone) for bone in self.lengths_px if bone.rpartition("_")[2] in SHARES}
        seen = {bone: off for bone, off in offs.items() if np.isfinite(off)}
        if len(seen) < _FEW:  # with two segments, the median height is not informative
            return "", 0.0
        return max(seen.items(), key=lambda item: abs(np.log1p(max(item[1], -0.99))))


def proportions_of(pose: PoseSequence) -> Proportions:
    """Return the segment lengths and body height of a runner, px."""
    lengths = {
        f"{side}_{bone}": _length(pose.point(f"{side}_{top}"), pose.point(f"{side}_{end}"))
        for side in BOTH_SIDES
        for bone, (top, end) in _ENDS.items()
    }
    lengths["trunk"] = _length(pose.point("neck"), pose.point("mid_hip"))
    heights = [length / SHARES[kind] for bone, length in lengths.items() if (kind := bone.rpartition("_")[2]) in SHARES]
    seen = [height for height in heights if np.isfinite(height)]
    return Proportions(lengths, float(np.median(seen)) if seen else float("nan"))


def misfit(pose: PoseSequence) -> float:
    """Return the absolute log ratio of the worst segment to its expected length; infinity if undetermined."""
    found = proportions_of(pose)
    bone, off = found.worst
    return abs(float(np.log1p(max(off, -0.99)))) if bone else float("inf")


def pixel_shape(pose: PoseSequence) -> float:
    """Estimate the pixel aspect ratio, width over height, from the shanks; NaN if undetermined.

    For a shank of constant length L, dy² = L² - shape² dx², so the ratio of their standard deviations is shape². Unlike
    a regression, it treats noise in both alike, and a picture squeezed to a share k of its width gives shape / k.

    Notes
    -----
    0.92 to 1.14 on 221 side views that tell it: force-plate runners seen from both sides, with and without the errors
    of a network, and rendered and real clips through networks.
    """
    shapes = []
    for side in BOTH_SIDES:
        x, y = (pose.point(f"{side}_ankle") - pose.point(f"{side}_knee")).T ** 2
        seen = np.isfinite(x + y)
        x, y = x[seen], y[seen]
        if len(x) < 30 or not (np.ptp(x) > 0 and np.ptp(y) > 0):
            continue
        if np.corrcoef(x, y)[0, 1] < _TELLS:
            shapes.append(float(np.sqrt(np.std(y) / np.std(x))))
    return float(np.median(shapes)) if shapes else float("nan")


def jumps(pose: PoseSequence) -> float:
    """Return the share of frames in which the hips leave their path by more than a fifth of the body's height."""
    hips, height = pose.point("mid_hip"), proportions_of(pose).height_px
    if not np.isfinite(hips).any():
        ankles = np.ma.masked_invalid(np.stack([pose.point(f"{side}_ankle") for side in BOTH_SIDES]))
        hips = ankles.mean(axis=0).filled(np.nan)
    bend = np.linalg.norm(hips[2:] - 2 * hips[1:-1] + hips[:-2], axis=1)
    bend = bend[np.isfinite(bend)]
    return float(np.mean(bend > 0.2 * height)) if len(bend) > 10 and np.isfinite(height) else 0.0


def _length(top: FloatArray, end: FloatArray) -> float:
    lengths = np.linalg.norm(top - end, axis=1)
    seen = lengths[np.isfinite(lengths)]
    length = float(np.percentile(seen, _REACH)) if len(seen) >= _FEW else 0.0
    return length if length > 0 else float("nan")  # two points in one place are no bone
