"""What every format is made of: points in metres where a scale is known, angles, contacts, one clock."""

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

# The ground is taken where the lowest point of the feet lies, but for the few frames that a network misplaced.
_GROUND_PERCENTILE = 1.0
_FEET = ("heel", "big_toe", "small_toe")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A session's curves on one clock.

    Attributes
    ----------
    name : str
        of the session folder.
    time_s : FloatArray
        (frame,) true seconds.
    points : tuple[str, ...]
        names of the points that were seen at all.
    xyz : FloatArray
        (frame, point, 3) in ``unit``; NaN where a point was not seen. In metres OpenSim's axes: x forward, y up from
        the ground, z to the runner's right; what the camera cannot see of the three is 0, and the origin lies below the
        mid-hip's median. In px those of the picture: x right, y down, z 0.
    score : FloatArray
        (frame, point) confidence, 0..1.
    unit : str
        ``m``, or ``px`` where no scale is known.
    angles_deg : Mapping[str, FloatArray]
        column of angles.csv -> (frame,) degrees, NaN where missing; only those seen at all.
    events : GaitEvents
        feet on the ground, rejected contacts too.
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
    """Read what a session has to export.

    Raises
    ------
    InputError
        a damaged session, or one without a point.
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
        # From behind, the picture's right is the runner's right.
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
    """Return (2,): the median across of the hips, or of all points, and the height of the ground."""
    hips = [i for i, name in enumerate(names) if name.endswith("hip")]
    feet = [i for i, name in enumerate(names) if name.partition("_")[2] in _FEET]
    across = flat[:, hips, 0] if hips and np.isfinite(flat[:, hips, 0]).any() else flat[..., 0]
    heights = flat[:, feet, 1] if feet and np.isfinite(flat[:, feet, 1]).any() else flat[..., 1]
    return np.array([np.nanmedian(across), np.nanpercentile(heights, _GROUND_PERCENTILE)])
