"""Runs and walks past a fixed camera, of known speed, cadence and step length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.overground import Shot, film_pass
from benchmarks.truth import PUBLIC_FOLDER, load_trial
from gaitlab.analysis.recording import Analysis, analyze_pose, quality
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.core.units import Marks
from gaitlab.events import detect_contacts
from gaitlab.kinematics.travel import in_runners_frame, travel_of
from tests.events.make import RUNNING, WALKING, Style, events, filmed
from tests.kinematics.test_travel import joined, passing

# Of a leg (thigh plus shank) of 0.86 m.
HEIGHT_M = 0.86 / 0.47


def analyzed(pose: PoseSequence, **runner: object) -> Analysis:
    return analyze_pose(pose, runner=Runner(height_m=HEIGHT_M, **runner), settings=Settings())  # type: ignore[arg-type]


def value(analysis: Analysis, metric: str, side: str = "both") -> float:
    return next(row.mean for row in analysis.summary if (row.metric, row.side) == (metric, side))


@pytest.mark.parametrize(("style", "seconds"), [(RUNNING, 2.0), (WALKING, 3.5)])
@pytest.mark.parametrize("way", [1, -1])
def test_speed_cadence_and_step_length_of_a_pass(style: Style, seconds: float, way: int) -> None:
    found = analyzed(passing(style, seconds=seconds, way=way))
    assert found.trial.setting == "overground"
    assert found.trial.activity == ("running" if style is RUNNING else "walking")
    assert value(found, "speed") == pytest.approx(style.belt_mps, rel=0.02)
    assert value(found, "cadence") == pytest.approx(120 / style.stride_s, rel=0.01)
    assert value(found, "step_length", "left") == pytest.approx(style.belt_mps * style.stride_s / 2, rel=0.03)
    assert next(row.label for row in found.summary if row.metric == "speed") == "Speed"


def test_a_pass_of_little_more_than_a_second_gives_what_it_shows_with_n() -> None:
    found = analyzed(passing(seconds=1.4))
    assert found.supports_gait
    cadence = next(row for row in found.summary if row.metric == "cadence")
    assert cadence.n == sum(cycle.accepted for cycle in found.trial.cycles)
    assert cadence.mean == pytest.approx(120 / 0.72, rel=0.01)


def test_who_stays_in_place_is_on_a_treadmill_whatever_else_is_not_said() -> None:
    assert analyzed(filmed(RUNNING, seconds=4.0)).trial.setting == "treadmill"
    said = analyzed(passing(seconds=2.5), setting="treadmill")
    assert (said.trial.setting, said.trial.travel) == ("treadmill", None)


def test_a_setting_that_the_hips_contradict_is_measured_and_doubted() -> None:
    moving, staying = passing(seconds=2.5), filmed(RUNNING, seconds=4.0)
    for said, shows, pose in (
        ("treadmill", "moves over the ground", moving), ("overground", "stays in place", staying),
    ):  # fmt: skip
        (told,) = (w for w in analyzed(pose, setting=said).warnings if "the setting that was entered" in w)
        assert said in told
        assert shows in told
    assert not any("setting that was entered" in w for w in analyzed(moving, setting="overground").warnings)
    both = analyzed(staying, setting="overground", belt_speed_mps=3.0).warnings
    assert any("setting that was entered" in w for w in both)
    assert any("belt speed that was entered is not used" in w for w in both)


def test_a_belt_speed_is_not_used_overground() -> None:
    found = analyzed(passing(seconds=2.0), belt_speed_mps=5.0)
    assert any("is not used" in warning for warning in found.warnings)
    assert value(found, "speed") == pytest.approx(3.0, rel=0.02)


def test_passes_back_and_forth_are_put_together_each_with_its_own_facing() -> None:
    there, back = passing(seconds=2.5), passing(seconds=3.0, way=-1)
    both, first, second = analyzed(joined(there, back)), analyzed(there), analyzed(back)
    assert both.facing == "left"
    assert [one.calibration.forward for one in both.trial.passes] == [1, -1]
    assert any("2 of them are put together" in warning for warning in both.warnings)
    n = {name: {(row.metric, row.side): row.n for row in found.summary} for name, found in
         (("both", both), ("first", first), ("second", second))}  # fmt: skip
    for key in (("cadence", "both"), ("step_length", "left"), ("knee_flexion_at_contact", "right")):
        # The turn costs a cycle at most at the end of one pass and the beginning of the other.
        assert n["first"][key] + n["second"][key] - 2 <= n["both"][key] <= n["first"][key] + n["second"][key]
        assert n["both"][key] > n["second"][key]
    for metric in ("cadence", "speed"):
        assert value(both, metric) == pytest.approx(value(second, metric), rel=0.02)
    for metric in ("step_length", "foot_strike_angle", "knee_flexion_at_contact", "overstride"):
        # A pass measured with the other's facing would change the sign of each of these.
        assert value(both, metric, "left") == pytest.approx(value(second, metric, "left"), rel=0.1, abs=0.5)
    # Each leg was in front once.
    assert not any("far leg" in row.note for row in both.summary)
    assert any("far leg" in row.note for row in second.summary)
    assert quality(both)["share_of_frames_seen"]["left_knee"] == 1.0


def test_passes_of_another_pace_are_left_out_and_named() -> None:
    walk, run = passing(WALKING, seconds=3.0), passing(seconds=3.5, way=-1)
    both, alone = analyzed(joined(walk, run)), analyzed(run)
    assert both.trial.activity == "running"
    assert any(warning.startswith("left out") for warning in both.warnings)
    assert value(both, "cadence") == pytest.approx(value(alone, "cadence"), rel=0.01)
    assert all(contact.foot_strike_s > walk.time_s[-1] - 0.5 for contact in both.trial.events.contacts)


def pinhole(towards: float, *, way: int = 1) -> PoseSequence:
    """A pass by a camera of 65 degrees and 1920 px, 6 m away in the middle; the path comes nearer by an angle."""
    pose = passing(seconds=2.0, way=way)
    hip = pose.point("mid_hip")
    angle = np.radians(towards)
    along_m = way * (hip[:, 0] - hip[:, 0].mean()) / 400
    about_m = (pose.xy - hip[:, None]) / 400
    depth_m = 6.0 - np.sin(angle) * along_m
    across_m = way * np.cos(angle) * along_m[:, None] + about_m[..., 0]
    focal_px = 960 / np.tan(np.radians(32.5))
    height_m = (hip[:, None, 1] - 300) / 400 + about_m[..., 1]
    xy = focal_px * np.stack([across_m, height_m], axis=-1) / depth_m[:, None, None] + (960.0, 400.0)
    return replace(pose, xy=xy)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("towards", [0.0, 20.0, -20.0])
def test_an_oblique_pass_is_told_and_its_speed_is_that_along_the_path(towards: float, way: int) -> None:
    found = analyze_pose(
        pinhole(towards, way=way), runner=Runner(height_m=HEIGHT_M), settings=Settings(), picture_px=(1920, 1080)
    )
    assert found.trial.travel is not None
    # A flat figure has no legs that are foreshortened, by which the tangent is divided.
    expected = np.degrees(np.arctan(np.tan(np.radians(towards)) / 1.2))
    assert found.trial.travel.towards_deg == pytest.approx(expected, abs=1.0)
    assert value(found, "speed") == pytest.approx(3.0, rel=0.03)


@pytest.mark.parametrize(("towards", "said"), [(45.0, "towards the camera"), (-45.0, "away from the camera")])
def test_who_comes_towards_the_camera_is_refused(towards: float, said: str) -> None:
    with pytest.raises(InputError, match=f"not across the picture.*{said}.*film at a right angle"):
        analyze_pose(pinhole(towards), runner=Runner(), settings=Settings(), picture_px=(1920, 1080))


def test_frames_without_the_runner_are_kept_for_drawing_and_not_counted_as_unseen() -> None:
    pose = passing(seconds=2.0)
    xy = np.concatenate([np.full((120, *pose.xy.shape[1:]), np.nan), pose.xy])
    later = PoseSequence(xy, np.isfinite(xy[..., 0]) * 1.0, np.arange(len(xy)) / 60, pose.skeleton)
    found = analyzed(later)
    assert len(found.shown) == len(found.trial.pose) == len(later)
    off_px = np.linalg.norm(found.shown.xy - later.xy, axis=-1)[120:]
    assert np.nanmedian(off_px) < 1.0  # drawn where they are in the picture
    assert np.isnan(found.trial.angles.values_deg["left_knee_flexion_deg"][:110]).all()
    assert quality(found)["share_of_frames_seen"]["left_knee"] == 1.0


@pytest.mark.parametrize("camera", ["fixed", "drift"])
@pytest.mark.parametrize("name", ["RBDS001_2.5mps", "RBDS014_4.5mps"])
def test_events_of_passes_agree_with_the_force_plates(name: str, camera: str) -> None:
    """The bounds leave room above what ``benchmarks/overground.py`` measures."""
    trial = load_trial(PUBLIC_FOLDER / f"{name}.npz")
    errors_s = []
    for number, distance_m in enumerate((4.0, 6.0, 8.0)):
        shot = Shot(distance_m, 60.0, 0.004, camera, -1)
        pose = film_pass(trial, shot, rng=np.random.default_rng(number))
        frame = in_runners_frame(pose, travel_of(pose, slice(0, len(pose))))
        found = detect_contacts(frame, forward=-1)
        for side in BOTH_SIDES:
            strike_s, off_s = trial.of(side)
            whole = (strike_s > pose.time_s[0] + 0.15) & (off_s < pose.time_s[-1] - 0.15)
            accepted = [c for c in found.of(side) if c.accepted]
            for true_s, true_off_s in zip(strike_s[whole], off_s[whole], strict=True):
                nearest = min(accepted, key=lambda c: abs(c.foot_strike_s - true_s))
                errors_s.append((nearest.foot_strike_s - true_s, nearest.toe_off_s - true_off_s))
    assert len(errors_s) >= 6
    strike_ms, off_ms = 1000 * np.abs(errors_s).mean(axis=0)
    assert strike_ms < 12
    assert off_ms < 15


def test_a_far_foot_that_is_hidden_as_it_passes_the_other_keeps_its_strikes() -> None:
    """Hidden until 0.13 s before it reaches furthest ahead: nothing between can lie further ahead."""
    pose = passing(WALKING, seconds=3.5)
    xy = pose.xy.copy()
    strikes_s, _ = events(WALKING, "left", 3.5)
    for strike_s in strikes_s:
        hidden = (pose.time_s > strike_s - 0.30) & (pose.time_s < strike_s - 0.12)
        xy[hidden, pose.skeleton.index("left_heel")] = np.nan
    found = detect_contacts(PoseSequence(xy, pose.score, pose.time_s, pose.skeleton), forward=1, activity="walking")
    seen_s = [contact.foot_strike_s for contact in found.of("left") if contact.accepted]
    assert len(seen_s) >= 2
    for strike_s in seen_s:
        assert np.abs(strikes_s - strike_s).min() < 0.03


def followed(style: Style = RUNNING, *, way: int = 1, share: float = 1.0, seconds: float = 3.0) -> Analysis:
    """A pass before a camera that goes along; of its motion a share is told."""
    shown, ground = filmed(style, seconds=seconds, forward=way), passing(style, seconds=seconds, way=way)
    told = replace(ground, xy=shown.xy + share * (ground.xy - shown.xy))
    return analyze_pose(shown, runner=Runner(height_m=HEIGHT_M), settings=Settings(), on_ground=told, camera="moving")


def test_the_error_of_the_camera_s_motion_moves_no_contact() -> None:
    ground = passing(RUNNING, seconds=3.0)
    camera = np.zeros((len(ground), 1, 2))
    camera[:, 0, 0] = np.linspace(0, 1, len(ground)) * np.ptp(ground.point("mid_hip")[:, 0])
    shown = replace(ground, xy=ground.xy - camera)
    unsteady = replace(ground, xy=ground.xy + np.random.default_rng(0).normal(0, 3.0, camera.shape))
    runner = Runner(height_m=HEIGHT_M)
    steady, shaken = (
        analyze_pose(shown, runner=runner, settings=Settings(), on_ground=there) for there in (ground, unsteady)
    )
    assert steady.trial.camera == shaken.trial.camera == "following"
    for event in ("foot_strike_s", "toe_off_s"):
        at_s = [[getattr(contact, event) for contact in one.trial.events.contacts[1:-1]] for one in (steady, shaken)]
        assert len(at_s[0]) >= 5
        assert at_s[1] == pytest.approx(at_s[0], abs=1e-3)
    assert value(shaken, "speed") == pytest.approx(3.0, rel=0.03)


@pytest.mark.parametrize("way", [1, -1])
def test_who_is_followed_by_the_camera_runs_overground(way: int) -> None:
    found = followed(way=way)
    assert (found.trial.setting, found.trial.camera) == ("overground", "following")
    assert next(row.label for row in found.summary if row.metric == "speed") == "Speed"
    assert value(found, "speed") == pytest.approx(3.0, rel=0.02)
    assert value(found, "step_length", "left") == pytest.approx(3.0 * 0.72 / 2, rel=0.03)
    # What is drawn stays in the picture.
    assert np.ptp(found.shown.point("mid_hip")[:, 0]) < 40


def test_a_treadmill_that_a_camera_goes_along_with_is_doubted() -> None:
    shown, ground = filmed(RUNNING, seconds=3.0), passing(seconds=3.0)
    runner = Runner(setting="treadmill")
    found = analyze_pose(shown, runner=runner, settings=Settings(), on_ground=ground, camera="moving")
    assert found.trial.setting == "treadmill"
    assert any("treadmill, is measured, but the runner moves over the ground" in said for said in found.warnings)


def test_where_the_background_goes_half_as_far_the_foot_on_the_ground_tells_the_speed() -> None:
    found = followed(share=0.5)
    assert any("the foot that stands goes back 102 % faster than" in warning for warning in found.warnings)
    slower = followed(share=1.25)
    assert any("the foot that stands goes back 19 % slower than" in warning for warning in slower.warnings)
    assert value(found, "speed") == pytest.approx(3.0, rel=0.03)
    assert value(found, "step_length", "left") == pytest.approx(3.0 * 0.72 / 2, rel=0.04)


def test_a_moving_camera_before_a_treadmill_leaves_it_one() -> None:
    shown = filmed(RUNNING, seconds=4.0)
    swayed = replace(shown, xy=shown.xy + 60 * np.sin(shown.time_s)[:, None, None] * np.array([1.0, 0.0]))
    found = analyze_pose(swayed, runner=Runner(), settings=Settings(), on_ground=shown, camera="moving")
    assert (found.trial.setting, found.trial.camera) == ("treadmill", "hand-held")


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("towards", [0.0, 15.0])
def test_two_marks_on_the_path_give_the_scale(towards: float, way: int) -> None:
    """2 m before and 2 m after the middle of the path; nothing is known of the runner."""
    focal_px, angle = 960 / np.tan(np.radians(32.5)), np.radians(towards)
    first, second = (
        960 + way * focal_px * at * np.cos(angle) / (6.0 - np.sin(angle) * way * way * at) for at in (-2.0, 2.0)
    )
    marks = Marks(4.0, (first, second))
    found = analyze_pose(
        pinhole(towards, way=way), runner=Runner(marks=marks), settings=Settings(), picture_px=(1920, 1080)
    )
    assert found.trial.calibration.scale_source == "known length"
    assert value(found, "speed") == pytest.approx(3.0, rel=0.02)
    assert value(found, "step_length", "left") == pytest.approx(3.0 * 0.72 / 2, rel=0.03)


def test_marks_that_are_not_passed_give_no_scale_and_are_named() -> None:
    pose = passing(seconds=2.0)
    hip = pose.point("mid_hip")[:, 0]
    far = Marks(4.0, (float(hip[0]), float(hip[-1] + 0.5 * np.ptp(hip))))
    found = analyze_pose(pose, runner=Runner(marks=far), settings=Settings())
    assert found.trial.calibration.metres_per_px is None
    assert any("was not followed past both marks" in warning for warning in found.warnings)
    in_place = analyze_pose(filmed(RUNNING, seconds=3.0), runner=Runner(marks=far), settings=Settings())
    assert any("stays in place" in warning for warning in in_place.warnings)


@pytest.mark.parametrize("start_s", [0.0, 0.2, 0.4])
def test_a_pass_of_a_second_gives_its_steps_with_n(start_s: float) -> None:
    """Seen for 0.9 s: a contact of 0.28 s and the strike of the other foot 0.36 s later, no stride of 0.72 s."""
    found = analyzed(passing(seconds=0.9 + start_s).between(start_s, 0.9 + start_s))
    assert not any(cycle.accepted for cycle in found.trial.cycles)
    assert (found.trial.setting, found.trial.activity) == ("overground", "running")
    assert found.supports_gait
    rows = {(row.metric, row.side): row for row in found.summary}
    first, second = [contact.side for contact in found.trial.events.contacts]
    assert rows["step_time", second].mean == pytest.approx(0.36, abs=0.02)
    assert rows["contact_time", first].mean == pytest.approx(0.28, abs=0.03)
    assert (rows["step_time", second].n, rows["contact_time", first].n) == (1, 1)
    assert rows["cadence", "both"].mean == pytest.approx(120 / 0.72, rel=0.05)
    assert rows["speed", "both"].mean == pytest.approx(3.0, rel=0.06)
    assert np.isfinite(rows["knee_flexion_at_contact", first].mean)
    assert "single step" in rows["cadence", "both"].note
    assert rows["stride_time", "left"].missing_reason.startswith("needs a whole stride")
    assert not any(row.missing_reason == "no accepted gait cycle" for row in found.summary)
    assert any("no whole stride was seen" in warning for warning in found.warnings)


def test_single_steps_are_not_given_at_a_wrong_frame_rate() -> None:
    """A pass of 1.2 s in fourfold slow motion: contacts of 1.1 s are no contacts of running."""
    pose = passing(seconds=1.2)
    found = analyzed(replace(pose, time_s=4 * pose.time_s))
    assert not found.trial.single_steps
