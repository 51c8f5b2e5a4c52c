"""Agreement, against numbers derived by hand, published ones, and pingouin where it is installed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gaitlab.stats.validation.agreement import Clusters, agreement, clusters_of, icc_a1, mean_interval

# Shrout & Fleiss 1979, table 2: six targets, four judges; ICC(2,1) is 0.29.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)


def alone(n: int) -> Clusters:
    return clusters_of([str(i) for i in range(n)], [str(i) for i in range(n)])


def test_bland_altman_by_hand() -> None:
    """Differences 1, -1, 3, 1: mean 1, squares about it 0 4 4 0, so SD is the root of 8/3."""
    true = np.array([10.0, 20.0, 30.0, 40.0])
    told = agreement(true + [1, -1, 3, 1], true, alone(4))
    sd = math.sqrt(8 / 3)
    assert told.bias == pytest.approx(1.0)
    assert told.sd == pytest.approx(sd)
    assert (told.loa_low, told.loa_high) == pytest.approx((1 - 1.959964 * sd, 1 + 1.959964 * sd))
    assert told.mae == pytest.approx(1.5)
    assert told.typical_error == pytest.approx(sd / math.sqrt(2))
    assert told.smallest_detectable == pytest.approx(1.959964 * math.sqrt(2) * told.typical_error)


def test_icc_of_shrout_and_fleiss() -> None:
    assert round(icc_a1(SHROUT_FLEISS), 2) == 0.29


@pytest.mark.parametrize("judges", [(0, 1), (0, 3), (1, 2)])
def test_icc_of_two_is_that_of_many(judges: tuple[int, int]) -> None:
    pair = SHROUT_FLEISS[:, judges]
    assert agreement(pair[:, 0], pair[:, 1], alone(6)).icc == pytest.approx(icc_a1(pair))


def test_against_pingouin() -> None:
    pingouin = pytest.importorskip("pingouin", reason="heavy: pip install pingouin to hold the ICC against it")
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(1)
    for n in (5, 30):
        true = rng.normal(250, 20, n)
        found = true + rng.normal(4, 8, n)
        rows = [(i, rater, value) for i in range(n) for rater, value in (("a", found[i]), ("b", true[i]))]
        table = pandas.DataFrame(rows, columns=["target", "rater", "value"])
        iccs = pingouin.intraclass_corr(table, targets="target", raters="rater", ratings="value")
        theirs = iccs[iccs["Type"].isin(["ICC2", "ICC(A,1)"])]["ICC"].iloc[0]
        assert agreement(found, true, alone(n)).icc == pytest.approx(theirs, abs=2e-3)  # it may round


def test_an_offset_lowers_an_icc_of_agreement() -> None:
    true = np.arange(10.0)
    assert agreement(true, true, alone(10)).icc == pytest.approx(1.0)
    assert agreement(true + 5, true, alone(10)).icc < 0.5


def test_what_does_not_vary_has_no_icc() -> None:
    told = agreement(np.array([3.1, 3.1, 3.1]), np.array([3.0, 3.0, 3.0]), alone(3))
    assert told.bias == pytest.approx(0.1)
    assert math.isnan(told.icc)


def test_one_pair_has_a_bias_and_no_spread() -> None:
    told = agreement(np.array([3.0]), np.array([1.0]), clusters_of(["a"], ["r"]))
    assert told.bias == 2.0
    assert np.isnan([told.sd, told.icc, told.loa_low]).all()
    assert np.isnan(told.intervals["bias"]).all()


def test_what_is_drawn_anew() -> None:
    assert clusters_of(["a", "b", "c"], ["1", "2", "3"]).over == "subjects"
    assert clusters_of(["a", "a", "b"], ["1", "2", "3"]).over == "recordings"
    assert clusters_of(["a"] * 5, ["1"] * 5).over == "strides"
    assert clusters_of(["a"] * 2, ["1"] * 2).over == ""


def test_fewer_than_three_people_give_no_interval_of_the_icc() -> None:
    rng = np.random.default_rng(0)
    true, noise = rng.normal(0, 1, 40), rng.normal(0, 0.3, 40)
    one = agreement(true + noise, true, clusters_of(["a"] * 40, ["r"] * 40))
    assert np.isnan(one.intervals["icc"]).all()
    assert np.isfinite(one.intervals["bias"]).all()
    many = agreement(true + noise, true, clusters_of([str(i // 4) for i in range(40)], ["r"] * 40))
    assert many.intervals["icc"][0] < many.icc <= many.intervals["icc"][1] + 0.05


def test_intervals_are_the_same_every_time_and_hold_the_mean() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(200):
        values = rng.normal(1.0, 1.0, 20)
        low, high = mean_interval(values, alone(20))
        assert (low, high) == mean_interval(values, alone(20))
        inside += low <= 1.0 <= high
    assert 0.88 <= inside / 200 <= 0.99


def test_people_who_differ_widen_an_interval() -> None:
    """Ten strides of each of five people who differ are five facts, not fifty."""
    people = np.repeat([-2.0, -1.0, 0.0, 1.0, 2.0], 10)
    names = [str(p) for p in people]
    wide = mean_interval(people, clusters_of(names, names))
    narrow = mean_interval(people, alone(50))
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])
