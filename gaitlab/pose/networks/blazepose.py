"""MediaPipe's BlazePose landmarks, with heels and foot index: one person in an upright square crop.

The crop, the order of the outputs and the refinement by heatmaps follow MediaPipe's pose landmark graph
(Bazarevsky et al. 2020, arXiv:2006.10204). MediaPipe's detector is not available in OpenCV, so the first crop comes
from another network or from a search.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from gaitlab.core.person import Body, overlap
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.pose.models.catalogue import InstalledModel
from gaitlab.pose.networks.network import Network
from gaitlab.pose.networks.window import Window, around, centres

_SIZE = 256  # px of the network's input
_OUTPUTS = ("Identity", "Identity_1", "Identity_3")  # landmarks, presence, heatmaps
_FILL = 0.75  # height of the keypoints' box as a share of the square
_LEAST_ASPECT = 0.7  # of the box: a person wider than high is partly hidden
_PRESENT = 0.5
# Refinement: cells around a landmark, and the least peak of the heatmap there.
_REFINE_REACH = 3
_REFINE_FROM = 0.5
_SEARCH_SIZES = (1.0, 0.7, 0.5)
_SEARCH_STEP = 0.35


class BlazePose:
    """Network for one person in a crop; `detect_people` searches the image with many crops.

    Attributes and methods are those of `estimator.PoseEstimator`.
    """

    def __init__(self, installed: InstalledModel) -> None:
        self.name = installed.name
        self.skeleton = installed.model.skeleton
        self.detection_interval_s = 3.0
        self._network = Network(installed, outputs=_OUTPUTS)
        self.model: dict[str, Any] = {"name": self.name, "format": installed.format, "crop_px": [_SIZE, _SIZE]}

    def detect_people(self, image: Image, *, least_height_px: float = 0.0, unsure: bool = False) -> list[Body]:
        """Return the people in the image by decreasing score, from squares of several sizes and a second pass."""
        candidates: list[Body] = []
        rows, columns = image.shape[:2]
        for share in _SEARCH_SIZES:
            side = share * max(rows, columns)
            for y in centres(rows, 0.4 * side, _SEARCH_STEP * side):
                for x in centres(columns, 0.4 * side, _SEARCH_STEP * side):
                    body = self._in_square(image, np.array([x, y]), side, 0.0)
                    if body is not None:
                        candidates.append(body)
        candidates.sort(key=lambda body: -body.total)
        people: list[Body] = []
        for body in candidates[:8]:
            if all(overlap(body.box, other.box) < 0.3 for other in people):
                again = self.detect_person(image, body.box, body)
                if again is not None and all(overlap(again.box, other.box) < 0.3 for other in people):
                    people.append(again)
        return people

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        """Return the person in a square as high as ``box``, rotated so that the trunk of ``guess`` is upright.

        Parameters are those of `estimator.PoseEstimator.detect_person`.
        """
        return self.as_posed(image, box, guess, self.skeleton)

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        """Return (keypoint, row, column) confidence around the best person, and the square it covers."""
        people = self.detect_people(image)
        rows, columns = image.shape[:2]
        box = people[0].box if people else np.array([0.0, 0.0, columns, rows])
        window = around(box, aspect=1.0, fill=_FILL)
        centre = np.array([window.left + window.width / 2, window.top + window.height / 2])
        maps = self._network.forward([square(image, square_to_picture(centre, window.height, 0.0))])[2]
        return _sigmoid(maps[0, : len(self.skeleton)]), window

    def as_posed(self, image: Image, box: FloatArray, guess: Body, skeleton: Skeleton) -> Body | None:
        """Return the person in a square as high as ``box``, centred on the hips of ``guess`` and with upright trunk.

        The network was trained on squares centred on the hips; centred on the box, which moves with the limbs, it swaps
        the legs of a runner in a side view more often.

        Parameters
        ----------
        image : Image
            (height, width, 3) BGR.
        box : FloatArray
            (4,) expected left, top, right, bottom, px.
        guess : Body
            expected keypoints, or those of another network, in the order of ``skeleton``.
        skeleton : Skeleton
            keypoints of ``guess``.
        """
        return self._in_square(image, *square_about(box, guess, skeleton), lean_deg(guess, skeleton.index))

    def _in_square(self, image: Image, centre: FloatArray, side: float, angle_deg: float) -> Body | None:
        to_picture = square_to_picture(centre, side, angle_deg)
        landmarks, presence, heatmaps = self._network.forward([square(image, to_picture)])
        if float(presence.ravel()[0]) < _PRESENT:
            return None
        points = landmarks.reshape(-1, 5)[: len(self.skeleton)].astype(np.float64)
        xy = refined(points[:, :2], _sigmoid(heatmaps[0, : len(points)]))
        return Body(xy @ to_picture[:, :2].T + to_picture[:, 2], np.minimum(*_sigmoid(points[:, 3:5]).T))


def square_about(box: FloatArray, body: Body, skeleton: Skeleton) -> tuple[FloatArray, float]:
    """Return centre (2,) and side of the square crop, px, centred on the hips, or on the box if they are hidden.

    Parameters
    ----------
    box : FloatArray
        (4,) expected left, top, right, bottom, px.
    body : Body
        expected keypoints, in the order of ``skeleton``.
    skeleton : Skeleton
        keypoints of ``body``.
    """
    hips = np.mean([body.point(skeleton, f"{side}_hip") for side in SIDES], axis=0)
    centre = hips if np.isfinite(hips).all() else (box[:2] + box[2:]) / 2
    return centre, float(max(box[3] - box[1], _LEAST_ASPECT * (box[2] - box[0]))) / _FILL


def lean_deg(body: Body, index: Callable[[str], int]) -> float:
    """Return the inclination of the trunk to image-right, degrees; 0 if hips or shoulders are missing."""
    shoulders, hips = (
        (body.xy[index(f"left_{joint}")] + body.xy[index(f"right_{joint}")]) / 2 for joint in ("shoulder", "hip")
    )
    along = shoulders - hips
    return float(np.rad2deg(np.arctan2(along[0], -along[1]))) if np.isfinite(along).all() else 0.0


def square_to_picture(centre: FloatArray, side: float, angle_deg: float) -> FloatArray:
    """Return the (2, 3) affine transformation from pixels of the network's input to pixels of the image.

    A person whose trunk leans to the right by ``angle_deg`` is upright in the input.
    """
    angle, scale = np.deg2rad(angle_deg), side / _SIZE
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, _SIZE / 2)
    return np.column_stack([turn, centre - turn @ middle])


def square(image: Image, to_picture: FloatArray) -> Image:
    """Return the (256, 256, 3) input, sampled at twice the resolution and averaged to avoid jitter from aliasing."""
    fine = to_picture @ np.array([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1.0]])
    size = (2 * _SIZE, 2 * _SIZE)
    sampled = cv2.warpAffine(image, fine, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(cv2.resize(sampled, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def refined(xy: FloatArray, heatmaps: FloatArray) -> FloatArray:
    """Return refined landmarks, (point, 2) px of the input: centroids of the heatmaps where these are confident.

    Parameters
    ----------
    xy : FloatArray
        (point, 2) px of the input.
    heatmaps : FloatArray
        (point, row, column), 0 to 1, over the whole input.
    """
    count, rows, columns = heatmaps.shape
    cell_px = _SIZE / columns
    column, row = np.floor(xy / cell_px).astype(int).T
    near = np.arange(-_REFINE_REACH, _REFINE_REACH + 1)
    r, c = row[:, None] + near, column[:, None] + near
    inside = ((r >= 0) & (r < rows))[:, :, None] & ((c >= 0) & (c < columns))[:, None, :]
    r, c = np.clip(r, 0, rows - 1), np.clip(c, 0, columns - 1)
    patch = np.where(inside, heatmaps[np.arange(count)[:, None, None], r[:, :, None], c[:, None, :]], 0.0)
    total = np.maximum(patch.sum(axis=(1, 2)), 1e-9)
    centre = np.stack([(patch.sum(axis=1) * c).sum(axis=1), (patch.sum(axis=2) * r).sum(axis=1)], axis=1)
    sure = patch.max(axis=(1, 2)) >= _REFINE_FROM
    return np.where(sure[:, None], centre / total[:, None] * cell_px, xy)


def _sigmoid(values: FloatArray) -> FloatArray:
    shares: FloatArray = 1 / (1 + np.exp(-np.clip(values.astype(np.float64), -60, 60)))
    return shares
