"""The glossary: every metric in plain words with a drawing whose angles and lengths are those it tells of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gaitlab.metrics import METRICS
from gaitlab.report import write_report
from gaitlab.report.shared.glossary import BOX, about, glossary
from gaitlab.report.shared.texts import read_texts
from tests.report.make import make_session
from tests.report.test_page import page

NUMBER = r"-?\d+(?:\.\d+)?"


def test_it_has_every_metric_and_no_other() -> None:
    assert set(glossary()) == set(METRICS)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_an_entry_is_short_plain_and_drawn_inside_its_picture(name: str) -> None:
    entry = glossary()[name]
    text = about(name, read_texts("en"))
    assert 20 < len(text) < 130
    assert text[0].isupper()
    assert text.endswith(".")
    assert METRICS[name].movement or {mark.kind for mark in entry.marks} >= {"body", "other", "told"}
    for mark in entry.marks:
        for x, y in re.findall(rf"[ML]({NUMBER}) ({NUMBER})", mark.path):
            assert BOX[0] - 1 <= float(x) <= BOX[0] + BOX[2] + 1, mark
            assert BOX[1] <= float(y) <= BOX[1] + BOX[3], mark


def test_times_are_told_of_as_much_of_the_stride_as_they_are() -> None:
    def told(name: str) -> tuple[float, float]:
        path = next(mark.path for mark in glossary()[name].marks if mark.kind == "told")
        start, end = re.findall(rf"M({NUMBER}) 60V70", path)
        return float(start), float(end)

    assert told("stride_time")[1] - told("stride_time")[0] == pytest.approx(72.0)
    assert told("step_time")[1] - told("step_time")[0] == pytest.approx(36.0)
    # A contact and the flight after it make a step.
    assert told("contact_time")[1] == told("flight_time")[0]
    assert told("flight_time")[1] == told("step_time")[1]
    # In walking one foot is still there when the other one lands.
    bars = {mark.kind: mark.path for mark in glossary()["double_support"].marks}
    assert float(bars["body"].split("H")[1]) == told("double_support")[1]


def test_a_measurement_leads_to_its_entry_and_paper_has_those_of_the_first_page(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    write_report(session)
    found = page(session)
    targets = {attributes.get("id") for _, attributes in found.tags}
    links = [a["href"] for tag, a in found.tags if tag == "a" and (a.get("href") or "").startswith("#about-")]
    assert len(links) == sum(not spec.movement for spec in METRICS.values())
    assert {link[1:] for link in links if link} <= targets
    printed = [a["id"] for tag, a in found.tags if tag == "details" and "first" in (a.get("class") or "")]
    assert printed == [
        f"about-{name}"
        for name in (
            "cadence", "contact_time", "vertical_oscillation", "overstride", "knee_flexion_at_contact",
        )
    ]  # fmt: skip
