"""Sessions of movements: tables, comparison, season, library and page know them without knowing any by name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gaitlab
from gaitlab.apps.serve.library.entry import read_entry
from gaitlab.cli.tables import rejected_lines, warning_lines
from gaitlab.core.errors import InputError
from gaitlab.core.pose import PoseSequence
from gaitlab.io.session.session import Session, open_session
from gaitlab.metrics import METRICS, MOVEMENTS
from gaitlab.report.comparison.page import write_comparison
from gaitlab.report.session.advice import next_film, shown_findings
from gaitlab.report.session.content import read_content
from gaitlab.report.shared.media import Media
from gaitlab.stats.athletes import kinds_of, sessions_of
from gaitlab.stats.treatment import notes
from tests.movements.make import front_body, pictured, side_body, squats, times
from tests.movements.test_jump import jumps
from tests.movements.test_others import chair, rider

TIME_S = times(14.0, 60.0)


def keypoint_file(path: Path, pose: PoseSequence) -> Path:
    """Write keypoints as gaitlab's own table."""
    frames, points = np.indices(pose.xy.shape[:2])
    pd.DataFrame({
        "frame": frames.ravel(), "time_s": pose.time_s[frames.ravel()],
        "keypoint": [pose.skeleton.names[i] for i in points.ravel()],
        "x_px": pose.xy[..., 0].ravel(), "y_px": pose.xy[..., 1].ravel(), "score": 0.9,
    }).to_csv(path, index=False)  # fmt: skip
    return path


def squatting(depth_deg: float, *, seed: int = 0) -> PoseSequence:
    body = squats(TIME_S, [1.0, 4.0, 7.0, 10.0], depth_deg=depth_deg, down_s=1.0, hold_s=0.3, up_s=1.0)
    return pictured(body, TIME_S, noise_px=1.0, seed=seed)


def walking() -> PoseSequence:
    """Return legs that swing in turn under hips that stay."""
    bodies = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        swing = 25 * sign * np.sin(2 * np.pi * 0.9 * TIME_S)
        body = side_body(thigh_deg=swing, shank_deg=-0.6 * swing + 12, trunk_deg=0 * swing)
        hips = body["mid_hip"]
        bodies |= {n: p - hips + [0, 0.93] for n, p in body.items() if n.startswith(side) or "_" not in n}
        bodies["mid_hip"] = 0 * hips + [0, 0.93]
    return pictured(bodies, TIME_S, noise_px=0.5)


def analysed(tmp_path: Path, pose: PoseSequence, name: str, **said: object) -> Session:
    file = keypoint_file(tmp_path / f"{name}.csv", pose)
    return gaitlab.analyze(
        keypoints=file, output=tmp_path / "sessions" / name, athlete="Ada", label=name, height_m=1.8, **said
    )  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Session, Session]:
    folder = tmp_path_factory.mktemp("squats")
    shallow = analysed(folder, squatting(30.0), "shallow", movement="squat")
    return folder, shallow, analysed(folder, squatting(5.0, seed=1), "deep")


def test_auto_takes_squats_for_squats_and_says_why(two: tuple[Path, Session, Session]) -> None:
    _, named, told = two
    assert (named.info["activity"], told.info["activity"]) == ("squat", "squat")
    assert named.info["movement"] == {"name": "squat", "taken_for": ""}
    assert "both legs bend together" in told.info["movement"]["taken_for"]
    (sentence,) = [warning for warning in told.warnings if warning.startswith("taken for squat")]
    assert "4 times" in sentence
    assert repr(named).count("repetitions: 4") == 1


def test_the_tables_are_tidy_and_hold_the_repetitions(two: tuple[Path, Session, Session]) -> None:
    _, session, _ = two
    cycles = session.cycles
    depths = cycles[(cycles["metric"] == "squat_depth") & (cycles["side"] == "right")]
    assert list(depths["cycle"]) == [0, 1, 2, 3]
    assert depths["value"].to_numpy() == pytest.approx(np.full(4, 30.0), abs=1.5)
    table = pd.read_csv(session.folder / "repetitions.csv")
    assert list(table.columns) == ["repetition", "side", "moment", "time_s", "accepted", "reason"]
    assert list(table["moment"])[:5] == ["start", "down", "bottom", "up", "end"]
    assert [one.number for one in session.repetitions] == [0, 1, 2, 3]
    assert not len(session.events)
    assert set(session.summary["metric"]) == {s.name for s in MOVEMENTS["squat"].metrics if "side" in s.views}


def test_two_sessions_compare(two: tuple[Path, Session, Session]) -> None:
    folder, shallow, deep = two
    table = gaitlab.compare([shallow, deep]).set_index(["metric", "side"])
    row = table.loc[("squat_depth", "right")]
    assert row["difference"] == pytest.approx(-25.0, abs=2.0)
    assert row["verdict"] == "changed"
    assert table.loc[("squat_trunk_lean", "both")]["verdict"] == "within noise"
    page = folder / "comparison.html"
    write_comparison([shallow, deep], page)
    text = page.read_text(encoding="utf-8")
    assert "Thigh to horizontal" in text
    assert "Knee flexion, left" in text


def test_the_season_and_the_data_frame_know_them(two: tuple[Path, Session, Session]) -> None:
    folder, *_ = two
    table = gaitlab.load_sessions(folder / "sessions")
    assert set(table.query("metric == 'squat_knee_flexion'")["label_session" if "label_session" in table else "label"])
    (kind,) = kinds_of(sessions_of("Ada", folder / "sessions"))
    assert (kind.view, kind.activity, len(kind.runs)) == ("side", "squat", 2)
    page = folder / "athlete.html"
    gaitlab.athlete_report("Ada", folder / "sessions", output=page)
    text = page.read_text(encoding="utf-8")
    assert "Squat" in text
    assert "spread between repetitions, timing and scale together" in text
    assert "cycles" not in text.partition("<script")[0]


def test_few_repetitions_are_called_so(two: tuple[Path, Session, Session]) -> None:
    _, *sessions = two
    # Five make a good recording of squats, seven gait cycles one of gait.
    assert "Few repetitions (A 4, B 4): 5 or more make a stable mean." in notes(sessions)


def test_rejected_repetitions_are_counted_once(tmp_path: Path) -> None:
    body = squats(TIME_S, [1.0, 4.0], depth_deg=20.0, down_s=1.0, hold_s=0.3, up_s=1.0)
    session = analysed(tmp_path, pictured(body, TIME_S).between(1.8, 8.0), "cut", movement="squat")
    assert [one.accepted for one in session.repetitions] == [False, True]
    assert sum(session.info["quality"]["cycles_rejected"].values()) == 1
    (line,) = rejected_lines(session)
    assert line.startswith("note: 1 of 2 repetitions was not used")


def test_the_library_lists_them_with_their_headlines(two: tuple[Path, Session, Session]) -> None:
    _, session, _ = two
    entry = read_entry(session.folder, "shallow")
    assert not entry.problem
    assert entry.activity == "squat"
    assert [label for label, _ in entry.headlines][:2] == ["Thigh to horizontal", "Peak knee flexion"]


EVERY = {
    "squat": lambda: squatting(10.0),
    "jump": lambda: jumps(60.0),
    "sit-to-stand": lambda: pictured(chair(times(24.0, 30.0), [1.0, 5.0, 9.0, 13.0, 17.0]), times(24.0, 30.0)),
    "cycling": lambda: pictured(rider(TIME_S, rpm=90.0, crank_m=0.17, saddle_m=0.6), TIME_S),
    "any": lambda: pictured(
        side_body(
            thigh_deg=0 * TIME_S, shank_deg=0 * TIME_S, trunk_deg=0 * TIME_S,
            arm_deg=60 - 60 * np.cos(2 * np.pi * TIME_S / 2.0),
        ),
        TIME_S,
    ),
}  # fmt: skip


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_movement_has_a_whole_page(tmp_path: Path, movement: str) -> None:
    session = analysed(tmp_path, EVERY[movement](), movement, movement=movement)
    assert session.info["quality"]["verdict"]["grade"] in ("good", "fair")
    assert "not_made" not in session.info or not session.info["not_made"]
    page = session.report.read_text(encoding="utf-8")
    declared = MOVEMENTS[movement]
    content = read_content(session)
    by_name = {measure.name: measure for measure in content.measures}
    for name in declared.headlines["side"]:
        assert by_name[name].full_label in page
    assert declared.texts["title"].format(athlete="Ada") in page
    for word in ("gait cycle", "foot strike", "Runner", "runner's", "runners"):
        assert word not in page.partition("<script")[0], word
    assert content.has_cycles
    open_session(session.folder).check()


def with_knee(session: Session, *, apart: float = 0.0, **values: float) -> Session:
    """Return a ride whose knees at the pedal's lowest have other numbers, the right one larger by ``apart``."""
    table = pd.read_csv(session.folder / "summary.csv")
    knee = table["metric"] == "knee_at_bottom"
    for name, value in values.items():
        table.loc[knee, name] = value
    table.loc[knee & (table["side"] == "right"), "mean"] += apart
    table.to_csv(session.folder / "summary.csv", index=False)
    info = json.loads((session.folder / "session.json").read_text(encoding="utf-8"))
    (between,) = (row for row in info["asymmetry"] if row["metric"] == "knee_at_bottom")
    between |= {
        "difference": apart, "interval": 0.7, "network_error": values["network_error"], "told_from": 1.0,
        "beyond_noise": abs(apart) > 1.0, "comparable": True,
    }  # fmt: skip
    (session.folder / "session.json").write_text(json.dumps(info), encoding="utf-8")
    return open_session(session.folder)


def test_the_saddle_is_spoken_of_by_the_knee(tmp_path: Path) -> None:
    """25 to 35 degrees are what bike fitters set: with its whole interval a knee is in there, beyond, or neither."""
    session = analysed(tmp_path, EVERY["cycling"](), "ride", movement="cycling")
    assert "are off was never measured" in next_film(read_content(session))[0]
    for mean, network, words in (
        (30.0, 3.0, "no reason here to move the saddle"), (42.0, 3.0, "a centimetre up"),
        (19.0, 3.0, "a centimetre down"), (37.0, 3.0, "cannot be told from this film"),
    ):  # fmt: skip
        other = with_knee(session, mean=mean, uncertainty=0.5, network_error=network)
        assert words in next_film(read_content(other))[0]


def test_the_saddle_is_spoken_of_by_the_leg_that_is_seen_well(tmp_path: Path) -> None:
    """The leg behind, of which little is known, does not keep the other from telling, unless it clearly differs."""
    session = analysed(tmp_path, EVERY["cycling"](), "ride", movement="cycling")
    for apart, far, words in (
        (-5.0, 21.7, "Left: Where the pedal is lowest the knee is more bent"), (-15.0, 3.0, "Whether the saddle"),
        (-5.0, 3.0, "Where the pedal is lowest the knee is more bent"),
    ):  # fmt: skip
        with_knee(session, mean=45.0, uncertainty=0.5, network_error=7.9, apart=apart)
        table = pd.read_csv(session.folder / "summary.csv")
        table.loc[(table["metric"] == "knee_at_bottom") & (table["side"] == "right"), "network_error"] = far
        table.to_csv(session.folder / "summary.csv", index=False)
        assert next_film(read_content(open_session(session.folder)))[0].startswith(words)


def test_of_a_movement_nothing_is_called_a_finding(tmp_path: Path) -> None:
    """However far apart the legs are: what a network is off in it is known of drawn people alone."""
    session = analysed(tmp_path, EVERY["cycling"](), "ride", movement="cycling")
    content = read_content(with_knee(session, apart=9.0, mean=30.0, uncertainty=0.5, network_error=0.1))
    found = shown_findings(content, Media(), ())
    assert found is not None
    assert found["findings"] == []
    assert "never measured on filmed people" in found["empty"]


def test_what_the_network_is_off_is_said_alike_everywhere(tmp_path: Path) -> None:
    """Known of drawn people, never of filmed ones: no text says that nothing is known, nor that ± is all there is."""
    content = read_content(analysed(tmp_path, EVERY["squat"](), "squats", movement="squat"))
    assert "What the network is off comes on top" in content.texts["quality"]["verdict_good"]
    assert "measured on drawn people at most" in content.texts["athlete"]["numbers_lead"]
    assert "on 95 % of drawn people" in content.texts["metrics"]["lead"]


def test_of_two_repetitions_the_page_says_what_their_uncertainty_holds(tmp_path: Path) -> None:
    session = analysed(tmp_path, EVERY["squat"]().between(0.0, 8.0), "squats", movement="squat")
    time = session.summary.set_index("metric").loc["squat_time"]
    assert (time["n"], np.isfinite(time["uncertainty"])) == (2, True)
    said = read_content(session).texts["metrics"]["lead"]
    assert "fewer than three tell no spread, and the ± is that of timing and scale alone" in said


def test_what_has_no_rhythm_has_a_whole_page_too(tmp_path: Path) -> None:
    """No moment divides it: a line drawn there made the page's curves impossible."""
    still = 0 * TIME_S
    body = side_body(thigh_deg=still, shank_deg=still, trunk_deg=still, arm_deg=90 * (TIME_S / 14.0) ** 2)
    session, again = (analysed(tmp_path, pictured(body, TIME_S), name, movement="any") for name in ("once", "again"))
    assert any(warning.startswith("no rhythm was found") for warning in session.warnings)
    assert not session.info.get("not_made")
    # Of two beside each other likewise.
    page = tmp_path / "comparison.html"
    write_comparison([session, again], page)
    assert "Shoulder flexion" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_movement_is_fully_declared(movement: str) -> None:
    declared = MOVEMENTS[movement]
    names = {spec.name for spec in declared.metrics}
    assert declared.name == movement == declared.texts["words"].keys().__iter__().__next__()
    assert set(declared.headlines) == set(declared.curves) == set(declared.views)
    for view, chosen in declared.headlines.items():
        assert set(chosen) <= names
        assert all(view in METRICS[name].views for name in chosen)
    moments = {"start", "end", *declared.texts["keyframes"]}
    assert {*declared.moments, declared.mark} <= moments
    assert all(spec.movement == movement for spec in declared.metrics)
    assert declared.texts["next"]["film"]


def test_from_the_front(tmp_path: Path) -> None:
    share = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip((TIME_S % 3.0) - 0.5, 0, 2) / 2.0)
    pose = pictured(front_body(0.84 - 0.4 * share, knees_in_m=0.02 * share), TIME_S, rightwards=-1, noise_px=0.5)
    for view in ("front", "auto"):
        session = analysed(tmp_path, pose, view, movement="squat", view=view)
        assert session.info["view"] == "front"
        assert session.info["facing"] == "towards"
        assert "front view" in session.report.read_text(encoding="utf-8")


def test_the_terminal_counts_a_repetition_of_both_legs_once(tmp_path: Path) -> None:
    pose = squatting(10.0)
    late = pose.time_s >= 1.6  # in the middle of the first squat
    early = pose.time_s <= 8.2  # and of the third
    kept = PoseSequence(*(values[late & early] for values in (pose.xy, pose.score, pose.time_s)), pose.skeleton)
    session = analysed(tmp_path, kept, "part", movement="squat")
    assert rejected_lines(session) == [
        "note: 2 of 3 repetitions were not used: 2 × the recording shows a part of it only"
    ]
    later = PoseSequence(*(values[late] for values in (pose.xy, pose.score, pose.time_s)), pose.skeleton)
    session = analysed(tmp_path, later, "later", movement="squat")
    assert [one.accepted for one in session.repetitions] == [False, True, True, True]
    # One of four is a quarter, which is not told; counted for either leg it was one of seven.
    assert not rejected_lines(session)


def test_gait_from_the_front_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gait is measured from the side or from behind"):
        analysed(tmp_path, walking(), "walk", movement="walk", view="front")


def test_a_squat_said_to_be_a_run_has_no_number_and_one_clear_line(tmp_path: Path) -> None:
    session = analysed(tmp_path, squatting(10.0), "run", movement="run")
    assert session.folder.is_dir()
    assert session.warnings[0].startswith("this looks like squat (both legs bend together")
    assert session.warnings[0].endswith("the movement must be entered: squat")
    # A terminal says how.
    assert warning_lines(session)[0].endswith("the movement (--movement) must be entered: squat")
    assert set(session.info["quality"]["cycles_accepted"].values()) == {0}
    assert session.summary["mean"].isna().all()
    assert session.info["quality"]["verdict"]["grade"] == "poor"


@pytest.mark.parametrize("movement", ["squat", "jump", "sit-to-stand"])
def test_a_walk_said_to_be_another_movement_has_no_number(tmp_path: Path, movement: str) -> None:
    session = analysed(tmp_path, walking(), movement, movement=movement, view="side")
    assert session.warnings[0].startswith("this looks like something else (the legs go one after the other")
    assert session.summary["mean"].isna().all()


def test_a_walk_is_no_other_movement(tmp_path: Path) -> None:
    session = analysed(tmp_path, walking(), "auto", view="side")
    assert session.info["activity"] in ("walking", "running", "ambiguous")
    assert "movement" not in session.info


def test_cycling_from_the_front_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        InputError,
        match="cycling is measured from the side: film again, or say view side if it is a film from the side",
    ):
        analysed(tmp_path, squatting(10.0), "c", movement="cycling", view="front")


def test_a_recording_lasts_as_long_as_it_does_where_pictures_repeat(tmp_path: Path) -> None:
    """Who stands still between jumps repeats rows, which are left out: of 4.4 s to the last landing 2.6 were told."""
    session = analysed(tmp_path, jumps(60.0), "jumps", movement="jump")
    assert any("repeat the one before" in warning for warning in session.warnings)
    assert session.info["duration_s"] == pytest.approx(4.4, abs=0.05)
