"""The runner's coordinate frame in the side view: X forward, Y up, belt level; in the unit of the input."""

from __future__ import annotations

import numpy as np

from gaitlab.core.gait import Side
from gaitlab.core.pose import FloatArray


def forward_up(xy: FloatArray, *, forward: int, tilt_deg: float = 0.0) -> FloatArray:
    """Transform image coordinates (x right, y down) to the runner's frame (X forward, Y up) with the belt level.

    Parameters
    ----------
    xy : FloatArray
        (…, 2) image coordinates.
    forward : int
        +1 if the runner faces image-right, -1 if image-left.
    tilt_deg : float, optional
        how far the belt falls towards image-right, see `core.gait.Belt`.
    """
    tilt = np.radians(tilt_deg)
    x = xy[..., 0] * np.cos(tilt) + xy[..., 1] * np.sin(tilt)
    y = -xy[..., 0] * np.sin(tilt) + xy[..., 1] * np.cos(tilt)
    return np.stack([forward * x, -y], axis=-1)


def near_side(forward: int) -> Side:
    """Return the leg nearer to the camera: the left one if the runner faces image-left (``forward`` -1)."""
    return "right" if forward > 0 else "left"


def wrap_deg(angle_deg: FloatArray) -> FloatArray:
    """Return angles wrapped to [-180, 180) degrees."""
    return (angle_deg + 180.0) % 360.0 - 180.0
