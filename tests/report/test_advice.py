"""Findings as the page shows them, ratings of the headlines, and what to film next time."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from gaitlab.core.errors import InputError
from gaitlab.report import write_report
from tests.report.make import about, make_session, value
from tests.report.test_page import page


@pytest.mark.parametrize(
    ("profile", "there", "missing"),
    [
        (
            "coach",
            ("What coaches try", "Next time", "evidence: moderate", "longer on the left"),
            ("Sources:", "(network ±"),
        ),
        ("clinic", ("What coaches try", "Sources:", "(network ± 0 ms)"), ()),
        ("shop", ("evidence: moderate",), ("What coaches try", "Sources:", "(network ±")),
        ("research", ("Sources:", "(network ± 0 ms)"), ("What coaches try", "See a clinician")),
    ],
)
def test_a_profile_chooses_how_deep_a_finding_goes(
    tmp_path: Path, profile: str, there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    session = make_session(tmp_path)
    write_report(session, findings=profile)
    section = re.search(r'<section id="findings".*?</section>', session.report.read_text(encoding="utf-8"), re.DOTALL)
    assert section is not None
    assert [words for words in there if words not in section[0]] == []
    assert [words for words in missing if words in section[0]] == []


def test_findings_are_left_out_if_asked(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    write_report(session, findings="off")
    text = session.report.read_text(encoding="utf-8")
    assert 'id="findings"' not in text
    assert "What to film next time" in text
    with pytest.raises(InputError, match="unknown findings 'friend'; known: coach, clinic, shop, research, off"):
        write_report(session, findings="friend")


def test_a_finding_shows_its_moment_with_its_angle_alone_or_its_distance(tmp_path: Path) -> None:
    rows = [
        *(value("overstride", side, 0.40, uncertainty=0.01) for side in ("left", "right")),
        *(value("trunk_lean", side, -5.0, uncertainty=1.0) for side in ("left", "right")),
    ]
    session = make_session(tmp_path, summary=rows)
    write_report(session)
    section = re.search(r'<section id="findings".*?</section>', session.report.read_text(encoding="utf-8"), re.DOTALL)
    assert section is not None
    first, second = section[0].split("<h3>")[1:3]
    assert first.startswith("The foot lands far ahead of the hip")
    drawn = section[0].split("<h3>")[0]
    assert re.search(r'd="M[\d.]+ [\d.]+V[\d.]+"', drawn)  # down from the hip, and along the ground to the ankle
    assert "°</text>" not in drawn
    assert re.findall(r">(\d+)°</text>", first + second) == ["8"]  # the trunk's, not the knee's


def test_how_the_foot_lands_is_drawn_at_the_heel_there_alone(tmp_path: Path) -> None:
    rows = [value("foot_strike_angle", side, 20.0, uncertainty=1.0) for side in ("left", "right")]
    session = make_session(tmp_path, summary=rows)
    write_report(session)
    text = session.report.read_text(encoding="utf-8")
    section = re.search(r'<section id="findings".*?</section>', text, re.DOTALL)
    assert section is not None
    assert "Lands on the heel" in section[0]
    # One number, one line along the ground and one arc from it to the sole.
    assert len(re.findall(r">-?\d+°</text>", section[0])) == 1
    level = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', section[0])
    assert level is not None
    assert level[2] == level[4]
    assert "foot" not in re.findall(r'"name": ?"([^"]+)"', text)  # not over the video
    frames = re.search(r'<section id="keyframes".*?</section>', text, re.DOTALL)
    assert frames is not None
    assert "foot " not in frames[0]


def test_the_next_film_is_what_this_one_lacked(tmp_path: Path) -> None:
    text = page(make_session(tmp_path)).text
    for wish in ("120 frames a second or more", "from straight behind", "The same speed, camera, place and shoes"):
        assert wish in text
    from_behind = about()["quality"]
    inside = make_session(tmp_path / "with" / ".rear", view="rear")
    other = {"folder": ".rear", "name": "r.mp4", "view": "rear", "quality": from_behind}
    both = page(make_session(inside.folder.parent, **{"with": other})).text
    assert "A clip from straight behind" not in both


def test_a_headline_is_rated_where_its_whole_interval_tells(tmp_path: Path) -> None:
    """At 10 km/h others step 164 ± 10 times a minute: 154 to 174."""
    for mean, uncertainty, word in (
        (164.0, 2.0, "as in most of them"), (180.0, 2.0, "higher than in most"), (150.0, 2.0, "lower than in most"),
        (173.0, 2.0, "too unsure to compare"),
    ):  # fmt: skip
        rows = [value("cadence", "both", mean, uncertainty=uncertainty)]
        assert word in page(make_session(tmp_path / word, summary=rows)).text
    unknown = [value("cadence", "both", 150.0, uncertainty=2.0, network_error=math.nan)]
    assert "in most" not in page(make_session(tmp_path / "unknown", summary=unknown)).text


def test_a_page_without_video_stays_light(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    write_report(session, stills={"left_foot_strike": bytes(30_000), "right_foot_strike": bytes(30_000)})
    assert session.report.stat().st_size < 4_000_000
