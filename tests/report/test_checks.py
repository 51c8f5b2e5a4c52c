"""The checks of a recording in the page's words."""

from __future__ import annotations

from pathlib import Path

from gaitlab.report.session.checks import checks, point_name
from gaitlab.report.session.content import read_content
from gaitlab.report.shared.texts import read_texts
from tests.report.make import make_session


def test_numbers_become_words(tmp_path: Path) -> None:
    found = {check.name: check.found for check in checks(read_content(make_session(tmp_path, seconds=8.0)))}
    # Contacts of 0.25 s every 0.7 s: eleven a side end within 8 s, with a cycle between each and the next.
    assert found["accepted_cycles_a_side"] == {"left": "10", "right": "10"}
    assert found["share_of_leg_points_seen"].items() >= {"percent": "100"}.items()
    assert found["fps"] == {"fps": "50", "frame": "20", "half": "10"}
    assert found["share_filled"]["percent"] == "0.0"


def test_a_point_is_called_by_its_words() -> None:
    texts = read_texts("en")
    assert point_name("right_big_toe", texts) == "right big toe"
    assert point_name("mid_hip", texts) == "mid-hip"
