"""A machine without a network: what is fetched, and the one line that says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gaitlab import recording
from gaitlab.errors import ModelError
from gaitlab.resources import resource_folder


def hosts(reached: set[str]) -> Callable[..., list[Path]]:
    """An installer on a network that reaches only some hosts: it stands for the network, which no test has."""

    def install(name: str, *, models_dir: Path | None, progress: Any) -> list[Path]:
        if name not in reached:
            raise ModelError(f"'{name}' could not be fetched: https://example.org/a/long/address: no route to host")
        progress("weights", 1000, None)
        progress("weights", 2000, None)
        return []

    return install


def fetched(reached: set[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("gaitlab.pose.install.install", hosts(reached))
    return recording._install_default(folder, lambda stage, done, total: None)


def test_the_fallback_is_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    best, *_, last = recording._DEFAULT_NETWORKS
    with caplog.at_level(logging.WARNING, logger="gaitlab"):
        assert fetched({last}, tmp_path, monkeypatch) == last
    (line,) = caplog.messages
    assert f"'{best}' cannot be reached" in line
    assert f"taking '{last}'" in line
    assert "\n" not in line
    assert len(line) < 160


def test_the_best_is_announced_once_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    best = recording._DEFAULT_NETWORKS[0]
    with caplog.at_level(logging.WARNING, logger="gaitlab"):
        assert fetched(set(recording._DEFAULT_NETWORKS), tmp_path, monkeypatch) == best
    (line,) = caplog.messages
    assert f"fetching '{best}' into '{tmp_path}'" in line


def test_nothing_in_reach_leaves_the_network_that_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="gaitlab"):
        assert fetched(set(), tmp_path, monkeypatch) == "runner"
    assert "taking 'runner', which ships with gaitlab" in caplog.messages[-1]


def test_without_even_that_an_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaitlab.pose.catalogue.search_folders", lambda models_dir=None: [tmp_path])
    with pytest.raises(ModelError, match="gaitlab models install"):
        fetched(set(), tmp_path, monkeypatch)


def test_offline_the_network_that_ships_is_taken_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    own = resource_folder("models")
    monkeypatch.setattr("gaitlab.pose.catalogue.search_folders", lambda models_dir=None: [tmp_path, own])
    with caplog.at_level(logging.WARNING, logger="gaitlab"):
        estimator = recording._estimator("auto", models_dir=None, offline=True, progress=lambda *_: None)
    assert estimator.name == "runner"
    (line,) = caplog.messages
    assert "knees and hips are less sure" in line
