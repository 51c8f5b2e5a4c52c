"""The page of a validation in a real browser, from disk, with the network off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.gait import Contact
from gaitlab.report.validation.write import write_validation
from gaitlab.stats.validation.matching import match_contacts
from gaitlab.stats.validation.offset import Offset
from gaitlab.stats.validation.result import Compared, MetricPair, Validation
from gaitlab.stats.validation.tables import put_together
from gaitlab.stats.validation.waveforms import compare_curves
from tests.browser import EVIL, LAPTOP, Opened, browser, overflowing

__all__ = ["browser"]  # the fixture: pytest finds it by its name here

HOSTILE = '"><img src=x onerror=alert(1)>'


def contacts(by_s: float, rng: np.random.Generator) -> tuple[Contact, ...]:
    made = []
    for i in range(20):
        for side, shift in (("left", 0.0), ("right", 0.35)):
            at = 1 + 0.7 * i + shift
            made.append(Contact(side, at + by_s + rng.normal(0, 0.004), at + by_s + 0.24, 0.0, 0.0))  # type: ignore[arg-type]
    return tuple(made)


def one(number: int, *, subject: str) -> Compared:
    rng = np.random.default_rng(number)
    time_s = np.arange(0, 16, 0.01)
    knee = 40 + 40 * np.sin(2 * np.pi * time_s / 0.7)
    strides = np.array([[1 + 0.7 * i, 1.7 + 0.7 * i] for i in range(18)])
    curves = {
        ("knee_flexion_deg", side): curve
        for side in ("left", "right")
        if (curve := compare_curves((time_s, knee + 2 + rng.normal(0, 1, len(knee))), (time_s, knee), strides))
    }
    pairs = tuple(
        MetricPair(metric, side, 1 + 0.7 * i, value + bias + rng.normal(0, spread), value + rng.normal(0, spread), unit)
        for metric, value, bias, spread, unit in (
            ("contact_time", 0.24, 0.005, 0.004, "s"), ("cadence", 170.0, 0.1, 1.0, "steps/min"),
            ("step_length", 1.2, -0.02, 0.02, "m"),
        )
        for side in ("left", "right")
        for i in range(18)
    )  # fmt: skip
    return Compared(
        session=f"reports/{HOSTILE.replace('/', '')} {number}", truth=f"{EVIL.replace('/', '')}.c3d",
        kind=f"C3D: 20 markers {EVIL}", subject=subject, offset=Offset(0.4, 0.99, 1.1, 14.0, "curves"),
        contacts_from="force plates (50 N)",
        legs=match_contacts(contacts(-0.01, rng), contacts(0.0, np.random.default_rng(99)), span_s=(0.0, 16.0)),
        metrics=pairs, curves=curves, warnings=(f"left and right {EVIL}",), notes=(f"an offset {HOSTILE}",),
    )  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Validation:
    return put_together([one(n, subject=f"{EVIL} {n}") for n in range(4)])


@pytest.fixture(scope="module")
def page(found: Validation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_validation(found, tmp_path_factory.mktemp("page") / "v")


@pytest.fixture(scope="module")
def laptop(browser: Any, page: Path) -> Iterator[Opened]:
    opened = Opened(browser, page, LAPTOP)
    yield opened
    opened.close()


def test_opens_from_disk_without_network_and_without_a_word_of_trouble(laptop: Opened) -> None:
    # Two events, three metrics, the knee of both legs.
    assert laptop.page.locator(".plot .main-svg").count() >= 7
    assert laptop.troubles == []
    assert laptop.away() == []


def test_hostile_texts_are_text(laptop: Opened) -> None:
    assert laptop.page.locator("h1").inner_text() == "4 sessions of 4 people held against a truth"
    assert laptop.page.locator("img").count() == 0
    text = laptop.page.locator("body").inner_text()
    assert EVIL in text
    assert HOSTILE in text


def test_numbers_of_the_tables_stand_in_it(laptop: Opened, found: Validation) -> None:
    rows = laptop.page.locator("#events tbody tr").all_inner_texts()
    assert len(rows) == 6
    bias_ms = 1000 * found.events.iloc[2]["bias"]
    assert f"{bias_ms:.1f}".replace("-", "−") in rows[2]
    assert "160" in rows[2]  # 20 contacts of each leg of 4 people
    assert "Contact time" in laptop.page.locator("#metrics").inner_text()
    assert "Knee flexion" in laptop.page.locator("#angles").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_can_be_read_and_heard(laptop: Opened, scheme: str) -> None:
    assert laptop.pale(scheme) == []
    assert laptop.nameless() == []
    assert laptop.broken_outline() == []


def test_fits_a_phone(browser: Any, page: Path) -> None:
    assert overflowing(browser, page, apart_from=".plot *") == []


def test_fits_a_tablet(browser: Any, page: Path) -> None:
    """Nine columns of numbers and intervals do not fit there: rows become cards, as on a phone."""
    opened = Opened(browser, page, {"width": 768, "height": 1024})
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 768
    opened.close()


def test_one_person_and_nothing_in_common(browser: Any, tmp_path: Path) -> None:
    lonely = one(1, subject="Ada")
    bare = Compared(
        "s", "t.mot", "OpenSim motion", "Ada", Offset(0.0, float("nan"), float("nan"), 3.0, "given"), "", (), (), {},
        (), (),
    )  # fmt: skip
    for number, some in enumerate(([lonely], [bare])):
        opened = Opened(browser, write_validation(put_together(some), tmp_path / str(number)), LAPTOP)
        assert opened.troubles == []
        text = opened.page.locator("body").inner_text()
        assert ("no interval of the ICC: one person" in text) == (number == 0)
        assert ("The truth has no contacts." in text) == (number == 1)
        opened.close()
