"""Where the ankle joint is in the shoe: it lands high and behind, and sinks forward under load."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline

from gaitlab.core.pose import FloatArray

# What ``python -m benchmarks.ankle_in_shoe`` prints: 12 runners with markers on skin and shoe, rear-, mid- and forefoot
# strikers from 2.5 to 4.5 m/s, the mean of 72 feet. Heel pad, arch, shoe and skin together: after foot strike the ankle
# falls by 20 mm against a shoe whose heel already stands. (Phase: shares of stance, then 1 + shares of swing; forward
# and up, mm, from where it is under load.)
_MEASURED = (
    (0.00, -17.3, 20.1), (0.02, -17.4, 18.2), (0.04, -17.0, 15.5), (0.06, -16.0, 12.6), (0.08, -14.7, 9.8),
    (0.10, -13.2, 7.3), (0.12, -11.9, 5.2), (0.14, -10.9, 3.4), (0.17, -9.0, 1.7), (0.20, -6.8, 1.0),
    (0.25, -3.6, 1.1), (0.30, -1.6, 1.1), (0.40, 0.0, 0.0), (0.50, 0.7, 0.8), (0.60, 0.2, 3.7), (0.70, -2.9, 8.1),
    (0.80, -8.1, 14.2), (0.90, -13.5, 20.0), (1.00, -16.8, 22.4), (1.10, -19.0, 20.1), (1.20, -17.1, 17.9),
    (1.35, -13.9, 13.4), (1.50, -9.4, 10.7), (1.65, -8.4, 10.3), (1.80, -11.7, 15.3), (1.90, -15.4, 20.8),
    (1.96, -16.4, 21.3),
)  # fmt: skip
_PERIOD = 2.0


def _periodic() -> Callable[[FloatArray], FloatArray]:
    """Return the spline of the table, a function of (n,) phase 0..2 that gives (n, 2) m."""
    table = np.array(_MEASURED)
    phase = np.concatenate([table[-3:, 0] - _PERIOD, table[:, 0], table[:3, 0] + _PERIOD])
    return CubicSpline(phase, np.concatenate([table[-3:, 1:], table[:, 1:], table[:3, 1:]]) / 1000)


def ankle_in_shoe_m(time_s: FloatArray, *, strike_s: FloatArray, toe_off_s: FloatArray) -> FloatArray:
    """Return (t, 3) m by which the ankle joint of one foot is forward and above its loaded place, along the foot.

    Args:
        time_s: (t,).
        strike_s, toe_off_s: (contact,) of the foot, in order; before the first and after the last nothing moves.
    """
    count = len(strike_s)
    events = np.stack([strike_s, toe_off_s], axis=1).ravel()
    phases = np.stack([_PERIOD * np.arange(count), _PERIOD * np.arange(count) + 1], axis=1).ravel()
    forward_up = _periodic()(np.interp(time_s, events, phases) % _PERIOD)
    return np.concatenate([forward_up, np.zeros((len(time_s), 1))], axis=1)
