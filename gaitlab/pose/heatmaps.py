"""From heatmaps to points between the cells."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray

_REACH = 3  # cells round a peak that take part in refining it
_WINDOW_SD = 1.2  # cells; about the width of the networks' own peaks, which makes the centroid a matched filter
_ROUNDS = 6


def local_peaks(maps: FloatArray, *, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return channel, row and column of the cells above ``threshold`` that no neighbour (of 8) exceeds.

    Args:
        maps: (channel, row, column).
    """
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    rows, columns = maps.shape[1:]
    peak = maps > threshold
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dy or dx:
                neighbour = padded[:, 1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + columns]
                # Of two equal neighbours only the first counts.
                peak &= (maps >= neighbour) if (dy, dx) > (0, 0) else (maps > neighbour)
    channel, row, column = np.nonzero(peak)
    return channel, row, column


def refine(maps: FloatArray, channel: np.ndarray, row: np.ndarray, column: np.ndarray) -> FloatArray:
    """Return (peak, 2) x, y in cells of the peaks at the given cells.

    The centroid under a Gaussian window that moves onto the peak: every step is doubled, as window and peak have
    about the same width and the centroid of their product goes half the way (windowed centroid of Bertin's
    SExtractor, XWIN_IMAGE).
    """
    offsets = np.arange(-_REACH, _REACH + 1)
    padded = np.pad(np.maximum(maps, 0.0), ((0, 0), (_REACH, _REACH), (_REACH, _REACH)))
    rows = row[:, None] + _REACH + offsets
    columns = column[:, None] + _REACH + offsets
    patch = padded[channel[:, None, None], rows[:, :, None], columns[:, None, :]]  # (peak, dy, dx)
    shift = np.zeros((len(channel), 2))
    for _ in range(_ROUNDS):
        across = np.exp(-0.5 * ((offsets - shift[:, :1]) / _WINDOW_SD) ** 2)
        down = np.exp(-0.5 * ((offsets - shift[:, 1:]) / _WINDOW_SD) ** 2)
        weight = patch * down[:, :, None] * across[:, None, :]
        total = np.maximum(weight.sum(axis=(1, 2)), 1e-12)
        centre = np.stack([(weight.sum(axis=1) * offsets).sum(axis=1), (weight.sum(axis=2) * offsets).sum(axis=1)], 1)
        shift = np.clip(shift + 2 * (centre / total[:, None] - shift), -1.0, 1.0)
    cells: FloatArray = shift + np.stack([column, row], axis=1)
    return cells


def strongest(maps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (channel, 2) x, y in cells of each map's highest peak, and its (channel,) height."""
    flat = maps.reshape(len(maps), -1)
    best = flat.argmax(axis=1)
    row, column = np.divmod(best, maps.shape[2])
    channel = np.arange(len(maps))
    return refine(maps, channel, row, column), flat[channel, best]


def soft_max(logits: FloatArray) -> FloatArray:
    """Return (channel, row, column) probabilities that sum to 1 over each map."""
    flat = logits.reshape(len(logits), -1).astype(np.float64)
    flat = np.exp(flat - flat.max(axis=1, keepdims=True))
    shares: FloatArray = (flat / flat.sum(axis=1, keepdims=True)).reshape(logits.shape)
    return shares
