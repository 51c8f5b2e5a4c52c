"""Systematic errors of each network, measured against known truth: the threshold a value must exceed to be a finding.

The uncertainty of a value contains its variation between cycles and the uncertainty of events and scale, but not a
constant error such as a network that places every knee too low. That error, together with gaitlab's own, was measured
on rendered runners and a real one; ``python -m benchmarks.end_to_end --write`` writes it to ``network_errors.csv``.
Errors of metrics on a ratio scale are relative to the mean, the others are in the metric's unit.

That bound holds where the network is as sure of its points as it was there. ``network_confidence.csv`` (``python -m
benchmarks.confidence --write``) has what its scores tell of its errors; where they tell larger ones, the bound grows by
as much.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.metric import MetricValue, View
from gaitlab.core.pose import FloatArray
from gaitlab.core.statistics import t_quantile
from gaitlab.metrics.spec import MetricSpec, point_names
from gaitlab.metrics.trial import Trial

TABLE = Path(__file__).with_name("network_errors.csv")
MOVEMENT_TABLE = Path(__file__).with_name("movement_errors.csv")
CONFIDENCE = Path(__file__).with_name("network_confidence.csv")
COLUMNS = ("network", "view", "by", "metric", "leg", "bias", "sd", "clips", "real")
# `Key.network` of tape dots tracked by gaitlab, for any network that found the rest of the body.
DOTS = "dots"
# Least number of clips for an estimate of the spread between runners.
_FEWEST_CLIPS = 3
# Declared units of metrics that depend on the scale.
_SCALED = ("m", "m/s", "kN/m")
_IN_THE_PICTURE = ("deg", "m")
# Metrics between a foot strike and a toe-off. In films of real runners overground contacts come out some 50 ms shorter
# than the eye reads them (``python -m benchmarks.real_clips``), and which of the two is off is not known: the rendered
# runners, all on treadmills, say nothing of it.
OF_CONTACTS = ("contact_time", "flight_time", "duty_factor", "swing_share")


class Key(NamedTuple):
    """Key of an error in the table.

    Attributes
    ----------
    network : str
        name of the network.
    view : str
        ``side`` or ``rear``.
    by : str
        for lengths the source of the scale, for the rearfoot the source of its points, otherwise empty.
    metric : str
        name of the metric.
    leg : str
        ``near`` or ``far`` in the side view; ``both`` in the rear view and for metrics without sides; ``difference``
        for right minus left.
    """

    network: str
    view: str
    by: str
    metric: str
    leg: str


@dataclass(frozen=True, slots=True)
class NetworkError:
    """Error (measured minus true) over rendered clips, in the metric's unit or relative to the mean.

    Attributes
    ----------
    bias : float
        mean error.
    sd : float
        standard deviation between clips.
    clips : int
        number of clips.
    real : float
        largest absolute difference from a stronger network on a real clip; NaN if there is none.
    """

    bias: float
    sd: float
    clips: int
    real: float = math.nan

    @property
    def bound(self) -> float:
        """Half-width that contains the error of 95 % of further clips and of the real one; NaN for too few clips.

        Notes
        -----
        A prediction interval from Student's t. The bias is added instead of corrected, because rendered people do not
        represent everybody.
        """
        if self.clips < _FEWEST_CLIPS:
            return math.nan
        spread = t_quantile(0.975, self.clips - 1) * self.sd * math.sqrt(1 + 1 / self.clips)
        return float(np.nanmax([abs(self.bias) + spread, self.real]))


def network_error(clips: Sequence[Sequence[float]], *, real: float = math.nan) -> NetworkError:
    """Return the summary of the errors of some clips; the errors of both legs of a clip count as one clip."""
    errors = np.array([error for clip in clips for error in clip])
    sd = float(errors.std(ddof=1)) if len(errors) > 1 else math.nan
    return NetworkError(float(errors.mean()) if len(errors) else math.nan, sd, sum(bool(len(c)) for c in clips), real)


Table = Mapping[Key, NetworkError]


@cache
def shipped() -> Table:
    """Return the tables of errors included in gaitlab, of gait and of the other movements."""
    return {**read_table(TABLE), **read_table(MOVEMENT_TABLE)}


def read_table(path: Path) -> Table:
    """Return a table of errors as its benchmark wrote it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        Key(row["network"], row["view"], row["by"], row["metric"], row["leg"]): NetworkError(
            float(row["bias"]), float(row["sd"] or "nan"), int(row["clips"]), float(row["real"] or "nan")
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Confidence:
    """What the scores of a network tell of its errors.

    Attributes
    ----------
    score, error : tuple[float, ...]
        knots: increasing scores, and the mean error of points with such a score, shares of the person's height.
    usual : Mapping[tuple[str, str, str], float]
        view, leg (``near``, ``far``, ``both``) and point (``heel``) to the root of the mean square of the errors that
        the scores told on the clips of `TABLE`.
    """

    score: tuple[float, ...]
    error: tuple[float, ...]
    usual: Mapping[tuple[str, str, str], float]

    def expected(self, score: FloatArray) -> FloatArray:
        """Return the expected error, a share of the person's height, of points with a score, of any shape."""
        error: FloatArray = np.interp(score, self.score, self.error)
        return error


@cache
def confidences() -> Mapping[str, Confidence]:
    """Return network to what its scores tell, of the networks where that was measured."""
    lines = CONFIDENCE.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    found = {}
    for network in dict.fromkeys(row["network"] for row in rows):
        own = [row for row in rows if row["network"] == network]
        knots = sorted((float(row["score"]), float(row["error"])) for row in own if row["score"])
        usual = {(row["view"], row["leg"], row["point"]): float(row["error"]) for row in own if not row["score"]}
        found[network] = Confidence(tuple(s for s, _ in knots), tuple(e for _, e in knots), usual)
    return found


def doubt(trial: Trial, spec: MetricSpec, side: str, told: Mapping[str, Confidence]) -> float:
    """Return how many times larger the errors are that the scores of a metric's points tell than they usually are.

    At least 1; 1 where nothing is known of the network or of a point.

    Parameters
    ----------
    trial : Trial
        the recording.
    spec : MetricSpec
        declaration of the metric.
    side : str
        ``left``, ``right`` or ``both``.
    told : Mapping[str, Confidence]
        see `confidences`.
    """
    confidence = told.get(trial.network)
    if confidence is None or (spec.proxy_label and trial.tracked_dots):
        return 1.0
    here, usual = [], []
    for one in BOTH_SIDES if side == "both" else (side,):
        for point in spec.needs:
            name = point_names(point, one)[0]
            known = confidence.usual.get((trial.view, _leg(trial, one), point))
            if known is None or name not in trial.pose.skeleton:
                continue
            seen = np.isfinite(trial.pose.point(name)[:, 0])
            score = trial.pose.score[seen, trial.pose.skeleton.index(name)]
            if len(score):
                here.append(float(np.mean(confidence.expected(score) ** 2)))
                usual.append(known**2)
    return max(1.0, math.sqrt(sum(here) / sum(usual))) if here else 1.0


def with_network_errors(
    trial: Trial,
    rows: Iterable[MetricValue],
    specs: Mapping[str, MetricSpec],
    table: Table,
    told: Mapping[str, Confidence] | None = None,
) -> list[MetricValue]:
    """Return the summary rows with the bounds of the network's errors, NaN where the table lacks them.

    Parameters
    ----------
    trial : Trial
        the recording.
    rows : Iterable[MetricValue]
        its summary rows.
    specs : Mapping[str, MetricSpec]
        name to declaration.
    table : Table
        errors, see `shipped`.
    told : Mapping[str, Confidence] | None, optional
        what scores tell of errors, see `confidences`, which is the default.
    """
    told = confidences() if told is None else told
    found = list(rows)
    means = {(row.metric, row.side): abs(row.mean) for row in found}
    bounded = []
    for row in found:
        spec = specs[row.metric]
        here = abs(row.mean)
        times = {side: doubt(trial, spec, side, told) for side in (row.side, "both")}
        pair = [means.get((row.metric, side), math.nan) for side in ("left", "right")]
        bounded.append(
            replace(
                row,
                network_error=times[row.side] * _bound(trial, spec, row.unit, _leg(trial, row.side), table, mean=here),
                network_difference=times["both"]
                * _bound(trial, spec, row.unit, "difference", table, mean=sum(pair) / 2),
            )
        )
    return bounded


def key_of(spec: MetricSpec, *, network: str, view: View, leg: str, scale: str, rearfoot: str, dots: bool) -> Key:
    """Return the key of a metric in the table of errors.

    Parameters
    ----------
    spec : MetricSpec
        declaration of the metric.
    network : str
        name of the network.
    view : View
        camera view.
    leg : str
        see `Key`.
    scale : str
        what the scale came from, see `Calibration`; empty where there is none, and lengths are shares of the leg
        as the network sees it, just as with the body height.
    rearfoot : str
        source of the rearfoot's points, a key of `REARFOOT_LINES`.
    dots : bool
        whether those points are tape dots tracked by gaitlab.
    """
    if spec.proxy_label:
        return Key(DOTS if dots else network, view, rearfoot, spec.name, leg)
    by = (scale or "body height") if spec.unit in _SCALED else ""
    return Key(network, view, by, spec.name, leg)


def _bound(trial: Trial, spec: MetricSpec, unit: str, leg: str, table: Table, *, mean: float) -> float:
    if not (trial.movement or trial.activity == "running") or (unit != spec.unit and not spec.ratio):
        return math.nan
    if trial.setting == "overground" and spec.name in OF_CONTACTS:
        return math.nan
    # No runner was rendered for such an oblique camera.
    if trial.calibration.oblique and spec.unit in _IN_THE_PICTURE and not spec.needs_belt_speed:
        return math.nan
    key = key_of(
        spec, network=trial.network, view=trial.view, leg=leg, scale=trial.calibration.scale_source,
        rearfoot=trial.rearfoot_source, dots=trial.tracked_dots,
    )  # fmt: skip
    error = table.get(key)
    if error is None:
        return math.nan
    return error.bound * mean if spec.ratio else error.bound


def _leg(trial: Trial, side: str) -> str:
    if trial.view != "side" or side == "both":
        return "both"
    # Where passes both ways show each leg in front, the larger error is that of the leg behind.
    return "far" if trial.far_side in (side, None) else "near"
