"""How often a symmetric runner is told to be asymmetric, and whether a real difference is found.

    python -m benchmarks.asymmetry [DIR] [--runners 2000]

First, what each foot's strikes have of their own in every step (right less left over the square root of two), on
force-plate trials filmed at 60 fps, with markers and with the points where a network might see them: the constant of
`gaitlab.events.side`. Then simulated runners: every foot's strikes and toe-offs are off by one constant draw of their
stated uncertainty, steps vary by chance, the scale is off by its own. Step times of a foot that strikes early are
longer by what the other's are shorter.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER, as_network, film, load_trials
from gaitlab.core.gait import BOTH_SIDES, Angles, Belt, Contact, GaitEvents
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.events import detect_contacts, gait_cycles
from gaitlab.kinematics.calibration import Calibration
from gaitlab.metrics import METRICS, Asymmetry, Trial, asymmetries, measure

NAMES = ("step_time", "step_length", "contact_time", "flight_time")
_FPS = 60.0
_STRIDE_S, _CONTACT_S, _BELT_MPS = 0.70, 0.24, 3.0
_NEAR_S = 0.1


@dataclass(frozen=True, slots=True)
class Made:
    """A simulated runner's errors, s: constant a foot and event, and from step to step; and of the scale, a share."""

    event_sd_s: float = 0.0045
    step_sd_s: float = 0.006
    scale_sd: float = 0.04
    strides: int = 12


def simulated(rng: np.random.Generator, made: Made, *, difference: float = 0.0, scale: str = "body height") -> Trial:
    """Return a runner whose right steps are longer than the left ones by ``difference``, a share of their mean."""
    bias = {side: rng.normal(0, made.event_sd_s, 2) for side in BOTH_SIDES}
    right_step_s = _STRIDE_S / 2 * (1 + difference / 2)
    contacts = []
    for number in range(made.strides + 1):
        for side, start_s in zip(BOTH_SIDES, (number * _STRIDE_S, number * _STRIDE_S + right_step_s), strict=True):
            strike_s, off_s = np.array([start_s, start_s + _CONTACT_S]) + bias[side] + rng.normal(0, made.step_sd_s, 2)
            contacts.append(Contact(side, strike_s, off_s, made.event_sd_s, made.event_sd_s))
    events = GaitEvents(tuple(sorted(contacts, key=lambda c: c.foot_strike_s)), "running")
    time_s = np.arange(0, (made.strides + 1) * _STRIDE_S, 1 / _FPS)
    body = SKELETONS["body_25"]
    speed_mps = _BELT_MPS * (1 + (rng.normal(0, made.scale_sd) if scale == "body height" else 0.0))
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


def compared(trial: Trial) -> dict[str, Asymmetry]:
    """Return what is said of the trial's legs."""
    rows, _ = measure(trial, [METRICS[name] for name in NAMES])
    return {found.metric: found for found in asymmetries(rows, METRICS)}


def told(trials: Sequence[Trial]) -> dict[str, float]:
    """Return the share of trials in which each metric is said to differ between the legs."""
    found = [compared(trial) for trial in trials]
    return {name: float(np.mean([one[name].beyond_noise for one in found])) for name in NAMES}


def own_biases_ms(folder: Path, *, network: bool) -> tuple[float, float]:
    """Return what strikes and toe-offs of each foot have of their own, ms: standard deviation over trials."""
    apart = []
    for number, trial in enumerate(load_trials(folder)):
        rng = np.random.default_rng(number)
        seen = as_network(trial, rng=rng) if network else trial
        events = detect_contacts(film(seen, fps=_FPS, rng=rng), forward=1)
        mean = {}
        for side in BOTH_SIDES:
            strike_s, off_s = trial.of(side)
            errors = []
            for contact in events.of(side):
                nearest = int(np.argmin(np.abs(strike_s - contact.foot_strike_s)))
                if contact.accepted and abs(strike_s[nearest] - contact.foot_strike_s) < _NEAR_S:
                    errors.append((contact.foot_strike_s - strike_s[nearest], contact.toe_off_s - off_s[nearest]))
            mean[side] = np.nanmean(np.array(errors), axis=0)
        apart.append(mean["right"] - mean["left"])
    strike_ms, off_ms = 1000 * np.std(apart, axis=0) / np.sqrt(2)
    return float(strike_ms), float(off_ms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--runners", type=int, default=2000)
    options = parser.parse_args()
    if options.folder.is_dir():
        for words, network in (("markers", False), ("where a network might see them", True)):
            strike_ms, off_ms = own_biases_ms(options.folder, network=network)
            print(f"a foot's own bias, {words}: strike {strike_ms:.1f} ms, toe-off {off_ms:.1f} ms")
    print("share of runners said to differ, %: " + ", ".join(NAMES))
    for difference in (0.0, 0.05, 0.10):
        for scale in ("belt speed", "body height"):
            rng = np.random.default_rng([int(100 * difference), 17])
            trials = [simulated(rng, Made(), difference=difference, scale=scale) for _ in range(options.runners)]
            shares = ", ".join(f"{100 * share:.1f}" for share in told(trials).values())
            print(f"steps differ by {100 * difference:.0f} %, scale from the {scale}: {shares}")


if __name__ == "__main__":
    main()
