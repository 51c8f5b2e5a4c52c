"""Norms that know the speed: what runners at a speed measure, and where a published range holds.

``python -m benchmarks.norms --write`` computes the table `TABLE` from the force-plate trials of `sources.SPEED_RUNNERS`
by gaitlab's own definitions: mean ± SD of the runners at three speeds of a treadmill. Between these speeds mean and SD
lie on straight lines; beyond them there is no range. Without a known speed the range is that over all speeds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.gait import Activity, Setting
from gaitlab.core.metric import Reference
from gaitlab.core.pose import FloatArray
from gaitlab.metrics.sources import (
    ANY_SPEED,
    AT_SPEED,
    SPEED_RUNNERS,
    TRUNK_RUNNERS,
    TWO_LABORATORIES,
    WALKING_ADULTS,
    YOUNG_RUNNERS,
)
from gaitlab.metrics.walking import WALKING_REFERENCES

TABLE = Path(__file__).with_name("norms.json")
# A range of one speed holds up to this factor from it; the table, up to this share beyond its ends.
_OTHER_SPEED, _BEYOND = 1.25, 0.05
# Speed of the people of a range, m/s, as its source says it.
SPEEDS_MPS = {YOUNG_RUNNERS: 2.7, TWO_LABORATORIES: 2.5, WALKING_ADULTS: 1.45, TRUNK_RUNNERS: 3.4}


@dataclass(frozen=True, slots=True, eq=False)
class CurveNorm:
    """Mean and SD of runners over the gait cycle at one speed.

    Attributes
    ----------
    mean_deg, sd_deg : FloatArray
        (101,) degrees at 0, 1 … 100 % of the cycle.
    runners : int
        number of runners.
    speed_mps : float | None
        speed, m/s; None where it is the range over all speeds.
    """

    mean_deg: FloatArray
    sd_deg: FloatArray
    runners: int
    speed_mps: float | None


@cache
def norms() -> Mapping[str, Any]:
    """Return the table: ``metrics`` by name as rows of speed (m/s), mean, SD, number of runners; ``curves``."""
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def reference_of(
    metric: str,
    published: Reference | None,
    *,
    activity: Activity,
    setting: Setting,
    speed_mps: float | None,
) -> Reference | None:
    """Return the range that a value of a metric is compared with, or None where none is known.

    Parameters
    ----------
    metric : str
        name of the metric.
    published : Reference | None
        published range of running on a treadmill at one speed, taken where the table has none.
    activity : Activity
        what the person does; where that is unclear there is no range.
    setting : Setting
        overground there is a range of walking only, from a level walkway.
    speed_mps : float | None
        speed of belt or person, m/s; None if unknown.
    """
    if activity == "walking":
        return _near(WALKING_REFERENCES.get(metric), speed_mps)
    if activity != "running":
        return None
    if setting == "overground":
        return _near(published, speed_mps) if published is not None and published.source == TRUNK_RUNNERS else None
    rows = norms()["metrics"].get(metric)
    return _near(published, speed_mps) if rows is None else _at(rows, speed_mps)


def curve_norm(curve: str, speed_mps: float | None) -> CurveNorm | None:
    """Return the norm of a curve (``knee_flexion``) at a speed, m/s; over all speeds for None.

    Returns
    -------
    CurveNorm | None
        None for a curve without one, or a speed beyond those of the table.
    """
    rows = norms()["curves"].get(curve)
    if rows is None:
        return None
    means, sds = (np.array([row[name] for row in rows]) for name in ("mean_deg", "sd_deg"))
    runners = min(row["runners"] for row in rows)
    if speed_mps is None:
        low, high = (means - sds).min(axis=0), (means + sds).max(axis=0)
        return CurveNorm((low + high) / 2, (high - low) / 2, runners, None)
    weights = _weights([row["speed_mps"] for row in rows], speed_mps)
    return None if weights is None else CurveNorm(weights @ means, weights @ sds, runners, speed_mps)


def holds_at(source: str, speed_mps: float | None) -> bool:
    """Whether a range of one speed holds at another, m/s: unknown speeds and sources pass."""
    theirs = next((speed for name, speed in SPEEDS_MPS.items() if name == source), None)
    return theirs is None or speed_mps is None or 1 / _OTHER_SPEED <= speed_mps / theirs <= _OTHER_SPEED


def _near(published: Reference | None, speed_mps: float | None) -> Reference | None:
    return published if published is not None and holds_at(published.source, speed_mps) else None


def _at(rows: list[list[float]], speed_mps: float | None) -> Reference | None:
    """Return mean ± SD at a speed, or over all speeds if it is not known."""
    speeds, means, sds = (np.array([row[column] for row in rows]) for column in range(3))
    if speed_mps is None:
        source = SPEED_RUNNERS + ANY_SPEED.format(low=min(speeds), high=max(speeds))
        return Reference(float((means - sds).min()), float((means + sds).max()), source)
    weights = _weights(speeds, speed_mps)
    if weights is None:
        return None
    mean, sd = float(weights @ means), float(weights @ sds)
    return Reference(mean - sd, mean + sd, SPEED_RUNNERS + AT_SPEED.format(speed=speed_mps))


def _weights(speeds_mps: FloatArray | list[float], speed_mps: float) -> FloatArray | None:
    """Return the weight of every speed of the table at another, by straight lines; None beyond them."""
    speeds = np.asarray(speeds_mps)
    if not speeds[0] * (1 - _BEYOND) <= speed_mps <= speeds[-1] * (1 + _BEYOND):
        return None
    return np.array([np.interp(speed_mps, speeds, row) for row in np.eye(len(speeds))])
