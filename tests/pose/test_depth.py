"""Whether a network is told that it is out of its depth: made bodies, rendered clips, and real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.kept_clips import read_clips
from gaitlab.core.errors import NobodyError
from gaitlab.core.person import Body
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.video.reader import open_video
from gaitlab.pipeline.reading import film
from gaitlab.pipeline.recording import read_recording
from gaitlab.pipeline.spec import RecordingSpec
from gaitlab.pose.depth import JUDGED_S, Depth, FirstSeconds, depth_of, out_of_depth, told
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.models import catalogue
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator

SKELETON = SKELETONS["runner_31"]


def body(frames: int = 60, *, score: float = 0.9, scatter: float = 0.0) -> PoseSequence:
    """A body that stands, the left shank alternating between two lengths: ``scatter`` more and less than 100 px."""
    xy = np.zeros((frames, len(SKELETON), 2))
    for joint, y in (("hip", 0.0), ("knee", 100.0), ("ankle", 200.0)):
        for side in ("left", "right"):
            xy[:, SKELETON.index(f"{side}_{joint}"), 1] = y
    xy[:, SKELETON.index("left_ankle"), 1] += 100 * scatter * np.where(np.arange(frames) % 2, 1, -1)
    return PoseSequence(xy, np.full(xy.shape[:2], score), np.arange(frames) / 30, SKELETON)


def test_score_and_scatter_are_those_of_the_legs() -> None:
    """Half of the lengths lie 10 % above the median and half below, so the median deviation is 10 %."""
    found = depth_of(body(score=0.8, scatter=0.1))
    assert found is not None
    assert found.score == pytest.approx(0.8)
    assert found.scatter == pytest.approx(0.1 * 1.4826, rel=1e-6)


def test_a_frame_without_the_runner_counts_between_the_first_and_the_last() -> None:
    pose = body(score=0.8)
    xy = np.array(pose.xy)
    xy[[0, 1, *range(20, 35), -1]] = np.nan
    found = depth_of(replace(pose, xy=xy))
    assert found is not None
    assert found.score == pytest.approx(0.8 * (1 - 15 / 57))


def test_hardly_anybody_is_not_judged() -> None:
    assert depth_of(body(frames=19)) is None
    pose = body()
    xy = np.array(pose.xy)
    xy[:, SKELETON.index("right_knee")] = np.nan
    assert depth_of(replace(pose, xy=xy)) is None


@pytest.mark.parametrize(
    ("score", "scatter", "out"),
    [(0.9, 0.3, False), (0.7, 0.05, False), (0.7, 0.2, True), (0.5, 0.0, True), (0.75, 0.2, False)],
)
def test_low_scores_alone_or_with_shanks_of_every_length_are_told(score: float, scatter: float, out: bool) -> None:
    pose = body(score=score, scatter=scatter)
    assert (out_of_depth(pose, "runner") is not None) == out
    assert out_of_depth(pose, "openpose-light") is None  # whose scores are others


def test_what_is_told_names_the_network_and_its_limits() -> None:
    said = told(Depth(0.45, 0.32), "runner")
    assert all(word in said for word in ("'runner' is out of its depth", "0.45", "0.72", "32 %"))
    assert "shank" not in told(Depth(0.45, 0.05), "runner")


def test_the_first_seconds_are_judged_once() -> None:
    pose = body(frames=200, score=0.5)
    first = FirstSeconds("runner", SKELETON)
    assert first.see(0.0, None) is None
    found = [
        first.see(time_s, Body(xy, score)) for time_s, xy, score in zip(pose.time_s, pose.xy, pose.score, strict=True)
    ]
    judged = [i for i, depth in enumerate(found) if depth is not None]
    assert judged == [round(JUDGED_S * 30)]
    assert first.end() is None
    short = FirstSeconds("runner", SKELETON)
    for time_s, xy, score in zip(pose.time_s[:40], pose.xy, pose.score, strict=False):
        assert short.see(time_s, Body(xy, score)) is None
    assert short.end() is not None


def test_no_rendered_clip_is_told() -> None:
    assert [clip.name for clip in read_clips() if out_of_depth(clip.raw, "runner")] == []


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "end_s", "out"),
    [
        ("treadmill_side/male_side.mp4", 1.5, False),
        ("walking/room_limping.mp4", 2.0, False),
        ("slow_motion/gym_24fps.mp4", 2.0, True),
    ],
)
def test_real_clips_are_told_where_the_network_goes_wrong(shared: Path, file: str, end_s: float, out: bool) -> None:
    """In the gym the feet are below the picture and the camera stands obliquely before the runner."""
    with open_video(shared / "data" / file) as video:
        pose = follow_runner(video.frames(end_s=end_s), load_estimator("runner")).pose
    assert pose is not None
    assert (out_of_depth(pose, "runner") is not None) == out


def _read(shared: Path, model: str, *, end_s: float = 2.0) -> film.Film:
    clip = shared / "data/slow_motion/gym_24fps.mp4"
    spec = RecordingSpec(video=clip, view="side", end_s=end_s, model=model)
    with open_video(clip) as video:
        return film.found_film(spec, video, dots=False, dots_told=False, slow_motion=1.0, progress=lambda *_: None)


@pytest.mark.shared
def test_another_network_is_taken_where_none_was_asked_for(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = catalogue.find_model("runner-baseline", models_dir=shared / "models")
    monkeypatch.setattr(catalogue, "best_other", lambda *_, **__: small)
    found = _read(shared, "auto")
    assert found.facts["name"] == "runner-baseline"
    assert "'runner' is out of its depth" in found.facts["why"]
    assert "'runner-baseline' was taken instead" in found.notes[0]


@pytest.mark.shared
def test_a_network_that_was_asked_for_is_kept_and_the_command_is_told(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "best_other", lambda *_, **__: None)
    found = _read(shared, "runner", end_s=4.0)
    assert (found.facts["name"], found.facts["why"]) == ("runner", "asked for")
    name = "openpose-light+blazepose"
    again = f"the same command with `--model {name}` and another folder (`-o`)"
    assert found.notes[0].endswith(f"`gaitlab models install {name}`, then {again}")


@pytest.mark.shared
def test_what_is_good_enough_is_not_looked_at_twice(shared: Path) -> None:
    clip = shared / "data/treadmill_side/male_side.mp4"
    read = read_recording(RecordingSpec(video=clip, view="side", end_s=1.2), progress=lambda *_: None)
    assert (read.model["name"], read.model["why"]) == ("runner", "the best that is installed")
    assert not [note for note in read.notes if "out of its depth" in note]


def _squat(shared: Path, **said: Any) -> film.Film:
    clip = shared / "data/movements/squat_front.mp4"
    spec = RecordingSpec(video=clip, **{"view": "auto", "start_s": 2.0, "end_s": 5.0, "model": "auto", **said})
    with open_video(clip) as video:
        return film.found_film(spec, video, dots=False, dots_told=False, slow_motion=1.0, progress=lambda *_: None)


@pytest.mark.shared
@pytest.mark.parametrize("movement", ["squat", "cycling", "auto"])
def test_who_squats_is_looked_at_by_the_one_network_once(
    shared: Path, movement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    look = film._film_by
    monkeypatch.setattr(
        film, "_film_by", lambda one, *given, **said: looks.append(one.name) or look(one, *given, **said)
    )
    found = _squat(shared, movement=movement, end_s=2.5)
    assert looks == ["runner"] == [found.facts["name"]]
    assert not any("taken instead" in note for note in found.notes)


def test_the_small_network_is_never_taken_for_a_report(tmp_path: Path) -> None:
    assert "runner-fast" not in [model.name for model in catalogue.for_reports()]
    other = catalogue.best_other("runner", models_dir=tmp_path)
    assert other is None or other.name != "runner-fast"
    assert catalogue.default_model().name == "runner"


@pytest.mark.shared
def test_the_small_network_says_that_the_large_one_sees_better(shared: Path) -> None:
    clip = shared / "data/treadmill_side/male_side.mp4"
    spec = RecordingSpec(video=clip, view="side", end_s=1.2, model="runner-fast")
    read = read_recording(spec, progress=lambda *_: None)
    assert read.notes[0] == ("the network 'runner-fast' is made for live pictures: for a report 'runner' sees better")


@pytest.mark.shared
def test_where_the_other_network_finds_nobody_the_first_one_stays(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = catalogue.find_model("runner-baseline", models_dir=shared / "models")
    monkeypatch.setattr(catalogue, "best_other", lambda *_, **__: small)
    monkeypatch.setattr(film, "_film_by", _nobody_but(film._film_by, "runner"))
    found = _read(shared, "auto")
    assert found.facts["name"] == "runner"
    assert "'runner-baseline' found nobody" in found.notes[0]


def _nobody_but(look: Callable[..., film.Film], name: str) -> Callable[..., film.Film]:
    def looked(estimator: PoseEstimator, *given: Any, **said: Any) -> film.Film:
        if estimator.name != name:
            raise NobodyError("nobody")
        return look(estimator, *given, **said)

    return looked
