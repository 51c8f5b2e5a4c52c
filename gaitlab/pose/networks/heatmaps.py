"""Sub-cell localisation of keypoints in heatmaps."""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray

_REACH = 3  # cells around a peak that are used for refinement
_WINDOW_SD = 1.2  # cells; about the width of the networks' peaks, which makes the centroid a matched filter
_ROUNDS = 6


def local_peaks(maps: FloatArray, *, threshold: float | FloatArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return channel, row and column, (peak,) each, of local maxima (8 neighbours) above ``threshold``.

    Parameters
    ----------
    maps : FloatArray
        (channel, row, column).
    threshold : float | FloatArray
        one for all maps, or (channel, 1, 1).
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
    """Return the refined peaks, (peak, 2) x, y in cells, at the given cells.

    Notes
    -----
    Windowed centroid of Bertin's SExtractor (XWIN_IMAGE): the centroid under a Gaussian window that moves onto the
    peak. Each step is doubled, because window and peak have about the same width, so that the centroid of their product
    is half-way between them.
    """
    offsets = np.arange(-_REACH, _REACH + 1)
    patch = _patches(maps, channel, row[:, None] + offsets, column[:, None] + offsets)
    patch = np.maximum(patch, 0.0, dtype=np.float64)
    shift = np.zeros((len(channel), 2))
    for _ in range(_ROUNDS):
        window = np.exp(-0.5 * ((offsets - shift[:, :, None]) / _WINDOW_SD) ** 2)  # (peak, x or y, offset)
        weight = np.stack([window, window * offsets], axis=2)  # (peak, x or y, power of the offset, offset)
        moments = weight[:, 1] @ patch @ weight[:, 0].transpose(0, 2, 1)  # (peak, power of y, power of x)
        centre = np.stack([moments[:, 0, 1], moments[:, 1, 0]], axis=1) / np.maximum(moments[:, :1, 0], 1e-12)
        shift = np.clip(shift + 2 * (centre - shift), -1.0, 1.0)
    cells: FloatArray = shift + np.stack([column, row], axis=1)
    return cells


def _patches(maps: FloatArray, channel: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> FloatArray:
    """Return (point, dy, dx) of the maps at (point, dy) rows and (point, dx) columns, 0 beyond the edges."""
    height, width = maps.shape[1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    at = (rows.clip(0, height - 1) * width)[:, :, None] + columns.clip(0, width - 1)[:, None, :]
    patches: FloatArray = maps.reshape(len(maps), -1)[channel[:, None, None], at] * inside
    return patches


def share_near(maps: FloatArray, channel: np.ndarray, cells: FloatArray, *, reach: float) -> FloatArray:
    """Return the (point,) sum of a map within ``reach`` cells of each point.

    Parameters
    ----------
    maps : FloatArray
        (channel, row, column).
    channel : np.ndarray
        (point,) index of the map of each point.
    cells : FloatArray
        (point, 2) x, y.
    reach : float
        radius, cells.
    """
    offsets = np.arange(-int(np.ceil(reach)), int(np.ceil(reach)) + 2)
    columns, rows = (np.floor(cells[:, i]).astype(int)[:, None] + offsets for i in (0, 1))
    away_sq = ((rows - cells[:, 1:]) ** 2)[:, :, None] + ((columns - cells[:, :1]) ** 2)[:, None, :]
    share: FloatArray = (_patches(maps, channel, rows, columns) * (away_sq <= reach**2)).sum(axis=(1, 2))
    return share


def strongest(maps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (channel, 2) x, y in cells of each map's highest peak, and its (channel,) height."""
    flat = maps.reshape(len(maps), -1)
    best = flat.argmax(axis=1)
    row, column = np.divmod(best, maps.shape[2])
    channel = np.arange(len(maps))
    return refine(maps, channel, row, column), flat[channel, best]


def soft_max(logits: FloatArray) -> FloatArray:
    """Return (channel, row, column) probabilities that sum to 1 over each map."""
    flat = logits.reshape(len(logits), -1)
    flat = np.exp(flat - flat.max(axis=1, keepdims=True))
    shares: FloatArray = (flat / flat.sum(axis=1, keepdims=True)).reshape(logits.shape)
    return shares
