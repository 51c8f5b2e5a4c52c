"""Movements that no body makes: what is found is a property of the numbers, whatever the picture's scale and side."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.movement import frozen_points, jitter, text_order, turning
from tests.analysis.test_rear import clip_points


def changed(pose: PoseSequence, xy: np.ndarray) -> PoseSequence:
    return dataclasses.replace(pose, xy=xy)


def test_the_way_that_the_feet_turn_is_the_way_of_time() -> None:
    """A mirrored runner turns the same way about themselves; a reversed one, and nobody else, the other way."""
    pose = clip_points("side")
    mirrored = changed(pose, pose.xy * [-1, 1])
    assert turning(pose) > 0.2
    assert turning(mirrored) == pytest.approx(turning(pose))
    assert turning(changed(pose, 3 * pose.xy + 100)) == pytest.approx(turning(pose))
    assert turning(changed(pose, pose.xy[::-1])) == pytest.approx(
        -turning(pose), abs=0.01
    )  # each step starts at its other end
    assert np.isnan(turning(clip_points("rear")))


def test_a_point_stands_still_only_where_those_beside_it_move() -> None:
    pose = clip_points("side")
    assert frozen_points(pose) == {}
    still, knee, half = pose.xy.copy(), pose.skeleton.names.index("left_knee"), len(pose) // 2
    still[:half, knee] = still[0, knee]
    assert frozen_points(changed(pose, still)) == {"left_knee": pytest.approx(0.5, abs=0.1)}
    nobody_moves = changed(pose, np.broadcast_to(pose.xy[:1], pose.xy.shape))
    assert frozen_points(nobody_moves) == {}
    assert frozen_points(changed(pose, pose.xy.round())) == {}


def test_one_picture_shows_no_movement() -> None:
    pose = clip_points("side")
    one = dataclasses.replace(pose, xy=pose.xy[:1], score=pose.score[:1], time_s=pose.time_s[:1])
    assert frozen_points(one) == {}


def test_rows_in_text_order_have_a_longer_way_than_sorted_ones() -> None:
    pose = clip_points("side")
    order = sorted(range(len(pose)), key=str)
    assert text_order(pose) > 1.1
    # The way back is the way there: its inverse.
    assert text_order(changed(pose, pose.xy[order])) == pytest.approx(way(pose.xy) / way(pose.xy[order]), rel=1e-9)


def way(xy: np.ndarray) -> float:
    steps = np.linalg.norm(np.diff(xy, axis=0), axis=-1)
    return float(np.nanmean(steps))


def test_jitter_is_the_noise_that_was_added() -> None:
    """Of the height, as a standard deviation an axis; it adds up with what was there by squares."""
    pose = clip_points("side")
    noise_px = np.random.default_rng(1).normal(0, 6.0, pose.xy.shape)
    share = np.sqrt(jitter(changed(pose, pose.xy + noise_px)) ** 2 - jitter(pose) ** 2)
    height_px = float(np.nanmax(pose.xy[..., 1]) - np.nanmin(pose.xy[..., 1]))
    assert share * height_px == pytest.approx(6.0, rel=0.3)
