"""Conversion of older session layouts to the current one on reading; nothing on disk is changed.

Layouts: 1 is the first one. 2 adds ``asymmetry`` and ``settings.report`` to session.json and ``variation_percent`` to
summary.csv; early folders of layout 2 are labelled 1 and have them already. 3 adds ``quality.verdict``, no longer names
command line options in messages about missing inputs, and gives complete sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gaitlab.core.metric import MetricValue
from gaitlab.io.session.contents import within
from gaitlab.io.session.schema import ENTRIES, check_entries, read_object
from gaitlab.io.session.tables import read_session_table
from gaitlab.metrics import METRICS, asymmetries, sources, variation_percent
from gaitlab.metrics.quality import graded, of_clip


def migrated(info: dict[str, Any], folder: Path, *, to: int) -> dict[str, Any]:
    """Return the content of session.json converted step by step from its own layout to ``to``.

    Parameters
    ----------
    info : dict[str, Any]
        content of session.json.
    folder : Path
        the session folder, whose tables some steps need.
    to : int
        number of the layout.
    """
    for version in range(info["schema_version"], to):
        info = {**MIGRATIONS[version](info, folder), "schema_version": version + 1}
    return info


def variations_of(rows: list[dict[str, str]]) -> list[float]:
    """Return the coefficient of variation of every row of summary.csv, %; NaN where it is undefined."""
    values = [_value(row) for row in rows]
    return [variation_percent(v, METRICS[v.metric]) if v.metric in METRICS else float("nan") for v in values]


def _with_asymmetry(info: dict[str, Any], folder: Path) -> dict[str, Any]:
    settings = {"report": {"units": "metric", "embed_video": "auto"}, **info.get("settings", {})}
    if "asymmetry" in info:
        return {**info, "settings": settings}
    rows = read_session_table(within(folder, "summary.csv"))
    entries = [asdict(one) for one in asymmetries([_value(row) for row in rows], METRICS)]
    found = [{name: None if value != value else value for name, value in one.items()} for one in entries]
    return {**info, "settings": settings, "asymmetry": found}


def _value(row: dict[str, str]) -> MetricValue:
    mean, sd, uncertainty = (float(row.get(name) or "nan") for name in ("mean", "sd", "uncertainty"))
    return MetricValue(
        row["metric"], row.get("label", ""), row["side"], int(row.get("n") or 0), mean, sd, uncertainty,
        row.get("unit", ""),
    )  # fmt: skip


def _with_verdict(info: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Grade the recording, and the second clip of the same run, whose session is within this one."""
    if "quality" not in info:  # nothing to grade
        return info
    warnings = [without_options(warning) for warning in info["warnings"]]
    result = graded({"dated_by": None, **info, "warnings": warnings})
    if not (companion := info.get("with")):
        return result
    path = within(folder, f"{companion['folder']}/session.json")
    own = read_object(path)
    check_entries(own, path, ENTRIES)
    other = graded({**own, "warnings": []})
    warnings = [*result["warnings"], *(of_clip(companion["view"], warning) for warning in other["warnings"])]
    return {**result, "warnings": warnings, "with": {**companion, "quality": other["quality"]}}


# Messages of layouts before 3 with command line options to those without.
_OPTIONS_NAMED: Mapping[str, str] = {
    "needs the body mass: --mass": "needs the body mass",
    "needs the body height: --height": "needs the body height",
    "the belt speed (--speed), or": "the belt speed, or",
    "in the recording, or --standing FILE, as its zero": "in the recording, or a recording of it, as its zero",
    "say the true frame rate with --capture-fps ": "the true frame rate must be entered: ",
    "say the true frame rate with --capture-fps": "the true frame rate must be entered",
    "say --facing left or --facing right": "the side the person faces must be entered",
    "record longer or widen --start and --end": "record longer, or use more of the recording",
}


# Sources of layouts before 3 to their complete form.
_SOURCES: Mapping[str, str] = {
    "young adult runners, J Exp Biol, table 4 of markup 1086286; mean ± SD": sources.YOUNG_RUNNERS,
    "46 runners on treadmills at 2.5 m/s, markers (BMC and RIC data sets, Fukuchi and Ferber); mean ± SD":
        sources.TWO_LABORATORIES,
    "46 runners on treadmills at 2.5 m/s, 3-D markers (BMC and RIC data sets, Fukuchi and Ferber); mean ± SD":
        sources.TWO_LABORATORIES,
    "heel whips of runners from behind (Souza et al. 2015, PM&R); mean ± SD": sources.HEEL_WHIPS,
}  # fmt: skip


def row_of_today(row: dict[str, str]) -> dict[str, str]:
    """Return a row of summary.csv with reason and source as in the current layout."""
    reason, source = row["missing_reason"], row["reference_source"]
    return {**row, "missing_reason": without_options(reason), "reference_source": _SOURCES.get(source, source)}


def without_options(sentence: str) -> str:
    """Return a message of an older layout without command line options."""
    for named, plain in _OPTIONS_NAMED.items():
        sentence = sentence.replace(named, plain)
    return sentence


# Layout to the function that converts it to the next one.
MIGRATIONS: dict[int, Callable[[dict[str, Any], Path], dict[str, Any]]] = {1: _with_asymmetry, 2: _with_verdict}
