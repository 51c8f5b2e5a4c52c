from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gaitlab.analysis.recording import analyze_pose
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.config import Settings, as_toml, known_settings, parse_assignment, read_settings, with_values
from gaitlab.core.errors import InputError, SettingsError
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.io.resources import resource_folder


def another_value(entry: dataclasses.Field):
    """Return a valid value that is not the default."""
    if entry.metadata["choices"]:
        return next(c for c in entry.metadata["choices"] if c != entry.default)
    if isinstance(entry.default, bool):
        return not entry.default
    if isinstance(entry.default, str):
        return "another"
    high, low = entry.metadata["high"], entry.metadata["low"]
    return type(entry.default)(high if high is not None else low + 3)


@pytest.mark.parametrize(("key", "entry"), list(known_settings()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_setting_is_documented_and_can_be_set(key: str, entry: dataclasses.Field, tmp_path: Path) -> None:
    assert len(entry.metadata["doc"]) >= 20
    value = another_value(entry)
    changed = with_values(Settings(), {key: value})
    section, name = key.split(".")
    assert getattr(getattr(changed, section), name) == value
    assert changed != Settings()
    file = tmp_path / "settings.toml"
    file.write_text(as_toml(changed))
    assert read_settings(file) == changed


def test_out_of_range_and_wrong_kind_are_refused() -> None:
    for key, value in [
        ("smoothing.cutoff_hz", -1.0),
        ("smoothing.cutoff_hz", "fast"),
        ("video.annotate", 1),
        ("gait.min_cycles", 7.5),
        ("smoothing.method", "kalmann"),
    ]:
        with pytest.raises(SettingsError, match=key):
            with_values(Settings(), {key: value})


NUMBERS = [(key, entry) for key, entry in known_settings() if type(entry.default) in (int, float)]


def extremes(entry: dataclasses.Field) -> list[float]:
    return sorted({entry.metadata[k] for k in ("low", "high", "off")} - {None})


@pytest.mark.parametrize(("key", "entry"), NUMBERS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_number_outside_its_range_is_refused_and_the_range_named(key: str, entry: dataclasses.Field) -> None:
    kind = type(entry.default)
    lowest, *_, highest = extremes(entry)
    wrong: list[object] = [
        kind(lowest - 1),
        kind(highest + 1),
        float("nan"),
        float("inf"),
        -float("inf"),
        10**400,
        True,
    ]
    if entry.metadata["off"] is not None:
        wrong.append((entry.metadata["off"] + entry.metadata["low"]) / 2)
    for value in wrong:
        with pytest.raises(
            SettingsError, match=f"{key}.* from {entry.metadata['low']:g} to {entry.metadata['high']:g}"
        ):
            with_values(Settings(), {key: value})
    for text in ("nan", "inf", "-inf", "1e999"):
        with pytest.raises(SettingsError, match=key):
            with_values(Settings(), dict([parse_assignment(f"{key}={text}")]))


@pytest.fixture(scope="module")
def two_seconds() -> PoseSequence:
    return load_truth(demo_clip()[1]).seen().between(0.0, 2.0)


@pytest.mark.parametrize(("key", "entry"), NUMBERS, ids=lambda v: v if isinstance(v, str) else "")
def test_every_extreme_of_a_number_can_be_worked_with(
    key: str, entry: dataclasses.Field, two_seconds: PoseSequence
) -> None:
    for value in extremes(entry):
        settings = with_values(Settings(), {key: value})
        found = analyze_pose(two_seconds, runner=Runner(height_m=1.8), settings=settings)
        assert len(found.trial.pose) == len(two_seconds)


def test_an_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"did you mean 'smoothing\.method'"):
        with_values(Settings(), {"smoothing.metod": "kalman"})


def test_assignments_are_toml_or_bare_words() -> None:
    assert parse_assignment("smoothing.method=kalman") == ("smoothing.method", "kalman")
    assert parse_assignment("smoothing.cutoff_hz = 8") == ("smoothing.cutoff_hz", 8)
    assert parse_assignment("video.annotate=false") == ("video.annotate", False)
    with pytest.raises(SettingsError, match=r"section\.name=value"):
        parse_assignment("smoothing")


def test_a_whole_number_serves_where_a_number_is_wanted() -> None:
    assert with_values(Settings(), {"smoothing.cutoff_hz": 8}).smoothing.cutoff_hz == 8.0


def test_files_that_are_no_settings(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_settings(tmp_path / "none.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("smoothing = = 3")
    with pytest.raises(InputError, match="is not TOML"):
        read_settings(bad)
    bad.write_text("method = 'kalman'")
    with pytest.raises(SettingsError, match="outside a section"):
        read_settings(bad)


# A shop's profile is no file of settings.
SETTINGS_THAT_SHIP = [p for p in sorted(resource_folder("configs").glob("*.toml")) if p.name != "shop_profile.toml"]


@pytest.mark.parametrize("path", SETTINGS_THAT_SHIP, ids=lambda p: p.name)
def test_the_configs_that_ship_can_be_read(path: Path) -> None:
    assert read_settings(path) is not None
