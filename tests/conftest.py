"""What every test may use: the real data beside the checkout, where it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real clips, force-plate truth and networks; tests without it are skipped."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the real data is not at {SHARED}")
    return SHARED
