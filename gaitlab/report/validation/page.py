"""Assembly of the validation page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab._version import __version__
from gaitlab.report.render import environment, put_together, static
from gaitlab.report.shared.numbers import decimal
from gaitlab.report.shared.said import said
from gaitlab.report.shared.texts import point_of, read_texts
from gaitlab.report.validation import tables
from gaitlab.report.validation.figures import curve_charts, event_charts, metric_charts
from gaitlab.stats.validation.result import Compared, Validation

_HERE = Path(__file__).resolve().parent
_SCRIPTS = ("theme.js", "charts.js")


@dataclass(frozen=True, slots=True)
class Element:
    """One part of the page: its template, its function (None omits the part), and whether it has a heading."""

    name: str
    fill: Callable[[Validation, Mapping[str, Any]], Mapping[str, Any] | None]
    titled: bool = False


def _header(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"heading": _heading(found, texts), "sessions": [_facts(one, texts) for one in found.compared]}


def _heading(found: Validation, texts: Mapping[str, Any]) -> str:
    words = texts["validation"]
    count, people = len(found.compared), len({one.subject for one in found.compared})
    sessions = words["sessions_one"] if count == 1 else words["sessions_many"].format(count=count)
    whom = words["people_one"] if people == 1 else words["people_many"].format(count=people)
    return str(words["heading"].format(sessions=sessions, people=whom))


def _facts(one: Compared, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    words, offset, point = texts["validation"], one.offset, point_of(texts)
    key = "fit_given_unknown" if offset.correlation != offset.correlation else f"fit_{offset.source}"
    return {
        "name": Path(one.session).name or one.session,
        "facts": [
            (words["subject"], one.subject),
            (words["truth"], f"{Path(one.truth).name} · {said(one.kind, texts)}"),
            (words["contacts"], said(one.contacts_from, texts) or words["no_contacts"]),
            (words["offset"], words["offset_value"].format(offset=_signed(offset.offset_s, point))),
            (
                words["fit"],
                words[key].format(
                    r=decimal(offset.correlation, 3, point=point), overlap=decimal(offset.overlap_s, 1, point=point)
                ),
            ),
        ],
    }


def _signed(value: float, point: str) -> str:
    text = decimal(value, 3, point=point)
    return text if text.startswith("−") or not text.strip("0.,") else f"+{text}"


def _cautions(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    grave, notes = ([said(sentence, texts) for sentence in of] for of in (found.warnings, found.notes))
    return {"grave": grave, "sentences": notes} if grave or notes else None


def _events(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"groups": tables.event_rows(found, texts), "charts": event_charts(found, texts)}


def _metrics(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    per = set(found.metrics["per"])
    lead = texts["validation"]["metrics"]["lead_recording" if "recording" in per else "lead_stride"]
    groups = tables.metric_rows(found, texts)
    notes = list(dict.fromkeys(row.note for _, rows in groups for row in rows if row.note))
    return {"groups": groups, "charts": metric_charts(found, texts), "lead": lead, "notes": notes}


def _angles(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"rows": tables.angle_rows(found, texts), "charts": curve_charts(found, texts)}


def _definitions(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _footer(found: Validation, texts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"version": __version__}


ELEMENTS: tuple[Element, ...] = (
    Element("validated", _header),
    Element("cautions", _cautions),
    Element("events", _events, titled=True),
    Element("metrics", _metrics, titled=True),
    Element("angles", _angles, titled=True),
    Element("definitions", _definitions, titled=True),
    Element("footer", _footer),
)


def page_of(found: Validation, *, language: str = "en") -> str:
    """Return the page as one self-contained HTML text."""
    texts = read_texts(language)
    templates = environment(_HERE / "templates", t=texts)
    parts = []
    for element in ELEMENTS:
        values = element.fill(found, texts)
        if values is not None:
            title = texts["validation"][element.name]["title"] if element.titled else ""
            parts.append((element.name, title, templates.get_template(f"{element.name}.html").render(**values)))
    return put_together(
        templates,
        parts,
        title=f"{_heading(found, texts)} · {texts['validation']['kind']}",
        skip_to="events",
        styles=[static("report.css"), (_HERE / "static" / "validation.css").read_text(encoding="utf-8")],
        scripts=[static(name) for name in _SCRIPTS],
    )
