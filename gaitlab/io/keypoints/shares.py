"""Coordinates that are shares of the picture, 0 to 1 or -1 to 1, as pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.person import Body
from gaitlab.io.keypoints.imported import ImportedPoses

# Points outside the picture are shares a little beyond these.
_BEYOND = 1.5


def in_pixels(found: ImportedPoses, path: Path, *, picture_px: tuple[int, int] | None) -> ImportedPoses:
    """Return the people in pixels, scaling normalised coordinates by the image size.

    Parameters
    ----------
    picture_px : tuple[int, int] | None
        width and height.

    Raises
    ------
    InputError
        they are shares, and the picture's size is not known: it has another length across than down.
    """
    every = [one.xy[np.isfinite(one.xy).all(axis=1)] for people in found.frames for one in people]
    points = np.concatenate(every) if every else np.empty((0, 2))
    if not len(points) or np.abs(points).max() > _BEYOND or np.ptp(points, axis=0).max() == 0:
        return found
    # From the middle outwards there are points on both sides of it, and by far more than leave a picture's edge.
    low = -1.0 if np.mean(points < -0.02, axis=0).max() > 0.02 else 0.0
    what = f"the coordinates in '{path.name}' are shares of the picture, {low:g} to 1"
    if picture_px is None:
        raise InputError(
            f"{what} (up to {np.abs(points).max():.3g}), not pixels; name the video too, or the picture's size with "
            f"{argument('picture')}, e.g. 1920x1080"
        )
    scale = np.array(picture_px, dtype=np.float64) / (1.0 - low)
    frames = [[Body((one.xy - low) * scale, one.score) for one in people] for people in found.frames]
    width, height = picture_px
    return replace(found, frames=frames, notes=(*found.notes, f"{what}: read as pixels of {width} x {height}"))
