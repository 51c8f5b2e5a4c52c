"""The season of one athlete: a chart and a verdict for every headline number, from the summaries alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gaitlab.io.session.session import Session, glance_at
from gaitlab.report.session.content import headlines_of, listed_measures
from gaitlab.report.shared.season import Dated, season_charts
from gaitlab.report.shared.texts import read_texts
from gaitlab.stats.trends import FEWEST, session_time, trends

_TOO_FEW = f"A trend takes {FEWEST} sessions of one view at {FEWEST} different times, or more."


def trend_of(folders: Sequence[Path]) -> dict[str, Any]:
    """Return the charts over sessions of one view, and why there are none where there are none.

    Parameters
    ----------
    folders : Sequence[Path]
        their folders.

    Raises
    ------
    InputError
        if a session is damaged.
    """
    sessions = [one for folder in folders if session_time(one := glance_at(folder)) is not None]
    if len({session_time(session) for session in sessions}) < FEWEST:
        return {"charts": [], "reason": _TOO_FEW}
    rows: list[Mapping[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in trends(sessions).to_dict("records")
    ]
    texts = read_texts("en")
    charts = season_charts(
        [_dated(session) for session in sessions], rows, texts=texts,
        headlines=tuple(dict.fromkeys(name for session in sessions for name in headlines_of(session.info))),
    )  # fmt: skip
    verdicts: dict[str, list[str]] = {}
    for row in rows:
        side = "" if row["side"] == "both" else f"{texts['sides'][row['side']]}: "
        verdicts.setdefault(f"trend-{row['metric']}", []).append(f"{side}{row['verdict']}")
    return {
        "charts": [
            {
                "key": chart.key, "title": chart.title, "alt": chart.alt, "figure": chart.figure,
                "legend": chart.legend, "verdict": "; ".join(verdicts.get(chart.key, [])),
            }
            for chart in charts
        ],
        "reason": "",
    }  # fmt: skip


def _dated(session: Session) -> Dated:
    time = session_time(session)
    assert time is not None
    name = " · ".join(part for part in (session.info["label"], time.date().isoformat()) if part)
    return Dated(
        time.isoformat(), name, {measure.name: measure for measure in listed_measures(session, units="metric")}
    )
