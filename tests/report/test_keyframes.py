"""Which frames get a picture, and of what part of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gaitlab.core.gait import GaitEvents
from gaitlab.events.cycles import gait_cycles
from gaitlab.report import key_moments
from gaitlab.report.session.keyframes import EVENTS, moments_of
from gaitlab.report.session.skeletons import opening
from tests.report.make import CONTACT_S, FPS, HEIGHT, WIDTH, contacts, make_session, pose


def test_both_legs_have_every_moment_at_the_frame_nearest_to_it(tmp_path: Path) -> None:
    moments = {m.key: m for m in key_moments(make_session(tmp_path, video=True))}
    assert set(moments) == {f"{side}_{event}" for side in ("left", "right") for event in EVENTS}
    strike, toe_off = moments["left_foot_strike"], moments["left_toe_off"]
    assert (strike.time_s - 0.1) % 0.7 < 0.5 / FPS + 1e-9
    assert abs(toe_off.time_s - strike.time_s - CONTACT_S) <= 1 / FPS
    assert strike.time_s < moments["left_mid_stance"].time_s < toe_off.time_s
    assert all(m.time_s == round(m.frame / FPS, 9) for m in moments.values())


def test_the_box_shows_the_runner_and_stays_in_the_picture(tmp_path: Path) -> None:
    for moment in key_moments(make_session(tmp_path, video=True)):
        left, top, right, bottom = moment.box_px
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= HEIGHT
        xy = pose(4.0).xy[moment.frame]
        assert (xy[:, 0] > left).all()
        assert (xy[:, 0] < right).all()
        assert (xy[:, 1] > top).all()
        assert (xy[:, 1] < bottom).all()


def test_the_box_shows_a_stride_of_legs_alone() -> None:
    whole = pose(4.0)
    xy = np.array(whole.xy)
    legs = [name.partition("_")[2] in ("hip", "knee", "ankle", "heel", "big_toe") for name in whole.skeleton.names]
    xy[:, ~np.array(legs)] = np.nan
    swing = 90 * np.sin(2 * np.pi * whole.time_s / 0.7)
    for side, way in (("left", 1), ("right", -1)):
        for point in ("ankle", "heel", "big_toe"):
            xy[:, whole.skeleton.index(f"{side}_{point}"), 0] += way * swing
    alone = replace(whole, xy=xy)
    moments = moments_of(alone, gait_cycles(GaitEvents(tuple(contacts(4.0)), "running")))
    assert moments
    for moment in moments:
        left, _, right, _ = moment.box_px
        assert left < np.nanmin(xy[moment.frame, :, 0]) < np.nanmax(xy[moment.frame, :, 0]) < right


def test_largest_knee_flexion_is_where_the_knee_is_most_bent() -> None:
    sequence = pose(4.0)
    xy = np.array(sequence.xy)
    names = sequence.skeleton.index
    bent = 68  # 1.36 s, in the second left cycle (0.8-1.5 s)
    xy[:, names("left_knee")], xy[:, names("left_ankle")] = (80, 155), (80, 195)
    xy[bent, names("left_ankle")] = (50, 150)
    moved = sequence.after(sequence.history[0] if sequence.history else None, xy=xy)  # type: ignore[arg-type]
    events = GaitEvents(contacts(4.0), "running")
    second = [c for c in gait_cycles(events) if c.side == "left"][1:2]
    found = {m.key: m for m in moments_of(moved, tuple(second))}
    assert found["left_peak_knee_flexion"].frame == bent


def test_from_behind_a_bent_knee_is_no_moment(tmp_path: Path) -> None:
    events = {moment.event for moment in key_moments(make_session(tmp_path, video=True, view="rear"))}
    assert events == set(EVENTS) - {"peak_knee_flexion"}


def test_an_opening_runs_from_the_carried_on_line_to_the_other_limb() -> None:
    hip, knee, ankle = np.array([50.0, 0.0]), np.array([50.0, 40.0]), np.array([90.0, 40.0])
    guide, arc = opening(knee, hip, knee, ankle, radius=10.0)
    assert guide == "M50.0 40.0L50.0 55.0"
    # From straight down to image-right: against the clock as seen, which SVG calls sweep 0.
    assert arc == "M50.0 50.0A10.0 10.0 0 0 0 60.0 40.0"
    assert opening(knee, hip, knee, np.array([10.0, 40.0]), radius=10.0)[1] == "M50.0 50.0A10.0 10.0 0 0 1 40.0 40.0"
    assert opening(knee, hip, knee, np.array([np.nan, 40.0]), radius=10.0) == ("", "")
    assert opening(knee, knee, knee, ankle, radius=10.0) == ("", "")


def test_without_an_accepted_cycle_there_is_no_moment(tmp_path: Path) -> None:
    assert key_moments(make_session(tmp_path, accepted=False)) == ()
