"""A bad recording must look bad, and say so in the same words wherever it is shown."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import gaitlab
from gaitlab.cli.tables import OPTIONS, warning_lines, with_options
from gaitlab.io.session.session import Session, open_session
from gaitlab.metrics.quality import LIMITS, Check, checks, grade, grade_of, graded, grave_warnings, verdict
from gaitlab.report import write_report
from gaitlab.report.comparison.content import read_comparison
from tests.report.make import make_session

# A big toe that was seen in a third of the frames is poor (below 60 %); all else is as in a good session.
SEEN = {"left_knee": 1.0, "right_big_toe": 0.34, "nose": 0.1}
POOR = (
    "a poor recording, do not build on these numbers: the right big toe was seen in only 34 % of the frames; film again"
)


@pytest.mark.parametrize(("value", "expected"), [(7, "good"), (6.9, "fair"), (3, "fair"), (2.9, "poor")])
def test_more_is_better(value: float, expected: str) -> None:
    assert grade(value, LIMITS["accepted_cycles_a_side"]) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.02, "good"), (0.03, "fair"), (0.15, "fair"), (0.16, "poor")])
def test_less_is_better(value: float, expected: str) -> None:
    assert grade(value, LIMITS["share_of_swaps"]) == expected


def info_of(folder: Path, **quality: Any) -> dict[str, Any]:
    info = json.loads((make_session(folder, seconds=8.0).folder / "session.json").read_text())
    return {**info, "quality": {**info["quality"], **quality}}


def session_of(folder: Path, **quality: Any) -> Session:
    info = info_of(folder, **quality)
    (folder / "session.json").write_text(json.dumps(info))
    return open_session(folder)


def test_a_good_recording(tmp_path: Path) -> None:
    info = info_of(tmp_path)
    found = {check.name: check for check in checks(info)}
    assert found["accepted_cycles_a_side"].grade == "good"
    assert found["share_of_leg_points_seen"].grade == "good"
    assert found["fps"].grade == "fair"  # 50 frames a second
    assert verdict(tuple(found.values())) == "fair"
    told = graded(info)
    assert told["quality"]["verdict"]["grade"] == "fair"
    assert told["warnings"] == info["warnings"] == []


def test_a_frame_rate_that_nobody_knows_is_not_judged(tmp_path: Path) -> None:
    info = info_of(tmp_path)
    unknown = {**info, "clock": {"source": "unknown", "slow_motion": 2.0}}
    assert "fps" in {check.name for check in checks({**info, "clock": {"source": "assumed", "slow_motion": 2.0}})}
    assert "fps" not in {check.name for check in checks(unknown)}


def test_how_far_scales_are_apart_is_of_the_scale_in_use_as_the_warning_says(tmp_path: Path) -> None:
    info = info_of(tmp_path)
    # The warning of the calibration: 1.8 / 2.0 - 1 = -10 %, not the 11 % that 2.0 is above 1.8.
    scales = {"belt speed": 0.0020, "body height": 0.0018}
    for used, apart in (("belt speed", 0.10), ("body height", 1 / 9)):
        calibration = {**info["calibration"], "source": used, "check": scales}
        found = {check.name: check.value for check in checks({**info, "calibration": calibration})}
        assert found["scale_disagreement"] == pytest.approx(apart)
    nothing = {**info["calibration"], "source": None, "check": {}}
    assert "scale_disagreement" not in {check.name for check in checks({**info, "calibration": nothing})}


def test_the_worst_leg_point_counts_and_is_named(tmp_path: Path) -> None:
    told = graded(info_of(tmp_path, share_of_frames_seen=SEEN) | {"warnings": ["another"]})
    assert told["quality"]["verdict"]["grade"] == "poor"
    assert told["warnings"] == [POOR, "another"]


def test_rejected_cycles_and_swaps_lower_the_grade(tmp_path: Path) -> None:
    info = info_of(tmp_path, cycles_rejected={"hidden": 60}, swaps_mended=80)
    (sentence,) = graded(info)["warnings"]
    accepted = info["quality"]["cycles_accepted"]
    total = 60 + accepted["left"] + accepted["right"]
    assert f"only {100 * (total - 60) / total:.0f} % of the {total} gait cycles could be used" in sentence
    assert "left and right had to be swapped in 20 % of the frames" in sentence  # 80 of 400


def test_without_a_cycle_there_are_no_numbers_to_build_on(tmp_path: Path) -> None:
    none = "no gait cycle could be measured in this recording: the numbers are missing"
    told = graded(info_of(tmp_path, cycles_accepted={"left": 0, "right": 0}))
    assert told["warnings"] == [f"{none}; none was seen"]
    hidden = {"hidden": 2, "it is cut": 5}
    told = graded(info_of(tmp_path, cycles_accepted={"left": 0, "right": 0}, cycles_rejected=hidden))
    assert told["warnings"] == [f"{none}; not used: 5 × it is cut"]


def test_a_low_frame_rate_alone_does_not_make_a_recording_poor() -> None:
    def of(**grades: str) -> str:
        return verdict(tuple(Check(name, given, 0.0, {}) for name, given in grades.items()))

    assert of(fps="poor", share_filled="good") == "fair"
    assert of(fps="good", share_filled="good") == "good"
    assert of(fps="good", share_filled="poor") == "poor"


def test_every_place_says_the_same_sentence(tmp_path: Path) -> None:
    """Python, the page, the comparison, the terminal and the list; a session of an older layout has it on reading."""
    session, good = session_of(tmp_path / "a", share_of_frames_seen=SEEN), session_of(tmp_path / "b")
    assert session.warnings == (POOR,)
    assert grade_of(session.info) == "poor"
    capital = POOR[0].upper() + POOR[1:] + "."
    write_report(session)
    assert session.report.read_text().count(capital) == 2  # what to read first, and in Quality
    assert warning_lines(session) == [f"WARNING: {POOR}"]
    assert read_comparison([session, good]).grave == [f"A: {POOR}"]
    command = [sys.executable, "-m", "gaitlab", "sessions", str(tmp_path)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert " ".join(POOR.split()) in " ".join(listed.split())
    assert [line.count("poor") for line in listed.splitlines() if "│" in line] == [1, 0]


def test_the_second_clips_numbers_stand_in_the_session_and_so_does_its_verdict(tmp_path: Path) -> None:
    """A session of the layout before, with its rear clip's own session within it."""
    make_session(tmp_path / ".rear", seconds=8.0, view="rear", facing="away")
    rear = info_of(tmp_path / ".rear", share_of_frames_seen=SEEN) | {
        "view": "rear",
        "schema_version": 2,
        "asymmetry": [],
    }
    (tmp_path / ".rear" / "session.json").write_text(json.dumps(rear))
    beside = {"folder": ".rear", "name": "rear.mp4", "view": "rear", "quality": rear["quality"]}
    info = info_of(tmp_path) | {"schema_version": 2, "asymmetry": [], "with": beside, "warnings": ["one"]}
    (tmp_path / "session.json").write_text(json.dumps(info))
    session = open_session(tmp_path)
    assert session.warnings == ("one", f"rear clip: {POOR}")
    assert grave_warnings(session.info) == (f"rear clip: {POOR}",)
    assert grade_of(session.info) == "poor"


PACKAGE = Path(gaitlab.__file__).parent
# Whose words may stand on a page.
ROOMS = ("core", "signal", "kinematics", "events", "metrics", "analysis", "report", "stats")


def words_of(room: str) -> list[str]:
    """Every text of a room that is not a docstring, and its templates and sentences."""
    root = PACKAGE / room
    files = sorted(root.rglob("*"))
    assert files, f"there is no room {room}"
    said = [path.read_text(encoding="utf-8") for path in files if path.suffix in (".toml", ".html")]
    for tree in (ast.parse(path.read_text(encoding="utf-8")) for path in files if path.suffix == ".py"):
        docs = [
            ast.get_docstring(n, clean=False)
            for n in ast.walk(tree)
            if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef))
        ]
        said += [
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value not in docs
        ]
    return said


@pytest.mark.parametrize("room", ROOMS)
def test_no_page_names_an_option_of_the_command_line(room: str) -> None:
    # A style sheet's own names, as in style="--height: 3px", look alike; what is to be copied, a whole command or an
    # option for the same one again, names its options.
    texts = [re.sub(r'style="[^"]*"|`(?:gaitlab |--)[^`]*`', "", text) for text in words_of(room)]
    assert [text for text in texts if re.search(r"(?<![\w-])--[a-z]", text)] == []


def test_the_terminal_adds_the_option_to_what_is_asked_for() -> None:
    assert with_options("needs the body mass") == "needs the body mass (--mass)"
    assert with_options("record longer, or use more of the recording").endswith("(--start, --end)")
    plain = "the belt speed of this treadmill was measured in the picture"
    assert with_options(plain) == plain
    said = " ".join(text for room in ROOMS for text in words_of(room))
    assert [thing for thing in OPTIONS if thing not in said] == []
