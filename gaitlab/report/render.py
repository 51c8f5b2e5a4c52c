"""What every page of gaitlab is put together with: templates, escaping, its own scripts and nobody else's."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

_HERE = Path(__file__).resolve().parent
TEMPLATES = _HERE / "templates"


def environment(*folders: Path, **known: Any) -> jinja2.Environment:
    """Return where templates are found (the first folder first), with what all of them know; all text is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(known)
    made.filters.update(script_data=as_script_data, fill=_fill)
    return made


def put_together(
    templates: jinja2.Environment,
    parts: Sequence[tuple[str, str, str]],
    *,
    title: str,
    skip_to: str,
    styles: Sequence[str],
    scripts: Sequence[str],
) -> str:
    """Return the page as text.

    Parameters
    ----------
    templates : jinja2.Environment
        from `environment`.
    parts : Sequence[tuple[str, str, str]]
        (address in the page, heading for the navigation or empty, HTML) of every element.
    title : str
        of the page.
    skip_to : str
        address of the part that readers without a mouse may jump to.
    styles : Sequence[str]
        style sheets, later ones over earlier ones.
    scripts : Sequence[str]
        run in this order, under a policy that lets nothing else run.
    """
    return templates.get_template("page.html").render(
        title=title,
        skip_to=skip_to,
        style=Markup("\n".join(styles)),
        parts=[(name, heading, Markup(html)) for name, heading, html in parts],
        scripts=[Markup(script) for script in scripts],
        plotly=_packed_plotly(),
        policy=_policy([_plotly(), *scripts]),
    )


def static(name: str) -> str:
    """Return one of the report's scripts or style sheets."""
    return (_HERE / "static" / name).read_text(encoding="utf-8")


def as_script_data(value: Any) -> Markup:
    """Return JSON that is safe inside a script element: no character of it can end the element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _fill(sentence: str, **values: Any) -> str:
    return sentence.format(**values)


def _policy(scripts: Sequence[str]) -> str:
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
