"""Whether ± holds the force plates: the runners that come with the tests, filmed and analysed as keypoints are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.fit_events import left_out_bias, samples
from benchmarks.truth import PUBLIC_FOLDER, film, load_trial, load_trials
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.config import Settings
from gaitlab.core.person import Runner

NAMES = [path.stem for path in sorted(PUBLIC_FOLDER.glob("*.npz"))]


def analysis_of(name: str, seen_from: str) -> Analysis:
    trial = load_trial(PUBLIC_FOLDER / f"{name}.npz")
    pose = film(trial, fps=60.0, seen_from=seen_from, rng=np.random.default_rng(3))  # type: ignore[arg-type]
    runner = Runner(belt_speed_mps=trial.belt_speed_mps(), height_m=trial.height_m)
    return analyze_pose(pose, runner=runner, settings=Settings(), view="rear" if seen_from == "behind" else "side")


def of_same_strides(name: str, analysis: Analysis, metric: str, side: str) -> float:
    """Return the force plates' mean over the strides that were measured."""
    trial = load_trial(PUBLIC_FOLDER / f"{name}.npz")
    strike_s, off_s = trial.of(side)
    other_s = trial.of("left" if side == "right" else "right")[0]
    values = []
    for cycle in analysis.trial.measured(side):
        i = int(np.argmin(np.abs(strike_s - cycle.start_s)))
        if i + 1 == len(strike_s) or other_s[-1] < off_s[i]:
            continue  # the plates' list ends before the film
        contact_s = off_s[i] - strike_s[i]
        values.append(
            {
                "contact_time": contact_s,
                "flight_time": other_s[np.searchsorted(other_s, off_s[i])] - off_s[i],
                "duty_factor": contact_s / (strike_s[i + 1] - strike_s[i]),
                "step_time": strike_s[i + 1] - other_s[np.searchsorted(other_s, strike_s[i + 1]) - 1],
                "stride_time": strike_s[i + 1] - strike_s[i],
            }[metric]
        )
    return float(np.mean(values))


@pytest.mark.parametrize("seen_from", ["right", "behind"])
def test_the_stated_intervals_hold_the_force_plates_and_are_not_endless(seen_from: str) -> None:
    shares: dict[str, list[float]] = {}
    for name in NAMES:
        analysis = analysis_of(name, seen_from)
        for row in analysis.summary:
            if row.metric in ("contact_time", "flight_time", "duty_factor", "step_time", "stride_time"):
                true = of_same_strides(name, analysis, row.metric, row.side)
                shares.setdefault(row.metric, []).append(abs(row.mean - true) / row.uncertainty)
                assert row.uncertainty < 0.15 * row.mean or row.metric == "flight_time"
                assert 0 <= row.systematic < row.uncertainty
    assert {len(found) for found in shares.values()} == {2 * len(NAMES)}
    for metric, found in shares.items():
        # Of three runners, whose steps left and right are off by the same: one or two outside may be chance.
        assert np.mean(np.array(found) <= 1) >= 0.8, metric
        assert max(found) < 2, metric
    assert max(shares["contact_time"]) > 0.3  # an interval that nothing comes near to says nothing


@pytest.mark.parametrize("seen_from", ["right", "behind"])
def test_a_symmetric_difference_of_contact_time_is_known_better_than_either_leg(seen_from: str) -> None:
    """What both feet share, most of the timing error, cancels."""
    analysis = analysis_of("RBDS014_3.5mps", seen_from)
    left, right = (row for row in analysis.summary if row.metric == "contact_time")
    assert left.unsure is not None
    assert left.unsure.shared > 1.5 * left.unsure.own
    assert np.hypot(left.random_difference, 1.96 * np.sqrt(2) * left.unsure.own) < 0.8 * np.hypot(
        left.uncertainty, right.uncertainty
    )


def test_what_is_left_systematic_is_of_the_size_that_ships() -> None:
    """Three runners show what twelve did, roughly: each foot's own bias, and that of both."""
    from gaitlab.events.models.side import BIAS

    found = left_out_bias(samples(load_trials(PUBLIC_FOLDER), feet=True), feet=True)
    for name in ("strike_s", "off_s", "contact_s", "contact_both_s"):
        assert 0.25 < getattr(found, name) / getattr(BIAS[True], name) < 3, name
