"""Rendering of all pages: templates, escaping, and a policy that allows only gaitlab's scripts."""

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

from gaitlab.report.shared.said import as_html, plain

_HERE = Path(__file__).resolve().parent
TEMPLATES = _HERE / "templates"
# A style sheet: the paper of those who measure in feet.
LETTER = "@media print { @page { size: letter; } }"


def environment(*folders: Path, **known: Any) -> jinja2.Environment:
    """Return a template environment for folders, searched in order, with global values; all text is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(known)
    made.filters.update(script_data=as_script_data, fill=as_html, plain=plain)
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
        (anchor, heading for the navigation or empty, HTML) of every element.
    title : str
        title of the page.
    skip_to : str
        anchor of the target of the skip link for keyboard users.
    styles : Sequence[str]
        style sheets, in order.
    scripts : Sequence[str]
        scripts, run in this order; the policy allows no others.
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
    """Return the text of one of the report's scripts or style sheets."""
    return (_HERE / "static" / name).read_text(encoding="utf-8")


def as_script_data(value: Any) -> Markup:
    """Return JSON that is safe inside a script element, which it cannot close."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _policy(scripts: Sequence[str]) -> str:
    """Return a content security policy that allows only the given scripts and no network access."""
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
    """Return plotly's script as base64 of its gzip: less than half the size, and parsed only when needed."""
    return base64.b64encode(gzip.compress(_plotly().encode(), compresslevel=6, mtime=0)).decode("ascii")
