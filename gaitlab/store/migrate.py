"""Session folders of older layouts, read as if they were written today; nothing on disk is changed.

Layouts: 1 is the first one. 2 adds ``asymmetry`` and ``settings.report`` to session.json and ``variation_percent`` to
summary.csv; early folders of layout 2 call themselves 1 and have them already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gaitlab.core.metric import MetricValue
from gaitlab.metrics import METRICS, asymmetries, variation_percent
from gaitlab.store.tables import read_table


def migrated(info: dict[str, Any], folder: Path, *, to: int) -> dict[str, Any]:
    """Return the content of session.json in the layout ``to``, step by step from its own."""
    for version in range(info["schema_version"], to):
        info = {**MIGRATIONS[version](info, folder), "schema_version": version + 1}
    return info


def variations_of(rows: list[dict[str, str]]) -> list[float]:
    """Return the coefficient of variation of every row of summary.csv, %; NaN where it means nothing."""
    values = [_value(row) for row in rows]
    return [variation_percent(v, METRICS[v.metric]) if v.metric in METRICS else float("nan") for v in values]


def _asymmetry_told(info: dict[str, Any], folder: Path) -> dict[str, Any]:
    settings = {"report": {"units": "metric", "embed_video": "auto"}, **info.get("settings", {})}
    if "asymmetry" in info:
        return {**info, "settings": settings}
    rows = read_table(folder / "summary.csv")
    told = [asdict(one) for one in asymmetries([_value(row) for row in rows], METRICS)]
    found = [{name: None if value != value else value for name, value in one.items()} for one in told]
    return {**info, "settings": settings, "asymmetry": found}


def _value(row: dict[str, str]) -> MetricValue:
    mean, sd, uncertainty = (float(row.get(name) or "nan") for name in ("mean", "sd", "uncertainty"))
    return MetricValue(
        row["metric"], row.get("label", ""), row["side"], int(row.get("n") or 0), mean, sd, uncertainty,
        row.get("unit", ""),
    )  # fmt: skip


# Layout -> what makes the next one of it.
MIGRATIONS: dict[int, Callable[[dict[str, Any], Path], dict[str, Any]]] = {1: _asymmetry_told}
