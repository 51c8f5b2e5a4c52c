"""The contacts read by eye contradict neither themselves nor what legs can do."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.real_clips import eye_on_known_times
from tests.by_eye import ReadClip, clips

CLIPS = clips()
each_clip = pytest.mark.parametrize("clip", CLIPS, ids=[Path(clip.file).stem for clip in CLIPS])


@each_clip
def test_sides_alternate_and_strikes_follow_each_other(clip: ReadClip) -> None:
    for passage in clip.passages:
        contacts = clip.within(passage)
        for before, after in pairwise(contacts):
            assert {before.side, after.side} == {"left", "right"}
            if before.strike and after.strike:
                seconds = (after.strike.frame - before.strike.frame) / clip.fps / clip.slow_motion_factor
                assert 0.15 < seconds < 1.0


@each_clip
def test_each_contact_starts_before_it_ends_and_lasts_as_long_as_one_can(clip: ReadClip) -> None:
    for contact in clip.contacts:
        if contact.strike and contact.toe_off:
            seconds = (contact.toe_off.frame - contact.strike.frame) / clip.fps / clip.slow_motion_factor
            assert 0.08 <= seconds <= 1.2


@each_clip
def test_only_walkers_have_both_feet_on_the_ground_for_long(clip: ReadClip) -> None:
    for passage in clip.passages:
        both = [
            before.toe_off.frame - after.strike.frame
            for before, after in pairwise(clip.within(passage))
            if before.toe_off and after.strike
        ]
        if clip.gait == "walking":
            assert min(both) > 0
        else:
            assert all(frames <= 1 for frames in both)


@each_clip
def test_events_lie_in_the_clip_and_are_the_mean_of_their_readings(clip: ReadClip) -> None:
    for contact in clip.contacts:
        for event in filter(None, (contact.strike, contact.toe_off)):
            assert 0 <= event.frame < clip.frames
            assert event.frame == sum(event.readings) / len(event.readings)
            assert max(event.readings) - min(event.readings) <= event.plus_minus
    assert all(0 <= first < last < clip.frames for first, last in clip.complete)


@pytest.mark.shared
@each_clip
def test_the_clip_is_the_one_that_was_read(clip: ReadClip, shared: Path) -> None:
    assert hashlib.sha256((shared / "data" / clip.file).read_bytes()).hexdigest() == clip.sha256


def test_the_eye_on_known_times_is_late_at_toe_off_alone() -> None:
    """What it read of a clip with known contacts, by the numbers that the documentation states."""
    errors_s = eye_on_known_times()
    assert {event: len(one) for event, one in errors_s.items()} == {"strike": 6, "toe_off": 6}
    assert np.mean(errors_s["strike"]) == pytest.approx(-0.006, abs=0.001)
    assert np.mean(errors_s["toe_off"]) == pytest.approx(0.024, abs=0.001)
