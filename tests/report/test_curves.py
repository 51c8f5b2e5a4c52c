"""Curves over the gait cycle, against cycles whose mean and spread follow by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gaitlab.core.gait import GaitCycle
from gaitlab.report.shared.curves import PERCENT, CycleCurve, cycle_curve
from gaitlab.report.shared.plot import band

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


@pytest.mark.parametrize("fps", [25, 30, 60])
def test_a_fast_angle_keeps_its_peaks_at_any_rate(fps: int) -> None:
    """3 Hz between the frames: within 1 % of its amplitude, where straight lines lose up to 7 % of it."""
    time_s = np.arange(0, 3.2, 1 / fps)
    angle = 30 * np.sin(2 * np.pi * 3 * time_s)
    # Cycles that begin between frames, at the same phase.
    cycles = [cycle(start_s, number=number) for number, start_s in enumerate((0.35, 1.35))]
    curve = cycle_curve(time_s, angle, cycles)
    assert curve is not None
    true = 30 * np.sin(2 * np.pi * 3 * (0.35 + PERCENT / 100))
    np.testing.assert_allclose(curve.mean_deg, true, atol=0.3)


def test_a_gap_is_as_long_as_it_was_and_frames_that_are_not_there_are_one() -> None:
    """A short gap of NaN stays one; half a second without frames is no straight line; a dropped frame is nothing."""
    angle = 30 * np.sin(2 * np.pi * TIME_S)
    holed = np.where((TIME_S > 0.395) & (TIME_S < 0.425), np.nan, angle)  # 0.40 to 0.42
    curve = cycle_curve(TIME_S, holed, CYCLES[:1])
    assert curve is not None
    assert np.flatnonzero(np.isnan(curve.mean_deg)).tolist() == [40, 41, 42]
    there = (TIME_S < 0.3) | (TIME_S > 0.8)
    there[10] = False
    curve = cycle_curve(TIME_S[there], angle[there], CYCLES[:1])
    assert curve is not None
    assert np.flatnonzero(np.isnan(curve.mean_deg)).tolist() == list(range(30, 81))
    np.testing.assert_allclose(curve.mean_deg[5:15], 30 * np.sin(2 * np.pi * PERCENT[5:15] / 100), atol=1e-3)


def test_the_band_leaves_out_what_the_curve_leaves_out() -> None:
    """Knees from the front are not seen while the thighs point at the camera."""
    sd = np.ones(101)
    sd[40:61] = np.nan
    drawn = band("left", CycleCurve(np.zeros(101), sd, 50.0, 3))
    gap = drawn["x"].index(None)
    assert drawn["y"][gap] is None
    assert (min(drawn["x"][:gap]), max(drawn["x"][:gap])) == (0.0, 39.0)
    assert (min(drawn["x"][gap + 1 :]), max(drawn["x"][gap + 1 :])) == (61.0, 100.0)
    assert band("left", CycleCurve(np.zeros(101), np.full(101, np.nan), 50.0, 1))["x"] == []
