"""A window that follows a runner who is small in the image, and enlarges them in the annotated video."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.video.reader import Image

# By default, a runner who fills less than this share of the image height is followed.
SMALL_SHARE = 0.5
# Height of the window in body heights (nose to toes), with margins for arms, hair and captions.
_HEIGHT_TO_BODY = 1.6
# Standard deviation, s, of the Gaussian that smooths the window's position: steps, 0.35 s each, must not move it.
_SMOOTHING_SD_S = 0.5
# Largest magnification; more pixels would not show more detail.
_MOST_ZOOM = 4.0
# Largest ratio of width to height, so that a phone held upright shows the runner as large as possible.
_WIDEST = 1.0
# Windows with fewer lines are enlarged.
_FEW_LINES = 720


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The visible part of the image in every frame.

    Attributes
    ----------
    left_px, top_px : FloatArray
        (frame,) upper left corner in the image, px.
    zoom : FloatArray
        (frame,) magnification.
    width, height : int
        size of the output images, px, the same in all frames.
    """

    left_px: FloatArray
    top_px: FloatArray
    zoom: FloatArray
    width: int
    height: int

    def cut(self, image: Image, frame: int) -> Image:
        """Return the cropped and enlarged image of a frame, (height, width, 3)."""
        zoom = self.zoom[frame]
        move = np.array([[zoom, 0.0, -zoom * self.left_px[frame]], [0.0, zoom, -zoom * self.top_px[frame]]])
        shown = cv2.warpAffine(
            image, move, (self.width, self.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(shown, dtype=np.uint8)

    def moved(self, xy: FloatArray, frame: int) -> FloatArray:
        """Return points (…, 2) px of a frame in the coordinates of the cropped image."""
        corner = np.array([self.left_px[frame], self.top_px[frame]])
        moved: FloatArray = (xy - corner) * self.zoom[frame]
        return moved


def height_share(pose: PoseSequence, *, height: int) -> float:
    """Return the body's height as a share of the image ``height`` (px), median over frames; NaN if unknown."""
    _, body_px = _body(pose)
    return float(np.nanmedian(body_px)) / height if np.isfinite(body_px).any() else float("nan")


def follow_window(pose: PoseSequence, *, width: int, height: int) -> Window | None:
    """Return a window that follows the body smoothly within an image of ``width`` x ``height`` px.

    None if nobody was detected, or the window would be the whole image.
    """
    middle_px, body_px = _body(pose)
    seen = np.isfinite(body_px)
    if not seen.any():
        return None
    columns = np.column_stack([middle_px, body_px])
    x, y, body = (
        _smoothed(np.interp(pose.time_s, pose.time_s[seen], column[seen]), _SMOOTHING_SD_S * pose.fps)
        for column in columns.T
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
    """Return the centre (frame, 2) px and the height (frame,) px of the body's keypoints; NaN without detection."""
    middle, height = np.full((len(pose), 2), np.nan), np.full(len(pose), np.nan)
    there = np.isfinite(pose.xy).all(axis=2).sum(axis=1) > 1
    low, high = np.nanmin(pose.xy[there], axis=1), np.nanmax(pose.xy[there], axis=1)
    middle[there], height[there] = (low + high) / 2, high[:, 1] - low[:, 1]
    return middle, height


def _smoothed(values: FloatArray, sd_frames: float) -> FloatArray:
    """Return values smoothed by a Gaussian; deviations from the regression line are mirrored at the ends."""
    reach = min(int(3 * sd_frames), len(values) - 1)
    if reach < 1:
        return values
    frames = np.arange(len(values))
    line: FloatArray = np.polyval(np.polyfit(frames, values, 1), frames).astype(np.float64)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sd_frames) ** 2)
    deviations = np.pad(values - line, reach, mode="reflect")
    smooth: FloatArray = np.convolve(deviations, weights / weights.sum(), mode="valid").astype(np.float64)
    return line + smooth
