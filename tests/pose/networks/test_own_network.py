"""The network that ships: small, found without being asked for, right on the clips whose truth is known."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import Truth, load_truth
from gaitlab.core.person import Body, from_behind
from gaitlab.core.pose import FloatArray
from gaitlab.io.resources import resource_folder
from gaitlab.io.video.reader import Image, open_video
from gaitlab.pose.models.catalogue import default_model, find_model, known_model
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator
from gaitlab.pose.networks.network import Network
from gaitlab.pose.networks.runner import RunnerNetwork
from gaitlab.pose.networks.window import Window, cut

_FEET = ("knee", "ankle", "heel", "big_toe")
_BEHIND = (*_FEET[:3], "heel_top", "calf_bottom", "calf_top")


@pytest.fixture(scope="module")
def runner() -> PoseEstimator:
    return load_estimator("runner")


def _pictures(view: str, count: int = 12) -> tuple[list[tuple[int, Image]], Truth]:
    clip, truth = demo_clip(view)
    with open_video(clip) as video:
        frames = [(i, frame.image) for i, frame in enumerate(islice(video.frames(), 17 * count)) if i % 17 == 0]
    return frames, load_truth(truth)


def test_a_fresh_machine_takes_it_and_so_does_one_with_others_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_model().name == "runner"
    own = resource_folder("models")
    monkeypatch.setattr("gaitlab.pose.models.catalogue.search_folders", lambda models_dir=None: [own])
    assert default_model().name == "runner"
    assert default_model().model.commercial


def test_the_file_is_small_and_the_one_that_was_judged() -> None:
    path = find_model("runner").paths[0]
    (file,) = known_model("runner").forms[0].files
    assert path.stat().st_size == file.bytes
    assert path.stat().st_size <= 5_000_000
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


@pytest.mark.parametrize(("view", "points"), [("side", _FEET), ("rear", _BEHIND)])
def test_legs_and_feet_lie_where_they_are(runner: PoseEstimator, view: str, points: tuple[str, ...]) -> None:
    """Within 5 % of the runner's height, each leg under its own name, hidden points too."""
    frames, truth = _pictures(view)
    height_px = truth.height_m / truth.metres_per_px
    names = [f"{side}_{name}" for side in ("left", "right") for name in points]
    near = []
    for i, image in frames:
        (somebody,) = runner.detect_people(image)
        body = runner.detect_person(image, somebody.box, somebody)
        assert body is not None
        away = [body.point(runner.skeleton, n) - truth.xy_px[i, truth.names.index(n)] for n in names]
        near.append(np.linalg.norm(away, axis=1) < 0.05 * height_px)
    assert np.mean(near) > 0.93


@pytest.mark.parametrize(("view", "looks"), [("side", 1), ("rear", 2)])
def test_from_behind_the_lower_legs_are_looked_at_once_more(
    runner: PoseEstimator, view: str, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((_, image),), _ = _pictures(view, count=1)
    (somebody,) = runner.detect_people(image)
    forward, seen = Network.forward, []
    monkeypatch.setattr(Network, "forward", lambda self, pictures: seen.append(pictures) or forward(self, pictures))
    assert runner.detect_person(image, somebody.box, somebody) is not None
    assert len(seen) == looks


@pytest.mark.parametrize(("off_deg", "behind"), [(0, True), (-40, True), (50, False), (90, False), (180, False)])
def test_a_side_view_far_off_the_perpendicular_is_none_from_behind(
    runner: PoseEstimator, off_deg: float, behind: bool
) -> None:
    """Shoulders 0.34 m and hips 0.19 m apart, 1.65 m from eyes to soles, filmed so far off the line behind."""
    assert isinstance(runner, RunnerNetwork)
    xy = np.zeros((len(runner.skeleton), 2))
    xy[runner.skeleton.index("left_heel")] = 0, 1.65
    for name, apart_m in (("shoulder", 0.34), ("hip", 0.19)):
        for side, sign in (("left", -1), ("right", 1)):
            xy[runner.skeleton.index(f"{side}_{name}"), 0] = sign * apart_m / 2 * np.cos(np.radians(off_deg))
    assert from_behind(Body(300 * xy, np.ones(len(xy))), runner.skeleton) == behind


def test_the_closer_look_puts_heels_where_they_are(runner: PoseEstimator) -> None:
    """Nearer than in the crop of the whole runner, whose pixels show four times as much."""
    frames, truth = _pictures("rear")
    names = [f"{side}_{name}" for side in ("left", "right") for name in ("heel", "heel_top", "calf_bottom", "calf_top")]

    def away(body: Body | None, i: int) -> FloatArray:
        assert body is not None
        found = [body.point(runner.skeleton, name) - truth.xy_px[i, truth.names.index(name)] for name in names]
        return np.linalg.norm(found, axis=1)

    close, far = [], []
    for i, image in frames:
        (somebody,) = runner.detect_people(image)  # looks at whole people only
        far.append(away(somebody, i))
        close.append(away(runner.detect_person(image, somebody.box, somebody), i))
    assert np.nanmedian(close) < 0.7 * np.nanmedian(far)


def test_the_mirrored_picture_gives_the_mirrored_runner(runner: PoseEstimator) -> None:
    """What was left is right, at the mirrored place: the answer averages both, so only rounding may differ."""
    frames, _ = _pictures("side", count=2)
    image = frames[1][1]
    width = image.shape[1]
    (somebody,) = runner.detect_people(image)
    body = runner.detect_person(image, somebody.box, somebody)
    left, top, right, bottom = somebody.box
    guess = Body(_mirrored(somebody.xy, runner, width), somebody.score)
    box = np.array([width - 1 - right, top, width - 1 - left, bottom])
    turned = runner.detect_person(np.ascontiguousarray(image[:, ::-1]), box, guess)
    assert body is not None
    assert turned is not None
    away = np.linalg.norm(_mirrored(turned.xy, runner, width) - body.xy, axis=1)
    assert np.nanmedian(away) < 2.0


def _mirrored(xy: FloatArray, runner: PoseEstimator, width: int) -> FloatArray:
    return (np.array([width - 1, 0]) + np.array([-1, 1]) * xy)[list(runner.skeleton.mirrored)]


def test_nobody_is_found_where_nobody_is(runner: PoseEstimator) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (360, 480, 3), dtype=np.uint8)
    assert runner.detect_people(noise) == []
    assert runner.detect_people(np.full((360, 480, 3), 90, np.uint8)) == []


def test_a_large_picture_is_searched_as_a_small_one(runner: PoseEstimator, monkeypatch: pytest.MonkeyPatch) -> None:
    """At three times the size the same person is found in the same place, and no window takes more than 60 MB."""
    ((_, image),), _ = _pictures("side", count=1)
    large = np.asarray(cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    windows: list[Window] = []
    monkeypatch.setattr(
        "gaitlab.pose.networks.runner.cut", lambda of, window, **how: windows.append(window) or cut(of, window, **how)
    )
    (small,), (same,) = runner.detect_people(image), runner.detect_people(large)
    # The centre of a pixel is at half a pixel from its edge.
    away = np.linalg.norm((same.xy + 0.5) / 3 - (small.xy + 0.5), axis=1)
    assert np.nanmedian(away) < 0.01 * np.ptp(small.xy[:, 1])
    assert max(3 * window.width * window.height for window in windows) < 60e6


def test_the_small_network_is_small_and_finds_legs_and_feet() -> None:
    (file,) = known_model("runner-fast").forms[0].files
    path = find_model("runner-fast").paths[0]
    assert path.stat().st_size == file.bytes <= 1_500_000
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    small = load_estimator("runner-fast")
    frames, truth = _pictures("side")
    height_px = truth.height_m / truth.metres_per_px
    near = []
    for number, image in frames:
        (body, *_) = small.detect_people(image)
        for name in (f"{side}_{point}" for side in ("left", "right") for point in _FEET):
            at = body.point(small.skeleton, name)
            near.append(np.linalg.norm(at - truth.xy_px[number, truth.names.index(name)]) < 0.05 * height_px)
    assert np.mean(near) > 0.9


@pytest.mark.shared
def test_less_sure_people_are_found_in_pictures_alone(runner: PoseEstimator, shared: Path) -> None:
    """Of a film's shoes none is taken for somebody upside down; a picture gives everybody there may be."""
    pictures = [cv2.imread(str(path)) for path in sorted((shared / "data/real_people/img").glob("*.jpg"))[:16]]
    films, stills = ([len(runner.detect_people(one, unsure=unsure)) for one in pictures] for unsure in (False, True))
    assert all(few <= many for few, many in zip(films, stills, strict=True))
    assert sum(films) < sum(stills)


def test_whoever_stands_beside_others_is_found_too(runner: PoseEstimator) -> None:
    """Most windows show the one who is seen best: those do not keep the others from being looked at."""
    _, image = _pictures("side")[0][0]
    people = runner.detect_people(np.hstack([image] * 4), unsure=True)
    middles = sorted((person.box[0] + person.box[2]) / 2 // image.shape[1] for person in people)
    assert middles == [0, 1, 2, 3]
