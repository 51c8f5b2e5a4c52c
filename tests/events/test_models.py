"""The constants that ship are what their benchmarks write: a fit made anew would load."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fit_events import source
from benchmarks.fit_rear_regression import source as regression_source
from gaitlab.events.models import rear, rear_regression, side


@pytest.mark.parametrize("module", [side, rear], ids=["side", "rear"])
@pytest.mark.parametrize("name", ["STRIKE", "OFF"])
def test_an_event_model_is_written_as_it_stands(module: object, name: str) -> None:
    text = Path(str(module.__file__)).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert source(name, getattr(module, name)) in text


@pytest.mark.parametrize("kind", list(rear_regression.REGRESSIONS))
def test_the_lines_of_near_and_high_cameras_are_written_as_they_stand(kind: str) -> None:
    text = Path(str(rear_regression.__file__)).read_text(encoding="utf-8")
    assert regression_source(kind, rear_regression.REGRESSIONS[kind]) in text
