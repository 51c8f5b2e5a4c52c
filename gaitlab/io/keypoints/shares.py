"""Coordinates that are no pixels: shares of the picture, 0 to 1 or -1 to 1, and metres."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.io.keypoints.axes import height_of
from gaitlab.io.keypoints.imported import ImportedPoses

# Points outside the picture are shares a little beyond these.
_BEYOND = 1.5
# Nobody is so tall in a picture, in pixels, and everybody in metres.
_METRES = (0.9, 2.4)
_SAMPLE = 2000  # bodies that are enough to judge by
# The middle of the hips is the origin where it is nearer than this share of the height, in so many bodies at least.
_AT_ORIGIN, _ABOUT_ORIGIN, _FEW = 0.002, 0.05, 10


def lowest_share(found: ImportedPoses) -> float | None:
    """Return with which number the picture begins, 0 or -1, in shares of it; None where the coordinates are none."""
    points = _points(found)
    if not len(points) or np.abs(points).max() > _BEYOND or np.ptp(points, axis=0).max() == 0:
        return None
    # From the middle outwards there are points on both sides of it, and by far more than leave a picture's edge.
    return -1.0 if np.mean(points < -0.02, axis=0).max() > 0.02 else 0.0


def in_pixels(found: ImportedPoses, path: Path, *, picture_px: tuple[int, int] | None) -> ImportedPoses:
    """Return the people in pixels: shares of the picture by its size, metres as one pixel a millimetre.

    Parameters
    ----------
    picture_px : tuple[int, int] | None
        width and height.

    Raises
    ------
    InputError
        they are shares, and the picture's size is not known: it has another length across than down.
    """
    low = lowest_share(found)
    tall = height_of(bodies_of(found), found.skeleton)
    if _METRES[0] <= tall <= _METRES[1] and (low is None or (low == 0.0 and tall > 1.2)):
        frames = [[Body(1000 * one.xy, one.score) for one in people] for people in found.frames]
        note = f"in '{path.name}' the runner is {tall:.2f} tall: its lengths were read as metres"
        return replace(found, frames=frames, notes=(*found.notes, note))
    if low is None:
        return found
    what = f"the coordinates in '{path.name}' are shares of the picture, {low:g} to 1"
    if picture_px is None:
        metres = "; if they are metres, write them as millimetres" if _METRES[0] <= tall <= _METRES[1] else ""
        raise InputError(
            f"{what} (up to {np.abs(_points(found)).max():.3g}), not pixels; name the video too, or the picture's size "
            f"with {argument('picture')}, e.g. 1920x1080{metres}"
        )
    scale = np.array(picture_px, dtype=np.float64) / (1.0 - low)
    frames = [[Body((one.xy - low) * scale, one.score) for one in people] for people in found.frames]
    width, height = picture_px
    return replace(found, frames=frames, notes=(*found.notes, f"{what}: read as pixels of {width} x {height}"))


def check_place(found: ImportedPoses, path: Path) -> None:
    """Raise InputError for points that are told from the middle of the hips, as MediaPipe's world landmarks are."""
    hips = [f"{side}_hip" for side in BOTH_SIDES]
    if not all(hip in found.skeleton for hip in hips):
        return
    bodies = bodies_of(found)
    middle = bodies[:, [found.skeleton.index(hip) for hip in hips]].mean(axis=1)
    middle = middle[np.isfinite(middle).all(axis=1)]
    # A middle at 0, 0 itself was taken for a point that was not seen.
    lost = "mid_hip" in found.skeleton and not np.isfinite(bodies[:, found.skeleton.index("mid_hip")]).any()
    near = (_ABOUT_ORIGIN if lost else _AT_ORIGIN) * height_of(bodies, found.skeleton)
    if len(middle) < _FEW or not np.percentile(np.abs(middle), 95) < near:
        return
    raise InputError(
        f"in '{path}' all points are told from the middle of the hips (as MediaPipe's pose_world_landmarks are), which "
        "does not say where the runner is, rises or goes; expected points of the picture: pose_landmarks"
    )


def bodies_of(found: ImportedPoses) -> FloatArray:
    """Return (body, keypoint, 2) of everybody in all frames, or of enough of them to judge by."""
    every = [one.xy for people in found.frames for one in people]
    chosen = every[:: max(len(every) // _SAMPLE, 1)]
    return np.array(chosen).reshape(-1, len(found.skeleton), 2)


def _points(found: ImportedPoses) -> FloatArray:
    every = [one.xy[np.isfinite(one.xy).all(axis=1)] for people in found.frames for one in people]
    return np.concatenate(every) if every else np.empty((0, 2))
