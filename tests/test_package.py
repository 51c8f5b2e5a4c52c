"""What ``import gaitlab`` gives: the names that are meant, each the thing itself, however the rooms were loaded."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys

import pytest

import gaitlab
from gaitlab.store.session import Session

FUNCTIONS = ["analyze", "compare", "load_sessions", "open_session", "trends"]


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


@pytest.mark.parametrize(
    "first", ["import gaitlab.compare", "import gaitlab.compare.sessions", "from gaitlab.compare import trends", "pass"]
)
def test_compare_is_the_function_whatever_was_imported_first(first: str) -> None:
    code = (
        f"{first}\n"
        "import gaitlab, inspect\n"
        "from gaitlab import compare\n"
        "from gaitlab.compare.sessions import compare as inner\n"
        "assert inspect.isfunction(gaitlab.compare)\n"
        "assert compare is gaitlab.compare is inner\n"
        "assert dir(gaitlab) == sorted(gaitlab.__all__)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
