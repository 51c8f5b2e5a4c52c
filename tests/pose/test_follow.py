"""Following one runner among others, with an estimator that knows where everybody is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.analysis.warnings import nobody_runs, who_was_followed
from gaitlab.core.errors import InputError
from gaitlab.core.person import Body, overlap
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, SKELETONS, Skeleton
from gaitlab.io.video.reader import Frame, Image, open_video
from gaitlab.pipeline.reading.film import _estimate
from gaitlab.pipeline.reading.repeated import RepeatedPictures
from gaitlab.pipeline.spec import RecordingSpec
from gaitlab.pose.follow import Followed, PersonTracker, follow_runner
from gaitlab.pose.networks.window import Window
from gaitlab.scene.film import FilmWatch
from tests.io.video.make import make_video
from tests.pose.synthetic import standing

COCO = SKELETONS["coco_18"]
FPS = 30.0
BLANK = np.zeros((720, 1280, 3), np.uint8)


@dataclass
class Actor:
    """Somebody in the clip: where, how tall, whether the legs run, and when they are hidden."""

    x: float
    height: float = 400.0
    runs: bool = False
    speed: float = 0.0  # px a frame
    phase: float = 0.0
    hidden: tuple[int, int] = (0, 0)
    seen: tuple[int, int] = (0, 10**6)
    legs: float = 0.9  # score of the points below the trunk

    def body(self, frame: int) -> Body | None:
        if not self.seen[0] <= frame < self.seen[1] or self.hidden[0] <= frame < self.hidden[1]:
            return None
        xy = standing(self.x + self.speed * frame, 200, self.height)
        if self.runs:
            swing = np.sin(2 * np.pi * 1.4 * frame / FPS + self.phase)
            for side, sign in (("left", 1), ("right", -1)):
                for joint, reach in (("knee", 0.06), ("ankle", 0.16)):
                    xy[COCO.index(f"{side}_{joint}"), 0] += sign * swing * reach * self.height
        score = np.full(len(COCO), 0.9)
        score[[COCO.index(f"{side}_{joint}") for side in SIDES for joint in ("hip", "knee", "ankle")]] = self.legs
        return Body(xy, score)


@dataclass
class Stage:
    """An estimator that sees the actors, whole in the picture and one at a time in a crop."""

    actors: list[Actor]
    name: str = "stage"
    skeleton: Skeleton = COCO
    model: dict[str, Any] = field(default_factory=dict)
    detection_interval_s: float = 0.5
    frame: int = 0
    looks: int = 0
    crops: int = 0
    boxes: list[FloatArray] = field(default_factory=list)  # of the crops
    mirrored: list[bool | None] = field(default_factory=list)  # how the crops were looked at
    least_heights_px: list[float] = field(default_factory=list)  # of the people searched for

    def detect_people(self, image: Image, *, least_height_px: float = 0.0) -> list[Body]:
        self.looks += 1
        self.least_heights_px.append(least_height_px)
        return [b for a in self.actors if (b := a.body(self.frame)) is not None]

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        self.crops += 1
        self.boxes.append(box)
        self.mirrored.append(mirrored)
        there = [b for a in self.actors if (b := a.body(self.frame)) is not None and overlap(b.box, box) > 0.1]
        return min(there, key=lambda b: float(np.nanmean(np.abs(b.xy - guess.xy))), default=None)

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        raise NotImplementedError

    def frames(self, count: int) -> Iterator[Frame]:
        for self.frame in range(count):
            yield Frame(self.frame / FPS, BLANK)


def follow(stage: Stage, count: int = 150, **options: Any) -> Followed:
    return follow_runner(stage.frames(count), stage, **options)


def is_actor(followed: Followed, actor: Actor, *, frames: int = 150, share: float = 0.95) -> bool:
    assert followed.pose is not None
    bodies = [actor.body(f) for f in range(frames)]
    hits = [b is not None and np.allclose(followed.pose.xy[f], b.xy, atol=1e-6) for f, b in enumerate(bodies)]
    return bool(np.sum(hits) >= share * sum(b is not None for b in bodies))


RUNNER = Actor(640, runs=True)


@pytest.mark.parametrize(
    "other",
    [
        Actor(300, height=470),  # a coach in front of the treadmill, larger
        Actor(900, height=500, seen=(0, 60)),
        Actor(-50, runs=True, speed=9),  # somebody walks through the whole picture
        Actor(1000, height=230, runs=True, phase=0.3),  # the mirror on the wall
        Actor(1000, height=150),  # a poster
    ],
    ids=["coach", "coach who leaves", "passer-by", "mirror", "poster"],
)
@pytest.mark.parametrize("first", [True, False])
def test_the_runner_is_chosen(other: Actor, first: bool) -> None:
    stage = Stage([RUNNER, other] if first else [other, RUNNER])
    followed = follow(stage)
    assert is_actor(followed, RUNNER)
    assert len(followed.others) == 1
    assert followed.others[0]["person"] != followed.person


def test_person_overrides_and_the_numbers_stay() -> None:
    coach = Actor(300, height=470)
    chosen = follow(Stage([coach, RUNNER]))
    number = chosen.others[0]["person"]
    asked = follow(Stage([coach, RUNNER]), person=number)
    assert is_actor(asked, coach)
    assert asked.person == number
    assert [o["person"] for o in asked.others] == [chosen.person]
    with pytest.raises(InputError, match=r"person 7 was not seen; there are: 0 \(0\.0-4\.\d s\), 1 \(0\.0-5\.0 s\)"):
        follow(Stage([coach, RUNNER]), person=7)


@pytest.mark.parametrize(("person", "stages"), [(7, ["looking for person 7"]), (0, ["finding the person"])])
def test_who_waits_for_a_person_who_is_not_there_is_told_so_from_the_first_frame(
    tmp_path: Path, person: int, stages: list[str]
) -> None:
    path, told = make_video(tmp_path / "a.mp4", np.arange(20) / FPS, width=64, height=48), []
    wanted = RecordingSpec(video=path, view="side", person=person)
    with open_video(path) as video, contextlib.suppress(InputError):
        _estimate(
            video,
            Stage([RUNNER]),
            wanted,
            None,
            RepeatedPictures(),
            FilmWatch(width=64, height=48),
            None,
            progress=lambda stage, done, total: told.append(stage),
        )
    assert list(dict.fromkeys(told)) == stages
    assert len(told) == 20


def test_who_was_chosen_and_who_else_was_there_is_said_with_their_numbers() -> None:
    """The coach is in the left half for the first two seconds of five, the runner in the right one all the time."""
    people = [Actor(300, height=470, seen=(0, 60)), Actor(900, runs=True)]
    chosen = follow(Stage(people))
    assert who_was_followed(chosen, width=1280) == (
        "2 people were seen; followed: person 1 (right half of the picture, 100 % of the frames); others: 0 (left "
        "half, 0.0 to 2.0 s, never moves the legs); to follow one of them, the person's number must be entered",
    )
    assert who_was_followed(follow(Stage(people), person=0), width=1280) == ()
    assert who_was_followed(follow(Stage(people[1:])), width=1280) == ()


@pytest.mark.parametrize("hidden", [(60, 75), (60, 100)], ids=["half a second", "longer than the crop is searched"])
def test_a_hidden_runner_keeps_the_identity(hidden: tuple[int, int]) -> None:
    runner = Actor(640, runs=True, hidden=hidden)
    followed = follow(Stage([runner, Actor(300, height=470)]))
    assert followed.pose is not None
    assert np.isnan(followed.pose.xy[hidden[0] : hidden[1]]).all()
    assert is_actor(followed, runner, share=0.85)
    assert len(followed.others) == 1


def test_who_passes_in_front_of_their_reflection_keeps_their_body() -> None:
    """The reflection is followed first and ends where the walker hides it; the walker's body does not become its."""
    walker = Actor(100, runs=True, speed=8, seen=(10, 140))
    reflection = Actor(340, height=300, runs=True, speed=2, seen=(0, 42), legs=0.3)
    followed = follow(Stage([reflection, walker]))
    assert is_actor(followed, walker)
    assert [other["last_s"] for other in followed.others] == [pytest.approx(41 / FPS, abs=0.05)]


class Unsure(Stage):
    """Points tremble, so that now one crop's and now the other's are nearer to what was expected.

    In the 8th frame the second crop shows nobody.
    """

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        body = super().detect_person(image, box, guess, mirrored=mirrored)
        if self.frame == 8 and self.crops % 2 == 0:
            return None
        tremble = np.random.default_rng([self.frame, self.crops]).normal(0, 4, (len(COCO), 2))
        return body and Body(body.xy + tremble, body.score)


def test_a_part_of_the_runner_that_was_taken_for_somebody_takes_no_frames() -> None:
    """Until the 8th frame the legs look like a person of their own, whose track then comes to follow the runner."""
    runner, part = Actor(640, runs=True, speed=1.5), Actor(655, height=380, runs=True, speed=1.5, seen=(0, 8))
    followed = follow(Unsure([part, runner]))
    assert followed.pose is not None
    seen = np.isfinite(followed.pose.xy).all(axis=(1, 2))
    assert seen[15:].all()
    assert seen.mean() > 0.95
    assert not followed.others  # shorter than is worth a word


def test_a_runner_who_comes_later_than_the_coach() -> None:
    runner = Actor(640, runs=True, seen=(60, 1000))
    followed = follow(Stage([Actor(500, height=470, seen=(0, 75)), runner]), 300)
    assert is_actor(followed, runner, frames=300, share=0.9)


class Searched(Stage):
    """It finds nobody who is smaller than those it is asked for."""

    def detect_people(self, image: Image, *, least_height_px: float = 0.0) -> list[Body]:
        found = super().detect_people(image, least_height_px=least_height_px)
        return [body for body in found if body.box[3] - body.box[1] >= least_height_px]


def test_a_small_runner_who_comes_after_six_seconds_among_figures_that_stand() -> None:
    """Four of them, each more than twice as tall: they neither keep the runner from being looked for nor followed."""
    figures = [Actor(120 + 240 * number, height=480) for number in range(4)]
    runner = Actor(1150, height=200, runs=True, seen=(180, 330))
    followed = follow(Searched([*figures, runner]), 330)
    assert is_actor(followed, runner, frames=330, share=0.9)
    assert not followed.stands
    assert [other["stands"] for other in followed.others] == [True] * 4


def test_a_figure_that_never_moves_its_legs_is_nobody() -> None:
    followed = follow(Stage([Actor(640, height=480)]))
    assert followed.stands
    assert who_was_followed(followed, width=1280) == ()
    said = nobody_runs(followed)
    assert said.startswith("nobody who runs or walks was seen: person 0, who was followed, never moves the legs")
    runner = follow(Stage([RUNNER]))
    assert (runner.stands, nobody_runs(runner)) == (False, "")


def test_one_runner_costs_a_crop_a_frame_and_few_looks() -> None:
    stage = Stage([RUNNER])
    follow(stage)
    assert stage.crops == 149
    assert stage.looks <= 13


def test_a_coach_is_not_followed_after_the_trial() -> None:
    stage = Stage([RUNNER, Actor(300, height=470)])
    follow(stage, 300)
    assert stage.crops < 300 + 75


def test_nobody_is_said_plainly() -> None:
    followed = follow(Stage([]), 20)
    assert followed.pose is None
    assert followed.person is None
    assert followed.others == []


def test_every_frame_is_told_and_has_its_time() -> None:
    told: list[tuple[float, bool]] = []
    followed = follow(Stage([RUNNER]), 40, on_frame=lambda frame, body: told.append((frame.time_s, body is not None)))
    assert told == [(f / FPS, True) for f in range(40)]
    assert followed.pose is not None
    assert followed.pose.time_s.tolist() == [f / FPS for f in range(40)]
    assert followed.boxes.shape == (40, 4)
    assert followed.boxes[7] == pytest.approx(RUNNER.body(7).box)  # type: ignore[union-attr]


def clip(stage: Stage, fps: float, *, count: int = 150, off_s: float = 0.0) -> Iterator[Frame]:
    """The stage's frames at another rate, every other one so much later."""
    for number, frame in enumerate(stage.frames(count)):
        yield Frame(number / fps + off_s * (number % 2), frame.image)


def test_in_slow_motion_people_are_followed_at_the_speed_of_life() -> None:
    """The same crops in every frame as at true speed, so the same points; what is said has the times of the film."""
    people = [Actor(640, runs=True, speed=1), Actor(300, height=470, seen=(30, 90))]
    alive, slow = Stage(people), Stage(people)
    follow(alive)
    followed = follow_runner(clip(slow, FPS / 8), slow, slow_motion=8.0)
    np.testing.assert_allclose(np.array(slow.boxes), np.array(alive.boxes), atol=1e-6)
    assert followed.pose is not None
    assert followed.pose.time_s.tolist() == [number / (FPS / 8) for number in range(150)]
    (coach,) = followed.others
    assert (coach["first_s"], coach["last_s"]) == (pytest.approx(8.0, abs=4.1), pytest.approx(8 * 89 / 30, abs=0.01))
    with pytest.raises(InputError, match=r"there are: 0 \(0\.0-39\.7 s\)"):
        follow_runner(clip(slow, FPS / 8), Stage(people[:1]), slow_motion=8.0, person=7)


@pytest.mark.parametrize("fps", [25, 30, 50, 60, 120])
def test_the_last_digit_of_a_time_changes_nothing(fps: int) -> None:
    """0.1, 0.25, 0.4 and 1 s are whole frames at most of these rates."""
    people = [Actor(640, runs=True, speed=3, phase=0.3)]
    boxes = []
    for off_s in (0.0, 1e-9, -1e-9):
        stage = Stage(people)
        follow_runner(clip(stage, fps, off_s=off_s), stage)
        boxes.append(np.array(stage.boxes))
    np.testing.assert_allclose(boxes[1], boxes[0], atol=1e-3)
    np.testing.assert_allclose(boxes[2], boxes[0], atol=1e-3)


def test_a_search_beside_a_runner_is_for_people_who_could_be_the_runner() -> None:
    stage = Stage([RUNNER])
    follow(stage)
    (height_px,) = {
        round(float(box[3] - box[1])) for body in [RUNNER.body(0)] if body is not None for box in [body.box]
    }
    assert stage.least_heights_px[:2] == [0.0, 0.0]
    assert stage.least_heights_px[2:] == pytest.approx([0.6 * height_px] * (stage.looks - 2), rel=0.1)


@pytest.mark.parametrize(
    ("fps", "shown", "in_turn"),
    [(30.0, 1, False), (60.0, 1, False), (120.0, 1, True), (240.0, 1, True), (120.0, 2, False), (240.0, 2, True)],
)
def test_only_fast_pictures_are_looked_at_in_turn_with_their_mirror_images(
    fps: float, shown: int, in_turn: bool
) -> None:
    """Each picture is ``shown`` so often: of 120 frames a second where each is shown twice, 60 are pictures."""
    stage = Stage([RUNNER])
    pictures = np.random.default_rng(0).integers(0, 255, (60, 72, 128, 3), dtype=np.uint8)

    def film() -> Iterator[Frame]:
        for number, frame in enumerate(stage.frames(60)):
            yield replace(frame, time_s=number / fps, image=pictures[number // shown])

    follow_runner(film(), stage)
    looked = [None, *stage.mirrored]  # nobody is known in the first frame
    pairs = list(pairwise(looked[2 * shown - 1 :: shown]))
    if in_turn:
        assert all({one, other} == {False, True} for one, other in pairs)
    else:
        assert set(looked) == {None}
    assert all(looked[number] is looked[number // shown * shown] for number in range(2 * shown, 60))


def test_a_figure_that_was_never_there_does_not_take_who_passes_it() -> None:
    """For a second it waits where it was seen, and expects exactly the pose that the runner has on the way past."""
    passer = Actor(310, runs=True, speed=9)
    waiting = Actor(310 + 9 * 20, runs=True, phase=2 * np.pi * 1.4 * 20 / FPS, seen=(0, 1))
    assert np.allclose(waiting.body(0).xy, passer.body(20).xy)  # type: ignore[union-attr]
    stage = Stage([waiting, passer])
    tracker = PersonTracker(stage)
    for frame in stage.frames(40):
        tracker.see(frame)
        assert 1 in [number for number, _ in tracker.seen_last()]
