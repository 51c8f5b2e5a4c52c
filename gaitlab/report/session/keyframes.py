"""Key frames: the moments shown as stills, and the crop around the runner."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, GaitCycle, Repetition, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.cycles import gait_cycles
from gaitlab.io.session.session import Session
from gaitlab.report.shared import movements

EVENTS = ("foot_strike", "mid_stance", "toe_off", "peak_knee_flexion")
# In a rear view, knee flexion is not visible.
_SIDE_VIEW_ONLY = ("peak_knee_flexion",)
# Margin around the body as a share of its height; the top of the head is above all keypoints.
_MARGIN = 0.16
_WIDEST_PERCENT = 95.0
_WIDTH_TO_HEIGHT = 0.72


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of one leg.

    Attributes
    ----------
    side : Side
        the leg.
    event : str
        event, one of `EVENTS`, or a moment of a movement.
    frame : int
        index of the nearest frame among the session's frames.
    time_s : float
        true time of the frame, s.
    box_px : tuple[int, int, int, int]
        left, top, right, bottom of the crop around the runner, px.
    """

    side: Side
    event: str
    frame: int
    time_s: float
    box_px: tuple[int, int, int, int]

    @property
    def key(self) -> str:
        """Name of the moment's still, e.g. ``left_foot_strike``."""
        return f"{self.side}_{self.event}"


def key_moments(session: Session) -> tuple[Moment, ...]:
    """Return the key moments of a session, from one typical cycle of each leg.

    Their stills are passed to `write_report` as ``stills``: ``moment.key`` to JPEG of ``moment.box_px``.
    """
    video = session.info["video"]
    size = (video["width"], video["height"]) if video else None
    if (movement := movements.movement_of(session.info)) is not None:
        facing = str(session.info["facing"])
        return moments_of_repetition(
            session.pose, session.repetitions, movement.moments, view=session.info["view"], facing=facing, size_px=size
        )
    cycles = gait_cycles(session.gait_events)
    return moments_of(session.pose, cycles, view=session.info["view"], size_px=size)


def moments_of(
    pose: PoseSequence,
    cycles: tuple[GaitCycle, ...],
    *,
    view: str = "side",
    size_px: tuple[int, int] | None = None,
) -> tuple[Moment, ...]:
    """Return the moments of a typical accepted cycle of each side; none for a side without one."""
    found = []
    for side in BOTH_SIDES:
        cycle = _typical([c for c in cycles if c.side == side and c.accepted])
        if cycle is None:
            continue
        for event, time_s in _event_times_s(pose, cycle).items():
            if view != "side" and event in _SIDE_VIEW_ONLY:
                continue
            frame = int(np.argmin(np.abs(pose.time_s - time_s)))
            box = _box_px(pose, frame, size_px)
            if box is not None:
                found.append(Moment(side, event, frame, float(pose.time_s[frame]), box))
    return tuple(found)


def moments_of_repetition(
    pose: PoseSequence,
    repetitions: Sequence[Repetition],
    names: Sequence[str],
    *,
    view: str,
    facing: str,
    size_px: tuple[int, int] | None = None,
) -> tuple[Moment, ...]:
    """Return the moments of a typical repetition: of the leg near the camera; from the front of the left one.

    Parameters
    ----------
    names : Sequence[str]
        moments, in their order; ``start`` and ``end`` are moments too.
    facing : str
        ``left`` or ``right`` in the picture of a side view.
    """
    side: Side = "right" if view == "side" and facing == "right" else "left"
    one = movements.typical(movements.of_side(repetitions, side))
    if one is None:
        return ()
    times_s = {"start": one.start_s, **one.moments_s, "end": one.end_s}
    found = []
    for name in names:
        if not math.isfinite(times_s.get(name, math.nan)):
            continue
        frame = int(np.argmin(np.abs(pose.time_s - times_s[name])))
        box = _box_px(pose, frame, size_px)
        if box is not None:
            found.append(Moment(side, name, frame, float(pose.time_s[frame]), box))
    return tuple(found)


def _typical(cycles: list[GaitCycle]) -> GaitCycle | None:
    """Return the cycle whose stride and contact times are nearest to the medians."""
    if not cycles:
        return None
    strides_s = np.array([c.stride_time_s for c in cycles])
    contacts_s = np.array([c.toe_off_s - c.start_s for c in cycles])
    away = np.abs(strides_s - np.median(strides_s)) + np.abs(contacts_s - np.median(contacts_s))
    return cycles[int(np.argmin(away))]


def _event_times_s(pose: PoseSequence, cycle: GaitCycle) -> dict[str, float]:
    times_s = {
        "foot_strike": cycle.start_s,
        "mid_stance": (cycle.start_s + cycle.toe_off_s) / 2,
        "toe_off": cycle.toe_off_s,
    }
    peak_s = _largest_knee_flexion_s(pose, cycle)
    return times_s if math.isnan(peak_s) else {**times_s, "peak_knee_flexion": peak_s}


def _largest_knee_flexion_s(pose: PoseSequence, cycle: GaitCycle) -> float:
    """Return the time of largest knee flexion in the cycle, s: the smallest angle hip-knee-ankle in the image."""
    hip, knee, ankle = (pose.point(f"{cycle.side}_{joint}") for joint in ("hip", "knee", "ankle"))
    up, down = hip - knee, ankle - knee
    cosine = _dot(up, down) / np.sqrt(_dot(up, up) * _dot(down, down))
    inside = (pose.time_s >= cycle.start_s) & (pose.time_s <= cycle.end_s) & np.isfinite(cosine)
    if not inside.any():
        return math.nan
    return float(pose.time_s[np.flatnonzero(inside)[np.argmax(cosine[inside])]])


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    product: FloatArray = np.sum(a * b, axis=-1)
    return product


def _box_px(pose: PoseSequence, frame: int, size_px: tuple[int, int] | None) -> tuple[int, int, int, int] | None:
    """Return a box around the body in a frame, inside the image and with the same size for all frames."""
    here = pose.xy[frame]
    here = here[np.isfinite(here).all(axis=1)]
    if len(here) < 2:
        return None
    # Legs alone are wider in a stride than they are high.
    height = max(_body_height_px(pose), _body_width_px(pose) / _WIDTH_TO_HEIGHT) * (1 + 2 * _MARGIN)
    width = height * _WIDTH_TO_HEIGHT
    centre_x, centre_y = (here.min(axis=0) + here.max(axis=0)) / 2
    left, top = centre_x - width / 2, centre_y - height / 2 - 0.02 * height
    if size_px is not None:
        width, height = min(width, size_px[0]), min(height, size_px[1])
        left, top = np.clip(left, 0, size_px[0] - width), np.clip(top, 0, size_px[1] - height)
    return round(left), round(top), round(left + width), round(top + height)


def _body_height_px(pose: PoseSequence) -> float:
    seen = np.isfinite(pose.xy[:, :, 1])
    some = seen.any(axis=1)
    y = pose.xy[some, :, 1]
    return float(np.median(np.nanmax(y, axis=1) - np.nanmin(y, axis=1)))


def _body_width_px(pose: PoseSequence) -> float:
    """Return how wide the body is in the widest strides, px."""
    x = pose.xy[np.isfinite(pose.xy[:, :, 0]).any(axis=1), :, 0]
    return float(np.percentile(np.nanmax(x, axis=1) - np.nanmin(x, axis=1), _WIDEST_PERCENT))
