"""Elements of the athlete's page, each a function that fills the template of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab._version import __version__
from gaitlab.metrics.quality import grade_of
from gaitlab.report.athlete.content import NO_LABEL, Part, Season
from gaitlab.report.comparison import tables
from gaitlab.report.session.content import network
from gaitlab.report.shared import numbers
from gaitlab.report.shared.brand import head_of
from gaitlab.report.shared.measures import Measure
from gaitlab.report.shared.movements import texts_of
from gaitlab.report.shared.said import foreign, said
from gaitlab.report.shared.season import Dated, Mark, season_charts
from gaitlab.report.shared.texts import Texts, day, point_of
from gaitlab.stats.athletes import Run
from gaitlab.stats.sessions import CHANGED, UNKNOWN, detectable_of


@dataclass(frozen=True, slots=True)
class Element:
    """One part of the page: its template, and its function (None omits the part)."""

    name: str
    fill: Callable[[Season], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Value:
    """A metric of one side in one session; ``side`` is empty for both legs, ``weak`` why it is not to be relied on."""

    side: str
    mean: str
    uncertainty: str
    weak: str


@dataclass(frozen=True, slots=True)
class Row:
    """One session of the table: its facts, and its headline metrics in the order of the columns."""

    number: str
    mark: str
    date: str
    label: str
    facts: tuple[str, ...]
    grade: str
    cells: tuple[tuple[str, tuple[Value, ...], str], ...]


def _brand(season: Season) -> Mapping[str, Any] | None:
    head = head_of(season.brand)
    return {"head": head} if head else None


def _season(season: Season) -> Mapping[str, Any]:
    words = season.texts["athlete"]
    dates = [
        day(date, season.texts) for one in season.sessions if (date := (one.info["recorded_at"] or "")[:10])
    ]  # fmt: skip
    spelled = {" ".join(one.info["athlete"].split()) for one in season.sessions}
    count = len(season.sessions)
    facts = [
        (words["sessions"], str(count)),
        (words["dates"], dates[0] if len(set(dates)) == 1 else words["from_to"].format(first=dates[0], last=dates[-1])
         if dates else ""),
        (words["kinds"], ", ".join(title_of(part, season) for part in season.parts) if len(season.parts) > 1 else ""),
        (words["also_spelled"], ", ".join(sorted(spelled - {season.athlete}))),
    ]  # fmt: skip
    return {
        "athlete": season.athlete,
        "facts": [(name, text) for name, text in facts if text],
        "undated": words["undated"].format(numbers=", ".join(season.undated)) if season.undated else "",
    }


def title_of(part: Part, season: Season) -> str:
    """Return the heading of a part: view and activity."""
    words = season.texts["words"]
    return f"{words[part.kind.activity]}, {words[part.kind.view]}"


def key_of(part: Part) -> str:
    """Return the anchor of a part."""
    return f"{part.kind.view}-{part.kind.activity}"


def part_values(part: Part, season: Season) -> Mapping[str, Any]:
    """Return the values of the template ``part.html``."""
    words = season.texts["athlete"]
    dates = len({run.time for run in part.kind.dated})
    sources = {source for name in part.headlines for m in _of(part, name) if (source := detectable_of(name, m.unit)[1])}
    return {
        # A movement has words of its own in the place of those of gait.
        "t": texts_of(season.texts, part.kind.runs[-1].session.info),
        "key": key_of(part),
        "title": title_of(part, season),
        "count": len(part.kind.runs),
        "grave": part.grave,
        "cautions": part.cautions,
        "alone": words["one"] if len(part.kind.runs) == 1 else "",
        "lead": words["lead" if part.trend else "lead_points"],
        "since": _since(part, season),
        "charts": _charts(part, season) if dates > 1 else [],
        "legend": _legend(part, season),
        "legs": bool(season.marks) and _both_legs(part),
        "columns": [(name, *_heading(part, name)) for name in _columns(part)],
        "rows": [_row(part, run, season) for run in part.kind.runs],
        "sources": [foreign(source, season.texts) for source in sorted(sources)],
    }


def _legend(part: Part, season: Season) -> list[tuple[str, str]]:
    """Return (class, text) of each label of the part, or of the legs where no session has a label."""
    if not season.marks:
        return [(side, season.texts["sides"][side]) for side in ("left", "right")] if _both_legs(part) else []
    there = {run.session.info["label"] or "" for run in part.kind.runs}
    found = [(_class(mark), label) for label, mark in season.marks.items() if label in there]
    return found + ([(_class(NO_LABEL), season.texts["athlete"]["no_label"])] if "" in there else [])


def _both_legs(part: Part) -> bool:
    return any(len(_sides(measure)) > 1 for name in part.headlines for measure in _of(part, name))


def _class(mark: Mark | None) -> str:
    return f"{mark.colour} m{mark.symbol}" if mark is not None else "none"


def _of(part: Part, name: str) -> list[Measure]:
    return [measures[name] for measures in part.measures.values() if name in measures]


def _columns(part: Part) -> list[str]:
    """Return the headline metrics that any session has."""
    return [name for name in part.headlines if any(m.known for m in _of(part, name))]


def _heading(part: Part, name: str) -> tuple[str, str]:
    """Return name and unit of a column; without unit where it is not the same in all sessions."""
    found = [m for m in _of(part, name) if m.known]
    units = {m.display.unit for m in found}
    return found[-1].full_label, units.pop() if len(units) == 1 else ""


def _sides(measure: Measure) -> list[str]:
    return [side for side in ("left", "right", "both") if side in measure.sides and measure.sides[side].known]


def _row(part: Part, run: Run, season: Season) -> Row:
    info, texts = run.session.info, season.texts
    calibration, runner = info["calibration"], info["runner"]
    speed_mps = runner["belt_speed_mps"] or calibration["belt_speed_mps"]
    facts = (
        texts["words"].get(info.get("setting") if info["view"] == "side" else "", ""),
        numbers.speed(speed_mps, units=season.units, point=point_of(texts)) if speed_mps else "",
        texts["facts"]["from_file"].format(name=info["keypoints"]["name"])
        if info["keypoints"]
        else network(info, texts),
    )
    date = day((info["recorded_at"] or "")[:10], texts) or texts["athlete"]["no_date"]
    if info["dated_by"] == "file":
        date = texts["athlete"]["file_date"].format(date=date)
    cells = []
    for name in _columns(part):
        measure = part.measures[run.number].get(name)
        heading, unit = _heading(part, name)
        suffix = measure.display.unit if measure is not None and measure.known and not unit else ""
        cells.append((f"{heading}{f', {unit}' if unit else ''}", _values(measure), suffix))
    return Row(
        run.number, _class(season.mark(run.session)), date, info["label"] or "", tuple(filter(None, facts)),
        grade_of(info), tuple(cells),
    )  # fmt: skip


def _values(measure: Measure | None) -> tuple[Value, ...]:
    if measure is None:
        return ()
    show = measure.display
    return tuple(
        Value(
            side if side != "both" else "", show.number(one.mean),
            show.half_width(one.uncertainty) if np.isfinite(one.uncertainty) else "", one.weak,
        )
        for side in _sides(measure)
        if (one := measure.sides[side])
    )  # fmt: skip


def _since(part: Part, season: Season) -> Mapping[str, Any] | None:
    """Return what the last session changed against the one before it."""
    if part.since is None:
        return None
    words = season.texts["comparison"]
    first, other = part.since.compared
    groups = tables.difference_groups(part.since, other)
    return {
        "between": words["of_sessions"].format(
            letter_a=first.letter, letter_b=other.letter, name_a=first.name, name_b=other.name
        ),
        "changes": tables.changes(part.since, other),
        "empty": words["nothing_changed" if groups else "nothing_to_compare"],
        # With two sessions the section says the same of both.
        "cautions": [*part.since.grave, *part.since.cautions] if len(part.kind.runs) > 2 else [],
        "groups": groups,
        "first": first,
        "other": other,
        "without": tables.not_comparable(part.since, other),
    }


def _charts(part: Part, season: Season) -> list[Mapping[str, Any]]:
    """Return the charts of the headline metrics, each with what is told of its trend below it."""
    smallest = {name: detectable_of(name, found[-1].unit)[0] for name in _columns(part) if (found := _of(part, name))}
    dated = [
        Dated(run.time.isoformat(), _name(run, season.texts), part.measures[run.number], season.mark(run.session))
        for run in part.kind.dated
        if run.time is not None
    ]
    charts = season_charts(
        dated, part.trend, headlines=part.headlines, texts=season.texts, smallest=smallest,
        pins=[noted.pin for noted in season.noted],
    )  # fmt: skip
    told: list[Mapping[str, Any]] = []
    for chart in charts:
        name = chart.key.removeprefix("trend-")
        measure = next(m for m in reversed(_of(part, name)) if m.known)
        left_out = sum(m.known != () and m.unit != measure.unit for m in _of(part, name))
        lines = [_verdict(row, measure, season) for row in part.trend
                 if (row["metric"], row["unit"]) == (name, measure.unit)]  # fmt: skip
        told.append({
            "key": f"{key_of(part)}-{chart.key}", "title": chart.title, "figure": chart.figure, "alt": chart.alt,
            "lines": [*lines, _smallest(smallest[name], measure, season), *_unit_words(left_out, measure, season)],
        })  # fmt: skip
    return told


def _name(run: Run, texts: Texts) -> str:
    date = day(run.time.date().isoformat(), texts) if run.time is not None else ""
    return " · ".join(part for part in (run.number, run.session.info["label"], date) if part)


def _verdict(row: Mapping[str, Any], measure: Measure, season: Season) -> str:
    """Return what a trend says of one side."""
    words, show = season.texts["athlete"]["trend"], measure.display
    side = "" if row["side"] == "both" else f"{season.texts['sides'][row['side']]}{season.texts['format']['colon']}"
    if row["verdict"] == UNKNOWN:
        return f"{side}{words['unknown'].format(reason=said(row['reason'], season.texts))}"
    key = "changed" if row["verdict"] == CHANGED else "noise"
    told = words[key].format(
        slope=show.signed(row["slope_per_30_days"]), interval=show.half_width(row["interval"]), unit=show.suffix
    )
    return f"{side}{told}"


def _smallest(value: float, measure: Measure, season: Season) -> str:
    words = season.texts["athlete"]
    if not np.isfinite(value):
        return str(words["no_smallest"])
    return str(words["smallest"].format(value=measure.display.number(value), unit=measure.display.suffix))


def _unit_words(left_out: int, measure: Measure, season: Season) -> Sequence[str]:
    words = season.texts["athlete"]["other_unit"]
    return [words.format(count=left_out, unit=measure.display.unit)] if left_out else []


def _noted(season: Season) -> Mapping[str, Any] | None:
    rows = [
        (one.pin, day(one.pin.date, season.texts), one.run.number, _class(season.mark(one.run.session)),
         one.run.session.info["label"] or "")
        for one in season.noted
    ]  # fmt: skip
    return {"rows": rows} if rows else None


def _footer(season: Season) -> Mapping[str, Any]:
    return {"version": __version__}


BEFORE: tuple[Element, ...] = (Element("brand", _brand), Element("season", _season))
AFTER: tuple[Element, ...] = (Element("noted", _noted), Element("footer", _footer))
