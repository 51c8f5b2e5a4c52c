"""What `gaitlab.compare` says of session folders."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.statistics import mean_of, t_quantile
from gaitlab.io.session.session import Session
from gaitlab.io.session.tables import write_table
from gaitlab.stats import compare

SPREAD = np.array([1.0, 1, -1, 1, -1, -1, 1, -1, -1, 1, 1, -1])
SUMMARY = ("metric", "side", "n", "mean", "sd", "uncertainty", "unit", "systematic")
NOT_COMPARED = ("label", "reference_low", "reference_high", "reference_source", "missing_reason")
CYCLES = ("metric", "side", "cycle", "time_s", "value", "unit")
INFO: dict[str, Any] = {
    "schema_version": 3, "gaitlab_version": "1", "athlete": "Ada", "label": None, "recorded_at": None, "view": "side",
    "facing": "left", "activity": "running", "fps": 60.0, "duration_s": 10.0, "video": None, "keypoints": None,
    "model": {"name": "a network"}, "settings": {}, "warnings": [], "asymmetry": [],
    "runner": {"belt_speed_mps": 3.0, "height_m": None, "mass_kg": None},
    "calibration": {
        "metres_per_px": None, "source": None, "check": {}, "belt_speed_mps": 3.0, "tilt_deg": None,
    },
    "quality": {
        "cycles_accepted": {"left": 12, "right": 12}, "cycles_rejected": {}, "share_of_frames_seen": {},
        "verdict": {"grade": "good", "sentence": "", "checks": []},
    },
}  # fmt: skip


def session(
    folder: Path, *, metric: str, side: str, values: np.ndarray, unit: str, systematic: float = 0.0, **info: Any
) -> Session:
    folder.mkdir(parents=True)
    (folder / "session.json").write_text(json.dumps({**INFO, **info}))
    n, sd = len(values), float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    legs = ["left", "right"] if side == "both" else [side]
    time_s = 0.35 * np.arange(n)
    spread = mean_of(values, time_s, np.array([legs[i % len(legs)] for i in range(n)])).half_width
    mean = float(values.mean()) if n else math.nan
    write_table(
        folder / "summary.csv", SUMMARY + NOT_COMPARED,
        [(metric, side, n, mean, sd, math.hypot(spread, systematic), unit, systematic, *[""] * len(NOT_COMPARED))],
    )  # fmt: skip
    rows = [(metric, legs[i % len(legs)], i, i * 0.35, v, unit) for i, v in enumerate(values.tolist())]
    write_table(folder / "cycles.csv", CYCLES, rows)
    return Session(folder)


def row_of(tmp_path: Path, step: float, *, systematic: float = 0.0, metric: str = "trunk_lean") -> dict[str, object]:
    a = session(tmp_path / "a", metric=metric, side="left", values=10 + SPREAD, unit="deg", systematic=systematic)
    b = session(
        tmp_path / "b", metric=metric, side="left", values=10 + step + SPREAD, unit="deg", systematic=systematic
    )  # fmt: skip
    (row,) = compare([a, b]).to_dict("records")
    return row


# Of two means that are known equally well, with as many degrees of freedom each.
KNOWN = mean_of(SPREAD, 0.35 * np.arange(12))
INTERVAL = t_quantile(0.975, 2 * KNOWN.freedom) * math.sqrt(2) * KNOWN.se


def test_a_row_worked_out_by_hand(tmp_path: Path) -> None:
    row = row_of(tmp_path, 2.0)
    assert (row["a"], row["b"], row["n_a"], row["n_b"]) == (10, 12, 12, 12)
    assert row["difference"] == pytest.approx(2)
    assert row["interval"] == pytest.approx(INTERVAL, rel=1e-4)
    assert row["hedges_g"] == pytest.approx((1 - 3 / 87) * 2 / math.sqrt(12 / 11))
    assert row["verdict"] == "changed"


def test_inside_the_interval_is_noise(tmp_path: Path) -> None:
    assert row_of(tmp_path, 0.8)["verdict"] == "within noise"


def test_what_more_cycles_do_not_mend_is_added(tmp_path: Path) -> None:
    row = row_of(tmp_path, 2.0, systematic=2.0)
    assert row["systematic"] == pytest.approx(math.sqrt(8), rel=1e-4)
    assert row["interval"] == pytest.approx(math.hypot(INTERVAL, math.sqrt(8)), rel=1e-4)
    assert row["verdict"] == "within noise"


def test_the_smallest_detectable_change_must_be_exceeded_too(tmp_path: Path) -> None:
    row = row_of(tmp_path, 3.0, metric="shank_angle_at_contact")  # 4.8 degrees between days
    assert row["smallest_detectable"] == 4.8
    assert "Dingenen" in str(row["detectable_source"])
    assert abs(float(str(row["difference"]))) > float(str(row["interval"]))
    assert row["verdict"] == "within noise"


def test_and_beyond_it_is_a_change(tmp_path: Path) -> None:
    assert row_of(tmp_path, -5.0, metric="shank_angle_at_contact")["verdict"] == "changed"


def test_both_takes_the_cycles_of_both_legs(tmp_path: Path) -> None:
    a = session(tmp_path / "a", metric="cadence", side="both", values=170 + SPREAD, unit="steps/min")
    b = session(tmp_path / "b", metric="cadence", side="both", values=175 + SPREAD, unit="steps/min")
    (row,) = compare([a, b]).to_dict("records")
    assert (row["n_a"], row["difference"], row["verdict"]) == (12, 5, "changed")


@pytest.mark.parametrize(("values", "unit"), [(12 + SPREAD, "leg lengths"), (np.array([12.0]), "deg")])
def test_another_unit_or_a_single_cycle_is_not_comparable(tmp_path: Path, values: np.ndarray, unit: str) -> None:
    a = session(tmp_path / "a", metric="trunk_lean", side="left", values=10 + SPREAD, unit="deg")
    b = session(tmp_path / "b", metric="trunk_lean", side="left", values=values, unit=unit)
    (row,) = compare([a, b]).to_dict("records")
    assert row["verdict"] == "not comparable"
    assert math.isnan(row["interval"])


def test_every_later_session_is_set_against_the_first(tmp_path: Path) -> None:
    made = [
        session(tmp_path / name, metric="trunk_lean", side="left", values=level + SPREAD, unit="deg")
        for name, level in (("a", 10), ("b", 12), ("c", 15))
    ]
    table = compare(made)
    assert list(table["difference"]) == [2, 5]
    assert list(table.columns[:9]) == [
        "metric", "side", "unit", "session", "a", "b", "difference", "interval", "verdict",
    ]  # fmt: skip
    with pytest.raises(InputError, match="two sessions or more"):
        compare(made[:1])
