"""Nobody who lies or stands on their head is measured, and no runner is taken for one who does."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.plausibility import check_body, check_posture, posture_of
from tests.analysis.test_rear import clip_points, measured
from tests.kinematics.test_view import filmed


def turned(pose: PoseSequence, clockwise_deg: int) -> PoseSequence:
    """The picture turned about its corner: what was at its top is at its right after 90 degrees clockwise."""
    x, y = pose.xy[..., 0], pose.xy[..., 1]
    way = {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[clockwise_deg]
    return dataclasses.replace(pose, xy=np.stack(way, axis=-1))


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("lies_deg", [0, 90, 180, 270])
def test_the_turn_that_brings_a_runner_upright_is_told(view: str, lies_deg: int) -> None:
    assert posture_of(turned(clip_points(view), lies_deg)).turn_deg == -lies_deg % 360


@pytest.mark.parametrize(
    ("lies_deg", "found", "rotate"),
    [
        (90, "lies on their side, with the head to the right of the picture", 0),
        (180, "stands on their head", 270),
        (270, "lies on their side, with the head to the left of the picture", 180),
    ],
)
def test_a_video_on_its_side_is_refused_with_the_turn_that_helps(lies_deg: int, found: str, rotate: int) -> None:
    """The video has been turned by 90 degrees already: what is said is to be said instead."""
    pose = turned(clip_points("side"), lies_deg)
    with pytest.raises(InputError) as refusal:
        check_posture(pose, "a.mp4", rotate_deg=90)
    assert str(refusal.value) == (f"in 'a.mp4' the runner {found} (median of {len(pose)} frames); say rotate {rotate}")


def test_keypoints_with_another_axis_upwards_are_refused_with_the_axes_that_are_expected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"stands on their head .* y downwards in a picture's pixels"):
        check_posture(turned(clip_points("side"), 180), "a.csv", rotate_deg=None)
    with pytest.raises(InputError, match=r"does not stand upright.* with axes yx the head is above the hips"):
        measured(tmp_path, turned(clip_points("side"), 90))
    assert not (tmp_path / "out").exists()


def test_who_bends_the_trunk_as_far_as_it_goes_still_stands() -> None:
    """The trunk turned forward about the hips by 80 degrees: what a bent spine looks like, on legs that hang."""
    pose = clip_points("side")
    hips = pose.point("mid_hip")[:, None]
    above = [i for i, name in enumerate(pose.skeleton.names) if "shoulder" in name or name in ("neck", "nose")]
    bend = np.radians(80)
    way = pose.xy[:, above] - hips
    xy = pose.xy.copy()
    xy[:, above, 0] = hips[..., 0] + np.cos(bend) * way[..., 0] - np.sin(bend) * way[..., 1]
    xy[:, above, 1] = hips[..., 1] + np.sin(bend) * way[..., 0] + np.cos(bend) * way[..., 1]
    bent = posture_of(dataclasses.replace(pose, xy=xy))
    assert bent.upright
    assert bent.trunk[0] > 0.9  # nearly level, to the right, where the runner faces


@pytest.mark.parametrize("seen_from", ["left", "right"])
@pytest.mark.parametrize(
    ("kind", "style"),
    [
        ("cycling", {"lean_deg": 60.0, "duration_s": 3.0}),
        ("cycling", {"lean_deg": 80.0, "duration_s": 3.0}),
        ("squat", {"lean_deg": 60.0, "thighs_deg": (-5.0,), "hold_s": 3.0}),
    ],
)
def test_who_rides_or_squats_low_is_upright_and_told_on_the_side(
    kind: str, style: dict[str, object], seen_from: str
) -> None:
    pose = filmed(kind, seen_from, 0.0, **style)
    for lies_deg in (0, 90, 180, 270):
        assert posture_of(turned(pose, lies_deg)).turn_deg == -lies_deg % 360


def test_legs_or_a_trunk_alone_are_judged_by_what_is_seen_and_dots_alone_by_nothing() -> None:
    pose = clip_points("side")
    for words in (("hip", "knee", "ankle"), ("hip", "knee"), ("neck", "hip"), ("heel",)):
        seen = [any(word in name for word in words) for name in pose.skeleton.names]
        part = dataclasses.replace(pose, xy=np.where(np.array(seen)[:, None], pose.xy, np.nan))
        assert posture_of(part).upright
        assert posture_of(turned(part, 180)).upright is (words == ("heel",))


def test_a_warning_that_is_handed_on_names_the_film_without_its_folder() -> None:
    pose = clip_points("side")
    noise = np.random.default_rng(1).normal(0, 15.0, pose.xy.shape)
    told = check_body(dataclasses.replace(pose, xy=pose.xy + noise), Path("/home/ada/films/run.mp4"), from_file=False)
    assert any(sentence.startswith("in 'run.mp4' the points jitter") for sentence in told)
    assert "ada" not in " ".join(told)
