"""Laying pictures of one thing on their common median: how each is shifted, turned and scaled against it.

Inverse compositional registration (Baker and Matthews 2004), with weights that let go of what does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Image

_ROUNDS, _STEPS = 5, 12
# Fewer pictures make no median; one that shows less of the patch than this share is no help to it.
FEWEST, SHOWN_ENOUGH = 8, 0.60
# Differences of colour count in their own spread; CIELAB units that compression and noise always make.
FAINTEST = 1.5
_OUTLIER = 2.5
# Strength with which turn and scale are held where the patch says nothing of them, in units of one pixel's evidence.
_HOLD = (1e-3, 1e-3, 5.0, 30.0)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What lies round one ankle: (row, column, 3) BGR, where its first pixel is in the frame, its size against that."""

    image: Image
    origin_px: FloatArray
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A picture in CIELAB, with what of it the other leg leaves in sight."""

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
        """Return colours and sight at places of the frame, px."""
        across = ((x - self.origin_px[0] + 0.5) * self.scale - 0.5).astype(np.float32)
        down = ((y - self.origin_px[1] + 0.5) * self.scale - 0.5).astype(np.float32)
        lab = cv2.remap(self.lab, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        sight = cv2.remap(self.sight, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        return lab, sight


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """Where every picture lies on the median: (n, 2) px, (n,) rad clockwise, how sure, how much is seen and fits."""

    middle: FloatArray
    turn: FloatArray
    turn_sd_deg: FloatArray
    shown: FloatArray
    fits: FloatArray
    median: Any


def register_to_median(
    stack: list[Patch], start: FloatArray, *, half: tuple[int, int], astray_px: float, step_px: float
) -> Registration | None:
    """Lay all pictures on their median: shift first, then turn and scale, with the median made anew each round.

    Parameters
    ----------
    stack : list[Patch]
        the pictures.
    start : FloatArray
        (picture, 2) px of the frame where the thing's middle is expected.
    half : tuple[int, int]
        half the patch's width and height in its own pixels, each ``step_px`` of the frame wide.
    astray_px : float
        how far the middle may lie from where it was expected.
    """
    wide, high = half
    if min(half) < 3:
        return None
    v, u = np.mgrid[-high : high + 1, -wide : wide + 1].astype(np.float64)
    # Soft borders: what enters at the rim of the patch must not pull at it.
    soft = np.exp(-((u / wide) ** 4 + (v / high) ** 4))
    n = len(stack)
    state = np.concatenate([start, np.zeros((n, 2))], axis=1)
    shown, fits, sd = np.zeros(n), np.ones(n), np.full(n, np.nan)
    median = np.zeros((*u.shape, 3))
    for turn in range(_ROUNDS):
        seen = [laid.at(*_places(u, v, at, step_px)) for laid, at in zip(stack, state, strict=True)]
        shown = np.array([(sight * soft).sum() for _, sight in seen]) / soft.sum()
        clear = _clearest(shown, fits)
        median, spread, known = _median_of([seen[k] for k in np.flatnonzero(clear)])
        slopes = _slopes(median, u, v) / spread[..., None]
        for k, laid in enumerate(stack):
            if shown[k] < SHOWN_ENOUGH / 2:
                fits[k], sd[k] = 0.0, np.nan
                continue
            at, fits[k], sd[k] = _fit(
                laid,
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
    """Return which pictures make the median: those that may be used, or the best eight, if they fit."""
    enough = min(SHOWN_ENOUGH, float(np.sort(shown)[-min(FEWEST, len(shown))]))
    clear = shown >= enough
    fitting: np.ndarray = clear & (fits >= 0.8 * np.median(fits[clear]))
    return fitting


def _median_of(seen: list[tuple[Any, Any]]) -> tuple[Any, Any, Any]:
    """Return the median colour of each pixel, its spread, and whether enough pictures show the pixel."""
    sight = np.array([sight for _, sight in seen]) > 0.5
    known = sight.sum(axis=0) >= min(FEWEST, len(seen))
    # A pixel that nobody shows keeps its covered colour: it counts for nothing, and makes no edge of its own.
    shows = (sight | ~known)[..., None]
    patches = np.where(shows, np.array([lab for lab, _ in seen]), np.nan)
    median = np.nanmedian(patches, axis=0)
    return median, np.nanmedian(np.abs(patches - median), axis=0) / 0.6745 + FAINTEST, known


def _places(u: FloatArray, v: FloatArray, at: FloatArray, step_px: float) -> tuple[FloatArray, FloatArray]:
    """Return where the patch's pixels lie in the frame, for (x, y, turn, log of scale)."""
    size = step_px * np.exp(at[3])
    cos, sin = size * np.cos(at[2]), size * np.sin(at[2])
    return at[0] + cos * u - sin * v, at[1] + sin * u + cos * v


def _slopes(median: Any, u: FloatArray, v: FloatArray) -> Any:
    """Return (row, column, channel, 4): how the median changes with shift, turn and scale."""
    down, across = np.gradient(median, axis=(0, 1))
    u, v = u[..., None], v[..., None]
    return np.stack([across, down, down * u - across * v, across * u + down * v], axis=-1)


def _fit(
    laid: Patch, at: FloatArray, grid: tuple[FloatArray, FloatArray], step_px: float, median: Any, spread: Any,
    slopes: Any, trust: Any, *, shifts_only: bool,
) -> tuple[FloatArray, float, float]:  # fmt: skip
    """Return (x, y, turn, log of scale), the share of the patch that fits, and the turn's standard deviation, rad."""
    at, hold = at.copy(), np.array(_HOLD)
    free = 2 if shifts_only else 4
    flat = slopes.reshape(-1, 4)
    fits, sd = 0.0, float("nan")
    for _ in range(_STEPS):
        away = ((laid.at(*_places(*grid, at, step_px))[0] - median) / spread).ravel()
        weight = np.repeat(trust.ravel(), 3) / (1 + (away / _OUTLIER) ** 2) ** 2
        bent = (flat * weight[:, None]).T @ flat + np.diag(hold)
        pull = flat.T @ (weight * away)
        pull[3] += hold[3] * at[3]
        move = -np.linalg.solve(bent[:free, :free], pull[:free])
        move = np.clip(move, [-2, -2, -0.1, -0.1][:free], [2, 2, 0.1, 0.1][:free])
        cos, sin = step_px * np.cos(at[2]), step_px * np.sin(at[2])
        at[:2] += [cos * move[0] - sin * move[1], sin * move[0] + cos * move[1]]
        at[2:free] = np.clip(at[2:free] + move[2:], [-0.6, -0.3][: free - 2], [0.6, 0.3][: free - 2])
        fits = float(weight.sum() / (3 * trust.sum()))
        left = float((weight * away**2).sum() / weight.sum())
        sd = float(np.sqrt(np.linalg.inv(bent)[2, 2] * max(left, 0.1)))
        if np.abs(move[:2]).max() < 0.01 and (free == 2 or abs(move[2]) < 0.001):
            break
    return at, fits, sd
