"""The page put together from its elements, scripts and styles, and written whole or not at all."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from gaitlab.errors import OutputError
from gaitlab.report.content import Content, read_content
from gaitlab.report.elements import ELEMENTS
from gaitlab.report.media import Media, gather_media
from gaitlab.store.session import Session

_HERE = Path(__file__).resolve().parent
# The page's own scripts, run in this order; the last one unpacks plotly's when the page can already be read.
_SCRIPTS = ("theme.js", "media.js", "player.js", "charts.js")


def write_report(
    session: Session,
    *,
    stills: Mapping[str, bytes] | None = None,
    clip: Path | None = None,
    embed_video: bool | None = None,
    units: str = "metric",
    language: str = "en",
) -> None:
    """Write ``report.html`` into a session's folder.

    Args:
        session: the session; its folder may still carry its temporary name.
        stills: key of a moment of `key_moments` -> JPEG of its box; moments without one are drawn from keypoints.
        clip: the clean video, its first frame the session's first; without it annotated.mp4 is shown.
        embed_video: whether the clip goes into the page; None embeds it under 15 MB, else it stays in the folder.
        units: ``metric`` or ``imperial``.
        language: which of the files of sentences to use.

    Raises:
        InputError: an unknown unit system or language, an unreadable clip, or a damaged session.
        OutputError: where the page cannot be written.
    """
    content = read_content(session, units=units, language=language)
    media = gather_media(
        session.folder, annotated=session.video, clip=clip, embed_video=embed_video, stills=stills or {}
    )
    _write_whole(session.report, render(content, media))


def render(content: Content, media: Media) -> str:
    """Return the page as text."""
    environment = _environment(content)
    parts: list[tuple[str, str, str]] = []
    for element in ELEMENTS:
        values = element.fill(content, media)
        if values is not None:
            html = environment.get_template(f"{element.name}.html").render(**values)
            parts.append((element.name, element.title, html))
    scripts = [_read("static", name) for name in _SCRIPTS]
    return environment.get_template("page.html").render(
        title=_title(content),
        style=Markup(_read("static", "report.css")),
        parts=[(name, title, Markup(html)) for name, title, html in parts],
        scripts=[Markup(script) for script in scripts],
        plotly=_packed_plotly(),
        policy=_policy([_plotly(), *scripts]),
    )


def as_script_data(value: Any) -> Markup:
    """Return JSON that is safe inside a script element: no character of it can end the element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _environment(content: Content) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=content.texts, info=content.info)
    environment.filters.update(script_data=as_script_data, fill=_fill)
    return environment


def _fill(sentence: str, **values: Any) -> str:
    return sentence.format(**values)


def _title(content: Content) -> str:
    sentence = content.texts["title_walking" if content.info["activity"] == "walking" else "title"]
    return str(sentence.format(athlete=content.info["athlete"] or content.texts["no_athlete"]))


def _policy(scripts: list[str]) -> str:
    """Return a policy under which the page runs its own scripts, and nothing else, and never asks the network."""
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "media-src 'self' file: blob: data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    script: str = get_plotlyjs()
    return script


@cache
def _packed_plotly() -> str:
    """Return plotly's script as base64 of its gzip: less than half its weight, and nothing to parse at first."""
    return base64.b64encode(gzip.compress(_plotly().encode(), compresslevel=6, mtime=0)).decode("ascii")


def _read(*parts: str) -> str:
    return _HERE.joinpath(*parts).read_text(encoding="utf-8")


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write the report '{path}': {error.strerror}; is the folder writable?") from error
    finally:
        partial.unlink(missing_ok=True)
