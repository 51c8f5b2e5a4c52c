"""Registration of images of one object to their common median: shift, rotation and scale of each.

Inverse compositional registration (Baker and Matthews 2004) with robust weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Image

_ROUNDS, _STEPS = 5, 12
# Least number of images for a median, and least visible share of the patch of an image used in it.
FEWEST, SHOWN_ENOUGH = 8, 0.60
# Added to the spread of colours for compression and noise, CIELAB units.
FAINTEST = 1.5
_OUTLIER = 2.5
# Regularisation of shift (x, y), rotation and scale where the patch does not determine them, in units of one pixel.
_HOLD = (1e-3, 1e-3, 5.0, 30.0)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Image around one ankle: (row, column, 3) BGR, position of its first pixel, (2,) px, and scale."""

    image: Image
    origin_px: FloatArray
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """An image in CIELAB with a mask of the area not hidden by the other leg."""

    lab: Any
    sight: Any
    origin_px: FloatArray
    scale: float

    @staticmethod
    def of(picture: Picture, covers: list[tuple[FloatArray, FloatArray, float]]) -> Patch:
        lab = cv2.cvtColor(picture.image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
        sight = np.ones(lab.shape[:2], np.float32)
        for start, end, half_px in covers:
            ends = [
                tuple(int(v) for v in np.round(8 * ((at - picture.origin_px + 0.5) * picture.scale - 0.5)))
                for at in (start, end)
            ]
            cv2.line(sight, ends[0], ends[1], 0.0, max(1, round(2 * half_px * picture.scale)), cv2.LINE_8, 3)
        return Patch(cv2.GaussianBlur(lab, (0, 0), 0.7), sight, picture.origin_px, picture.scale)

    def at(self, x: FloatArray, y: FloatArray) -> tuple[Any, Any]:
        """Return colours and visibility at positions of the frame, px."""
        across = ((x - self.origin_px[0] + 0.5) * self.scale - 0.5).astype(np.float32)
        down = ((y - self.origin_px[1] + 0.5) * self.scale - 0.5).astype(np.float32)
        lab = cv2.remap(self.lab, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        sight = cv2.remap(self.sight, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        return lab, sight


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """Position of every image on the median.

    Attributes
    ----------
    middle : FloatArray
        (n, 2) centre in the frame, px.
    turn : FloatArray
        (n,) rotation, rad clockwise.
    turn_sd_deg : FloatArray
        (n,) standard deviation of the rotation, degrees.
    shown : FloatArray
        (n,) visible share of the patch, 0 to 1.
    fits : FloatArray
        (n,) share of the patch that fits the median, 0 to 1.
    median : Any
        (row, column, 3) CIELAB.
    """

    middle: FloatArray
    turn: FloatArray
    turn_sd_deg: FloatArray
    shown: FloatArray
    fits: FloatArray
    median: Any


def register_to_median(
    stack: list[Patch], start: FloatArray, *, half: tuple[int, int], astray_px: float, step_px: float
) -> Registration | None:
    """Register all images to their median: shift first, then rotation and scale; the median is updated each round.

    Parameters
    ----------
    stack : list[Patch]
        the images.
    start : FloatArray
        (image, 2) expected centre of the object in the frame, px.
    half : tuple[int, int]
        half the patch's width and height in pixels of the patch.
    astray_px : float
        largest distance of the centre from the expected position, px.
    step_px : float
        size of a pixel of the patch in the frame, px.

    Returns
    -------
    Registration | None
        None if the patch is too small.
    """
    wide, high = half
    if min(half) < 3:
        return None
    v, u = np.mgrid[-high : high + 1, -wide : wide + 1].astype(np.float64)
    # Soft borders, so that objects entering at the edge of the patch have little weight.
    soft = np.exp(-((u / wide) ** 4 + (v / high) ** 4))
    n = len(stack)
    state = np.concatenate([start, np.zeros((n, 2))], axis=1)
    shown, fits, sd = np.zeros(n), np.ones(n), np.full(n, np.nan)
    median = np.zeros((*u.shape, 3))
    for turn in range(_ROUNDS):
        seen = [patch.at(*_positions(u, v, at, step_px)) for patch, at in zip(stack, state, strict=True)]
        shown = np.array([(sight * soft).sum() for _, sight in seen]) / soft.sum()
        clear = _clearest(shown, fits)
        median, spread, known = _median_of([seen[k] for k in np.flatnonzero(clear)])
        slopes = _slopes(median, u, v) / spread[..., None]
        for k, patch in enumerate(stack):
            if shown[k] < SHOWN_ENOUGH / 2:
                fits[k], sd[k] = 0.0, np.nan
                continue
            at, fits[k], sd[k] = _fit(
                patch,
                state[k],
                (u, v),
                step_px,
                median,
                spread,
                slopes,
                seen[k][1] * known * soft,
                shifts_only=turn == 0,
            )
            if np.abs(at[:2] - start[k]).max() < astray_px:
                state[k] = at
            else:
                fits[k] = 0.0
        state[:, 2:] -= np.median(state[clear, 2:], axis=0)
    return Registration(state[:, :2], state[:, 2], np.degrees(sd), shown, fits, median)


def _clearest(shown: FloatArray, fits: FloatArray) -> np.ndarray:
    """Return the images for the median: those with enough of the patch visible, or the best eight, if they fit."""
    enough = min(SHOWN_ENOUGH, float(np.sort(shown)[-min(FEWEST, len(shown))]))
    clear = shown >= enough
    fitting: np.ndarray = clear & (fits >= 0.8 * np.median(fits[clear]))
    return fitting


def _median_of(seen: list[tuple[Any, Any]]) -> tuple[Any, Any, Any]:
    """Return the median colour of each pixel, its spread, and whether enough images show the pixel."""
    sight = np.array([sight for _, sight in seen]) > 0.5
    known = sight.sum(axis=0) >= min(FEWEST, len(seen))
    # A pixel hidden in too many images keeps the hidden colour, without weight, to avoid an artificial edge.
    shows = (sight | ~known)[..., None]
    patches = np.where(shows, np.array([lab for lab, _ in seen]), np.nan)
    median = np.nanmedian(patches, axis=0)
    return median, np.nanmedian(np.abs(patches - median), axis=0) / 0.6745 + FAINTEST, known


def _positions(u: FloatArray, v: FloatArray, at: FloatArray, step_px: float) -> tuple[FloatArray, FloatArray]:
    """Return the positions of the patch's pixels in the frame, px, for (x, y, rotation, log of scale)."""
    size = step_px * np.exp(at[3])
    cos, sin = size * np.cos(at[2]), size * np.sin(at[2])
    return at[0] + cos * u - sin * v, at[1] + sin * u + cos * v


def _slopes(median: Any, u: FloatArray, v: FloatArray) -> Any:
    """Return the derivatives of the median, (row, column, channel, 4), by shift (x, y), rotation and scale."""
    down, across = np.gradient(median, axis=(0, 1))
    u, v = u[..., None], v[..., None]
    return np.stack([across, down, down * u - across * v, across * u + down * v], axis=-1)


def _fit(
    patch: Patch, at: FloatArray, grid: tuple[FloatArray, FloatArray], step_px: float, median: Any, spread: Any,
    slopes: Any, trust: Any, *, shifts_only: bool,
) -> tuple[FloatArray, float, float]:  # fmt: skip
    """Return (x, y, rotation, log of scale), the share of the patch that fits, and the rotation's SD, rad."""
    at, hold = at.copy(), np.array(_HOLD)
    free = 2 if shifts_only else 4
    flat = slopes.reshape(-1, 4)
    fits, sd = 0.0, float("nan")
    for _ in range(_STEPS):
        residual = ((patch.at(*_positions(*grid, at, step_px))[0] - median) / spread).ravel()
        weight = np.repeat(trust.ravel(), 3) / (1 + (residual / _OUTLIER) ** 2) ** 2
        hessian = (flat * weight[:, None]).T @ flat + np.diag(hold)
        gradient = flat.T @ (weight * residual)
        gradient[3] += hold[3] * at[3]
        move = -np.linalg.solve(hessian[:free, :free], gradient[:free])
        move = np.clip(move, [-2, -2, -0.1, -0.1][:free], [2, 2, 0.1, 0.1][:free])
        cos, sin = step_px * np.cos(at[2]), step_px * np.sin(at[2])
        at[:2] += [cos * move[0] - sin * move[1], sin * move[0] + cos * move[1]]
        at[2:free] = np.clip(at[2:free] + move[2:], [-0.6, -0.3][: free - 2], [0.6, 0.3][: free - 2])
        fits = float(weight.sum() / (3 * trust.sum()))
        variance = float((weight * residual**2).sum() / weight.sum())
        sd = float(np.sqrt(np.linalg.inv(hessian)[2, 2] * max(variance, 0.1)))
        if np.abs(move[:2]).max() < 0.01 and (free == 2 or abs(move[2]) < 0.001):
            break
    return at, fits, sd
