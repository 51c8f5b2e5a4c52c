"""The tables of a validation: events, metrics and angles over all sessions, and every matched contact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.metrics import METRICS
from gaitlab.stats.validation.agreement import (
    FEWEST_CLUSTERS,
    STATISTICS,
    agreement,
    clusters_of,
    mean_interval,
)
from gaitlab.stats.validation.result import Compared, MetricPair, Validation, angle_and_model

if TYPE_CHECKING:
    import pandas as pd

EVENTS = {"foot_strike": "Foot strike", "toe_off": "Toe-off"}
SIDES = (*BOTH_SIDES, "both")
# From this many recordings on a metric's value is its mean over the strides of a leg in one of them.
_MANY = 3
_ENDS = tuple(name for statistic in STATISTICS for name in (statistic, f"{statistic}_low95", f"{statistic}_high95"))
EVENT_COLUMNS = (
    "event", "side", "n", "missed", "invented", "subjects", "recordings", *_ENDS, "interval_over", "icc_note",
)  # fmt: skip
METRIC_COLUMNS = (
    "metric", "label", "side", "unit", "per", "n", "subjects", "recordings", "found_mean", "true_mean", *_ENDS,
    "interval_over", "icc_note",
)  # fmt: skip
_ANGLE_VALUES = ("rmse", "rmse_offset_removed", "bias", "cmc")
ANGLE_COLUMNS = (
    "angle", "model", "side", "n", "strides", "subjects", "recordings",
    *(name for value in _ANGLE_VALUES for name in (value, f"{value}_low95", f"{value}_high95")), "cmc_missing",
    "interval_over",
)  # fmt: skip
PAIR_COLUMNS = (
    "session", "truth", "subject", "side", "true_foot_strike_s", "found_foot_strike_s", "foot_strike_error_s",
    "true_toe_off_s", "found_toe_off_s", "toe_off_error_s", "true_contact_time_s", "found_contact_time_s",
)  # fmt: skip


def put_together(compared: Sequence[Compared]) -> Validation:
    """Return the tables of all sessions."""
    import pandas as pd

    def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame(list(rows), columns=list(columns))

    return Validation(
        events=table(_events(compared), EVENT_COLUMNS),
        metrics=table(_metrics(compared), METRIC_COLUMNS),
        angles=table(_angles(compared), ANGLE_COLUMNS),
        pairs=table(_pairs(compared), PAIR_COLUMNS),
        compared=tuple(compared),
        warnings=_told(compared, "warnings"),
        notes=_told(compared, "notes"),
    )


def _told(compared: Sequence[Compared], what: str) -> tuple[str, ...]:
    """Return sentences with the sessions that they are of; one that is of all of them stands by itself."""
    of: dict[str, list[str]] = {}
    for one in compared:
        for text in getattr(one, what):
            of.setdefault(text, []).append(Path(one.session).name)
    return tuple(text if len(names) == len(compared) else f"{', '.join(names)}: {text}" for text, names in of.items())


def metric_values(
    compared: Sequence[Compared], metric: str, unit: str, side: str
) -> tuple[np.ndarray, np.ndarray, list[str], list[str], str]:
    """Return found and true values of a metric, subject and recording of each, and what each is of.

    Values are those of strides, or with three recordings or more the means of each leg in one recording.
    """
    many = len({one.session for one in compared}) >= _MANY
    found, true, subjects, recordings = [], [], [], []
    for one in compared:
        mine = [p for p in one.metrics if p.metric == metric and p.unit == unit and side in (p.side, "both")]
        groups = _by_side(mine) if many else [[pair] for pair in mine]
        for group in groups:
            found.append(float(np.mean([pair.found for pair in group])))
            true.append(float(np.mean([pair.true for pair in group])))
            subjects.append(one.subject)
            recordings.append(one.session)
    return np.array(found), np.array(true), subjects, recordings, "recording" if many else "stride"


def event_errors(
    compared: Sequence[Compared], event: str, side: str
) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    """Return found and true times of an event, s, and the subject and recording of each."""
    moment = f"{event}_s"
    rows = [
        (getattr(m.found, moment), getattr(m.true, moment), one.subject, one.session)
        for one in compared
        for leg in one.legs
        if side in (leg.side, "both")
        for m in leg.pairs
    ]
    known = [row for row in rows if math.isfinite(row[0] - row[1])]
    return (
        np.array([row[0] for row in known]), np.array([row[1] for row in known]), [row[2] for row in known],
        [row[3] for row in known],
    )  # fmt: skip


def _by_side(pairs: Sequence[MetricPair]) -> list[list[MetricPair]]:
    sides = dict.fromkeys(pair.side for pair in pairs)
    return [[pair for pair in pairs if pair.side == side] for side in sides]


def _events(compared: Sequence[Compared]) -> Iterable[dict[str, Any]]:
    with_contacts = [one for one in compared if one.legs]
    for event in EVENTS if with_contacts else ():
        for side in SIDES:
            found, true, subjects, recordings = event_errors(with_contacts, event, side)
            legs = [leg for one in with_contacts for leg in one.legs if side in (leg.side, "both")]
            row = {
                "event": event, "side": side, "n": len(found), "missed": sum(leg.missed for leg in legs),
                "invented": sum(leg.invented for leg in legs), **_counts(subjects, recordings),
            }  # fmt: skip
            # Times of a recording go from 0 to its end: they agree by that alone, so no ICC is told of them.
            told = _agreement(found, true, subjects, recordings)
            yield row | told | dict.fromkeys(("icc", "icc_low95", "icc_high95"), math.nan) | {"icc_note": _NO_ICC}


_NO_ICC = "times of a recording have no ICC: they agree by its length alone"


def _metrics(compared: Sequence[Compared]) -> Iterable[dict[str, Any]]:
    keys = dict.fromkeys((pair.metric, pair.unit) for one in compared for pair in one.metrics)
    order = {name: number for number, name in enumerate(METRICS)}
    for metric, unit in sorted(keys, key=lambda key: order.get(key[0], len(order))):
        sides = {pair.side for one in compared for pair in one.metrics if pair.metric == metric}
        for side in SIDES if sides & set(BOTH_SIDES) else ("both",):
            found, true, subjects, recordings, per = metric_values(compared, metric, unit, side)
            if not len(found):
                continue
            yield {
                "metric": metric, "label": METRICS[metric].label if metric in METRICS else metric, "side": side,
                "unit": unit, "per": per, "n": len(found), **_counts(subjects, recordings),
                "found_mean": float(found.mean()), "true_mean": float(true.mean()),
                **_agreement(found, true, subjects, recordings),
            }  # fmt: skip


def _angles(compared: Sequence[Compared]) -> Iterable[dict[str, Any]]:
    for angle in dict.fromkeys(angle for one in compared for angle, _ in one.curves):
        for side in SIDES:
            mine = [
                (one, curve)
                for one in compared
                for (name, of), curve in one.curves.items()
                if name == angle and side in (of, "both")
            ]
            if not mine:
                continue
            subjects, recordings = [one.subject for one, _ in mine], [one.session for one, _ in mine]
            clusters = clusters_of(subjects, recordings)
            column, model = angle_and_model(angle)
            row: dict[str, Any] = {
                "angle": column, "model": model, "side": side, "n": len(mine),
                "strides": sum(len(curve.found) for _, curve in mine), **_counts(subjects, recordings),
                "interval_over": clusters.over,
            }  # fmt: skip
            for name in _ANGLE_VALUES:
                values = np.array([getattr(curve, name) for _, curve in mine])
                known = np.isfinite(values)
                row[name] = float(values[known].mean()) if known.any() else math.nan
                row[f"{name}_low95"], row[f"{name}_high95"] = (
                    mean_interval(values, clusters) if known.all() and clusters.over != "strides" else (math.nan,) * 2
                )
                if name == "cmc":
                    row["cmc_missing"] = int((~known).sum())
            if row["interval_over"] == "strides":
                row["interval_over"] = ""
            yield row


def _pairs(compared: Sequence[Compared]) -> Iterable[dict[str, Any]]:
    for one in compared:
        for leg in one.legs:
            for pair in leg.pairs:
                yield {
                    "session": one.session, "truth": one.truth, "subject": one.subject, "side": leg.side,
                    "true_foot_strike_s": pair.true.foot_strike_s, "found_foot_strike_s": pair.found.foot_strike_s,
                    "foot_strike_error_s": pair.strike_s, "true_toe_off_s": pair.true.toe_off_s,
                    "found_toe_off_s": pair.found.toe_off_s, "toe_off_error_s": pair.off_s,
                    "true_contact_time_s": pair.true.duration_s, "found_contact_time_s": pair.found.duration_s,
                }  # fmt: skip


def _counts(subjects: Sequence[str], recordings: Sequence[str]) -> dict[str, int]:
    return {"subjects": len(set(subjects)), "recordings": len(set(recordings))}


def _agreement(
    found: np.ndarray, true: np.ndarray, subjects: Sequence[str], recordings: Sequence[str]
) -> dict[str, Any]:
    clusters = clusters_of(subjects, recordings)
    if not len(found):
        return {**dict.fromkeys(_ENDS, math.nan), "interval_over": "", "icc_note": "nothing to compare"}
    told = agreement(found, true, clusters)
    row: dict[str, Any] = {}
    for name in STATISTICS:
        row[name] = getattr(told, name)
        row[f"{name}_low95"], row[f"{name}_high95"] = told.intervals[name]
    people = clusters.subjects
    note = ""
    if people < FEWEST_CLUSTERS:
        whom = "one person" if people == 1 else f"{people} people"
        note = (
            f"no interval of the ICC: {whom} measured, {FEWEST_CLUSTERS} are needed; it is of what varies within them"
        )
    return {**row, "interval_over": clusters.over, "icc_note": note}
