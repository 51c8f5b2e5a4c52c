"""What ``import gaitlab`` gives: the names that are meant, each the thing itself, however the rooms were loaded."""

from __future__ import annotations

import inspect
import pickle

import pytest

import gaitlab
from gaitlab.io.session.session import Session

FUNCTIONS = [
    "add_note", "analyze", "athlete_report", "compare", "load_sessions", "open_session", "trends", "validate",
]  # fmt: skip


def test_only_the_public_names_are_shown() -> None:
    assert dir(gaitlab) == sorted(gaitlab.__all__)
    assert gaitlab.Session is Session
    with pytest.raises(AttributeError, match="module 'gaitlab' has no attribute 'analyse'"):
        _ = gaitlab.analyse  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_a_function(name: str) -> None:
    found = getattr(gaitlab, name)
    assert inspect.isfunction(found)
    assert found.__doc__
    assert inspect.signature(found).parameters
    assert pickle.loads(pickle.dumps(found)) is found
