"""What was said of a clip against what its keypoints say: each contradiction true, in red, and alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from benchmarks.truth import DEFAULT_FOLDER, film, load_trial
from gaitlab.analysis.claims import contradiction, facing_unclear
from gaitlab.cli.tables import warning_lines
from gaitlab.core.errors import InputError
from gaitlab.core.metric import View
from gaitlab.metrics.quality import grade_of, grave_warnings
from tests.analysis.test_rear import clip_points, measured


@pytest.mark.parametrize(("turned", "said", "faced"), [(False, "left", "right"), (True, "right", "left")])
def test_a_facing_that_the_keypoints_contradict_is_doubted_in_red(
    tmp_path: Path, turned: bool, said: str, faced: str
) -> None:
    """The demonstration's runner faces right, turned he faces left; every cue says so."""
    session = measured(tmp_path, clip_points("side", turned=turned), view="side", facing=said)
    assert session.info["facing"] == said  # measured as told nevertheless
    assert session.info["calibration"]["facing_agreement"] == 0.0
    assert grade_of(session.info) == "poor"
    # No note of a belt that slopes, of scales or legs: they follow from what is false.
    assert session.warnings == grave_warnings(session.info)
    assert warning_lines(session) == [
        f"WARNING: this looks like a person who faces {faced} (100 % of what knees, feet and head show), but was "
        f"measured as one who faces {said}, as was said; if that was wrong, no number here is right: the side the "
        f"person faces (--facing) must be entered: {faced}"
    ]


@pytest.mark.parametrize("facing", ["right", "auto"])
def test_a_facing_that_is_right_or_was_not_said_is_believed(tmp_path: Path, facing: str) -> None:
    session = measured(tmp_path, clip_points("side"), view="side", facing=facing)
    assert "doubt" not in session.info["quality"]
    assert session.info["calibration"]["facing_agreement"] == 1.0


@pytest.mark.parametrize(
    ("seen", "turned", "said", "words"),
    [
        ("side", False, "rear", ("film from the side", "one from behind", "the view must be entered: side")),
        ("rear", False, "side", ("film from behind", "one from the side", "the view must be entered: rear")),
        ("rear", True, "side", ("film from the front", "one from the side", "film again")),
        ("rear", True, "rear", ("film from the front", "one from behind", "film again")),
        ("side", False, "side", ()),
        ("rear", False, "rear", ()),
    ],
)
def test_each_wrong_view_is_named_as_what_it_is(seen: str, turned: bool, said: View, words: tuple[str, ...]) -> None:
    told = contradiction(clip_points(seen, turned=turned), view=said, facing="auto")
    assert bool(told) is bool(words)
    assert all(word in told for word in words)


def test_a_side_view_that_is_called_one_from_behind_is_not_one_from_the_front(tmp_path: Path) -> None:
    session = measured(tmp_path, clip_points("side"), view="rear")
    assert session.info["view"] == "rear"
    assert session.warnings[0].startswith("this looks like a film from the side")
    assert grave_warnings(session.info) == session.warnings


def test_a_film_from_the_front_that_is_called_one_from_behind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the camera stands in front"):
        measured(tmp_path, clip_points("rear", turned=True), view="rear")


def test_of_a_film_from_behind_only_the_view_is_doubted() -> None:
    assert "faces" not in contradiction(clip_points("rear"), view="side", facing="left")


def test_votes_that_are_divided_contradict_nobody_and_ask_who_said_nothing() -> None:
    """Half the clip turned: the cues are divided, whatever was said."""
    pose, turned = clip_points("side"), clip_points("side", turned=True)
    late = np.arange(len(pose)) >= len(pose) // 2
    both = dataclasses.replace(pose, xy=np.where(late[:, None, None], turned.xy, pose.xy))
    for said in ("left", "right"):
        assert contradiction(both, view="side", facing=said) == ""
    assert "only 50 % of the cues agree" in facing_unclear(0.5)[0]
    assert facing_unclear(0.75) == ()


@pytest.mark.shared
@pytest.mark.parametrize("seen_from", ["right", "left"])
def test_markers_of_legs_alone_contradict_a_wrong_facing_and_no_right_one(shared: Path, seen_from: str) -> None:
    wrong = {"right": "left", "left": "right"}[seen_from]
    for path in sorted((shared / "data" / DEFAULT_FOLDER.name).glob("*.npz"))[::4]:
        trial = load_trial(path)
        pose = film(trial, fps=30, seen_from=seen_from, px_per_m=400, noise_m=0.01, rng=np.random.default_rng(1))
        assert contradiction(pose.between(0, 5), view="side", facing=seen_from) == "", path.name
        told = contradiction(pose.between(0, 5), view="side", facing=wrong)
        assert f"a person who faces {seen_from}" in told, path.name
