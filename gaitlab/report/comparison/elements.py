"""Elements of the comparison page, each a function that fills the template of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab._version import __version__
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.report.comparison import tables
from gaitlab.report.comparison.content import Compared, Comparison
from gaitlab.report.comparison.figures import curve_charts, trend_charts
from gaitlab.report.comparison.media import Film, shown
from gaitlab.report.session.elements import facts
from gaitlab.report.session.player import player_data

Films = Mapping[str, Film]


@dataclass(frozen=True, slots=True)
class Element:
    """One part of the page: its template, its function (None omits the part), and the key of its heading."""

    name: str
    fill: Callable[[Comparison, Films], Mapping[str, Any] | None]
    title: str = ""


def _header(comparison: Comparison, films: Films) -> Mapping[str, Any]:
    words = comparison.texts["comparison"]
    return {
        "kind": words["kind"].format(view=comparison.texts["words"][comparison.first.content.view]),
        "heading": heading(comparison),
        "sessions": [(one, facts(one.content)) for one in comparison.compared],
        "first": comparison.first,
    }


def heading(comparison: Comparison, *, sentence: str = "{athlete}") -> str:
    """Return the heading: a sentence about the athlete, or the number of sessions for several athletes."""
    athletes = {one.content.info["athlete"] for one in comparison.compared}
    if len(athletes) > 1:
        return str(comparison.texts["comparison"]["title_many"].format(count=len(comparison.compared)))
    return sentence.format(athlete=athletes.pop() or comparison.texts["no_athlete"])


def _cautions(comparison: Comparison, films: Films) -> Mapping[str, Any] | None:
    grave, cautions = comparison.grave, comparison.cautions
    return {"grave": grave, "sentences": cautions} if grave or cautions else None


def _found(comparison: Comparison, films: Films) -> Mapping[str, Any]:
    words = comparison.texts["comparison"]
    entries = []
    for other in comparison.compared[1:]:
        comparable = bool(tables.difference_groups(comparison, other))
        empty = words["nothing_changed" if comparable else "nothing_to_compare"]
        entries.append((_between(comparison, other), tables.changes(comparison, other), empty))
    return {"told": entries}


def _between(comparison: Comparison, other: Compared) -> str:
    first = comparison.first
    return str(
        comparison.texts["comparison"]["of_sessions"].format(
            letter_a=first.letter, letter_b=other.letter, name_a=first.name, name_b=other.name
        )
    )


def _videos(comparison: Comparison, films: Films) -> Mapping[str, Any]:
    some = shown(comparison.compared)
    tiles = [
        {
            "one": one,
            "film": films[one.letter],
            "name": f"film-{one.letter}",
            "data": player_data(one.content, films[one.letter].media),
            "strides": _strides(one),
        }
        for one in some
    ]
    return {
        "tiles": tiles,
        "shown": ", ".join(one.letter for one in some) if len(some) < len(comparison.compared) else "",
        "count": len(comparison.compared),
        "player": {
            "sessions": [{key: tile[key] for key in ("name", "data", "strides")} for tile in tiles],
            "words": {
                "cycle": comparison.texts["comparison"]["videos"]["cycle"],
                **{key: comparison.texts["video"][key] for key in ("play", "pause")},
            },
        },
    }  # fmt: skip


def _strides(one: Compared) -> dict[str, list[list[float]]]:
    """Return by side (start, end) of every accepted cycle, s since the first frame."""
    pose = one.content.pose
    start_s = float(pose.time_s[0]) if len(pose) else 0.0
    return {
        side: [
            [round(c.start_s - start_s, 4), round(c.end_s - start_s, 4)]
            for c in one.content.cycles
            if c.accepted and c.side == side
        ]
        for side in BOTH_SIDES
    }


def _curves(comparison: Comparison, films: Films) -> Mapping[str, Any]:
    charts = curve_charts(comparison)
    return {"charts": charts, "stance_only": all(chart.figure["kind"] == "stance" for chart in charts)}


def _trend(comparison: Comparison, films: Films) -> Mapping[str, Any] | None:
    groups = tables.trend_groups(comparison)
    return {"charts": trend_charts(comparison), "groups": groups} if groups else None


def _differences(comparison: Comparison, films: Films) -> Mapping[str, Any]:
    return {
        "blocks": [
            {
                "other": other,
                "heading": _between(comparison, other),
                "groups": tables.difference_groups(comparison, other),
                "without": tables.not_comparable(comparison, other),
            }
            for other in comparison.compared[1:]
        ],
        "first": comparison.first,
        "sources": tables.detectable_sources(comparison),
    }


def _footer(comparison: Comparison, films: Films) -> Mapping[str, Any]:
    return {"version": __version__}


ELEMENTS: tuple[Element, ...] = (
    Element("compared", _header),
    Element("cautions", _cautions),
    Element("found", _found, "found"),
    Element("videos", _videos, "videos"),
    Element("curves", _curves, "curves"),
    Element("trend", _trend, "trend"),
    Element("differences", _differences, "differences"),
    Element("footer", _footer),
)
