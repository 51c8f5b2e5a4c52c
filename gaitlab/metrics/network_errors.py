"""How far each network was off on runners whose truth is known: what a number must clear before it is a finding.

The ± of a number holds how much it varies from cycle to cycle and how well events and scale are known. A network that
puts every knee too low is as steady as one that does not: its own error stands in no ±. So it was measured, with all
that gaitlab's own way adds, on rendered runners and a real one, and stands in ``network_errors.csv``, which
``python -m benchmarks.end_to_end --write`` writes and nobody else. Errors of metrics whose zero means nothing of it are
shares of the mean, the others are in the metric's unit.
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

from gaitlab.core.metric import MetricValue, View
from gaitlab.core.statistics import t_quantile
from gaitlab.kinematics.frame import near_side
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

TABLE = Path(__file__).with_name("network_errors.csv")
COLUMNS = ("network", "view", "by", "metric", "leg", "bias", "sd", "clips", "real")
# The points of `Key.network` that stand for tape dots, whichever network found the rest of the body.
DOTS = "dots"
# Fewer clips say nothing of the spread between runners.
_FEWEST_CLIPS = 3
# Units, as declared, of what hangs on the scale.
_SCALED = ("m", "m/s", "kN/m")
_IN_THE_PICTURE = ("deg", "m")


class Key(NamedTuple):
    """What an error belongs to.

    Attributes
    ----------
    network : str
        name of the network.
    view : str
        ``side`` or ``rear``.
    by : str
        of lengths where the scale came from, of the rearfoot what showed it, otherwise empty.
    metric : str
        its name.
    leg : str
        ``near`` or ``far`` from the side; ``both`` from behind and where the legs are not told apart; ``difference``
        for right minus left.
    """

    network: str
    view: str
    by: str
    metric: str
    leg: str


@dataclass(frozen=True, slots=True)
class NetworkError:
    """Found minus true, over rendered clips.

    Attributes
    ----------
    bias : float
        mean.
    sd : float
        standard deviation between clips.
    clips : int
        how many.
    real : float
        the largest absolute difference from a stronger network on a real clip; NaN where there is none.
    """

    bias: float
    sd: float
    clips: int
    real: float = math.nan

    @property
    def bound(self) -> float:
        """Half-width that holds the error of 95 % of further clips, and that of the real one; NaN of too few clips.

        The bias is added, not taken off: drawn people are not everybody.
        """
        if self.clips < _FEWEST_CLIPS:
            return math.nan
        spread = t_quantile(0.975, self.clips - 1) * self.sd * math.sqrt(1 + 1 / self.clips)
        return float(np.nanmax([abs(self.bias) + spread, self.real]))


def network_error(clips: Sequence[Sequence[float]], *, real: float = math.nan) -> NetworkError:
    """Return what the errors of some clips come to; a clip may have one of each leg, which count as one clip."""
    errors = np.array([error for clip in clips for error in clip])
    sd = float(errors.std(ddof=1)) if len(errors) > 1 else math.nan
    return NetworkError(float(errors.mean()) if len(errors) else math.nan, sd, sum(bool(len(c)) for c in clips), real)


Table = Mapping[Key, NetworkError]


@cache
def shipped() -> Table:
    """Return the table that comes with gaitlab."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        Key(row["network"], row["view"], row["by"], row["metric"], row["leg"]): NetworkError(
            float(row["bias"]), float(row["sd"] or "nan"), int(row["clips"]), float(row["real"] or "nan")
        )
        for row in rows
    }


def with_network_errors(
    trial: Trial, rows: Iterable[MetricValue], specs: Mapping[str, MetricSpec], table: Table
) -> list[MetricValue]:
    """Return a trial's rows with the bounds of its network's errors, NaN where the table does not have them."""
    found = list(rows)
    means = {(row.metric, row.side): abs(row.mean) for row in found}
    told = []
    for row in found:
        spec = specs[row.metric]
        here = abs(row.mean)
        pair = [means.get((row.metric, side), math.nan) for side in ("left", "right")]
        told.append(
            replace(
                row,
                network_error=_bound(trial, spec, row.unit, _leg(trial, row.side), table, mean=here),
                network_difference=_bound(trial, spec, row.unit, "difference", table, mean=sum(pair) / 2),
            )
        )
    return told


def key_of(spec: MetricSpec, *, network: str, view: View, leg: str, scale: str, rearfoot: str, dots: bool) -> Key:
    """Return where the table has a metric.

    Parameters
    ----------
    scale : str
        what the scale came from, see `Calibration`; empty where there is none, and lengths are shares of the leg
        as the network sees it, just as with the body height.
    rearfoot : str
        which of `REARFOOT_LINES` showed it.
    dots : bool
        whether those are tape dots that gaitlab tracked itself.
    """
    if spec.proxy_label:
        return Key(DOTS if dots else network, view, rearfoot, spec.name, leg)
    by = (scale or "body height") if spec.unit in _SCALED else ""
    return Key(network, view, by, spec.name, leg)


def _bound(trial: Trial, spec: MetricSpec, unit: str, leg: str, table: Table, *, mean: float) -> float:
    if trial.activity != "running" or (unit != spec.unit and not spec.ratio):
        return math.nan
    # Nobody was drawn before a camera that looks so obliquely.
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
    if trial.view == "rear" or side == "both":
        return "both"
    return "near" if side == near_side(trial.calibration.forward) else "far"
