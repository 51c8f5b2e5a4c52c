"""Fit `gaitlab.events.models.rear_regression`: foot contacts for cameras that stand near and high behind the runner.

    python -m benchmarks.fit_rear_regression [DIR]

The runners of the instrumented treadmill, and rendered ones whose contacts are known by construction (needs
``pip install .[synthetic]``), are filmed through pinhole cameras at many distances and heights. The speeds of the
points about a coarse guess are regressed on the error of the guess (ridge). The spread that is written is what a fit
without the tested runner of the treadmill leaves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.rearfoot import with_dots
from benchmarks.truth import DEFAULT_FOLDER, Trial, film, load_trials
from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.rear_regression import (
    CURVES,
    FootSpeeds,
    RegressionModel,
    TimeRegression,
    both_feet_speeds,
    coarse_contacts,
    coarse_toe_offs,
    read,
    regressed_events,
    stance_descent_rate,
)
from gaitlab.kinematics.rear import leg_px

CONSTANTS = Path(__file__).resolve().parents[1] / "gaitlab" / "events" / "models" / "rear_regression.py"
# Distance behind the runner and height over the belt, m.
CAMERAS = (
    (float("inf"), 0.0),
    *((distance, height) for distance in (2.5, 3.0, 3.5, 4.0, 5.0, 7.0) for height in (0.1, 0.5, 0.95, 1.3)),
)  # fmt: skip
FRAME_RATES = (30.0, 60.0, 120.0)
# Rendered runners of the fit; benchmarks use others.
SEEDS = range(100, 120)
_VIEWS_OF_A_TRIAL, _VIEWS_OF_A_RENDERING = 6, 12
_NOISE_M = 0.004
_RIDGE = 0.03
_NEAR_S = 0.15
_EDGE_S = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A trial through one camera: its curves, the guessed toe-offs, and the trial itself."""

    trial: Trial
    feet: list[FootSpeeds]
    offs: list[tuple[FloatArray, float]]


def rendered(seeds: Iterable[int], *, duration_s: float = 6.0) -> list[Trial]:
    """Return rendered runners as trials, without a picture of them."""
    from tools.synthetic.clips import random_clip
    from tools.synthetic.film import Set

    trials = []
    for seed in seeds:
        clip = random_clip(seed, seen_from="behind", duration_s=duration_s, width_px=48, height_px=60)
        truth = Set(replace(clip, oversample=1)).truth()
        trials.append(
            Trial(
                name=f"rendered {seed}", subject=f"rendered {seed}", nominal_speed_mps=float(truth["belt_speed_mps"]),
                height_m=float(truth["height_m"]), strike={}, time_s=truth["time_s"],
                names=tuple(str(name) for name in truth["names"]),
                points=truth["points_m"].astype(np.float64), side=truth["side"].astype(str),
                strike_s=truth["foot_strike_s"], toe_off_s=truth["toe_off_s"],
            )
        )  # fmt: skip
    return trials


def seen_through(trial: Trial, pose: PoseSequence, *, kind: str) -> Seen | None:
    """Return the curves of a filmed trial; None where nothing repeats."""
    feet = both_feet_speeds(pose, kind=kind, leg_px=leg_px(pose))
    try:
        return Seen(trial, feet, coarse_toe_offs(feet))
    except InputError:
        return None


def all_seen(trials: Sequence[Trial], *, kind: str, views: int, seed: int) -> list[Seen]:
    """Film every trial through some of `CAMERAS`, drawn by a seed."""
    found = []
    for number, trial in enumerate(trials):
        rng = np.random.default_rng([number, seed])
        for at in rng.permutation(len(CAMERAS))[:views]:
            distance_m, height_m = CAMERAS[at]
            pose = film(
                trial, fps=float(rng.choice(FRAME_RATES)), seen_from="behind", noise_m=_NOISE_M, rng=rng,
                camera_distance_m=distance_m, camera_height_m=height_m,
            )  # fmt: skip
            found.append(seen_through(trial, pose, kind=kind))
    return [seen for seen in found if seen is not None]


def _pairs(foot: FootSpeeds, trial: Trial, guess_s: FloatArray, event: str) -> tuple[FloatArray, FloatArray]:
    """Return the guesses that have a true contact near, and the true times."""
    truth_s = trial.of(foot.side)[0 if event == "strike" else 1]
    guess_s = guess_s[np.isfinite(guess_s)]
    if not len(guess_s) or not len(truth_s):
        return np.empty(0), np.empty(0)
    nearest = truth_s[np.argmin(np.abs(guess_s[:, None] - truth_s[None]), axis=1)]
    inside = (guess_s > foot.time_s[0] + _EDGE_S) & (guess_s < foot.time_s[-1] - _EDGE_S)
    keep = inside & (np.abs(nearest - guess_s) < _NEAR_S)
    return guess_s[keep], nearest[keep]


def _ridge(columns: FloatArray, wanted: FloatArray) -> tuple[float, FloatArray]:
    """Return constant and slopes of a ridge regression on standardised columns."""
    whole = np.isfinite(columns).all(axis=1)
    columns, wanted = columns[whole], wanted[whole]
    mean, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-9
    z = (columns - mean) / spread
    form = z.T @ z / len(z) + _RIDGE * np.eye(z.shape[1])
    slopes = np.linalg.solve(form, z.T @ (wanted - wanted.mean()) / len(z)) / spread
    return float(wanted.mean() - mean @ slopes), slopes


def _line(parts: list[tuple[FloatArray, float, FloatArray]], *, with_sink: bool) -> TimeRegression:
    """Fit a line to (speeds, sinking, wanted) of many recordings."""
    shape = parts[0][0].shape[1:]
    flat = np.concatenate([speeds.reshape(len(speeds), -1) for speeds, _, _ in parts])
    descent_rate = np.concatenate([np.full(len(wanted), s) for _, s, wanted in parts])[:, None]
    wanted = np.concatenate([w for _, _, w in parts])
    columns = np.concatenate([flat, descent_rate, flat * descent_rate], axis=1) if with_sink else flat
    constant, slopes = _ridge(columns, wanted)
    n = flat.shape[1]
    if not with_sink:
        return TimeRegression(constant, 0.0, slopes.reshape(shape), np.zeros(shape))
    return TimeRegression(constant, float(slopes[n]), slopes[:n].reshape(shape), slopes[n + 1 :].reshape(shape))


def fit_regression(seen: Sequence[Seen], *, kind: str) -> RegressionModel:
    """Fit the coarse strike first, and from its times the fine regressions; without standard deviations.

    Only dots are hidden by the swinging shoe: a network guesses where the joints are.
    """
    events = ("strike", "toe-off", *(("toe-off, then hidden",) if kind == "dots" else ()))
    parts = []
    for one in seen:
        for foot, (off_s, _) in zip(one.feet, one.offs, strict=True):
            strike_s, true_off_s = one.trial.of(foot.side)
            guess_s, near_off_s = _pairs(foot, one.trial, off_s, "toe-off")
            whose = np.searchsorted(true_off_s, near_off_s)
            parts.append((read(foot, guess_s, "coarse strike"), 0.0, strike_s[whose] - guess_s))
    lines = {"coarse strike": _line(parts, with_sink=False)}
    fine: dict[str, list[tuple[FloatArray, float, FloatArray]]] = {event: [] for event in events}
    for one in seen:
        fit = RegressionModel(lines, np.nan, np.nan)
        coarse = [coarse_contacts(foot, *off, fit) for foot, off in zip(one.feet, one.offs, strict=True)]
        descent_rate = stance_descent_rate(one.feet, coarse)
        for foot, guess in zip(one.feet, coarse, strict=True):
            for event in events:
                at_s = guess.strike_s if event == "strike" else guess.off_s
                guess_s, true_s = _pairs(foot, one.trial, at_s, event)
                fine[event].append((read(foot, guess_s, event), descent_rate, true_s - guess_s))
    return RegressionModel(
        lines | {event: _line(parts, with_sink=True) for event, parts in fine.items()}, np.nan, np.nan
    )


def errors_s(seen: Seen, fit: RegressionModel) -> FloatArray:
    """Return (contact, 2) errors of foot strike and toe-off."""
    coarse = [coarse_contacts(foot, *off, fit) for foot, off in zip(seen.feet, seen.offs, strict=True)]
    descent_rate = stance_descent_rate(seen.feet, coarse)
    rows = []
    for foot, guess in zip(seen.feet, coarse, strict=True):
        strike_s, off_s, _ = regressed_events(foot, guess, descent_rate, fit)
        true_strike_s, true_off_s = seen.trial.of(foot.side)
        for at_s, end_s in zip(strike_s, off_s, strict=True):
            if np.isfinite(at_s) and np.isfinite(end_s):
                i = int(np.argmin(np.abs(true_strike_s - at_s)))
                if abs(true_strike_s[i] - at_s) < _NEAR_S:
                    rows.append((at_s - true_strike_s[i], end_s - true_off_s[i]))
    return np.array(rows).reshape(-1, 2)


def left_out(trials: Sequence[Trial], drawn: Sequence[Trial], *, kind: str) -> dict[str, RegressionModel]:
    """Return a fit a runner of the treadmill, made without that runner."""
    seen = all_seen(trials, kind=kind, views=_VIEWS_OF_A_TRIAL, seed=1)
    also = all_seen(drawn, kind=kind, views=_VIEWS_OF_A_RENDERING, seed=2)
    subjects = sorted({trial.subject for trial in trials})
    return {
        subject: fit_regression([s for s in seen if s.trial.subject != subject] + also, kind=kind)
        for subject in subjects
    }


def fit_all(trials: Sequence[Trial], drawn: Sequence[Trial], *, kind: str) -> RegressionModel:
    """Return the fit on everybody, with the spread that a runner left out shows."""
    seen = all_seen(trials, kind=kind, views=_VIEWS_OF_A_TRIAL, seed=1)
    also = all_seen(drawn, kind=kind, views=_VIEWS_OF_A_RENDERING, seed=2)
    fits = left_out(trials, drawn, kind=kind)
    sd_s = _spread_s(seen, fits)
    hidden_s = float("nan")
    if kind == "dots":
        hidden_s = float(_spread_s(seen, {name: _as_if_hidden(fit) for name, fit in fits.items()})[1])
    return RegressionModel(
        fit_regression([*seen, *also], kind=kind).lines, float(sd_s[0]), float(sd_s[1]), hidden_s
    )  # fmt: skip


def _spread_s(seen: Sequence[Seen], fits: dict[str, RegressionModel]) -> FloatArray:
    """Return the root mean square errors, s, of foot strikes and toe-offs by fits without the tested runner."""
    errors = np.concatenate([errors_s(one, fits[one.trial.subject]) for one in seen])
    spread: FloatArray = np.sqrt(np.mean(errors**2, axis=0))
    return spread


def _as_if_hidden(fit: RegressionModel) -> RegressionModel:
    """Return a model that never sees a leg beyond the first moments after toe-off."""
    line = fit.lines["toe-off"]
    never = replace(line, constant_s=float("nan"))
    return replace(fit, lines={**fit.lines, "toe-off": never})


_HEADER = '''"""Rear-view regressions for near and high cameras, by ``benchmarks/fit_rear_regression.py``: do not edit.

Origin: {runners} runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al. 2017, PeerJ 5:e3298; 50 N
threshold) and {drawn} rendered ones, through pinhole cameras 2.5-7 m behind and 0.1-1.3 m high, at 30-120 fps with
4 mm of noise. The standard deviations are those of treadmill runners left out of the fit.
"""

from __future__ import annotations

import numpy as np

from gaitlab.events.rear_regression import RegressionModel, TimeRegression

# fmt: off
REGRESSIONS: dict[str, RegressionModel] = {{
'''


def _rows(values: FloatArray, indent: str) -> str:
    """Return an array as wrapped Python, in milliseconds."""
    lines = ["1e-3 * np.array(["]
    for row in 1000 * values:
        numbers, line = [f"{v:.3g}" for v in row], indent + "    ["
        for number in numbers:
            if len(line) + len(number) > 112:
                lines.append(line.rstrip())
                line = indent + "     "
            line += f"{number}, "
        lines.append(line.rstrip(", ") + "],")
    return "\n".join([*lines, f"{indent}])"])


def source(kind: str, fit: RegressionModel) -> str:
    parts = [f'    "{kind}": RegressionModel({{']
    for name, line in fit.lines.items():
        weights, sinks = _rows(line.weights, "            "), _rows(line.descent_weights, "            ")
        if not line.descent_weights.any():
            sinks = f"np.zeros({line.weights.shape})"
        parts += [
            f'        "{name}": TimeRegression(', f"            {line.constant_s:.5f}, {line.descent_s:.5f},",
            f"            {weights},", f"            {sinks},", "        ),",
        ]  # fmt: skip
    hidden = f", {fit.hidden_off_sd_s:.4f}" if np.isfinite(fit.hidden_off_sd_s) else ""
    return "\n".join([*parts, f"    }}, {fit.strike_sd_s:.4f}, {fit.off_sd_s:.4f}{hidden}),", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("-o", "--output", type=Path, default=CONSTANTS)
    options = parser.parse_args()
    trials = [with_dots(trial) for trial in load_trials(options.folder)]
    drawn = rendered(SEEDS)
    text = _HEADER.format(runners=len({trial.subject for trial in trials}), drawn=len(drawn))
    for kind in CURVES:
        fit = fit_all(trials, drawn, kind=kind)
        print(f"{kind}: strike ± {1000 * fit.strike_sd_s:.1f} ms, toe-off ± {1000 * fit.off_sd_s:.1f} ms"
              f" (then hidden {1000 * fit.hidden_off_sd_s:.1f} ms)", flush=True)  # fmt: skip
        text += source(kind, fit)
    options.output.write_text(text + "}\n")


if __name__ == "__main__":
    main()
