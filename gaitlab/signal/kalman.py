"""Constant-acceleration Kalman filter with Rauch-Tung-Striebel smoothing, vectorised over columns.

There is no innovation gate: on clean tracks the jerk of a foot exceeds any gate derived from the noise, and the filter
diverges. Outliers are removed beforehand by a Hampel filter (`gaitlab.signal.outliers`).
"""

from __future__ import annotations

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.signal.grid import can_show
from gaitlab.signal.runs import per_run

_REFERENCE_SCORE = 0.9
_MAX_NOISE_FACTOR = 25.0
_MIN_NOISE_PX = 0.25
# Frames times columns per batch: each uses 240 bytes until the backward pass.
_AT_ONCE = 1_000_000


def measurement_noise(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Estimate the standard deviation of white noise in each column.

    Parameters
    ----------
    values : FloatArray
        (frame, column) px, without NaN.
    time_s : FloatArray
        (frame,) seconds.

    Returns
    -------
    FloatArray
        (column,) px, at least 0.25 px.

    Notes
    -----
    Third differences remove quadratic motion; their noise variance is 1 + 9 + 9 + 1 = 20 times that of a sample. The
    scale is 1.4826 times the median absolute value, which is robust to outliers.
    """
    if len(time_s) < 8:
        return np.full(values.shape[1], _MIN_NOISE_PX)
    third = np.diff(values, n=3, axis=0)
    noise: FloatArray = np.maximum(1.4826 * np.median(np.abs(third), axis=0) / np.sqrt(20.0), _MIN_NOISE_PX)
    return noise


def _process_density(variance: FloatArray, dt_s: float, cutoff_hz: float) -> FloatArray:
    """Return the spectral density of jerk, px^2/s^5, for a steady-state -3 dB frequency of ``cutoff_hz``.

    The gain of the smoother is S / (S + r), which is 0.707 where S = r / (sqrt 2 - 1). White jerk integrated three
    times has S = q / w^6. Sampling aliases frequencies above Nyquist: the sum of q / (w + 2 pi k / dt)^6 over all k is
    a polynomial in 1 / sin(w dt / 2).
    """
    cosecant = 1 / np.sin(np.pi * cutoff_hz * dt_s) ** 2
    folded = (cosecant**3 - cosecant**2 + 2 / 15 * cosecant) / 64
    density: FloatArray = variance / ((np.sqrt(2) - 1) * dt_s**5 * folded)
    return density


def _transition(dt_s: float) -> tuple[FloatArray, FloatArray]:
    step = np.array([[1, dt_s, dt_s**2 / 2], [0, 1, dt_s], [0, 0, 1]])
    noise = np.array(
        [
            [dt_s**5 / 20, dt_s**4 / 8, dt_s**3 / 6],
            [dt_s**4 / 8, dt_s**3 / 3, dt_s**2 / 2],
            [dt_s**3 / 6, dt_s**2 / 2, dt_s],
        ]
    )
    return step, noise


def _smooth(values: FloatArray, variance: FloatArray, time_s: FloatArray, cutoff_hz: float) -> FloatArray:
    """Run the forward filter and backward smoother on (frame, column) values; ``variance`` has the same shape."""
    frames, columns = values.shape
    dt_s = np.diff(time_s)
    q = _process_density(np.median(variance, axis=0), float(np.median(dt_s)), cutoff_hz)
    state = np.zeros((columns, 3))
    state[:, 0] = values[0]
    spread = np.zeros((columns, 3, 3))
    spread[:, [0, 1, 2], [0, 1, 2]] = np.array([1.0, (2 * np.pi * 2) ** 2 * 1e4, (2 * np.pi * 2) ** 4 * 1e4])
    spread[:, 0, 0] = variance[0]
    states, spreads = np.empty((frames, columns, 3)), np.empty((frames, columns, 3, 3))
    predicted, predicted_spread = np.empty_like(states), np.empty_like(spreads)
    states[0], spreads[0] = state, spread
    transitions = [_transition(float(dt)) for dt in dt_s]
    for i in range(1, frames):
        step, noise = transitions[i - 1]
        state = state @ step.T
        spread = step @ spread @ step.T + q[:, None, None] * noise
        predicted[i], predicted_spread[i] = state, spread
        innovation = values[i] - state[:, 0]
        total = spread[:, 0, 0] + variance[i]
        gain = spread[:, :, 0] / total[:, None]
        state = state + gain * innovation[:, None]
        spread = spread - gain[:, :, None] * spread[:, None, 0, :]
        states[i], spreads[i] = state, spread
    result = states[-1]
    smoothed = np.empty_like(values)
    smoothed[-1] = result[:, 0]
    for i in range(frames - 2, -1, -1):
        step, _ = transitions[i]
        back = np.linalg.solve(predicted_spread[i + 1], step @ spreads[i]).transpose(0, 2, 1)
        result = states[i] + np.einsum("cij,cj->ci", back, result - predicted[i + 1])
        smoothed[i] = result[:, 0]
    return smoothed


def kalman(values: FloatArray, time_s: FloatArray, *, cutoff_hz: float, score: FloatArray | None = None) -> FloatArray:
    """Smooth with a constant-acceleration Kalman filter and a Rauch-Tung-Striebel backward pass.

    Parameters
    ----------
    values : FloatArray
        (frame, …), NaN where missing; each stretch of 5 frames or more is smoothed independently.
    time_s : FloatArray
        (frame,) seconds; intervals may vary.
    cutoff_hz : float
        -3 dB frequency of the steady-state smoother, Hz; at or above half the frame rate, values are returned
        unchanged.
    score : FloatArray | None, optional
        confidence 0..1 of the shape of ``values`` (or with its trailing axes missing): the noise variance of a frame is
        multiplied by (0.9 / score)^2, limited to between 1 and 25.

    Returns
    -------
    FloatArray
        smoothed values in the shape and unit of ``values``.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(len(time_s), -1)
    if score is None:
        factor = np.ones_like(flat)
    else:
        confidence = np.maximum(np.asarray(score, dtype=np.float64), 1e-3)
        confidence = confidence.reshape(confidence.shape + (1,) * (np.ndim(values) - confidence.ndim))
        full = np.broadcast_to(confidence, np.shape(values)).reshape(len(time_s), -1)
        factor = np.clip((_REFERENCE_SCORE / full) ** 2, 1.0, _MAX_NOISE_FACTOR)
    # The factors are extra columns with the gaps of the values, so that the runs are the same.
    both = np.concatenate([flat, np.where(np.isfinite(flat), factor, np.nan)], axis=1)

    def smooth(run: FloatArray, run_time_s: FloatArray) -> FloatArray:
        if not can_show(run_time_s, cutoff_hz):
            return run
        track, run_factor = np.split(run, 2, axis=1)
        variance = measurement_noise(track, run_time_s) ** 2 * run_factor
        columns = max(_AT_ONCE // len(track), 1)
        smoothed = [
            _smooth(track[:, i : i + columns], variance[:, i : i + columns], run_time_s, cutoff_hz)
            for i in range(0, track.shape[1], columns)
        ]
        return np.concatenate([*smoothed, run_factor], axis=1)

    return per_run(both, time_s, smooth, min_length=5)[:, : flat.shape[1]].reshape(np.shape(values))
