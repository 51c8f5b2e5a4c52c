"""Times on a page whose recording plays slower than life, by a rate that is assumed or not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.make import make_session
from tests.report.test_page import page


@pytest.mark.parametrize(
    ("source", "frames", "contact", "seconds"),
    [
        ("film", "50 frames a second, 4.0 s", "Left contact, 250 ms", '"seconds"'),
        ("assumed", "50 frames a second, 4.0 s (both assumed)", "Left contact, 250 ms (assumed)", "2.5 times slower"),
        ("unknown", "20 frames a second, 10.0 s as it plays; the true rate is not known", "Left contact", "2.5 times"),
    ],
)
def test_times_that_are_assumed_or_unknown_are_called_so(
    tmp_path: Path, source: str, frames: str, contact: str, seconds: str
) -> None:
    """Measured at 50 frames a second: of a film that plays 20, where nobody knows the true rate."""
    clock = {"slow_motion": 1.0 if source == "film" else 2.5, "source": source}
    session = make_session(tmp_path, clock=clock)
    assert frames in page(session).text
    html = session.report.read_text(encoding="utf-8")
    assert f'"{contact}"' in html
    assert seconds in html
