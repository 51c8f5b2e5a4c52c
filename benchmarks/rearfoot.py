"""How well the rear view is measured: rearfoot by dots and by proxy, pelvis and hip, contacts from behind.

    python -m benchmarks.rearfoot [DIR]

The runners of the instrumented treadmill are filmed from behind. The heel's two markers are the dots on the heel
counter; the shank's dots stand at a quarter and three quarters of the line from ankle to knee. Every angle is compared
with its own noise-free projection, in stance. Contacts are found with leads fitted on all other runners. Exits with 1
where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.fit_events import FEET
from benchmarks.fit_rear_events import EVENTS, fit, samples
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials, without
from gaitlab.core.gait import BOTH_SIDES, Angles
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.features import EventModel
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.kinematics.rear import frontal_angles
from gaitlab.signal import preprocessing

NEAR_S, EDGE_S = 0.10, 0.40
# Greater trochanters are twice as far apart as the hip joints, see the README beside the data.
_HIP_SHARE = 0.5
_HEEL_DOWN = 0.6


def with_dots(trial: Trial) -> Trial:
    """Add the shank's dots on the line from ankle to knee, and bring the hips to the joints."""
    names, points = list(trial.names), [trial.points]
    middle = trial.point("mid_hip")
    moved = trial.points.copy()
    for side in BOTH_SIDES:
        ankle, knee = trial.point(f"{side}_ankle"), trial.point(f"{side}_knee")
        for dot, share in (("calf_bottom", 0.25), ("calf_top", 0.75)):
            names.append(f"{side}_{dot}")
            points.append((ankle + share * (knee - ankle))[:, None])
        if f"{side}_hip" in trial.names:
            hip = trial.point(f"{side}_hip")
            moved[:, trial.names.index(f"{side}_hip")] = middle + _HIP_SHARE * (hip - middle)
    points[0] = moved
    return replace(trial, names=tuple(names), points=np.concatenate(points, axis=1))


def measured(pose: PoseSequence, source: str) -> Angles:
    """Condition as an analysis with ``configs/treadmill_rear.toml`` does, and measure."""
    cleaned = preprocessing.preprocess(pose, min_score=0.3, outlier_threshold=3.0, outlier_floor_px=0.03 * 800)
    return frontal_angles(preprocessing.smooth(cleaned, method="savitzky-golay", cutoff_hz=12.0), (), source=source)


def stances(trial: Trial, side: str, time_s: FloatArray, share: float = 1.0) -> list[np.ndarray]:
    """Return the frames of each whole stance, up to a share of it."""
    return [
        np.flatnonzero((time_s >= a) & (time_s <= a + share * (b - a)))
        for a, b in zip(*trial.of(side), strict=True)
        if a > time_s[0] + EDGE_S and b < time_s[-1] - EDGE_S
    ]


def angle_errors(trials: Sequence[Trial], name: str, source: str, **camera: float) -> FloatArray:
    """Return (foot, 3): RMS over the frames of stance, bias of the peak, bias of the excursion, degrees."""
    rows = []
    for number, trial in enumerate(trials):
        films = [
            film(trial, seen_from="behind", rng=np.random.default_rng(number), **{**camera, "noise_m": noise_m})
            for noise_m in (camera["noise_m"], 0.0)
        ]
        found, truth = measured(films[0], source), frontal_angles(films[1], (), source=source)
        for side in BOTH_SIDES:
            seen, true = (angles.values_deg[f"{side}_{name}_deg"] for angles in (found, truth))
            whole = [w for w in stances(trial, side, found.time_s, _HEEL_DOWN) if len(w) > 3]
            whole = [w for w in whole if np.isfinite(seen[w] + true[w]).all()]
            if len(whole) < 7:
                continue
            frames = np.concatenate(whole)
            rms = np.sqrt(np.mean((seen[frames] - true[frames]) ** 2))
            peak = np.mean([seen[w].max() - true[w].max() for w in whole])
            excursion = np.mean(
                [np.ptp([seen[w][0], seen[w].max()]) - np.ptp([true[w][0], true[w].max()]) for w in whole]
            )
            rows.append((rms, peak, excursion))
    return np.array(rows)


def proxy_against_dots(trials: Sequence[Trial]) -> FloatArray:
    """Return (foot, 2): how far the proxy's mean excursion (deg) and peak time (% of contact) miss the dots' own."""
    rows = []
    for number, trial in enumerate(trials):
        rng = np.random.default_rng([number, 3])
        found = measured(film(trial, fps=120, seen_from="behind", rng=rng), "proxy")
        true_film = film(trial, fps=120, seen_from="behind", noise_m=0.0, rng=np.random.default_rng([number, 3]))
        truth = frontal_angles(true_film, (), source="four points")
        for side in BOTH_SIDES:
            both = [angles.values_deg[f"{side}_rearfoot_deg"] for angles in (found, truth)]
            whole = [w for w in stances(trial, side, found.time_s, _HEEL_DOWN) if len(w) > 3]
            whole = [w for w in whole if all(np.isfinite(values[w]).all() for values in both)]
            if len(whole) >= 7:
                rolls, peaks = (
                    [np.mean([f(values[w]) for w in whole]) for values in both]
                    for f in (lambda x: x.max() - x[0], lambda x: 100 * _HEEL_DOWN * np.argmax(x) / (len(x) - 1))
                )
                rows.append((rolls[0] - rolls[1], peaks[0] - peaks[1]))
    return np.array(rows)


def contacts(trials: Sequence[Trial], *, feet: bool) -> dict[str, float]:
    """Return shares and errors of contacts found with leads fitted on the other runners, 60 and 120 fps."""
    by_feet = {feet: samples(trials, feet=feet), False: samples(trials, feet=False)}
    expected = found = invented = 0
    errors: list[tuple[float, float]] = []
    for subject in sorted({trial.subject for trial in trials}):
        others = {key: s.where(s.subject != subject) for key, s in by_feet.items()}
        fits: dict[str, EventModel] = {event: fit(others, event, spread=False) for event in EVENTS}
        for number, trial in enumerate(t for t in trials if t.subject == subject):
            for fps, px_per_m in ((60.0, 400.0), (120.0, 800.0)):
                rng = np.random.default_rng([number, int(fps), 99])
                pose = film(trial, fps=fps, seen_from="behind", px_per_m=px_per_m, rng=rng)
                pose = pose if feet else without(pose, FEET)
                events = detect_rear_contacts(pose, strike=fits["strike"], off=fits["off"])
                for side in BOTH_SIDES:
                    strike_s, off_s = trial.of(side)
                    accepted = [c for c in events.of(side) if c.accepted]
                    times_s = np.array([c.foot_strike_s for c in accepted])
                    shown = np.flatnonzero((strike_s > pose.time_s[0] + EDGE_S) & (off_s < pose.time_s[-1] - EDGE_S))
                    expected += len(shown)
                    inner = times_s[(times_s > strike_s[0]) & (times_s < strike_s[-1])]
                    invented += sum(np.abs(strike_s - t).min() > NEAR_S for t in inner)
                    for i in shown if len(times_s) else ():
                        j = int(np.argmin(np.abs(times_s - strike_s[i])))
                        if abs(times_s[j] - strike_s[i]) < NEAR_S:
                            found += 1
                            errors.append((accepted[j].foot_strike_s - strike_s[i], accepted[j].toe_off_s - off_s[i]))
    strike, off = 1000 * np.array(errors).T
    return {
        "expected": expected, "found, %": 100 * found / expected, "invented, %": 100 * invented / expected,
        "strike bias, ms": strike.mean(), "strike MAE, ms": np.abs(strike).mean(),
        "toe-off bias, ms": off.mean(), "toe-off MAE, ms": np.abs(off).mean(),
        "contact time bias, ms": (off - strike).mean(), "contact time MAE, ms": np.abs(off - strike).mean(),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--no-contacts", action="store_true", help="leave out the contacts, which take minutes")
    options = parser.parse_args()
    plain = load_trials(options.folder)
    if not plain:
        print(f"{options.folder} holds no trials; expected .npz", file=sys.stderr)
        return 2
    trials = [with_dots(trial) for trial in plain]
    bars: list[tuple[str, float, float]] = []
    for name, source, camera, what in (
        ("rearfoot", "four points", {"fps": 120.0, "px_per_m": 800.0, "noise_m": 1 / 800}, "four dots, 1 px"),
        ("pelvic_drop", "", {"fps": 120.0, "px_per_m": 400.0, "noise_m": 0.004}, "4 mm"),
        ("hip_adduction", "", {"fps": 120.0, "px_per_m": 400.0, "noise_m": 0.004}, "4 mm"),
    ):
        rows = angle_errors(trials, name, source, **camera)
        rms = float(np.sqrt(np.mean(rows[:, 0] ** 2)))
        print(
            f"{name}, {what}: {len(rows)} feet, RMS {rms:.2f}, worst foot {rows[:, 0].max():.2f} deg; "
            f"peak {rows[:, 1].mean():+.2f} ± {rows[:, 1].std():.2f}, excursion {rows[:, 2].mean():+.2f} ± "
            f"{rows[:, 2].std():.2f}"
        )
        bars.append((f"{name}, RMS, deg", rms, 1.5))
        if name == "rearfoot":
            bars.append(("peak eversion bias, deg", abs(float(rows[:, 1].mean())), 0.5))
    proxy = proxy_against_dots(trials)
    for what, unit, errors in zip(("excursion", "peak time"), ("deg", "% of contact"), proxy.T, strict=True):
        rms = np.sqrt(np.mean(errors**2))
        print(
            f"proxy against dots, {what}: {len(errors)} feet, bias {errors.mean():+.2f} ± {errors.std():.2f}, RMS "
            f"{rms:.2f} {unit}, 90 % within {np.percentile(np.abs(errors), 90):.2f}"
        )
    if not options.no_contacts:
        for feet in (True, False):
            found = contacts(plain, feet=feet)
            print(
                f"contacts {'with' if feet else 'without'} feet: {', '.join(f'{k} {v:.1f}' for k, v in found.items())}"
            )
            if feet:
                bars.append(("contacts missed, %", 100 - found["found, %"], 1.0))
                bars.append(("contact time MAE, ms", found["contact time MAE, ms"], 15.0))
    for name, value, bar in bars:
        print(f"  {name:<30}{value:6.2f}  {'within' if value <= bar else 'OVER'} {bar:g}")
    return int(any(value > bar for _, value, bar in bars))


if __name__ == "__main__":
    sys.exit(main())
