"""Detection of small round spots in an image: position, colour, contrast, and uncertainty of the position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Image

# Radii searched, as shares of the shank, for dots of 1 to 3 cm; least radius in px.
_RADII = (0.016, 0.024, 0.036)
_SMALLEST_RADIUS_PX = 1.5
# Standard deviations of the centre and surround Gaussians, relative to the radius.
_CENTRE, _SURROUND = 0.7, 1.7
# The colour of a disc is that of the surround plus this factor times the difference, because a Gaussian retains
# 1 - exp(-1 / 2 s^2) of a disc at its centre.
_UNMIXED = (1 - (_S := 1 - math.exp(-0.5 / _SURROUND**2))) / (1 - math.exp(-0.5 / _CENTRE**2) - _S)
# Least difference between centre and surround, and least contrast of a spot, CIELAB units; most spots per image.
_FAINTEST, _LEAST_CONTRAST = 1.2, 0.4
_MOST = 60
# Position uncertainty not explained by noise: oblique discs, edges of the tape, compression.
_FLOOR_PX = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Spots of one image.

    Attributes
    ----------
    xy : FloatArray
        (spot, 2) px.
    colour : FloatArray
        (spot, 3) CIELAB of the disc, corrected for blurring with its surroundings.
    beside : FloatArray
        (spot, 3) CIELAB difference from the surroundings; its sign distinguishes light from dark dots.
    contrast : FloatArray
        (spot,) contrast to the surroundings in the weakest direction (0 for an edge), CIELAB units.
    sd_px : FloatArray
        (spot,) standard deviation of the position, px, from the image noise and the distance to the same spot at the
        next smaller radius.
    roundness : FloatArray
        (spot,) 0 to 1, ratio of the curvatures in the weakest and strongest direction: near 1 for discs, near 0 for
        edges of socks and soles.
    """

    xy: FloatArray
    colour: FloatArray
    beside: FloatArray
    contrast: FloatArray
    sd_px: FloatArray
    roundness: FloatArray

    def __len__(self) -> int:
        return len(self.xy)


NO_SPOTS = Spots(np.empty((0, 2)), np.empty((0, 3)), np.empty((0, 3)), *(np.empty(0) for _ in range(3)))


def find_spots(image: Image, box: tuple[float, float, float, float], *, shank_px: float) -> Spots:
    """Find the spots in a part of an image.

    Parameters
    ----------
    image : Image
        (height, width, 3) BGR.
    box : tuple[float, float, float, float]
        left, top, right, bottom px.
    shank_px : float
        length of the lower leg, px, which determines the size of the dots.
    """
    height, width = image.shape[:2]
    left, top = max(math.floor(box[0]), 0), max(math.floor(box[1]), 0)
    right, bottom = min(math.ceil(box[2]), width), min(math.ceil(box[3]), height)
    if right - left < 8 or bottom - top < 8:
        return NO_SPOTS
    part = np.ascontiguousarray(image[top:bottom, left:right])
    lab: Any = cv2.cvtColor(part.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    noise = _noise(lab[..., 0])
    found = [
        _at_radius(lab, max(share * shank_px, _SMALLEST_RADIUS_PX * (1 + 0.5 * i)), noise)
        for i, share in enumerate(_RADII)
    ]
    xy, colour, beside, contrast, sd, roundness, reach = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(-contrast)[: 4 * _MOST]
    distance = np.linalg.norm(xy[order, None] - xy[None, order], axis=2)
    apart = distance > np.maximum(reach[order, None], reach[None, order])
    finer = _finer(distance, beside[order], reach[order])
    finest = order[finer[finer]]
    free = np.ones(len(order), bool)
    kept: list[int] = []
    for i in range(len(order)):
        if free[i] and len(kept) < _MOST:
            kept.append(i)
            free &= apart[i]
    unsure = np.hypot(sd[finest[kept]], distance[kept, finer[kept]])
    at = order[kept]
    return Spots(xy[finest[kept]] + [left, top], colour[at], beside[at], contrast[at], unsure, roundness[at])


def _finer(distance: FloatArray, beside: FloatArray, radius_px: FloatArray) -> np.ndarray:
    """Return the (n,) index of the same spot at the next smaller radius; its own if there is none.

    A disc on a uniform background has the same centre at every radius. Near an edge, as on a shoe in the sun, the
    centre of a smaller radius is less affected.
    """
    number = np.searchsorted(np.unique(radius_px), radius_px)
    same = (beside @ beside.T > 0) & (distance < radius_px[:, None]) & (number[None] == number[:, None] - 1)
    nearest = np.where(same, distance, np.inf)
    own = np.arange(len(radius_px))
    return np.where(same.any(axis=1), nearest.argmin(axis=1), own) if len(own) else own


def _noise(channel: Any) -> float:
    """Return the standard deviation of a channel's noise (Immerkaer 1996, by a median instead of the mean)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.median(np.abs(cv2.filter2D(channel, -1, kernel)))) / 0.6745 / 6


def _at_radius(lab: Any, radius_px: float, noise: float) -> tuple[FloatArray, ...]:
    """Return position, colour, difference, contrast, SD, roundness and radius of the spots of about one radius."""
    centre, surround = (cv2.GaussianBlur(lab, (0, 0), share * radius_px) for share in (_CENTRE, _SURROUND))
    difference = centre - surround
    size = 2 * math.ceil(radius_px) + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    peaks = np.zeros(lab.shape[:2], bool)
    for channel in range(3):
        strength = np.abs(difference[..., channel])
        peaks |= (strength >= cv2.dilate(strength, around)) & (strength > _FAINTEST)
    peaks[[0, -1]] = peaks[:, [0, -1]] = False
    rows, columns = np.nonzero(peaks)
    if not len(rows):
        return np.empty((0, 2)), np.empty((0, 3)), np.empty((0, 3)), *(np.empty(0) for _ in range(4))
    near = np.arange(-1, 2)
    patch = difference[rows[:, None, None] + near[:, None], columns[:, None, None] + near[None]]  # (n, 3, 3, 3)
    middle = patch[:, 1, 1]
    along = np.einsum("nijc,nc->nij", patch, middle / np.linalg.norm(middle, axis=1)[:, None])
    shift, curvature, roundness = _summit(along)
    contrast = curvature * radius_px**2
    # Noise of a Gaussian-smoothed gradient divided by the curvature of the peak.
    spread = noise / (math.sqrt(8 * math.pi) * (_CENTRE * radius_px) ** 2) / np.maximum(curvature, 1e-6)
    good = (np.abs(shift).max(axis=1) <= 1.0) & (contrast > _LEAST_CONTRAST)
    xy = np.stack([columns, rows], axis=1) + shift
    colour = surround[rows, columns] + _UNMIXED * middle
    return (
        xy[good].astype(np.float64), colour[good].astype(np.float64),
        (colour - surround[rows, columns])[good].astype(np.float64), contrast[good].astype(np.float64),
        np.hypot(spread, _FLOOR_PX)[good].astype(np.float64), roundness[good].astype(np.float64),
        np.full(int(good.sum()), radius_px),
    )  # fmt: skip


def _summit(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the peak (n, 2) x, y of a paraboloid through (n, 3, 3) values, its smaller curvature, and the ratio of the
    smaller to the larger curvature, (n,) each."""
    dx = (values[:, :, 2] - values[:, :, 0]).mean(axis=1) / 2
    dy = (values[:, 2, :] - values[:, 0, :]).mean(axis=1) / 2
    dxx = (values[:, :, 2] - 2 * values[:, :, 1] + values[:, :, 0]).mean(axis=1)
    dyy = (values[:, 2, :] - 2 * values[:, 1, :] + values[:, 0, :]).mean(axis=1)
    dxy = (values[:, 2, 2] - values[:, 2, 0] - values[:, 0, 2] + values[:, 0, 0]) / 4
    determinant = dxx * dyy - dxy**2
    peaked = (dxx < 0) & (dyy < 0) & (determinant > 0)
    safe = np.where(peaked, determinant, 1.0)
    shift = np.stack([(dxy * dy - dyy * dx) / safe, (dxy * dx - dxx * dy) / safe], axis=1)
    mean, half = -(dxx + dyy) / 2, np.hypot((dxx - dyy) / 2, dxy)
    smaller = np.where(peaked, mean - half, 0.0)
    return np.where(peaked[:, None], shift, 9.0), smaller, smaller / np.maximum(mean + half, 1e-9)
