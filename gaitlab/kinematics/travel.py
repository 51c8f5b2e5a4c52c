"""The way of a person through the picture, and the coordinates of a runner's own frame, in which the ground is a belt.

A stance foot overground stands still in the picture, on a treadmill it rides back with the belt. Seen from the smooth
path of the hips both are the same: the ground goes back at the speed of travel. What is fitted on treadmills serves
overground in these coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.signal.runs import runs

# Knots of the smooth path, s apart: it follows a change of pace, not the push and brake within each step.
_KNOTS_S = 1.5
# Slower than this, leg lengths per second, a person stays in place, as on a treadmill or standing.
_LEAST_SPEED = 0.2
# A pass goes on for at least this way, leg lengths, and this time: on a treadmill a runner drifts by less.
_LEAST_WAY, _LEAST_TIME_S = 1.5, 0.8
# The speed is that of a line through the hips over this time, about one stride of a walker.
_WINDOW_S = 1.2
# Who is not seen for longer than this may have turned round.
_LONGEST_GAP_S = 0.5
# The feet of who runs or walks in place move about each other by this, leg lengths (standard deviation).
_STRIDING = 0.15
_CHAINS = (("left_hip", "left_knee", "left_ankle"), ("right_hip", "right_knee", "right_ankle"), ("mid_hip", "neck"))
# A person whose distance falls below this share of the median within one pass is measured wrongly.
_NEAREST = 0.3
# What the main lens of a phone shows along the longer side, and see `towards_deg`.
_FIELD_DEG, _FORESHORTENED = 65.0, 1.2
# A camera follows whose picture shows less than this share of the way.
_FOLLOWED = 0.5
# Marks beside a pass by so much of its length are still taken.
_BEYOND = 0.2

# A foot on the ground moves slower than this share of the hips' speed: its ankle rolls over it.
_STANDS = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """One pass of a person through the picture.

    Attributes
    ----------
    frames : slice
        those of the recording that show it.
    path_px : FloatArray
        (frame, 2) smooth path of the middle of the hips, px.
    scale : FloatArray
        (frame,) size of the person in the picture as a share of the median size of the pass.
    along_px : FloatArray
        (frame,) way of the hips along their path since the first frame, px at the median size, as the camera tells it.
    speed_px_per_s : float
        mean speed of the hips, px/s at the median size.
    leg_px : float
        length of thigh plus shank at the median size, px: the mean of both legs, so that it is that at the distance of
        the hips, to which the near leg is 2-4 % too long.
    towards_deg : float
        by how much the path comes towards the camera, degrees; negative where it goes away. Speed and way are those
        along the path, not across the picture.
    stretch : float
        how many times as far a person went as their path says, from the foot that stands still on the ground: 1 where
        the camera stands, more where it is carried along and what is behind moves less than the ground.
    """

    frames: slice
    path_px: FloatArray
    scale: FloatArray
    along_px: FloatArray
    speed_px_per_s: float
    leg_px: float
    towards_deg: float = 0.0
    stretch: float = 1.0

    @property
    def speed_legs_per_s(self) -> float:
        """Mean speed of the hips, leg lengths (thigh plus shank) per second."""
        return self.speed_px_per_s / self.leg_px

    @property
    def way_px(self) -> FloatArray:
        """(frame,) way of the hips along the ground since the first frame, px at the median size."""
        return self.stretch * self.along_px

    def between_px(self, x_px: tuple[float, float]) -> float:
        """Return the way between two places, px at the median size, by their x in the picture; NaN if not passed.

        Beside the ends of the pass, up to a fifth of its length away, the size of the end is taken.
        """
        x, way_px = self.path_px[:, 0], self.way_px
        if x[-1] < x[0]:
            x, x_px = -x, (-x_px[0], -x_px[1])
        beyond = _BEYOND * (x[-1] - x[0])
        if np.any(np.diff(x) <= 0) or not all(x[0] - beyond <= at <= x[-1] + beyond for at in x_px):
            return float("nan")
        slopes = [(way_px[i + 1] - way_px[i]) / (x[i + 1] - x[i]) for i in (0, -2)]
        ends = np.concatenate([[x[0] - beyond], x, [x[-1] + beyond]])
        ways = np.concatenate([[way_px[0] - beyond * slopes[0]], way_px, [way_px[-1] + beyond * slopes[1]]])
        first, second = np.interp(x_px, ends, ways)
        return float(abs(second - first))

    def seen_from(self, pose: PoseSequence) -> Travel:
        """Return the travel with path and sizes of the same pass in other coordinates, such as the picture's."""
        return replace(self, path_px=smooth_path(pose.point("mid_hip"), pose.time_s), scale=scale_of(pose))

    def standing_on(self, speed_px_per_s: float) -> Travel:
        """Return the travel of hips that pass the foot on the ground at this speed, px/s at the median size."""
        return replace(self, speed_px_per_s=speed_px_per_s, stretch=speed_px_per_s / self.speed_px_per_s)


def passes(pose: PoseSequence, *, leg_px: float) -> tuple[slice, ...]:
    """Return the frames of each pass: the hips go one way through the picture, steadily and for several leg lengths.

    Parameters
    ----------
    pose : PoseSequence
        keypoints in coordinates in which the ground stands still: those of a fixed camera, or of a camera that follows
        with its motion taken out.
    leg_px : float
        length of thigh plus shank, px; NaN (never seen) gives no pass.

    Returns
    -------
    tuple[slice, ...]
        in the order of time; empty on a treadmill, and where a camera follows the person.
    """
    x, time_s = pose.point("mid_hip")[:, 0], pose.time_s
    seen = np.flatnonzero(np.isfinite(x))
    if len(seen) < 3 or not leg_px > 0:
        return ()
    speed = np.full(len(x), np.nan)
    for i in seen:
        near = seen[np.abs(time_s[seen] - time_s[i]) <= _WINDOW_S / 2]
        about_s = time_s[near] - time_s[near].mean()
        if len(near) >= 3:
            speed[i] = about_s @ x[near] / (about_s @ about_s) / leg_px
    last_seen_s = np.maximum.accumulate(np.where(np.isfinite(x), time_s, -np.inf))
    gone = time_s - last_seen_s > _LONGEST_GAP_S
    known = np.interp(time_s, time_s[seen], np.nan_to_num(speed[seen]), left=0.0, right=0.0)
    found = []
    for way in (1, -1):
        for run in runs((way * known > _LEAST_SPEED) & ~gone):
            inside = seen[(seen >= run.start) & (seen < run.stop)]
            if len(inside) < 3:
                continue
            frames = slice(int(inside[0]), int(inside[-1]) + 1)
            legs = abs(x[frames.stop - 1] - x[frames.start]) / leg_px
            if legs >= _LEAST_WAY and time_s[frames.stop - 1] - time_s[frames.start] >= _LEAST_TIME_S:
                found.append(frames)
    return tuple(sorted(found, key=lambda frames: frames.start))


def followed(shown: PoseSequence, ground: PoseSequence, frames: slice) -> bool:
    """Return whether the camera goes along with a pass: in the picture the hips go less than half of their way.

    Parameters
    ----------
    shown, ground : PoseSequence
        the same keypoints in the picture, px, and in coordinates in which the ground stands still.
    frames : slice
        the pass.
    """
    ways = [np.ptp(pose.point("mid_hip")[frames, 0][[0, -1]]) for pose in (shown, ground)]
    return bool(ways[0] < _FOLLOWED * ways[1])


def strides_in_place(pose: PoseSequence, found: tuple[slice, ...], *, leg_px: float) -> bool:
    """Return whether the person runs or walks in place for longer than all passes: who steps onto a treadmill."""
    apart = (pose.point("left_ankle") - pose.point("right_ankle"))[:, 0] / leg_px
    still = np.isfinite(apart)
    for frames in found:
        still[frames] = False
    passing = sum(frames.stop - frames.start for frames in found)
    return bool(still.sum() > passing and np.std(apart[still]) > _STRIDING)


def smooth_path(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return (frame, column) values without their oscillation within a step: a least-squares spline, also in gaps."""
    from scipy.interpolate import make_lsq_spline

    seen = np.isfinite(values).all(axis=1)
    duration_s = time_s[-1] - time_s[0]
    pieces = max(int(duration_s / _KNOTS_S), 1)
    degree = 2 if pieces == 1 else 3
    if pieces == 1 or seen.sum() < 4 * (pieces + degree):
        fit = np.polyfit(time_s[seen] - time_s[0], values[seen], min(degree, max(int(seen.sum()) - 1, 0)))
        return np.stack([np.polyval(column, time_s - time_s[0]) for column in fit.T], axis=1)
    inner = np.linspace(time_s[0], time_s[-1], pieces + 1)[1:-1]
    knots = np.concatenate([np.full(degree + 1, time_s[0]), inner, np.full(degree + 1, time_s[-1])])
    smooth: FloatArray = make_lsq_spline(time_s[seen], values[seen], knots, degree)(time_s)
    return smooth


def size_px(pose: PoseSequence) -> FloatArray:
    """Return the (frame, chain) lengths of legs and trunk in the picture, px; NaN where not seen."""
    lengths = []
    for chain in _CHAINS:
        path = np.stack([pose.point(name) for name in chain])
        lengths.append(np.linalg.norm(np.diff(path, axis=0), axis=2).sum(axis=0))
    return np.stack(lengths, axis=1)


def scale_of(pose: PoseSequence) -> FloatArray:
    """Return the (frame,) size of the person as a share of the median size.

    On a straight path at constant speed the distance from the camera changes linearly with time, and the size is its
    inverse (pinhole). All chains of segments share that, whatever they measure.
    """
    size = size_px(pose)
    seen_enough = np.isfinite(size).sum(axis=0) >= max(0.5 * len(pose), 3)
    if not seen_enough.any():
        return np.ones(len(pose))
    size = size[:, seen_enough]
    inverse = np.nanmedian(size, axis=0) / size
    time_s = np.repeat(pose.time_s[:, None], inverse.shape[1], axis=1)
    keep = np.isfinite(inverse)
    middle_s = float(np.mean(pose.time_s))
    slope, level = np.polyfit(time_s[keep] - middle_s, inverse[keep], 1)
    distance = level + slope * (pose.time_s - middle_s)
    if distance.min() < _NEAREST * np.median(distance):
        return np.ones(len(pose))
    scale: FloatArray = np.median(distance) / distance
    return scale


def towards_deg(path_px: FloatArray, scale: FloatArray, time_s: FloatArray, *, picture_px: float) -> float:
    """Return by how much a straight path comes towards the camera, degrees; negative where it goes away.

    Parameters
    ----------
    path_px : FloatArray
        (frame, 2) path of the hips from the middle of the picture, px.
    scale : FloatArray
        (frame,) size of the person, see `scale_of`.
    time_s : FloatArray
        (frame,) s.
    picture_px : float
        longer side of the picture, px, which the lens is taken to show at 65 degrees, as the main lens of phones does.

    Notes
    -----
    In a pinhole camera of focal length f the distance is D, and what is at x in the picture lies x D / f beside the
    middle; both change evenly on a straight path. Where the legs swing towards the camera they are foreshortened, at
    one end of the picture more than at the other, so their size changes by a fifth more than the distance does: the
    angle's tangent came out 1.24, 1.22 and 1.21 times too large at 10, 20 and 30 degrees (of runners on force plates,
    filmed anew).
    """
    focal_px = picture_px / 2 / np.tan(np.radians(_FIELD_DEG / 2))
    distance, about_s = 1 / scale, time_s - time_s.mean()
    nearer = -float(about_s @ distance) / float(about_s @ about_s) * focal_px / _FORESHORTENED
    across = float(about_s @ (path_px[:, 0] * distance)) / float(about_s @ about_s)
    return float(np.degrees(np.arctan2(nearer, abs(across))))


def travel_of(
    pose: PoseSequence,
    frames: slice,
    *,
    picture_px: float | None = None,
    middle_px: tuple[float, float] | None = None,
) -> Travel:
    """Return the travel in a pass.

    Parameters
    ----------
    pose : PoseSequence
        repaired keypoints of the pass alone.
    frames : slice
        the pass in the whole recording.
    picture_px : float | None, optional
        longer side of the picture, px; without it the path is taken to lie across the picture.
    middle_px : tuple[float, float] | None, optional
        middle of the picture, px, where the camera stands; None where it follows.
    """
    path_px, scale = smooth_path(pose.point("mid_hip"), pose.time_s), scale_of(pose)
    if middle_px is None:
        steps_px = np.diff(path_px, axis=0) / scale[1:, None]
        about_px = path_px - path_px[len(path_px) // 2]
    else:
        # In a pinhole camera what is at x in the picture, at a distance D, lies x D beside the middle.
        about_px = path_px - np.asarray(middle_px)
        steps_px = np.diff(about_px / scale[:, None], axis=0)
    towards = 0.0
    if picture_px is not None:
        towards = towards_deg(about_px, scale, pose.time_s, picture_px=picture_px)
    along_px = np.concatenate([[0.0], np.cumsum(np.hypot(*steps_px.T))]) / np.cos(np.radians(towards))
    speed = float(along_px[-1] / (pose.time_s[-1] - pose.time_s[0]))
    legs_px = [np.nanmedian(leg) for leg in size_px(pose)[:, :2].T if np.isfinite(leg).any()]
    return Travel(
        frames, path_px, scale, along_px, speed, float(np.mean(legs_px)) if legs_px else float("nan"), towards
    )


def standing_share(pose: PoseSequence, travel: Travel, *, forward: int) -> float:
    """Return the share of the time in which an ankle stands still on the ground, 0 to 1; NaN if none was seen.

    It does not depend on how fast a film plays, and needs no contacts: the ankle of a runner stands for a quarter of
    the time, that of a walker for half of it.

    Parameters
    ----------
    pose : PoseSequence
        smoothed keypoints in the runner's frame, see `in_runners_frame`; frames outside the pass are NaN.
    travel : Travel
        the pass.
    forward : int
        +1 if the person faces image-right, -1 if image-left.
    """
    seen = []
    for side in ("left", "right"):
        ankle = pose.point(f"{side}_ankle")[travel.frames]
        over_ground = forward * np.gradient(ankle[:, 0], pose.time_s[travel.frames]) + travel.speed_px_per_s
        seen.append(over_ground[np.isfinite(over_ground)])
    speeds = np.concatenate(seen)
    return float(np.mean(np.abs(speeds) < _STANDS * travel.speed_px_per_s)) if len(speeds) else float("nan")


def in_runners_frame(pose: PoseSequence, travel: Travel) -> PoseSequence:
    """Return the keypoints of a pass as a camera would see them that goes along with the hips at a constant distance.

    The hips stay where they were in the middle of the pass, and the person keeps the median size.
    """
    middle = travel.path_px[len(travel.path_px) // 2]
    xy = (pose.xy - travel.path_px[:, None]) / travel.scale[:, None, None] + middle
    return pose.after(Step("runner's frame"), xy=xy)
