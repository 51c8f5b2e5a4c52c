"""Whoever doubts a range or a formula can look it up: author, year, journal, and where to find it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gaitlab.io.resources import resource_folder
from gaitlab.metrics import METRICS, sources
from gaitlab.metrics.norms import SPEEDS_MPS
from gaitlab.metrics.walking import WALKING_REFERENCES
from tests.report.make import make_session, reference_at

# "Author(s) Year, Journal …", with a DOI, a PubMed number or the address of a data set.
LOOKED_UP = re.compile(
    r"^(?:[A-Z][\w'-]+(?: et al\.|(?:, [A-Z][\w'-]+)* & [A-Z][\w'-]+)?|University of \w+) (?:19|20)\d\d, [\w&. ]+.*"
    r"(?:doi:10\.\d{4,}/\S+|PubMed \d{6,8}|github\.com/\w+|\w+\.edu/\S+)"
)
NAMED = {name: value for name, value in vars(sources).items() if name.isupper() and not name.endswith("_SPEED")}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_source_can_be_looked_up(name: str) -> None:
    assert LOOKED_UP.match(NAMED[name]), NAMED[name]


def test_every_range_and_every_smallest_difference_has_one_of_them() -> None:
    told = [spec.reference.source for spec in METRICS.values() if spec.reference]
    told += [reference.source for reference in WALKING_REFERENCES.values()]
    told += [spec.detectable.source for spec in METRICS.values() if spec.detectable]
    assert len(told) > 6
    assert set(told) <= set(NAMED.values())
    for name in ("leg_stiffness", "vertical_stiffness"):
        assert sources.SPRING_MASS in METRICS[name].description


def test_norms_at_a_speed_agree_with_others_who_measured_there() -> None:
    """Table 4 at 2.7 m/s: 1.31 ± 0.08 strides a second, 271 ± 23 and 112 ± 19 ms, 35.5 ± 2.3 %, 99.5 ± 3.0 cm."""
    published = {
        "cadence": (120 * 1.31, 120 * 0.08), "contact_time": (0.271, 0.023), "flight_time": (0.112, 0.019),
        "duty_factor": (0.355, 0.023), "step_length": (0.995, 0.030),
    }  # fmt: skip
    assert sources.SPEED_RUNNERS not in SPEEDS_MPS
    for name, (mean, sd) in published.items():
        norm = reference_at(name, SPEEDS_MPS[sources.YOUNG_RUNNERS])
        assert norm is not None
        assert abs((norm.low + norm.high) / 2 - mean) < sd, name
        assert 0.5 < (norm.high - norm.low) / 2 / sd < 2.5, name


def test_ranges_of_walking_are_the_published_mean_and_spread() -> None:
    """1.02 ± 0.10 strides a second of 1.44 ± 0.14 m; a step is half a stride."""
    published = {"cadence": (120 * 1.02, 120 * 0.10), "stride_length": (1.44, 0.14), "step_length": (0.72, 0.07)}
    assert set(WALKING_REFERENCES) == set(published)
    for name, (mean, sd) in published.items():
        reference = WALKING_REFERENCES[name]
        assert (reference.low, reference.high) == pytest.approx((mean - sd, mean + sd), rel=0.005), name


def test_the_page_names_them(tmp_path: Path) -> None:
    from gaitlab.report import write_report

    session = make_session(tmp_path)
    write_report(session)
    page = session.report.read_text(encoding="utf-8").replace("&amp;", "&")
    for source in (
        sources.SPEED_RUNNERS,
        sources.TRUNK_RUNNERS,
        sources.TWO_LABORATORIES,
        sources.RETEST,
        sources.SPRING_MASS,
        sources.SYMMETRY_INDEX,
    ):
        assert source in page


def test_the_example_of_a_shop_says_what_is_not_known_of_its_source() -> None:
    source = tomllib.loads((resource_folder("configs") / "shop_profile.toml").read_text(encoding="utf-8"))
    assert "authors not verified" in source["profile"]["source"]
