"""gaitlab's own network: one runner in a crop, with a spatial soft-max over each keypoint's map."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from gaitlab.core.errors import ModelError
from gaitlab.core.person import Body, box_height, from_behind, overlap
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import BELOW_THE_KNEE, SKELETONS, Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.pose.models.catalogue import InstalledModel
from gaitlab.pose.models.checksums import digest
from gaitlab.pose.networks.heatmaps import refine, share_near, soft_max
from gaitlab.pose.networks.legs import joint_legs
from gaitlab.pose.networks.network import Network
from gaitlab.pose.networks.window import Window, around, centres, cut, halved

# The confidence of a keypoint is the probability of its map within this radius of the peak.
_NEAR_CELLS = 3.0
# Heights of the search crops as shares of the image height, and their spacing as a share of their size.
_SEARCH_HEIGHTS = (1.0, 0.65, 0.42, 0.28)
_SEARCH_STEP = 0.4
_SEARCH_ROWS = 720  # least number of lines of an image that is searched
# A crop shows people this many times larger than its own height, too.
_SEARCH_REACH = 1.25
# The network is fully convolutional: overlapping crops are cut from the output of one run on an input of this size, in
# a third of the time of separate runs; so few of them are faster by themselves.
_SEARCH_PX = 480
_FEW_WINDOWS = 4
_MOST_LOOKED_AT = 8  # windows that are looked at a second time
# Least mean score of a person: in the crop of a tracked person, anywhere in the image of a film, and in a picture: the
# last finds more people, and some in shoes and shadows, who in a film would be taken for somebody.
_MIN_SCORE = 0.4
_MIN_SCORE_ANYWHERE, _MIN_SCORE_UNSURE = 0.55, 0.45
_BODY_POINTS = 15  # nose to ankles, first in both tables; feet may be hidden, the rear-view points mostly are
_MIN_POINT = 0.15
_TABLES = ("body_25", "runner_31")
_POINTS_PER_HEIGHT = 0.93  # eyes to soles
# Least height of the lower legs' crop in the image, relative to the network's input.
_SMALLEST_CLOSE = 0.5
# Largest displacement of a keypoint in the lower legs' crop, relative to the keypoints' height; more is another point.
_SAME_POINT = 0.06
# Two bodies are one person if their boxes overlap by more than this, or half of their points lie closer than this share
# of the smaller one's height: who sits is found as a whole and from the waist up.
_SAME_BOX, _SAME_BODY = 0.3, 0.15


class RunnerNetwork:
    """Network for one runner in a crop; `detect_people` uses many crops.

    Attributes and methods are those of `estimator.PoseEstimator`.
    """

    def __init__(self, installed: InstalledModel, *, flip: bool | None = None) -> None:
        self.name = installed.name
        recipe = installed.recipe
        self._network = Network(installed)
        self.detection_interval_s = 3.0
        self._width, self._height = (int(v) for v in recipe["crop_px"])
        self._fill = float(recipe["fill"])
        self._flip = bool(recipe.get("flip", False)) if flip is None else flip
        self._usual = None if self._flip else False  # whether to look at the mirror image: None is both
        self._closer = bool(recipe.get("closer", False))
        self.skeleton, self._cell_px = self._shape_of_output()
        self._mirrored = np.array(self.skeleton.mirrored)
        points = [name.partition("_")[2] for name in self.skeleton.names]
        self._below_the_knee = np.array([point in BELOW_THE_KNEE for point in points])
        self._lower_leg = self._below_the_knee | np.array([point == "knee" for point in points])
        self.model: dict[str, Any] = {
            "name": self.name,
            "format": installed.format,
            "crop_px": [self._width, self._height],
            "flip_averaged": self._flip,
            "closer_look": self._closer,
            # A network that learns on keeps its name, and has other errors.
            "weights": digest(installed.paths[0], "sha256")[:12],
        }

    def detect_people(self, image: Image, *, least_height_px: float = 0.0, unsure: bool = False) -> list[Body]:
        """Return the people in the image by decreasing score, from many crops and a second pass on the best.

        Parameters are those of `estimator.PoseEstimator.detect_people`.
        """
        least = _MIN_SCORE_UNSURE if unsure else _MIN_SCORE_ANYWHERE
        looks = _MOST_LOOKED_AT
        found: list[Body] = []
        for window, logits in self._search(image, least_height_px):
            if _shown(soft_max(logits[:_BODY_POINTS])) >= 0.5 * least:
                found.append(_points(soft_max(logits), window))
        found.sort(key=_mean_score, reverse=True)
        people: list[Body] = []
        # Most windows show again who has been found. In a picture of anybody they do not use up the second looks; in a
        # film the runner is among the best windows, and what else is made of the others would be followed.
        for body in found if unsure else found[:_MOST_LOOKED_AT]:
            if not looks or any(_same(body, other, by_points=unsure) for other in people):
                continue
            looks -= 1
            again = self._decoded(image, self._window(body.box), mirrored=self._usual)
            if _mean_score(again) >= least and not any(_same(again, other, by_points=unsure) for other in people):
                people.append(_sure(again))
                least = _MIN_SCORE_ANYWHERE  # beside somebody, less is mostly a part of them
        return sorted(people, key=lambda person: -person.total)

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        """Return the runner in a crop around ``box``; None if there is none.

        In a rear view the lower legs are localised again in a crop of their own, in which a heel is four times larger.

        Parameters are those of `estimator.PoseEstimator.detect_person`.
        """
        look = mirrored if self._flip else self._usual
        body = self._decoded(image, self._window(box), mirrored=look, guess=guess)
        if _mean_score(body) < _MIN_SCORE:
            return None
        closer = self._closer and from_behind(body, self.skeleton)
        return _sure(self._lower_legs_closer(image, body, mirrored=look) if closer else body)

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        """Return (keypoint, row, column) confidence around the best person, scaled to a peak of 1, and its window."""
        people = self.detect_people(image)
        rows, columns = image.shape[:2]
        window = self._window(people[0].box if people else np.array([0.0, 0.0, columns, rows]))
        maps = self.maps(image, window, mirrored=self._usual)
        return maps / np.maximum(maps.max(axis=(1, 2), keepdims=True), 1e-9), window

    def maps(self, image: Image, window: Window, *, mirrored: bool | None) -> FloatArray:
        """Return (keypoint, row, column) probabilities over the window, its mirror image, or both averaged (None)."""
        picture = cut(image, window, width=self._width, height=self._height, border=self._network.border)
        batch = [
            picture[:, ::-1] if turned else picture for turned in ((False, True) if mirrored is None else (mirrored,))
        ]
        logits = self._network.forward([np.ascontiguousarray(one) for one in batch])[0]
        plain = logits[:-1] if mirrored is None else logits[: not mirrored]
        back = logits[len(plain) :][:, self._mirrored, :, ::-1]
        # Averaged before the soft-max, so that both positions keep some probability if the two disagree.
        return soft_max(np.concatenate([plain, back]).mean(axis=0))

    def _shape_of_output(self) -> tuple[Skeleton, int]:
        """Return the skeleton for the number of the network's maps, and the size of a cell, px, from a blank run."""
        blank = np.full((self._height, self._width, 3), round(self._network.border), dtype=np.uint8)
        count, rows = self._network.forward([blank])[0].shape[1:3]
        for table in _TABLES:
            if len(SKELETONS[table]) == count:
                return SKELETONS[table], self._height // rows
        known = " or ".join(f"{len(SKELETONS[table])} ({table})" for table in _TABLES)
        raise ModelError(f"the pose network '{self.name}' gives {count} maps; expected {known}")

    def _window(self, box: FloatArray) -> Window:
        return around(box, aspect=self._width / self._height, fill=self._fill)

    def _lower_legs_closer(self, image: Image, body: Body, *, mirrored: bool | None) -> Body:
        """Return the body with the keypoints below the knees localised again in a crop of both lower legs."""
        window = self._window(body.without(self._lower_leg).box)
        if window.height < _SMALLEST_CLOSE * self._height:
            return body  # too small in the image for more detail
        tall = box_height(body.box)
        close = self._decoded(image, window, mirrored=mirrored, guess=body, height_px=tall / _POINTS_PER_HEIGHT)
        same = np.linalg.norm(close.xy - body.xy, axis=1) < _SAME_POINT * tall
        better = self._below_the_knee & same & (close.score >= _MIN_POINT)
        return Body(np.where(better[:, None], close.xy, body.xy), np.where(better, close.score, body.score))

    def _decoded(
        self,
        image: Image,
        window: Window,
        *,
        mirrored: bool | None,
        guess: Body | None = None,
        height_px: float | None = None,
    ) -> Body:
        """Return the body decoded from a window; ``height_px`` is its height, by default nominal."""
        maps = self.maps(image, window, mirrored=mirrored)
        if guess is None:
            return _points(maps, window)
        rows, columns = maps.shape[1:]
        share = self._fill / _POINTS_PER_HEIGHT if height_px is None else height_px / window.height
        expected = window.to_cells(guess.xy, columns=columns, rows=rows)
        cells = joint_legs(maps, _peaks(maps), self.skeleton, expected=expected, height_cells=share * rows)
        return _placed(maps, cells, window)

    def _search(self, image: Image, least_height_px: float) -> Iterator[tuple[Window, FloatArray]]:
        """Yield windows of several sizes over the whole image, each with its (keypoint, row, column) logits."""
        image, factor = _reduced(image)
        rows, columns = image.shape[:2]
        cell = self._cell_px
        high, wide, whole = self._height // cell, self._width // cell, _SEARCH_PX // cell
        for share in _SEARCH_HEIGHTS:
            if _SEARCH_REACH * share * rows * factor < least_height_px:
                continue
            cell_px = share * rows / self._fill / high  # of a cell, in the picture
            tops, lefts = (
                np.round(centres(size, 0.5 * cells * cell_px * self._fill, _SEARCH_STEP * cells * cell_px) / cell_px)
                .astype(int) - cells // 2
                for size, cells in ((rows, high), (columns, wide))
            )  # fmt: skip
            for low, left in product(_within(tops, whole - high), _within(lefts, whole - wide)):
                for (y, x), logits in self._looked_at(image, low, left, cell_px):
                    at = (round(factor * size * cell_px) for size in (x, y, wide, high))
                    yield Window(*at), logits

    def _looked_at(
        self, image: Image, low: list[int], left: list[int], cell_px: float
    ) -> Iterator[tuple[tuple[int, int], FloatArray]]:
        """Yield the top and left cell of windows that lie together, each with its logits: from one run, or one each."""
        high, wide, whole = (size // self._cell_px for size in (self._height, self._width, _SEARCH_PX))
        places = list(product(low, left))
        if len(places) <= _FEW_WINDOWS:
            for y, x in places:
                yield (y, x), self._logits(image, (x, y, wide, high), cell_px)
            return
        logits = self._logits(image, (left[0], low[0], whole, whole), cell_px)
        for y, x in places:
            top, first = y - low[0], x - left[0]
            yield (y, x), logits[:, top : top + high, first : first + wide]

    def _logits(self, image: Image, part: tuple[int, int, int, int], cell_px: float) -> FloatArray:
        """Return the (keypoint, row, column) logits of a part of the image: left, top, width and height in cells."""
        window = Window(*(round(size * cell_px) for size in part))
        width, height = (size * self._cell_px for size in part[2:])
        picture = cut(image, window, width=width, height=height, border=self._network.border)
        logits: FloatArray = self._network.forward([picture])[0][0]
        return logits


def _reduced(image: Image) -> tuple[Image, int]:
    """Return the image reduced by a power of two to about `_SEARCH_ROWS` lines, and the factor.

    The smallest person searched for stays larger than in the network's input; at 4K the largest windows would take half
    a gigabyte.
    """
    factor = 1
    while image.shape[0] >= 2 * _SEARCH_ROWS:
        image = halved(image)
        factor *= 2
    return image, factor


def _within(places: np.ndarray, room: int) -> list[list[int]]:
    """Return increasing positions in groups of extent ``room`` at most."""
    groups: list[list[int]] = []
    for place in places.tolist():
        if groups and place - groups[-1][0] <= room:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _points(maps: FloatArray, window: Window) -> Body:
    """Return the body of the highest peak of each map of a window."""
    return _placed(maps, _peaks(maps), window)


def _peaks(maps: FloatArray) -> FloatArray:
    """Return (keypoint, 2) x, y in cells of each map's highest peak."""
    return refine(maps, np.arange(len(maps)), *_highest(maps))


def _highest(maps: FloatArray) -> tuple[np.ndarray, np.ndarray]:
    """Return the row and column, (keypoint,) each, of each map's highest cell."""
    row, column = np.divmod(maps.reshape(len(maps), -1).argmax(axis=1), maps.shape[2])
    return row, column


def _shown(maps: FloatArray) -> float:
    """Return the mean probability near each map's highest cell: whether anybody is there, without a place for them."""
    row, column = _highest(maps)
    cells = np.stack([column, row], axis=1).astype(np.float64)
    return float(share_near(maps, np.arange(len(maps)), cells, reach=_NEAR_CELLS).mean())


def _placed(maps: FloatArray, cells: FloatArray, window: Window) -> Body:
    """Return the body at (keypoint, 2) cells of a window's maps, with the maps' probabilities there as confidences."""
    count, rows, columns = maps.shape
    score = share_near(maps, np.arange(count), cells, reach=_NEAR_CELLS)
    return Body(window.to_picture(cells, columns=columns, rows=rows), score.astype(np.float64))


def _same(one: Body, other: Body, *, by_points: bool) -> bool:
    """Whether two bodies are one person: their boxes overlap, or, if asked, half of their points lie close together."""
    if overlap(one.box, other.box) > _SAME_BOX:
        return True
    if not by_points:
        return False
    apart = np.linalg.norm(one.xy[:_BODY_POINTS] - other.xy[:_BODY_POINTS], axis=1)
    apart = apart[np.isfinite(apart)]
    near_px = _SAME_BODY * min(box_height(one.box), box_height(other.box))
    return len(apart) > 0 and bool(np.median(apart) < near_px)


def _mean_score(body: Body) -> float:
    return float(body.score[:_BODY_POINTS].mean())


def _sure(body: Body) -> Body:
    return body.without(body.score >= _MIN_POINT)
