"""What else differs between sessions: named in one place, and not compared where it would pass for a change."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gaitlab
from gaitlab.analysis.warnings import view_unclear
from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session
from gaitlab.kinematics.view import Seen
from gaitlab.metrics import METRICS
from gaitlab.stats import compare, notes, trends
from gaitlab.stats.naming import letter
from gaitlab.stats.sessions import systematic_part
from gaitlab.stats.treatment import same_faults, vertical_differs
from tests.report.comparison.make import make
from tests.stats.test_sessions import INFO, SPREAD, session

SENTENCES = Path(gaitlab.__file__).parent / "report" / "locale" / "en" / "movements.toml"


def levelled(belt_deg: float | None, tilt_deg: float, *, level: str = "auto") -> dict[str, Any]:
    calibration = {**INFO["calibration"], "belt_deg": belt_deg, "tilt_deg": tilt_deg}
    return {"calibration": calibration, "settings": {"calibration": {"level": level}}}


def pair(tmp_path: Path, *, metric: str = "trunk_lean", a: dict[str, Any], b: dict[str, Any]) -> list[Session]:
    return [
        session(tmp_path / name, metric=metric, side="left", values=mean + SPREAD, unit=METRICS[metric].unit, **info)
        for name, mean, info in (("a", 9.6, a), ("b", 13.1, b))
    ]


def test_two_clips_of_one_camera_on_either_side_of_the_limit(tmp_path: Path) -> None:
    """A belt at 3.8 degrees is levelled, one at 5.0 is not: the lean of 9.6 and 13.1 degrees is no change."""
    made = pair(tmp_path, a=levelled(3.8, 3.8), b=levelled(5.0, 0.0))
    table = compare(made)
    (row,) = table.to_dict("records")
    assert row["verdict"] == "not comparable"
    assert row["reason"] == "measured against another vertical (levelled by +3.8°; not levelled, belt at +5.0°)"
    (note,) = table.attrs["notes"]
    assert note == notes(made)[0]
    for said in ("A levelled by +3.8°, B not levelled, belt at +5.0°", "trunk lean", "the same levelling"):
        assert said in note


@pytest.mark.parametrize("level", [levelled(5.0, 5.0, level="on"), levelled(5.0, 0.0, level="off")])
def test_treated_alike_they_are_compared(tmp_path: Path, level: dict[str, Any]) -> None:
    a = levelled(3.8, 3.8 if level["settings"]["calibration"]["level"] == "on" else 0.0)
    a["settings"] = level["settings"]
    (row,) = compare(pair(tmp_path, a=a, b=level)).to_dict("records")
    assert (row["verdict"], row["reason"]) == ("changed", "")


def test_what_is_no_angle_to_the_vertical_does_not_mind(tmp_path: Path) -> None:
    made = pair(tmp_path, metric="peak_hip_extension", a=levelled(3.8, 3.8), b=levelled(5.0, 0.0))
    assert list(compare(made)["verdict"]) == ["changed"]


@pytest.mark.parametrize(
    ("a", "b", "differs"),
    [
        ((3.0, 3.0), (-2.0, -2.0), False),  # both levelled, each by its own slope
        ((4.5, 0.0), (5.2, 0.0), False),  # neither is, and the camera stood as before
        ((4.5, 0.0), (7.0, 0.0), True),  # neither is, and it did not
        ((2.0, 2.0), (None, 0.0), True),
        ((0.6, 0.6), (None, 0.0), False),  # less than a slope is known by
        ((None, 0.0), (None, 0.0), False),
        ((3.8, 3.8), (5.0, 0.0), True),
    ],
)
def test_the_vertical_is_another_one_by_the_slope_that_is_left(a: Any, b: Any, differs: bool) -> None:
    one, other = ({**INFO, **levelled(*slope)} for slope in (a, b))
    assert vertical_differs(one, other) == vertical_differs(other, one) == differs
    assert not vertical_differs({**one, "view": "rear"}, other)


def test_a_belt_that_slopes_otherwise_is_told(tmp_path: Path) -> None:
    (note,) = notes(pair(tmp_path, a=levelled(0.5, 0.5), b=levelled(3.0, 3.0)))
    assert "A levelled by +0.5°, B levelled by +3.0°" in note
    assert "the treadmill inclined otherwise" in note


def test_the_same_treatment_needs_no_word(tmp_path: Path) -> None:
    assert notes(pair(tmp_path, a=levelled(1.0, 1.0), b=levelled(1.4, 1.4))) == []


@pytest.mark.parametrize(
    ("b", "said"),
    [
        ({"athlete": "Bo"}, "different people"),
        ({"view": "rear"}, "A side, B rear"),
        ({"activity": "walking"}, "A running, B walking"),
        ({"runner": {**INFO["runner"], "belt_speed_mps": 3.6}}, "A 10.8 km/h (6.7 mph), B 13.0 km/h (8.1 mph)"),
        ({"fps": 120.0}, "A 60, B 120 frames a second"),
        ({"facing": "right"}, "A left, B right"),
        ({"model": {"name": "another"}}, "A a network, B another"),
        (
            {"model": {"name": "keypoints from a file", "format": "trc"}, "keypoints": {"name": "run.trc"}},
            "B keypoints from a file trc",
        ),
        ({"calibration": {**INFO["calibration"], "source": "body height"}}, "A none, B body height"),
        ({"gaitlab_version": "2"}, "A 1, B 2"),
        ({"quality": {**INFO["quality"], "cycles_accepted": {"left": 12, "right": 4}}}, "B 4"),
        (
            {"quality": {**INFO["quality"], "verdict": {"grade": "poor", "sentence": "film again", "checks": []}}},
            "B: film again",
        ),
    ],
)
def test_every_circumstance_that_differs_is_told(tmp_path: Path, b: dict[str, Any], said: str) -> None:
    (note,) = notes(pair(tmp_path, a={}, b=b))
    assert said in note


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (("savitzky-golay", 10.0, 10.02), ("kalman", 8.0, 8.25), "A savitzky-golay at 10 Hz, B kalman at 8.25 Hz"),
        (("savitzky-golay", 10.0, 10.02), ("savitzky-golay", 10.0, 9.91), ""),  # another frame rate, next to no matter
        (("savitzky-golay", 10.0, 10.02), ("savitzky-golay", 10.0, 7.2), "at 7.2 Hz"),
        (("savitzky-golay", 10.0, None), ("savitzky-golay", 10.0, 10.0), "A savitzky-golay, B savitzky-golay at 10 Hz"),
    ],
)
def test_the_smoothing_that_came_of_it_is_told(tmp_path: Path, a: Any, b: Any, said: str) -> None:
    def smoothed(method: str, cutoff_hz: float, effective_cutoff_hz: float | None) -> dict[str, Any]:
        parameters = {"method": method, "cutoff_hz": cutoff_hz, "effective_cutoff_hz": effective_cutoff_hz}
        steps = [{"step": "gaps", "parameters": {}}, {"step": "smoothing", "parameters": parameters}]
        return {"quality": {**INFO["quality"], "history": steps}}

    told = notes(pair(tmp_path, a=smoothed(*a), b=smoothed(*b)))
    assert len(told) == bool(said)
    assert said in "".join(told)


OTHER_NETWORK = {"model": {"name": "another"}}


def test_another_network_is_no_change_of_the_runner(tmp_path: Path) -> None:
    (row,) = compare(pair(tmp_path, a={}, b=OTHER_NETWORK)).to_dict("records")
    assert row["verdict"] == "not comparable"
    assert "different networks" in row["reason"]
    # Cadence needs no place of any point.
    (row,) = compare(pair(tmp_path / "timing", metric="stride_time", a={}, b=OTHER_NETWORK)).to_dict("records")
    assert row["verdict"] == "changed"


def with_network_error(made: list[Session], half_width: float) -> list[Session]:
    for one in made:
        one.summary["network_error"] = half_width
    return made


def test_beyond_what_networks_are_apart_it_is_a_change(tmp_path: Path) -> None:
    """3.5 degrees, a random part of some 1: networks sure to 2 degrees each are 2.8 apart, sure to 4 they are 5.7."""
    (near,) = compare(with_network_error(pair(tmp_path / "near", a={}, b=OTHER_NETWORK), 2.0)).to_dict("records")
    assert near["systematic"] == pytest.approx(np.sqrt(8))
    assert near["verdict"] == "changed"
    (far,) = compare(with_network_error(pair(tmp_path / "far", a={}, b=OTHER_NETWORK), 4.0)).to_dict("records")
    assert far["verdict"] == "not comparable"
    (same,) = compare(with_network_error(pair(tmp_path / "same", a={}, b={}), 4.0)).to_dict("records")
    assert (same["verdict"], same["systematic"]) == ("changed", pytest.approx(0, abs=1e-6))


def test_what_a_network_adds_cancels_only_for_the_same_leg_of_the_same_network() -> None:
    row = {"n": 12, "sd": 0.0, "uncertainty": 1.0, "network_error": 3.0}
    assert systematic_part(row, row, same_treatment=True) == pytest.approx(np.sqrt(2))
    assert systematic_part(row, row, same_treatment=False) == pytest.approx(np.sqrt(2 + 18))
    assert same_faults(INFO, INFO)
    for other in ({"facing": "right"}, {"view": "rear"}, OTHER_NETWORK):
        assert not same_faults(INFO, {**INFO, **other})


def test_a_network_that_learnt_on_has_other_faults() -> None:
    """`runner` keeps its name with new weights; what they add no longer cancels between two sessions."""
    one, other = (
        {**INFO, "model": {**INFO["model"], "weights": weights}} for weights in ("175cbfcaa47d", "ec4156059903")
    )
    assert same_faults(one, one)
    assert not same_faults(one, other)
    assert not same_faults(INFO, other), "sessions of before say nothing of weights"


def test_other_weights_of_a_network_are_told_as_such(tmp_path: Path) -> None:
    """A name with digits behind it passed for another network; a session of before notes no weights."""
    noted = {"model": {**INFO["model"], "weights": "ec4156059903"}}
    (told,) = notes(pair(tmp_path, a={}, b=noted))
    assert "other weights, or with ones that were not noted (A weights not noted, B weights ec4156059903)" in told
    assert not notes(pair(tmp_path / "same", a=noted, b=noted))
    another = notes(pair(tmp_path / "another", a=noted, b={"model": {"name": "another", "weights": "175cbfcaa47d"}}))
    assert [note.partition(": ")[0] for note in another] == [
        f"The keypoints come from different networks (A {INFO['model']['name']}, B another)"
    ]


def test_a_stand_in_is_not_held_against_the_heel_itself(tmp_path: Path) -> None:
    made = pair(tmp_path, metric="peak_rearfoot_eversion", a={"view": "rear"}, b={"view": "rear"})
    spec = METRICS["peak_rearfoot_eversion"]
    for one, label in zip(made, (spec.label, spec.proxy_label), strict=True):
        one.summary["label"] = label
    (row,) = compare(made).to_dict("records")
    assert row["verdict"] == "not comparable"
    assert "stand-in" in row["reason"]


def test_a_session_of_two_clips_answers_for_the_one_that_showed_the_metric(tmp_path: Path) -> None:
    a = make(tmp_path / "a", values={"trunk_lean": 9.6}, **levelled(3.8, 3.8))
    beside = {"folder": ".side", "name": "side.mp4", "view": "side", "quality": a.info["quality"]}
    b = make(tmp_path / "b", values={"trunk_lean": 13.1}, view="rear", facing=None, **{"with": beside})
    make(b.folder / ".side", values={"trunk_lean": 13.1}, **levelled(5.0, 0.0))
    assert {row["reason"] for row in compare([a, b]).to_dict("records")} == {
        "measured against another vertical (levelled by +3.8°; not levelled, belt at +5.0°)"
    }


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (
            {"setting": "overground"},
            {"setting": "treadmill"},
            ["Not all are overground, or on a treadmill (A overground"],
        ),
        (
            {"setting": "overground", "camera": "following"},
            {"setting": "overground", "camera": "fixed"},
            ["The cameras do not do the same (A camera follows, B camera stays in its place)"],
        ),
        ({"setting": "overground"}, {}, ["Not all are overground"]),  # from before cameras were looked at
        ({"setting": "overground", "camera": "fixed"}, {"camera": None}, []),  # too short to tell
    ],
)
def test_where_they_moved_and_what_the_camera_did(
    tmp_path: Path, a: dict[str, Any], b: dict[str, Any], said: list[str]
) -> None:
    told = notes(pair(tmp_path, metric="peak_hip_extension", a=a, b=b))
    assert len(told) == len(said)
    assert all(note.startswith(start) for note, start in zip(told, said, strict=True))


@pytest.mark.parametrize(("metric", "verdict"), [("contact_time", "not comparable"), ("stride_time", "changed")])
def test_contacts_overground_are_not_held_against_those_on_a_treadmill(
    tmp_path: Path, metric: str, verdict: str
) -> None:
    """They come out some 50 ms shorter than read by eye, nobody knows why; strides do not."""
    made = pair(tmp_path, metric=metric, a={"setting": "overground"}, b={"setting": "treadmill"})
    (row,) = compare(made).to_dict("records")
    assert row["verdict"] == verdict
    (row,) = compare(pair(tmp_path / "alike", metric=metric, a={}, b={})).to_dict("records")
    assert row["verdict"] == "changed"


def test_a_runner_without_a_name_is_no_other_runner(tmp_path: Path) -> None:
    assert notes(pair(tmp_path, a={}, b={"athlete": None})) == []


def test_a_trend_over_another_vertical_is_none(tmp_path: Path) -> None:
    tilts = (levelled(3.8, 3.8), levelled(3.9, 3.9), levelled(5.0, 0.0))
    made = [
        make(
            tmp_path / str(n), values={"trunk_lean": 9.0 + 4 * n, "cadence": 170.0 + 5 * n},
            recorded_at=f"2025-0{n + 3}-01T09:00:00+00:00", **tilt,
        )
        for n, tilt in enumerate(tilts)
    ]  # fmt: skip
    for row in trends([one.folder for one in made]).to_dict("records"):
        lean = row["metric"] == "trunk_lean"
        assert row["verdict"] == ("not comparable" if lean else "changed")
        assert ("another vertical" in row["reason"]) == lean


def test_folders_are_sessions_and_one_folder_is_no_list(tmp_path: Path) -> None:
    a, b = (make(tmp_path / name, values={"cadence": mean}) for name, mean in (("a", 170.0), ("b", 176.0)))
    by_path = compare([str(a.folder), b.folder])
    assert by_path.equals(compare([a, b]))
    for alone in (str(a.folder), a.folder, a):
        with pytest.raises(InputError, match="expected a list of sessions"):
            compare(alone)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is named twice"):
        compare([a, b, str(a.folder / ".." / "a")])
    with pytest.raises(InputError, match="no such session folder"):
        gaitlab.compare([str(a.folder), str(tmp_path / "none")])
    with pytest.raises(InputError, match="not 0"):
        compare([])


def test_what_only_one_session_names_has_a_row_and_a_reason(tmp_path: Path) -> None:
    a = session(tmp_path / "a", metric="step_length", side="left", values=1 + SPREAD, unit="m")
    b = session(tmp_path / "b", metric="step_length", side="left", values=1 + SPREAD, unit="leg lengths")
    c = session(tmp_path / "c", metric="pelvic_drop", side="left", values=5 + SPREAD, unit="deg")
    (units,) = compare([a, b]).to_dict("records")
    assert units["reason"].startswith("in m and in leg lengths")
    rows = {row["metric"]: row for row in compare([a, c]).to_dict("records")}
    assert set(rows) == {"step_length", "pelvic_drop"}
    assert {row["reason"] for row in rows.values()} == {"measured in one of them only"}
    assert {row["verdict"] for row in rows.values()} == {"not comparable"}
    assert rows["pelvic_drop"]["b"] == 5.0


def test_letters_go_on_after_z() -> None:
    assert [letter(n) for n in (0, 1, 25, 26, 27, 52)] == ["A", "B", "Z", "AA", "AB", "BA"]


def test_what_a_camera_did_not_show_is_told_beside_the_difference(tmp_path: Path) -> None:
    """What else a single session lacks is told by its own page."""
    squat = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["messages"]["squat_askew"]
    unclear = view_unclear(Seen("rear", 0.3), "side")
    made = pair(tmp_path, a={"warnings": [unclear, "only one repetition could be used"]}, b={"warnings": [squat]})
    assert notes(made)[:2] == [f"A: {unclear}", f"B: {squat}"]
    assert not any("only one repetition" in note for note in notes(made))
