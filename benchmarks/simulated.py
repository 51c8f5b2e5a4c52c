"""Simulated runners whose contacts gaitlab finds with known errors: what is said of their legs can be held to truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Angles, Belt, Contact, GaitEvents, TimingBias
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.events import gait_cycles
from gaitlab.events.models.side import BIAS
from gaitlab.kinematics.calibration import Calibration
from gaitlab.metrics import METRICS, Asymmetry, Trial, asymmetries, measure

NAMES = ("step_time", "step_length", "contact_time", "flight_time")
_FPS = 60.0
_STRIDE_S, _CONTACT_S, _BELT_MPS = 0.70, 0.24, 3.0


@dataclass(frozen=True, slots=True)
class Made:
    """How a runner varies, and how well they are seen; spreads as in runners on force plates.

    Attributes:
        bias: what each foot's events are off by in the whole recording: one draw of it.
        jitter_s: what each strike and each toe-off is off by, by itself.
        variation: standard deviation of steps and of contacts, a share.
        correlation: of a leg's step or contact with its next.
        scale_sd: what the scale is off by, a share.
        strides: how many.
    """

    bias: TimingBias = BIAS[True]
    jitter_s: tuple[float, float] = (0.0035, 0.0030)
    variation: float = 0.015
    correlation: float = 0.0
    scale_sd: float = 0.04
    strides: int = 20


def autoregression(rng: np.random.Generator, r: float, n: int) -> np.ndarray:
    """Return (n,) values with a standard deviation of 1, neighbours of which correlate by ``r``."""
    values = rng.normal(size=n)
    for i in range(1, n):
        values[i] = r * values[i - 1] + np.sqrt(1 - r * r) * values[i]
    return values


def simulated(
    rng: np.random.Generator, made: Made, *, steps: float = 0.0, contacts: float = 0.0, scale: str = "belt speed"
) -> Trial:
    """Return a runner whose right steps, or contacts, are longer than the left ones by a share of their mean."""
    found = []
    biases = _biases(rng, made.bias)
    strike_s = _strikes(rng, made, steps)
    for i, side in enumerate(BOTH_SIDES):
        of_foot_s = strike_s[i::2]
        longer = 1 + (i - 0.5) * contacts
        varied = 1 + made.variation * autoregression(rng, made.correlation, len(of_foot_s))
        off_s = of_foot_s + _CONTACT_S * longer * varied
        seen_s = np.stack([of_foot_s, off_s]) + biases[i][:, None]
        seen_s += np.array(made.jitter_s)[:, None] * rng.normal(size=seen_s.shape)
        found += [Contact(side, *at_s, *made.jitter_s, bias=made.bias) for at_s in seen_s.T.tolist()]
    events = GaitEvents(tuple(sorted(found, key=lambda c: c.foot_strike_s)), "running")
    speed_mps = _BELT_MPS * (1 + (rng.normal(0, made.scale_sd) if scale == "body height" else 0.0))
    return trial_of(events, speed_mps=speed_mps, scale=scale)


def trial_of(events: GaitEvents, *, speed_mps: float, scale: str = "belt speed") -> Trial:
    """Return contacts on a belt as a trial of which only times, and lengths by the belt, are known."""
    time_s = np.arange(0, max(c.foot_strike_s for c in events.contacts), 1 / _FPS)
    body = SKELETONS["body_25"]
    return Trial(
        view="side",
        pose=PoseSequence(np.zeros((len(time_s), len(body), 2)), np.ones((len(time_s), len(body))), time_s, body),
        angles=Angles(time_s, {}),
        events=events,
        cycles=gait_cycles(events),
        calibration=Calibration(
            forward=1, facing_agreement=1.0,
            belt=Belt(slope_deg=0.0, slope_sd_deg=0.0, speed_px_per_s=speed_mps / 0.002), tilt_deg=0.0,
            tilt_source="", metres_per_px=0.002, scale_source=scale, scales={scale: 0.002},
            belt_speed_mps=speed_mps, leg_px=400.0,
        ),
        height_m=1.8,
        mass_kg=None,
        min_cycles=7,
    )  # fmt: skip


def _strikes(rng: np.random.Generator, made: Made, steps: float) -> np.ndarray:
    """Return the times of strikes in turn, left first: a right step lasts until the right foot's strike."""
    n = made.strides + 1
    step_s = np.empty(2 * n)
    for i in range(2):
        varied = 1 + made.variation * autoregression(rng, made.correlation, n)
        step_s[i::2] = _STRIDE_S / 2 * (1 + (i - 0.5) * steps) * varied
    return np.cumsum(step_s)


def _biases(rng: np.random.Generator, bias: TimingBias) -> np.ndarray:
    """Return (foot, 2) what strikes and toe-offs are off by, s: one draw."""
    together = (bias.strike_s**2 + bias.off_s**2 - bias.contact_s**2) / 2
    own = rng.multivariate_normal([0, 0], [[bias.strike_s**2, together], [together, bias.off_s**2]], size=2)
    strike_s, contact_s = rng.normal(0, bias.strike_both_s), rng.normal(0, bias.contact_both_s)
    return np.asarray(own + [strike_s, strike_s + contact_s])


def compared(trial: Trial) -> dict[str, Asymmetry]:
    """Return what is said of the trial's legs."""
    rows, _ = measure(trial, [METRICS[name] for name in NAMES])
    return {found.metric: found for found in asymmetries(rows, METRICS)}


def told(trials: Sequence[Trial]) -> dict[str, float]:
    """Return the share of trials in which each metric is said to differ between the legs."""
    found = [compared(trial) for trial in trials]
    return {name: float(np.mean([one[name].beyond_noise for one in found])) for name in NAMES}
