"""A window that follows the runner through the picture, so that whoever is small in it is large in the video."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.video.reader import Image

# Whoever fills less of the picture's height is followed, where nobody says otherwise.
SMALL_SHARE = 0.5
# Height of the window in heights of the body (nose to toes), so that arms, hair and captions have room.
_HEIGHT_TO_BODY = 1.6
# Standard deviation of the weights over time that the window's middle is smoothed with: a step of a runner takes
# 0.35 s, and must not rock it.
_CALM_S = 0.5
# Pictures are not blown up beyond this: more pixels would show nothing more.
_MOST_ZOOM = 4.0
# No wider than high, so that a phone held upright shows the runner as large as it can.
_WIDEST = 1.0
# Lines of the picture below which the window is blown up.
_FEW_LINES = 720


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of the picture that is shown in every frame.

    Attributes
    ----------
    left_px, top_px : FloatArray
        (frame,) its corner in the picture.
    zoom : FloatArray
        (frame,) by how much it is enlarged.
    width, height : int
        of the pictures that come out, the same in all frames.
    """

    left_px: FloatArray
    top_px: FloatArray
    zoom: FloatArray
    width: int
    height: int

    def cut(self, image: Image, frame: int) -> Image:
        """Return what the window shows of a frame's picture."""
        zoom = self.zoom[frame]
        move = np.array([[zoom, 0.0, -zoom * self.left_px[frame]], [0.0, zoom, -zoom * self.top_px[frame]]])
        shown = cv2.warpAffine(
            image, move, (self.width, self.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(shown, dtype=np.uint8)

    def moved(self, xy: FloatArray, frame: int) -> FloatArray:
        """Return where points (…, 2) px of a frame's picture lie in what the window shows."""
        corner = np.array([self.left_px[frame], self.top_px[frame]])
        there: FloatArray = (xy - corner) * self.zoom[frame]
        return there


def height_share(pose: PoseSequence, *, height: int) -> float:
    """Return which share of a picture's ``height`` (px) the body's points fill from top to bottom; or NaN."""
    _, body_px = _body(pose)
    return float(np.nanmedian(body_px)) / height if np.isfinite(body_px).any() else float("nan")


def follow_window(pose: PoseSequence, *, width: int, height: int) -> Window | None:
    """Return a window that follows the body calmly and never leaves the picture of ``width`` x ``height`` px.

    None where nobody was seen, or where the window would be the picture.
    """
    middle_px, body_px = _body(pose)
    seen = np.isfinite(body_px)
    if not seen.any():
        return None
    columns = np.column_stack([middle_px, body_px])
    x, y, body = (
        _calm(np.interp(pose.time_s, pose.time_s[seen], column[seen]), _CALM_S * pose.fps) for column in columns.T
    )
    high = np.minimum(_HEIGHT_TO_BODY * body, height)
    shape = min(width / height, _WIDEST)
    usual = float(np.median(high))
    if usual >= height:
        return None
    lines = min(max(usual, min(_FEW_LINES, _MOST_ZOOM * usual)), height)
    out_width, out_height = (max(2 * round(side / 2), 2) for side in (lines * shape, lines))
    wide = high * out_width / out_height
    return Window(
        left_px=np.clip(x - wide / 2, 0, np.maximum(width - wide, 0)),
        top_px=np.clip(y - high / 2, 0, height - high),
        zoom=out_height / high,
        width=out_width,
        height=out_height,
    )


def _body(pose: PoseSequence) -> tuple[FloatArray, FloatArray]:
    """Return (frame, 2) px the middle of the body's points and (frame,) px their height; NaN where nobody was seen."""
    middle, height = np.full((len(pose), 2), np.nan), np.full(len(pose), np.nan)
    there = np.isfinite(pose.xy).all(axis=2).sum(axis=1) > 1
    low, high = np.nanmin(pose.xy[there], axis=1), np.nanmax(pose.xy[there], axis=1)
    middle[there], height[there] = (low + high) / 2, high[:, 1] - low[:, 1]
    return middle, height


def _calm(values: FloatArray, sd_frames: float) -> FloatArray:
    """Return values under a Gaussian over time; beyond the ends their line goes on, what is off it mirrored."""
    reach = min(int(3 * sd_frames), len(values) - 1)
    if reach < 1:
        return values
    frames = np.arange(len(values))
    line: FloatArray = np.polyval(np.polyfit(frames, values, 1), frames).astype(np.float64)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sd_frames) ** 2)
    off = np.pad(values - line, reach, mode="reflect")
    calm: FloatArray = np.convolve(off, weights / weights.sum(), mode="valid").astype(np.float64)
    return line + calm
