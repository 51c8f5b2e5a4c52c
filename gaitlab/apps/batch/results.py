"""Results of a batch: one table and one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2

from gaitlab.apps.batch.work import Outcome
from gaitlab.core.errors import InputError
from gaitlab.core.text import whole_characters
from gaitlab.io.files import whole_file
from gaitlab.io.session.session import open_session
from gaitlab.io.session.tables import write_table
from gaitlab.metrics import METRICS
from gaitlab.metrics.summary import LABELS_OVERGROUND

_FACTS = ("source", "status", "reason", "session", "athlete", "label", "date", "view")
_VALUES = ("metric", "side", "n", "mean", "sd", "uncertainty", "network_error", "unit", "missing_reason")
# Metrics that the page shows for every session.
_SHOWN = ("cadence", "speed")
_HERE = Path(__file__).parent


def write_results(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write one row per metric and side of every session; one row with the reason for a video without a session."""
    rows = (row for outcome in outcomes for row in _rows(_readable(outcome)))
    with whole_file(path, advice="") as partial:
        write_table(partial, _FACTS + _VALUES, rows)


def write_index(path: Path, outcomes: Sequence[Outcome], *, total: int) -> None:
    """Write the page: one row per video with status, link to the report and cadence, or the reason for none."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("index.html").render(
        rows=[_line(_readable(outcome), path.parent) for outcome in outcomes],
        counts=Counter(outcome.status for outcome in outcomes),
        open=total - len(outcomes),
        shown=[LABELS_OVERGROUND.get(name, METRICS[name].label) for name in _SHOWN],
    )
    with whole_file(path, advice="") as partial:
        partial.write_text(whole_characters(page), encoding="utf-8")


def _readable(outcome: Outcome) -> Outcome:
    """Return the outcome, without its session and with a reason if that was damaged meanwhile."""
    if outcome.folder is None:
        return outcome
    try:
        open_session(outcome.folder).rows("summary")
    except InputError as error:
        return replace(outcome, status="failed", reason=str(error), folder=None)
    return outcome


def _rows(outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    said = outcome.job.options
    if outcome.folder is None:
        names = (said.get("athlete"), said.get("label"), None, said.get("view"))
        yield (outcome.job.source, outcome.status, outcome.reason, None, *names, *[None] * len(_VALUES))
        return
    session = open_session(outcome.folder)
    info = session.info
    facts = (
        outcome.job.source, outcome.status, outcome.reason, str(outcome.folder),
        info["athlete"], info["label"], info["recorded_at"], info["view"],
    )  # fmt: skip
    for row in session.rows("summary"):
        yield (*facts, *(row.get(name, "") for name in _VALUES))


def _line(outcome: Outcome, directory: Path) -> dict[str, Any]:
    """Return the content of the page's row for one video."""
    values: dict[str, str] = {}
    link = ""
    if outcome.folder is not None:
        session = open_session(outcome.folder)
        link = session.report.relative_to(directory).as_posix()
        for row in session.rows("summary"):
            if row["metric"] in _SHOWN and row["mean"]:
                values[row["metric"]] = f"{float(row['mean']):.{METRICS[row['metric']].decimals}f} {row['unit']}"
    said = outcome.job.options
    return {
        "source": Path(outcome.job.source).name,
        "link": link,
        "status": outcome.status,
        "reason": outcome.reason,
        "athlete": said.get("athlete") or "",
        "label": said.get("label") or "",
        "values": [values.get(name, "") for name in _SHOWN],
    }
