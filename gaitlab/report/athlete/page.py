"""Assembly and atomic writing of an athlete's page."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from gaitlab.analysis.shop import brand_from
from gaitlab.core.errors import OutputError
from gaitlab.io.files import whole_file
from gaitlab.io.session.contents import check_no_session_file
from gaitlab.io.session.index import log_skipped
from gaitlab.report.athlete.content import read_season
from gaitlab.report.athlete.elements import AFTER, BEFORE, key_of, part_values, title_of
from gaitlab.report.comparison.page import COMPARISON
from gaitlab.report.render import LETTER, environment, put_together, static
from gaitlab.report.shared.brand import language_of
from gaitlab.stats.athletes import sessions_of

_HERE = Path(__file__).resolve().parent
_SCRIPTS = ("theme.js", "charts.js")


def athlete_report(
    name: str,
    directory: str | Path = "reports",
    *,
    output: str | Path = "athlete.html",
    units: str = "metric",
    profile: str | Path | None = None,
    language: str | None = None,
    skip: Callable[[str], None] = log_skipped,
) -> Path:
    """Write a page of all sessions of one athlete, and return its path.

    The page shows the headline metrics over the dates, each with its interval and, where one is published, the smallest
    detectable change; what the last session changed against the one before it, as `gaitlab.compare` tells it; and the
    notes. Views, and running and walking, are shown apart.

    Parameters
    ----------
    name : str
        the athlete's name; case and spaces at its ends do not matter.
    directory : str | Path, optional
        directory of sessions.
    output : str | Path, optional
        path of the page, with suffix ``.html``; an existing file is replaced.
    units : str, optional
        ``metric`` or ``imperial``.
    profile : str | Path | None, optional
        a shop's file whose section ``[brand]`` heads the page; None takes the head of the last session that has one.
    language : str | None, optional
        language of the page; None takes that of ``profile``, or of the last session's page.
    skip : Callable[[str], None], optional
        called with the reason for each damaged session that is left out; the default logs it.

    Raises
    ------
    InputError
        if no session has that name (the message names the athletes that are there), or ``profile`` is no such file.
    OutputError
        if the page cannot be written.
    """
    path = Path(output)
    if path.suffix.lower() not in (".html", ".htm") or os.path.isdir(path):
        raise OutputError(f"the page is a file that ends in .html, not '{path}'; name one with -o")
    check_no_session_file(path)
    brand = brand_from(Path(profile)) if profile is not None else None
    sessions = sessions_of(name, directory, skip=skip)
    if language is None:
        language = (brand.language if brand is not None else "") or language_of(sessions[-1])
    season = read_season(sessions, units=units, language=language, brand=brand, skip=skip)
    templates = environment(_HERE / "templates", COMPARISON / "templates", t=season.texts)
    parts: list[tuple[str, str, str]] = []
    for element in BEFORE:
        if (values := element.fill(season)) is not None:
            parts.append((element.name, "", templates.get_template(f"{element.name}.html").render(**values)))
    for part in season.parts:
        text = templates.get_template("part.html").render(**part_values(part, season))
        parts.append((key_of(part), title_of(part, season), text))
    for element in AFTER:
        if (values := element.fill(season)) is not None:
            heading = season.texts["notes"]["title"] if element.name == "noted" else ""
            parts.append((element.name, heading, templates.get_template(f"{element.name}.html").render(**values)))
    text = put_together(
        templates,
        parts,
        title=season.texts["athlete"]["title"].format(athlete=season.athlete),
        skip_to=key_of(season.parts[0]),
        styles=[
            static("report.css"),
            _style(COMPARISON, "compare.css"),
            _style(_HERE, "season.css"),
            *([LETTER] if season.units == "imperial" else []),
        ],
        scripts=[static(name) for name in _SCRIPTS],
    )
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    return path


def _style(folder: Path, name: str) -> str:
    return (folder / "static" / name).read_text(encoding="utf-8")
