"""One session as the library lists it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError
from gaitlab.io.session.session import Session, glance_at
from gaitlab.metrics.quality import grade_of, grave_warnings
from gaitlab.report.session.content import headlines_of, listed_measures
from gaitlab.report.shared.measures import Measure
from gaitlab.report.shared.numbers import Units


@dataclass(frozen=True, slots=True)
class Entry:
    """What the library shows of a session.

    Attributes
    ----------
    id : str
        its id in addresses, which follows from its place.
    folder : str
        its place below the folder of sessions, with ``/``.
    athlete, label, date : str
        as in session.json; the date without the time. Empty where nothing is said.
    view, activity, grade : str
        as in session.json.
    runner : Mapping[str, float]
        height, m, and mass, kg, where they were said.
    headlines : tuple[tuple[str, str], ...]
        metric and value in words: left / right, or of both.
    warnings : tuple[str, ...]
        what a reader must know.
    grave : int
        so many of them forbid to rely on the numbers.
    problem : str
        why a damaged session cannot be read; then nothing else is known.
    """

    id: str
    folder: str
    athlete: str = ""
    label: str = ""
    date: str = ""
    dated_by: str = ""
    view: str = ""
    activity: str = ""
    grade: str = ""
    runner: Mapping[str, float] | None = None
    headlines: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    grave: int = 0
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what the cache keeps."""
        return asdict(self)

    @property
    def name(self) -> str:
        """What it is called on the page."""
        return self.label or self.folder.rpartition("/")[2]

    def matches(self, words: list[str]) -> bool:
        """Whether every word, see `plain`, is found in what is known of the session."""
        text = plain(" ".join((self.athlete, self.label, self.date, self.folder, self.view, self.activity)))
        return all(_holds(text, word) for word in words)


def plain(text: str) -> str:
    """Return what is searched for or in: lower case, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _holds(text: str, word: str) -> bool:
    """Whether a text holds a word; a single letter stands for itself, as in "shoe A", and is no part of others."""
    return word in text if len(word) > 1 else bool(re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text))


def entry_from(content: Mapping[str, Any]) -> Entry:
    """Return an entry of the cache."""
    tuples = {
        "headlines": tuple((str(label), str(value)) for label, value in content["headlines"]),
        "warnings": tuple(content["warnings"]),
    }
    return Entry(**{**content, **tuples})


def id_of(folder: str) -> str:
    """Return the id of a session by its place below the folder of sessions."""
    return hashlib.sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_entry(path: Path, folder: str) -> Entry:
    """Read what the library shows of a session, or why it cannot be read."""
    try:
        session = glance_at(path)
        info = session.info
        units: Units = "imperial" if info["settings"].get("report", {}).get("units") == "imperial" else "metric"
        found = listed_measures(session, units=units)
    except InputError as error:
        return Entry(id_of(folder), folder, problem=str(error))
    runner = {key: info["runner"].get(key) for key in ("height_m", "mass_kg")}
    return Entry(
        id_of(folder), folder, athlete=info["athlete"] or "", label=info["label"] or "",
        date=(info["recorded_at"] or "")[:10], dated_by=info.get("dated_by") or "", view=info["view"],
        activity=info["activity"], grade=grade_of(info), headlines=_headlines(session, found),
        runner={key: value for key, value in runner.items() if value is not None}, warnings=session.warnings,
        grave=len(grave_warnings(info)),
    )  # fmt: skip


def _headlines(session: Session, found: tuple[Measure, ...]) -> tuple[tuple[str, str], ...]:
    by_name = {measure.name: measure for measure in found}
    return tuple(
        (by_name[name].full_label, spoken)
        for name in headlines_of(session.info)
        if name in by_name and (spoken := _spoken(by_name[name]))
    )  # fmt: skip


def _spoken(measure: Measure) -> str:
    """Return the value of a metric: of both legs, left / right, or of one leg with its name; "" where there is none."""
    numbers = {
        side: measure.display.number(measure.sides[side].mean)
        for side in ("both", "left", "right")
        if side in measure.sides and measure.sides[side].known
    }
    leg = "".join(f"{side} " for side in numbers if side != "both") if len(numbers) == 1 else ""
    return f"{leg}{' / '.join(numbers.values())}{measure.display.suffix}" if numbers else ""
