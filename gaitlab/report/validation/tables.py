"""Rows of the validation's tables as texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab.metrics import METRICS
from gaitlab.report.shared.measures import group_of, label_of
from gaitlab.report.shared.numbers import Display, decimal, display, of_language
from gaitlab.report.shared.said import said
from gaitlab.report.shared.texts import Texts
from gaitlab.stats.validation.result import Validation, angle_and_model, named_angle

_MS = Display("ms", 1000.0, 1)
_DEGREES = Display("°", 1.0, 1)
_BARE = Display("", 1.0, 2)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and its interval, as texts."""

    value: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is of, its leg, and its cells by the key of their heading."""

    label: str
    unit: str
    side: str
    note: str
    cells: Mapping[str, Cell]


def event_rows(found: Validation, texts: Mapping[str, Any]) -> list[tuple[str, list[Row]]]:
    """Return the events, grouped."""
    words, show = texts["validation"]["events"], of_language(_MS, texts)
    groups: dict[str, list[Row]] = {}
    for row in found.events.to_dict("records"):
        cells = {
            "n": Cell(str(row["n"])),
            "missed": Cell(words["missed_value"].format(missed=row["missed"], invented=row["invented"])),
            "bias": _cell(row, "bias", show, texts, signed=True),
            "sd": _cell(row, "sd", show, texts),
            "limits": _limits(row, show, texts),
            "mae": _cell(row, "mae", show, texts),
        }
        groups.setdefault(words[row["event"]], []).append(Row(words[row["event"]], "", row["side"], "", cells))
    return list(groups.items())


def metric_rows(found: Validation, texts: Mapping[str, Any]) -> list[tuple[str, list[Row]]]:
    """Return the metrics, grouped as in a report."""
    words = texts["validation"]["metrics"]
    groups: dict[str, list[Row]] = {}
    for row in found.metrics.to_dict("records"):
        spec = METRICS.get(row["metric"])
        show = show_of(row["metric"], row["unit"], texts)
        cells = {
            "n": Cell(words["counts"].format(n=row["n"])),
            "bias": _cell(row, "bias", show, texts, signed=True),
            "sd": _cell(row, "sd", show, texts),
            "limits": _limits(row, show, texts),
            "icc": _cell(row, "icc", of_language(_BARE, texts), texts),
            "typical": _cell(row, "typical_error", show, texts),
            "smallest": _cell(row, "smallest_detectable", show, texts),
        }
        label, note = label_of(row["metric"], row["label"], texts), said(row["icc_note"], texts)
        groups.setdefault(group_of(spec, texts), []).append(Row(label, show.unit, row["side"], note, cells))
    return list(groups.items())


def angle_rows(found: Validation, texts: Mapping[str, Any]) -> list[Row]:
    """Return the angles."""
    words, degrees = texts["validation"]["angles"], of_language(_DEGREES, texts)
    rows = []
    for row in found.angles.to_dict("records"):
        missing = words["cmc_missing"].format(count=row["cmc_missing"]) if row["cmc_missing"] else ""
        cmc = _cell(row, "cmc", of_language(_BARE, texts), texts)
        cells = {
            "n": Cell(words["strides"].format(strides=row["strides"])),
            "rmse": _cell(row, "rmse", degrees, texts),
            "removed": _cell(row, "rmse_offset_removed", degrees, texts),
            "bias": _cell(row, "bias", degrees, texts, signed=True),
            "cmc": Cell(cmc.value, missing or cmc.interval),
        }
        label = angle_label(named_angle(row["angle"], row["model"]), texts)
        rows.append(Row(label, "", row["side"], "", cells))
    return rows


def angle_label(angle: str, texts: Mapping[str, Any]) -> str:
    """Return the name of an angle's column without its side."""
    column, model = angle_and_model(angle)
    key = column.removesuffix("_deg")
    label = str(texts["columns"].get(key, key))
    return texts["validation"]["angles"]["of_model"].format(angle=label, model=model) if model else label


def show_of(metric: str, unit: str, texts: Texts) -> Display:
    """Return how values of a metric are shown: one decimal more than in a report, for they are differences."""
    spec = METRICS.get(metric)
    return display(unit, (spec.decimals if spec else 2) + 1, texts=texts)


def _cell(row: Mapping[Any, Any], name: str, show: Display, texts: Mapping[str, Any], *, signed: bool = False) -> Cell:
    number = show.signed if signed else show.number
    low, high = row[f"{name}_low95"], row[f"{name}_high95"]
    if not (math.isfinite(low) and math.isfinite(high)):
        return Cell(number(row[name]))
    interval = texts["validation"]["interval"].format(low=show.number(low), high=show.number(high))
    return Cell(number(row[name]), interval)


def _limits(row: Mapping[Any, Any], show: Display, texts: Mapping[str, Any]) -> Cell:
    if not math.isfinite(row["loa_low"]):
        return Cell(decimal(math.nan, 0))
    words = texts["validation"]
    value = words["interval"].format(low=show.number(row["loa_low"]), high=show.number(row["loa_high"]))
    ends = [row[f"loa_{end}_{bound}95"] for end in ("low", "high") for bound in ("low", "high")]
    if not all(math.isfinite(end) for end in ends):
        return Cell(value)
    a, b, c, d = map(show.number, ends)
    return Cell(value, words["limits_interval"].format(a=a, b=b, c=c, d=d))
