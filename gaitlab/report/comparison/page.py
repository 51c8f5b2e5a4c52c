"""Assembly and atomic writing of the comparison page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from gaitlab.core.errors import OutputError
from gaitlab.io.files import whole_file
from gaitlab.io.session.contents import check_no_session_file
from gaitlab.io.session.session import Session
from gaitlab.report.comparison.content import read_comparison
from gaitlab.report.comparison.elements import ELEMENTS, heading
from gaitlab.report.comparison.media import gather_films, shown
from gaitlab.report.render import environment, put_together, static
from gaitlab.report.shared.brand import common_language

COMPARISON = Path(__file__).resolve().parent
# The scripts of the report, with a player for several videos.
_SCRIPTS = ("theme.js", "media.js", "tracks.js", "compare.js", "charts.js")


def write_comparison(
    sessions: Sequence[Session],
    output: str | Path,
    *,
    units: str = "metric",
    embed_video: bool = True,
    language: str | None = None,
) -> Path:
    """Write a page that compares sessions with the first of them, and return its path.

    Parameters
    ----------
    sessions : Sequence[Session]
        two or more sessions of the same view.
    output : str | Path
        path of the page, with suffix ``.html``; an existing file is replaced.
    units : str, optional
        ``metric`` or ``imperial``.
    embed_video : bool, optional
        whether to embed the videos, so that the page can be sent; otherwise it links to the sessions' videos.
    language : str | None, optional
        language of the page; None takes that of the sessions' pages, English where they differ.

    Raises
    ------
    InputError
        for fewer than two sessions, different views, or a damaged session.
    OutputError
        if the page cannot be written.
    """
    path = Path(output)
    if path.suffix.lower() not in (".html", ".htm") or os.path.isdir(path):
        raise OutputError(f"the page is a file that ends in .html, not '{path}'; name one with -o")
    check_no_session_file(path)
    comparison = read_comparison(sessions, units=units, language=language or common_language(sessions))
    films = gather_films(shown(comparison.compared), path, embed=embed_video)
    templates = environment(COMPARISON / "templates", t=comparison.texts)
    parts: list[tuple[str, str, str]] = []
    for element in ELEMENTS:
        values = element.fill(comparison, films)
        if values is not None:
            title = comparison.texts["comparison"][element.title]["title"] if element.title else ""
            parts.append((element.name, title, templates.get_template(f"{element.name}.html").render(**values)))
    text = put_together(
        templates,
        parts,
        title=heading(comparison, sentence=comparison.texts["comparison"]["title"]),
        skip_to="differences",
        styles=[static("report.css"), (COMPARISON / "static" / "compare.css").read_text(encoding="utf-8")],
        scripts=[_script(name) for name in _SCRIPTS],
    )
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    return path


def _script(name: str) -> str:
    own = COMPARISON / "static" / name
    return own.read_text(encoding="utf-8") if own.is_file() else static(name)
