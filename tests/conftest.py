"""What every test may use: the real data beside the checkout, where it is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.readme_example import printed

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real clips, force-plate truth and networks; tests without it are skipped."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the real data is not at {SHARED}")
    return SHARED


@dataclass(frozen=True)
class DemoRun:
    """What `gaitlab demo` wrote below ``folder``, and what it printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """`gaitlab demo`, run once for all that look at it: the network takes its time."""
    folder = tmp_path_factory.mktemp("demo")
    return DemoRun(folder, printed(folder))
