"""Curves over the gait cycle, against cycles whose mean and spread follow by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gaitlab.core.gait import GaitCycle
from gaitlab.report.shared.curves import PERCENT, cycle_curve

NONE = math.nan


def cycle(start_s: float, *, number: int = 0, accepted: bool = True) -> GaitCycle:
    return GaitCycle("left", number, start_s, start_s + 0.3, start_s + 1.0, NONE, NONE, accepted)


TIME_S = np.arange(0, 4.0001, 0.01)
CYCLES = [cycle(0.0), cycle(1.0, number=1), cycle(2.0, number=2)]


def test_a_ramp_keeps_its_shape_and_the_spread_is_that_between_cycles() -> None:
    ramp = 100 * (TIME_S % 1.0) + np.floor(TIME_S)  # 0, 1 and 2 degrees higher from cycle to cycle
    curve = cycle_curve(TIME_S, ramp, CYCLES)
    assert curve is not None
    assert curve.mean_deg[30] == pytest.approx(31.0)
    assert curve.sd_deg[30] == pytest.approx(1.0)
    assert curve.toe_off_percent == pytest.approx(30.0)
    assert curve.n == 3
    assert len(PERCENT) == 101


def test_stance_only_ends_at_toe_off() -> None:
    curve = cycle_curve(TIME_S, 100 * (TIME_S % 1.0), CYCLES, stance_only=True)
    assert curve is not None
    assert curve.mean_deg[-1] == pytest.approx(30.0)
    assert curve.toe_off_percent == 100.0


def test_a_rejected_cycle_does_not_count() -> None:
    ramp = np.floor(TIME_S) * 10
    curve = cycle_curve(TIME_S, ramp, [CYCLES[0], cycle(1.0, accepted=False)])
    assert curve is not None
    assert curve.n == 1
    assert curve.mean_deg[50] == 0.0
    assert np.isnan(curve.sd_deg).all()
    assert cycle_curve(TIME_S, ramp, [cycle(1.0, accepted=False)]) is None


def test_a_gap_in_most_cycles_stays_a_gap() -> None:
    values = np.ones_like(TIME_S)
    values[(TIME_S > 0.4) & (TIME_S < 0.6)] = np.nan
    curve = cycle_curve(TIME_S, values, CYCLES)
    assert curve is not None
    assert curve.mean_deg[50] == 1.0  # two of three
    values[(TIME_S > 1.4) & (TIME_S < 1.6)] = np.nan
    curve = cycle_curve(TIME_S, values, CYCLES)
    assert curve is not None
    assert np.isnan(curve.mean_deg[50])
    assert curve.mean_deg[20] == 1.0
    assert cycle_curve(TIME_S, np.full_like(TIME_S, np.nan), CYCLES) is None
