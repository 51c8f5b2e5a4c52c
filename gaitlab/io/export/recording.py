"""Common content of all formats: points (in metres if the scale is known), angles and contacts on the same times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import GaitEvents
from gaitlab.core.pose import FloatArray
from gaitlab.core.text import printable
from gaitlab.io.session.session import Session
from gaitlab.kinematics.frame import forward_up

# The ground is at this percentile of the feet's heights, robust to a few misplaced points.
_GROUND_PERCENTILE = 1.0
_FEET = ("heel", "big_toe", "small_toe")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The curves of a session on the same times.

    Attributes
    ----------
    name : str
        name of the session folder.
    time_s : FloatArray
        (frame,) true times, s.
    points : tuple[str, ...]
        names of the points detected at least once.
    xyz : FloatArray
        (frame, point, 3) in ``unit``; NaN where a point is missing. In metres, OpenSim's axes: x forward, y up from the
        ground, z to the runner's right; the axis along the camera's view is 0, and the origin is below the median
        mid-hip. In px, image axes: x right, y down, z 0.
    score : FloatArray
        (frame, point) confidence, 0 to 1.
    unit : str
        ``m``, or ``px`` if no scale is known.
    angles_deg : Mapping[str, FloatArray]
        column of angles.csv to (frame,) degrees, NaN where missing; without columns that are all NaN.
    events : GaitEvents
        contacts, rejected ones included.
    """

    name: str
    time_s: FloatArray
    points: tuple[str, ...]
    xyz: FloatArray
    score: FloatArray
    unit: str
    angles_deg: Mapping[str, FloatArray]
    events: GaitEvents


def recording_of(session: Session) -> Recording:
    """Return the content of a session for export.

    Raises
    ------
    InputError
        if the session is damaged or has no points.
    """
    pose, info, curves = session.pose, session.info, session.angle_curves.values_deg
    if not np.isfinite(pose.xy).any():
        raise InputError(f"'{session.folder}' has no point to export: nobody was seen in it")
    seen = [i for i in range(len(pose.skeleton)) if np.isfinite(pose.xy[:, i]).any()]
    names = tuple(printable(pose.skeleton.names[i]) for i in seen)
    metres_per_px = info["calibration"]["metres_per_px"]
    if metres_per_px:
        flat = forward_up(
            pose.xy, forward=-1 if info["view"] == "side" and info["facing"] == "left" else 1,
            tilt_deg=float(info["calibration"]["tilt_deg"] or 0.0),
        )  # fmt: skip
        flat = (flat - _origin(flat, pose.skeleton.names)) * metres_per_px
        # In the rear view, image-right is the runner's right.
        order = (0, 1, 2) if info["view"] == "side" else (2, 1, 0)
        xyz = np.concatenate([flat, np.where(np.isfinite(flat[..., :1]), 0.0, np.nan)], axis=-1)[..., order]
    else:
        xyz = np.concatenate([pose.xy, np.where(np.isfinite(pose.xy[..., :1]), 0.0, np.nan)], axis=-1)
    return Recording(
        name=printable(session.folder.resolve().name),
        time_s=pose.time_s,
        points=names,
        xyz=xyz[:, seen],
        score=pose.score[:, seen],
        unit="m" if metres_per_px else "px",
        angles_deg={name: values for name, values in curves.items() if np.isfinite(values).any()},
        events=session.gait_events,
    )


def _origin(flat: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Return the (2,) origin: the median horizontal position of the hips, or of all points, and the ground height."""
    hips = [i for i, name in enumerate(names) if name.endswith("hip")]
    feet = [i for i, name in enumerate(names) if name.partition("_")[2] in _FEET]
    horizontal = flat[:, hips, 0] if hips and np.isfinite(flat[:, hips, 0]).any() else flat[..., 0]
    heights = flat[:, feet, 1] if feet and np.isfinite(flat[:, feet, 1]).any() else flat[..., 1]
    return np.array([np.nanmedian(horizontal), np.nanpercentile(heights, _GROUND_PERCENTILE)])
