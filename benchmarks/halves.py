"""How often two halves of one recording are told apart, and how wide their interval is: 5 % and no wider than needed.

    python -m benchmarks.halves [DIR] [--fps 60] [--draws 1000] [--only simulated|recordings]

Simulated runners are first-order autoregressions, whose right half-width is known: 1.96 standard errors of the process
itself, which nobody who sees only the cycles can know. Recordings are the force-plate trials as a camera at the side
would have seen them, the real clip's keypoints and the demonstration clip's; each half is analysed by itself, as
``--start`` and ``--end`` would. *Before* is the interval without a bound: the correlation of neighbours as it was found
in six cycles or more, up to 0.95, and never fewer than two effective cycles.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.simulated import autoregression
from benchmarks.truth import DEFAULT_FOLDER, film, load_trials
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.config import Settings
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.core.statistics import t_quantile
from gaitlab.io.keypoints import read_keypoints
from gaitlab.stats.differences import difference
from gaitlab.stats.sessions import systematic_part

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side" / "male_side.pose.json"
SEED = 1
STRIDE_S = 0.7
# What was entered, such as the belt's speed, differs from cycle to cycle by rounding alone.
_NO_SPREAD = 1e-9
CORRELATIONS, COUNTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), (5, 7, 10, 15, 20, 30, 60)


def right_half_width(r: float, n: int) -> float:
    """Return the half-width that knowing the process would give the difference of two means of ``n`` cycles."""
    lags = np.arange(1, n)
    return float(1.96 * np.sqrt(2 / n * (1 + 2 * np.sum((1 - lags / n) * r**lags))))


def former_half_width(a: np.ndarray, b: np.ndarray, *, time_a_s: np.ndarray, time_b_s: np.ndarray) -> float:
    """Return the half-width as it was before it had a bound."""
    variances, freedoms = [], []
    for values, time_s in ((a, time_a_s), (b, time_b_s)):
        n, away = len(values), values - values.mean()
        r = 0.0
        if n >= 6 and away @ away > 0:
            near = np.diff(time_s) <= 1.6 * np.median(np.diff(time_s))
            r = float(np.mean((away[1:] * away[:-1])[near]) / np.mean(away**2))
            r = float(np.clip(r + (1 + 3 * r) / n, 0.0, 0.95)) if r > 0 else 0.0
        worth = max(n * (1 - r) / (1 + r), 2.0)
        variances.append(values.var(ddof=1) * (n - 1) / (n * (worth - 1)))
        freedoms.append(worth - 1)
    together = sum(variances)
    if together <= 0:
        return 0.0
    freedom = together**2 / sum(v**2 / f for v, f in zip(variances, freedoms, strict=True))
    return t_quantile(0.975, max(freedom, 1.0)) * float(np.sqrt(together))


def simulated(draws: int) -> None:
    """Print coverage and widths for every process and number of cycles."""
    print("simulated: covered %, median half-width over the right one, 99th percentile over it")
    print("  r     n     before                  now")
    for r in CORRELATIONS:
        for n in COUNTS:
            rng = np.random.default_rng(SEED)
            time_s = STRIDE_S * np.arange(n)
            found = []
            for _ in range(draws):
                a, b = autoregression(rng, r, n), autoregression(rng, r, n)
                now = difference(a, b, time_a_s=time_s, time_b_s=time_s)
                before = former_half_width(a, b, time_a_s=time_s, time_b_s=time_s)
                found.append((abs(now.difference), before, now.random))
            print(f"{r:4.1f} {n:5d} {_told(np.array(found), right_half_width(r, n))}", flush=True)


def _told(found: np.ndarray, right: float) -> str:
    apart = found[:, 0]
    parts = []
    for widths in found[:, 1:].T:
        middle, high = np.quantile(widths, [0.5, 0.99]) / right
        parts.append(f"{100 * np.mean(apart <= widths):5.1f} {middle:6.2f} {high:6.2f}")
    return "     ".join(parts)


def recordings(folder: Path, fps: float) -> Iterator[tuple[str, PoseSequence, Runner]]:
    """Yield every recording: its name, its keypoints, what is known of the runner."""
    for trial in load_trials(folder):
        pose = film(trial, fps=fps, seen_from="right", rng=np.random.default_rng(SEED))
        yield trial.name, pose, Runner(belt_speed_mps=trial.belt_speed_mps(), height_m=1.75, mass_kg=70.0)
    yield "real clip", read_keypoints(CLIP, format="gaitlab-pose"), Runner()
    truth = load_truth(demo_clip()[1])
    yield "demo clip", truth.seen(), Runner(belt_speed_mps=truth.belt_speed_mps, height_m=truth.height_m)


def halves(pose: PoseSequence, runner: Runner) -> tuple[Analysis, Analysis]:
    """Analyse each half of a recording by itself."""
    middle_s = float(pose.time_s[0] + pose.time_s[-1]) / 2
    first, second = (
        analyze_pose(pose.between(*span), runner=runner, settings=Settings())
        for span in ((-np.inf, middle_s), (middle_s, np.inf))
    )
    return first, second


def cycles_of(analysis: Analysis, metric: str, side: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values, times and legs of a metric's cycles in the order of time."""
    found = sorted(
        (v.time_s, v.value, v.side) for v in analysis.values if v.metric == metric and side in (v.side, "both")
    )
    time_s, values, leg = zip(*found, strict=True)
    return np.array(values), np.array(time_s), np.array(leg)


def real(folder: Path, fps: float) -> None:
    """Print a line a metric: coverage before and now, and how wide against the two sessions' own half-widths."""
    found: dict[str, list[tuple[float, ...]]] = {}
    slopes_deg = []
    for name, pose, runner in recordings(folder, fps):
        first, second = halves(pose, runner)
        slopes_deg.append(first.trial.calibration.belt.slope_deg - second.trial.calibration.belt.slope_deg)
        of_second = {(row.metric, row.side): row for row in second.summary}
        for a in first.summary:
            b = of_second.get((a.metric, a.side))
            if b is None or min(a.n, b.n) < 2 or a.sd <= _NO_SPREAD * abs(a.mean):
                continue
            (value_a, time_a_s, leg_a), (value_b, time_b_s, leg_b) = (
                cycles_of(half, a.metric, a.side) for half in (first, second)
            )
            now = difference(value_a, value_b, time_a_s=time_a_s, time_b_s=time_b_s, leg_a=leg_a, leg_b=leg_b)
            before = former_half_width(value_a, value_b, time_a_s=time_a_s, time_b_s=time_b_s)
            own = [t_quantile(0.975, row.n - 1) * row.sd / np.sqrt(row.n) for row in (a, b)]
            systematic = systematic_part(asdict(a), asdict(b), same_treatment=True)
            whole = float(np.hypot(now.random, systematic))
            line = (abs(now.difference), before, now.random, whole, float(np.hypot(*own)))
            found.setdefault(a.metric, []).append(line)
            if name in ("real clip", "demo clip") and before > 3 * now.random:
                print(
                    f"{name}: {a.metric}, {a.side}: {now.difference:+.3g} ± {before:.3g} before, ± {now.random:.3g} now"
                )
    print("\nrecordings: covered %, median and largest half-width over those of the two halves themselves")
    print("                                before                now               now, with what is systematic")
    for metric, lines in {**found, "all": list(chain(*found.values()))}.items():
        apart, *widths, own_ = np.array(lines).T
        parts = [
            f"{100 * np.mean(apart <= width):5.1f} {np.median(width / own_):5.2f} {np.max(width / own_):5.1f}"
            for width in widths
        ]
        print(f"{metric:28s} {'     '.join(parts)}   {len(lines):5d} halves")
    apart_deg = np.array(slopes_deg)[np.isfinite(slopes_deg)]
    print(
        f"slopes of the belt in two halves: {np.std(apart_deg):.2f}° RMS apart, {np.abs(apart_deg).max():.2f}° at most"
    )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--fps", type=float, default=60.0)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--only", choices=("simulated", "recordings"))
    chosen = parser.parse_args()
    if chosen.only != "recordings":
        simulated(chosen.draws)
    if chosen.only != "simulated":
        real(chosen.directory, chosen.fps)


if __name__ == "__main__":
    main()
