"""Networks of the OpenPose family: heatmaps, and usually part affinity fields, at one eighth of the input size."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaitlab.core.errors import ModelError
from gaitlab.core.person import Body, box_height, overlap
from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Image
from gaitlab.pose.models.catalogue import InstalledModel
from gaitlab.pose.networks.assembly import Rules, assemble, find_peaks
from gaitlab.pose.networks.heatmaps import strongest
from gaitlab.pose.networks.legs import joint_legs
from gaitlab.pose.networks.limbs import CONFIRMING, LIMBS
from gaitlab.pose.networks.network import Network
from gaitlab.pose.networks.window import Window, around, cut, whole_picture

# Least heatmap value of a keypoint without a limb.
_LONE_PEAK = 0.1
# Margin around the previous box in which keypoints are accepted, as a share of its height.
_REACH = 0.25
# Added to the sum of a heatmap (about that of a weak peak) for its conversion to probabilities.
_UNSURE = 1.0
_POINTS_PER_HEIGHT = 0.85  # nose to ankles


class OpenPose:
    """Network for all people in an image, or one person in a crop.

    Attributes and methods are those of `estimator.PoseEstimator`.
    """

    def __init__(self, installed: InstalledModel) -> None:
        self.name = installed.name
        self.skeleton = installed.model.skeleton
        recipe = installed.recipe
        self._network = Network(installed)
        self.detection_interval_s = 0.5
        self._picture_px = int(recipe["picture_px"])
        self._crop_px: tuple[int, int] = tuple(recipe["crop_px"])
        self._fill = float(recipe["fill"])
        self._multiple = int(recipe.get("multiple", 8))
        self._rules = Rules(**{k: recipe[k] for k in ("peak_threshold", "sample_threshold") if k in recipe})
        self.model: dict[str, Any] = {"name": self.name, "format": installed.format, "crop_px": list(self._crop_px)}

    def detect_people(self, image: Image, *, least_height_px: float = 0.0, unsure: bool = False) -> list[Body]:
        """Return all people in the image, by decreasing score."""
        window, width, height = whole_picture(image, height=self._picture_px, multiple=self._multiple)
        return self._people(image, window, width, height)

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        """Return the person in a crop around ``box`` most similar to ``guess``; None if there is none.

        Parameters are those of `estimator.PoseEstimator.detect_person`.
        """
        width, height = self._crop_px
        window = around(box, aspect=width / height, fill=self._fill)
        heatmaps, fields = self.maps(image, window, width, height)
        within = _grown(box, _REACH)
        if fields is None:
            body = self._lone(heatmaps, window)
            inside = np.all((body.xy >= within[:2]) & (body.xy <= within[2:]), axis=1)
            body = body.without(inside & (body.score >= _LONE_PEAK))
            return body if np.isfinite(body.xy).any() else None
        people = [self._placed(b, window, heatmaps) for b in self._assembled(heatmaps, fields)]
        likely = [(resemblance(b, guess), b) for b in people if overlap(b.box, within) > 0]
        if not likely:
            return None
        best = max(likely, key=lambda pair: pair[0])[1]
        others = [b for _, b in likely if b is not best]
        whole = self._completed(best, others, window, heatmaps, guess, within)
        # With another person in the crop, only the limbs assign a knee to the right person.
        return whole if others else self._legs_decided(whole, window, heatmaps, guess)

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        """Return the (keypoint, row, column) heatmaps of the whole image, and their window."""
        window, width, height = whole_picture(image, height=self._picture_px, multiple=self._multiple)
        return self.maps(image, window, width, height)[0], window

    def maps(self, image: Image, window: Window, width: int, height: int) -> tuple[FloatArray, FloatArray | None]:
        """Return heatmaps (keypoint, row, column) and part affinity fields (2 · limb, row, column) or None.

        Raises
        ------
        ModelError
            if the output fits the skeleton neither with nor without fields.
        """
        outputs = self._network.forward([cut(image, window, width=width, height=height, border=self._network.border)])
        maps = np.concatenate([o[0] for o in sorted(outputs, key=lambda o: int(o.shape[1]))], axis=0)
        keypoints, limbs = len(self.skeleton), len(LIMBS[self.skeleton.name])
        if len(maps) == keypoints + 1 + 2 * limbs:
            return maps[:keypoints], maps[keypoints + 1 :]
        if len(maps) in (keypoints, keypoints + 1):
            return maps[:keypoints], None
        raise ModelError(
            f"the pose network '{self.name}' gives {len(maps)} channels; expected {keypoints + 1} "
            f"heatmaps, or {keypoints + 1 + 2 * limbs} with part affinity fields; is the file another network's?"
        )

    def _people(self, image: Image, window: Window, width: int, height: int) -> list[Body]:
        heatmaps, fields = self.maps(image, window, width, height)
        if fields is None:
            body = self._lone(heatmaps, window)
            body = body.without(body.score >= _LONE_PEAK)
            return [body] if np.isfinite(body.xy[:, 0]).sum() >= self._rules.min_points else []
        return [self._placed(b, window, heatmaps) for b in self._assembled(heatmaps, fields)]

    def _assembled(self, heatmaps: FloatArray, fields: FloatArray) -> list[Body]:
        table = self.skeleton.name
        return assemble(heatmaps, fields, LIMBS[table], rules=self._rules, confirming=CONFIRMING[table])

    def _lone(self, heatmaps: FloatArray, window: Window) -> Body:
        """Return the body of the highest peaks of all maps, which is correct for a single person."""
        cells, score = strongest(heatmaps)
        return self._placed(Body(cells, np.clip(score, 0.0, 1.0).astype(np.float64)), window, heatmaps)

    def _placed(self, body: Body, window: Window, heatmaps: FloatArray) -> Body:
        rows, columns = heatmaps.shape[1:]
        return Body(window.to_picture(body.xy, columns=columns, rows=rows), body.score)

    def _legs_decided(self, body: Body, window: Window, heatmaps: FloatArray, guess: Body) -> Body:
        """Return the body with both legs localised jointly, with the confidence of the maps at the new positions."""
        positive = np.maximum(heatmaps, 0.0).astype(np.float64)
        shares = positive / (positive.sum(axis=(1, 2), keepdims=True) + _UNSURE)
        rows, columns = heatmaps.shape[1:]
        before, expected = (window.to_cells(b.xy, columns=columns, rows=rows) for b in (body, guess))
        height_cells = self._fill * rows / _POINTS_PER_HEIGHT
        cells = joint_legs(shares, before, self.skeleton, expected=expected, height_cells=height_cells)
        xy = window.to_picture(cells, columns=columns, rows=rows)
        x, y = np.clip(np.rint(np.nan_to_num(cells)).astype(int), 0, (columns - 1, rows - 1)).T
        here = np.clip(positive[np.arange(len(cells)), y, x], 0.0, 1.0)
        moved = ~(cells == before).all(axis=1) & np.isfinite(cells[:, 0])
        return Body(np.where(moved[:, None], xy, body.xy), np.where(moved, here, body.score))

    def _completed(
        self,
        body: Body,
        others: list[Body],
        window: Window,
        heatmaps: FloatArray,
        guess: Body,
        within: FloatArray,
    ) -> Body:
        """Return the body completed by peaks without limbs: the nearest to the guess that are not taken."""
        missing = ~np.isfinite(body.xy[:, 0])
        if not missing.any():
            return body
        peaks = find_peaks(heatmaps, threshold=_LONE_PEAK)
        rows, columns = heatmaps.shape[1:]
        places = window.to_picture(peaks.xy, columns=columns, rows=rows)
        taken = np.concatenate([b.xy for b in others]) if others else np.empty((0, 2))
        cell_px = window.height / rows
        reach_px = _REACH * box_height(within)
        xy, score = body.xy.copy(), body.score.copy()
        for part in np.flatnonzero(missing & np.isfinite(guess.xy[:, 0])):
            candidates = np.flatnonzero(peaks.channel == part)
            distance = np.linalg.norm(places[candidates] - guess.xy[part], axis=1)
            for k in np.argsort(distance):
                place = places[candidates[k]]
                free = not len(taken) or np.nanmin(np.linalg.norm(taken - place, axis=1), initial=np.inf) > cell_px
                if distance[k] < reach_px and free:
                    xy[part], score[part] = place, peaks.score[candidates[k]]
                    break
        return Body(xy, score)


def _grown(box: FloatArray, share: float) -> FloatArray:
    """Return the box with ``share`` of its height added on every side."""
    more = share * box_height(box)
    grown: FloatArray = box + np.array([-more, -more, more, more])
    return grown


def resemblance(body: Body, guess: Body) -> float:
    """Return the similarity of a body to ``guess``: the sum of its scores, weighted by the distance to the guess."""
    size = max(float(np.nanmax(guess.box[2:] - guess.box[:2], initial=1.0)), 1.0)
    distance = np.linalg.norm(body.xy - guess.xy, axis=1) / size
    near = np.where(np.isfinite(distance), np.exp(-0.5 * (distance / 0.1) ** 2), 0.05 * np.isfinite(body.xy[:, 0]))
    return float((near * body.score).sum())
