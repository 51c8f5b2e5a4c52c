"""The runner's frame in a side view: X forward, Y up, the belt level. Pixels or metres, as they come."""

from __future__ import annotations

import numpy as np

from gaitlab.core.gait import Side
from gaitlab.core.pose import FloatArray


def forward_up(xy: FloatArray, *, forward: int, tilt_deg: float = 0.0) -> FloatArray:
    """Turn image points (…, 2; x right, y down) into (…, 2; X forward, Y up) with the belt level.

    Parameters
    ----------
    forward : int
        +1 where the runner faces image-right, -1 where image-left.
    tilt_deg : float, optional
        how far the belt falls towards image-right, see `core.gait.Belt`.
    """
    tilt = np.radians(tilt_deg)
    x = xy[..., 0] * np.cos(tilt) + xy[..., 1] * np.sin(tilt)
    y = -xy[..., 0] * np.sin(tilt) + xy[..., 1] * np.cos(tilt)
    return np.stack([forward * x, -y], axis=-1)


def near_side(forward: int) -> Side:
    """Return the leg nearer to the camera: who faces image-left shows the left side."""
    return "right" if forward > 0 else "left"


def wrap_deg(angle_deg: FloatArray) -> FloatArray:
    """Return angles in [-180, 180)."""
    return (angle_deg + 180.0) % 360.0 - 180.0
