"""A rear view all the way: keypoints from a file to the session folder."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from benchmarks.rearfoot import with_dots
from benchmarks.truth import DEFAULT_FOLDER, film, load_trial
from gaitlab.analysis.recording import analyze_pose
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.cli.tables import warning_lines
from gaitlab.config import Settings, with_values
from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.resources import resource_folder
from gaitlab.io.session.sessions import find_sessions
from gaitlab.kinematics.view import Seen, view_of
from gaitlab.markers.clicks import Clicks, write_clicks
from gaitlab.markers.layout import DOTS
from gaitlab.metrics.quality import grave_warnings


def legs_from_behind(shared: Path, *, seconds: float = 15.0) -> PoseSequence:
    """Legs with dots, no head, trunk or arms."""
    trial = with_dots(load_trial(shared / "data" / DEFAULT_FOLDER.name / "RBDS002_2.5mps.npz"))
    pose = film(trial, fps=120, seen_from="behind", px_per_m=800, noise_m=1 / 800, rng=np.random.default_rng(1))
    return dataclasses.replace(pose, xy=pose.xy + [640, 1000]).between(0, seconds)


def write_csv(path: Path, pose: PoseSequence, names: tuple[str, ...]) -> None:
    """Write a tidy table: a row a frame and keypoint."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame in range(len(pose)):
            for name in names:
                x, y = pose.xy[frame, pose.skeleton.index(name)]
                if np.isfinite(x):
                    rows.writerow([frame, name, f"{x:.3f}", f"{y:.3f}", 1.0])


@pytest.mark.shared
def test_dots_from_a_file_make_a_whole_session(shared: Path, tmp_path: Path) -> None:
    pose = legs_from_behind(shared)
    points = ("hip", "knee", "ankle", "heel", "heel_top", "calf_bottom", "calf_top")
    write_csv(tmp_path / "dots.csv", pose, tuple(f"{side}_{point}" for side in BOTH_SIDES for point in points))
    session = gaitlab.analyze(
        view="rear", keypoints=tmp_path / "dots.csv", fps=120, height_m=1.75, output=tmp_path / "session"
    )
    assert session.info["view"] == "rear"
    assert session.info["facing"] == "away"
    assert (tmp_path / "session" / "report.html").stat().st_size > 10_000
    assert not any("proxy" in warning for warning in session.info["warnings"])
    summary = session.summary.set_index(["metric", "side"])
    for side in BOTH_SIDES:
        assert summary.loc[("rearfoot_eversion_excursion", side), "n"] >= 7
        assert 2 < summary.loc[("rearfoot_eversion_excursion", side), "mean"] < 25
        assert 0 < summary.loc[("step_width", side), "mean"] < 0.3
        assert "standing still" in summary.loc[("peak_rearfoot_eversion", side), "missing_reason"]
        assert "neck" in summary.loc[("trunk_side_lean", side), "missing_reason"]


@pytest.mark.shared
def test_half_a_second_of_standing_gives_the_zero(shared: Path) -> None:
    pose = legs_from_behind(shared, seconds=8.0)
    first = np.flatnonzero(np.isfinite(pose.xy[:, pose.skeleton.index("left_ankle"), 0]))[0]
    standing = np.repeat(pose.xy[first : first + 1], 120, axis=0)
    frames = len(pose) + 120
    longer = PoseSequence(
        np.concatenate([standing, pose.xy]), np.ones((frames, len(pose.skeleton))), np.arange(frames) / 120,
        pose.skeleton,
    )  # fmt: skip
    analysis = analyze_pose(longer, runner=Runner(), settings=Settings(), view="rear")
    rows = {(row.metric, row.side): row for row in analysis.summary}
    for side in BOTH_SIDES:
        zero = np.median(analysis.trial.angles.values_deg[f"{side}_rearfoot_deg"][30:90])
        cycles = [v.value for v in analysis.values if (v.metric, v.side) == ("rearfoot_angle_at_contact", side)]
        assert len(cycles) >= 4
        raw = np.interp(
            [c.start_s for c in analysis.trial.cycles if c.accepted and c.side == side],
            analysis.trial.angles.time_s,
            analysis.trial.angles.values_deg[f"{side}_rearfoot_deg"],
        )
        assert rows["rearfoot_angle_at_contact", side].mean == pytest.approx(raw.mean() - zero, abs=0.5)


@pytest.mark.shared
def test_a_front_view_is_refused(shared: Path) -> None:
    pose = legs_from_behind(shared, seconds=3.0)
    from_the_front = dataclasses.replace(pose, xy=pose.xy * [-1, 1])
    with pytest.raises(InputError, match="from behind"):
        analyze_pose(from_the_front, runner=Runner(), settings=Settings(), view="rear")


@pytest.mark.shared
def test_the_rear_view_is_smoothed_at_12_hz_unless_told_otherwise(shared: Path) -> None:
    pose = legs_from_behind(shared, seconds=4.0)
    for settings, expected_hz in ((Settings(), 12.0), (with_values(Settings(), {"smoothing.cutoff_hz": 9.0}), 9.0)):
        analysis = analyze_pose(pose, runner=Runner(), settings=settings, view="rear")
        assert analysis.trial.pose.history[-1].parameters["cutoff_hz"] == expected_hz


@pytest.mark.shared
def test_eight_dots_alone_make_a_session(shared: Path, tmp_path: Path) -> None:
    points = ("heel", "heel_top", "calf_bottom", "calf_top")
    names = tuple(f"{side}_{point}" for side in BOTH_SIDES for point in points)
    write_csv(tmp_path / "dots.csv", legs_from_behind(shared), names)
    session = gaitlab.analyze(view="rear", keypoints=tmp_path / "dots.csv", fps=120, output=tmp_path / "session")
    summary = session.summary.set_index(["metric", "side"])
    for side in BOTH_SIDES:
        assert summary.loc[("rearfoot_eversion_excursion", side), "n"] >= 7
        assert summary.loc[("eversion_velocity", side), "mean"] > 50
        assert "gives no hip" in summary.loc[("pelvic_drop", side), "missing_reason"]
    assert summary.loc[("cadence", "both"), "mean"] == pytest.approx(157, abs=8)
    assert (tmp_path / "session" / "report.html").is_file()


@pytest.mark.shared
def test_a_standing_recording_gives_the_zero(shared: Path) -> None:
    pose = legs_from_behind(shared, seconds=8.0)
    first = np.flatnonzero(np.isfinite(pose.xy[:, pose.skeleton.index("left_ankle"), 0]))[0]
    xy = np.repeat(pose.xy[first : first + 1], 120, axis=0)
    standing = PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(120) / 120, pose.skeleton)
    without = analyze_pose(pose, runner=Runner(), settings=Settings(), view="rear")
    analysis = analyze_pose(pose, runner=Runner(), settings=Settings(), view="rear", standing=standing)
    measured, zeroed = ({(row.metric, row.side): row for row in a.summary} for a in (without, analysis))
    for side in BOTH_SIDES:
        key = ("peak_rearfoot_eversion", side)
        assert np.isnan(measured[key].mean)
        at_contact = zeroed["rearfoot_angle_at_contact", side].mean
        # What stands is what is subtracted: peak and contact keep their distance, within the spread of single steps.
        assert zeroed[key].mean - at_contact == pytest.approx(
            zeroed["rearfoot_eversion_excursion", side].mean, abs=0.01
        )
        outward = 1 if side == "right" else -1
        lines = [
            [pose.xy[first, pose.skeleton.index(f"{side}_{name}")] for name in names]
            for names in (("heel", "heel_top"), ("calf_bottom", "calf_top"))
        ]
        heel, shank = (np.degrees(np.arctan2(outward * (b[0] - t[0]), b[1] - t[1])) for b, t in lines)
        curve = analysis.trial.angles.values_deg[f"{side}_rearfoot_deg"]
        strikes_s = [c.start_s for c in analysis.trial.cycles if c.accepted and c.side == side]
        raw = np.interp(strikes_s, analysis.trial.angles.time_s, curve).mean()
        assert at_contact == pytest.approx(raw - (heel - shank), abs=0.5)
    with pytest.raises(InputError, match="no half second of standing still"):
        analyze_pose(pose, runner=Runner(), settings=Settings(), view="rear", standing=pose)


LEGS = tuple(
    f"{side}_{p}"
    for side in BOTH_SIDES
    for p in ("hip", "knee", "ankle", "heel", "heel_top", "calf_bottom", "calf_top")
)


def both_views(shared: Path, folder: Path) -> None:
    """Write rear.csv, legs with dots, and side.csv of the same runner."""
    trial = with_dots(load_trial(shared / "data" / DEFAULT_FOLDER.name / "RBDS002_2.5mps.npz"))
    for view, seen_from, px in (("rear", "behind", 800.0), ("side", "right", 400.0)):
        pose = film(
            trial, fps=120, seen_from=seen_from, px_per_m=px, noise_m=1 / 800, rng=np.random.default_rng(1)
        ).between(0, 10)
        names = LEGS if view == "rear" else tuple(n for n in pose.skeleton.names if pose.seen(n))
        write_csv(folder / f"{view}.csv", pose, names)


@pytest.mark.shared
def test_side_and_rear_of_one_run_make_one_session(shared: Path, tmp_path: Path) -> None:
    both_views(shared, tmp_path)
    session = gaitlab.analyze(
        view="side", keypoints=tmp_path / "side.csv", fps=120, height_m=1.75, with_=tmp_path / "rear.csv",
        profile=resource_folder("configs") / "shop_profile.toml", output=tmp_path / "session",
    )  # fmt: skip
    metrics = set(session.summary["metric"])
    assert {"overstride", "pelvic_drop", "rearfoot_eversion_excursion", "cadence"} <= metrics
    assert not session.summary.duplicated(["metric", "side"]).any()
    assert not any("cadences of the two clips" in warning for warning in session.info["warnings"])
    page = session.report.read_text(encoding="utf-8")
    assert "This measurement does not determine which shoe to buy; comfort and injury history matter" in page
    assert ".rear/report.html" in page
    assert (tmp_path / "session" / ".rear" / "report.html").is_file()
    assert {foot["word"] for foot in session.info["shop_profile"]["feet"]} <= {"less", "typical", "more", "uncertain"}
    assert [found.folder.name for found in find_sessions(tmp_path)] == ["session"]


@pytest.mark.shared
def test_cadences_that_differ_are_a_warning_and_rear_options_need_a_rear_view(shared: Path, tmp_path: Path) -> None:
    both_views(shared, tmp_path)
    text = (tmp_path / "rear.csv").read_text().splitlines()
    # Told to play at 120 frames a second, a clip of 114 shows a cadence 5 % too high.
    rows = [text[0] + ",time_s", *(f"{line},{int(line.split(',')[0]) / 126:.6f}" for line in text[1:])]
    (tmp_path / "rear.csv").write_text("\n".join(rows))
    session = gaitlab.analyze(
        view="side", keypoints=tmp_path / "side.csv", fps=120, with_=tmp_path / "rear.csv", output=tmp_path / "session"
    )
    assert any("cadences of the two clips differ by 4.9 %" in w or "differ by 4.8 %" in w or "differ by 5" in w
               for w in session.info["warnings"])  # fmt: skip
    with pytest.raises(InputError, match="standing is for the rear view"):
        gaitlab.analyze(view="side", keypoints=tmp_path / "side.csv", fps=120, standing=tmp_path / "rear.csv")
    with pytest.raises(InputError, match="tracked in a video"):
        gaitlab.analyze(view="rear", keypoints=tmp_path / "rear.csv", dots="auto", output=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_dots_of_another_video_are_refused_before_any_work(tmp_path: Path) -> None:
    points = {side: dict.fromkeys(DOTS, (5.0, 5.0)) for side in BOTH_SIDES}
    write_clicks(Clicks(1280, 720, 0.0, points), tmp_path / "dots.json")
    with pytest.raises(InputError, match=r"clicked on a video of 1280 x 720, but .* has 640 x 720"):
        gaitlab.analyze(demo_clip("rear")[0], view="rear", dots=tmp_path / "dots.json", output=tmp_path / "s")


def write_body(path: Path, *, noise_px: float) -> None:
    """Write the body points of the demonstration's rear clip, without those of dots, as a network would give them."""
    truth = load_truth(demo_clip("rear")[1])
    noise = np.random.default_rng(0).normal(0, noise_px, truth.xy_px.shape)
    pose = dataclasses.replace(truth.seen(), xy=truth.xy_px + noise)
    body = tuple(name for name in truth.names if name.partition("_")[2] not in DOTS)
    write_csv(path, pose.between(0, 8), body)


def test_dots_of_a_rendered_clip_are_found_by_themselves_and_tell_how_the_feet_roll(tmp_path: Path) -> None:
    """White dots of 7 px on skin, shoe and sole, the shoe lit from one side; 8 degrees on the left, 13 on the right."""
    video, beside = demo_clip("rear")
    truth = load_truth(beside)
    write_body(tmp_path / "body.csv", noise_px=2.0)
    session = gaitlab.analyze(
        video, keypoints=tmp_path / "body.csv", view="rear", dots="auto", output=tmp_path / "s",
        settings={"video.annotate": False},
    )  # fmt: skip
    found = session.raw_pose
    rows = session.summary.set_index(["metric", "side"])
    for side, expected_deg in (("left", 8.0), ("right", 13.0)):
        row = rows.loc[("rearfoot_eversion_excursion", side)]
        assert row["n"] >= 7
        assert abs(row["mean"] - expected_deg) < 3.0
        assert row["note"] == "from dots on heel and calf"
        down = np.zeros(len(found), bool)
        for contact in truth.contacts:
            if contact.side == side:
                since_s = found.time_s - contact.foot_strike_s
                down |= (since_s >= 0) & (since_s <= 0.6 * contact.duration_s)
        for dot in DOTS:
            name = f"{side}_{dot}"
            away = found.point(name) - truth.xy_px[: len(down), truth.names.index(name)]
            assert (np.linalg.norm(away[down], axis=1) < 3.0).mean() > 0.95, name


def test_without_dots_the_heels_own_pictures_tell_how_they_roll(tmp_path: Path) -> None:
    """The demonstration's runner by body points alone: 8 degrees of eversion on the left, 13 on the right."""
    video, _ = demo_clip("rear")
    write_body(tmp_path / "body.csv", noise_px=1.0)
    session = gaitlab.analyze(
        video, keypoints=tmp_path / "body.csv", view="rear", output=tmp_path / "s", settings={"video.annotate": False}
    )
    rows = session.summary.set_index(["metric", "side"])
    for side, expected_deg in (("left", 8.0), ("right", 13.0)):
        row = rows.loc[("rearfoot_eversion_excursion", side)]
        assert row["n"] >= 5
        assert "pictures" in row["note"]
        assert abs(row["mean"] - expected_deg) < row["uncertainty"]
        # Where upright is, the pictures do not know.
        assert "standing" in rows.loc[("peak_rearfoot_eversion", side), "missing_reason"]
    assert not any("proxy" in warning for warning in session.info["warnings"])


def clip_points(view: str, *, turned: bool = False) -> PoseSequence:
    """The demonstration's true points of a view; turned, as from the other side."""
    truth = load_truth(demo_clip(view)[1])  # type: ignore[arg-type]
    xy = truth.xy_px * ([-1, 1] if turned else [1, 1])
    return PoseSequence(xy, np.ones(xy.shape[:2]), truth.time_s, Skeleton("truth", truth.names))


def seen_askew(off_deg: float) -> PoseSequence:
    """The demonstration's runner from behind, turned: of the breadth the cosine is seen, of the stride the sine."""
    side, rear = clip_points("side"), clip_points("rear")
    frames = min(len(side), len(rear))
    # Both clips are of one size and centred on the runner; each view's x is what the other one does not see.
    along, across = (p.xy[:frames] - np.nanmean(p.point("mid_hip"), axis=0) for p in (side, rear))
    names = [side.skeleton.names.index(name) for name in rear.skeleton.names if name in side.skeleton]
    across = across[:, [rear.skeleton.names.index(side.skeleton.names[i]) for i in names]]
    turn = np.radians(off_deg)
    x = np.cos(turn) * across[..., 0] + np.sin(turn) * along[:, names, 0]
    xy = np.stack([x, along[:, names, 1]], axis=-1)
    skeleton = Skeleton("askew", tuple(side.skeleton.names[i] for i in names))
    return PoseSequence(xy, np.ones(xy.shape[:2]), side.time_s[:frames], skeleton)


@pytest.mark.parametrize(
    ("view", "turned", "expected"), [("rear", False, "rear"), ("rear", True, "front"), ("side", False, "side")]
)
def test_the_view_is_told_by_the_keypoints(view: str, turned: bool, expected: str) -> None:
    pose = clip_points(view, turned=turned)
    seen = view_of(pose)
    assert seen.view == expected
    assert seen.score >= 0.95
    nobody = dataclasses.replace(pose, xy=pose.xy * np.nan)
    assert not view_of(nobody).sure


@pytest.mark.parametrize(
    ("off_deg", "expected", "sure"), [(20, "rear", True), (47, "", False), (70, "side", True), (90, "side", True)]
)
def test_a_camera_askew_is_sure_only_off_the_middle(off_deg: float, expected: str, sure: bool) -> None:
    seen = view_of(seen_askew(off_deg))
    assert seen.sure is sure
    assert expected in ("", seen.view)


def test_somebody_who_stands_with_their_side_to_the_camera_is_unclear() -> None:
    pose = clip_points("side")
    still = dataclasses.replace(pose, xy=np.repeat(pose.xy[:1], len(pose), axis=0) * [0.2, 1])
    assert view_of(still) == Seen("side", 0.0)


@pytest.mark.shared
@pytest.mark.parametrize("seen_from", ["right", "left", "behind"])
def test_the_view_of_every_runner_on_the_treadmill_is_told(shared: Path, seen_from: str) -> None:
    for path in sorted((shared / "data" / DEFAULT_FOLDER.name).glob("*.npz"))[::4]:
        trial = load_trial(path)
        pose = film(trial, fps=30, seen_from=seen_from, px_per_m=400, noise_m=0.003, rng=np.random.default_rng(1))
        seen = view_of(pose.between(0, 5))
        assert seen.view == ("rear" if seen_from == "behind" else "side"), path.name
        assert seen.sure, path.name


def measured(folder: Path, pose: PoseSequence, **how: object) -> gaitlab.Session:
    names = tuple(n for n in pose.skeleton.names if n.partition("_")[2] not in DOTS or n.endswith("heel"))
    write_csv(folder / "points.csv", pose.between(0, 3), names)
    return gaitlab.analyze(keypoints=folder / "points.csv", fps=60, output=folder / "out", **how)  # type: ignore[arg-type]


def test_a_film_from_behind_is_measured_as_one_without_being_told(tmp_path: Path) -> None:
    session = measured(tmp_path, clip_points("rear"))
    assert session.info["view"] == "rear"
    assert not any("the view must be entered" in warning for warning in session.warnings)


def test_a_film_from_behind_that_is_called_a_side_view_is_doubted_in_red(tmp_path: Path) -> None:
    session = measured(tmp_path, clip_points("rear"), view="side")
    assert session.info["view"] == "side"
    assert session.warnings[0].startswith("this looks like a film from behind (sure to 1.0 of 1), but was measured as")
    assert grave_warnings(session.info) == session.warnings[:1]
    assert warning_lines(session)[0].endswith("the view (--view) must be entered: rear")


def test_a_view_that_is_not_clear_is_measured_and_said_so(tmp_path: Path) -> None:
    session = measured(tmp_path, seen_askew(47))
    assert session.info["view"] in ("side", "rear")
    assert "from where the camera sees the person is not clear" in " ".join(session.warnings)


def test_a_film_from_the_front_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was filmed from the front"):
        measured(tmp_path, clip_points("rear", turned=True))
    assert not (tmp_path / "out").exists()
