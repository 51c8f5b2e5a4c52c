"""The worked examples of `docs/gallery/`, run where `gaitlab demo` was, each with the picture or table it makes."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import re
import runpy
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

import gaitlab
from gaitlab.apps.demo import demo_session
from gaitlab.core.person import Body
from gaitlab.pose.still import write_openpose_json

PICTURE_GOES_HERE = "<!-- the picture goes here -->"
PLOTLY = "assets/plotly.min.js"
DEMO = Path("reports") / "demo"


@dataclass(frozen=True, slots=True)
class Example:
    """One script, and what it made.

    Attributes
    ----------
    name : str
        of the file, without its ending.
    title, text : str
        first line and the rest of what the script says of itself.
    code : str
        the script below that.
    picture, preview : str
        what it made, as HTML, in full and small.
    """

    name: str
    title: str
    text: str
    code: str
    picture: str
    preview: str

    @property
    def place(self) -> str:
        """Where its page lies in the site's sources."""
        return f"gallery/{self.name}.md"

    def page(self) -> str:
        """Return the page: what it shows, the picture, the code."""
        return (
            f"---\nhide: [toc]\n---\n\n# {self.title}\n\n{self.text}\n\n{PICTURE_GOES_HERE}\n\n"
            f"```python\n{self.code}```\n\n[Download {self.name}.py]({self.name}.py)\n"
        )


def run_all(scripts: Path, folder: Path) -> list[Example]:
    """Run every script in a folder that holds what they start from."""
    prepare(folder)
    return [run(script, folder) for script in sorted(scripts.glob("*.py"))]


def prepare(folder: Path) -> None:
    """Make what the scripts start from: the session of `gaitlab demo`, and its keypoints as OpenPose would write them.

    A session that is there already is taken, so that pages can be edited without waiting for the network each time;
    `make docs` begins with an empty folder.
    """
    if not (folder / DEMO / "session.json").is_file():
        demo_session(output=folder / DEMO)
    pose = gaitlab.open_session(folder / DEMO).raw_pose
    for frame, (xy, score) in enumerate(zip(pose.xy, pose.score, strict=True)):
        write_openpose_json(folder / "openpose", "run", [Body(xy, score)], pose.skeleton, frame=frame)


def run(script: Path, folder: Path) -> Example:
    """Run one script in ``folder`` and return it with what it made."""
    source = script.read_text(encoding="utf-8")
    first = ast.parse(source).body[0]
    title, _, text = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")
    code = "".join(source.splitlines(keepends=True)[first.end_lineno :]).lstrip()
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        made = runpy.run_path(str(script.resolve()), run_name="__main__")
    return Example(script.stem, title, text, code, *_as_html(made, title))


def _as_html(made: dict[str, Any], title: str) -> tuple[str, str]:
    """Return the ``figure``, ``table`` or ``picture`` that a script leaves behind, in full and small."""
    match [made[name] for name in ("figure", "table", "picture") if name in made]:
        case [go.Figure() as figure]:
            return _figure(figure, title), _figure(_small(figure), title, fixed=True)
        case [pd.DataFrame() as table]:
            return (_table(table),) * 2
        case [np.ndarray() as picture]:
            data = base64.b64encode(cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 85])[1]).decode()
            return (f'<p><img alt="{title}" src="data:image/webp;base64,{data}"></p>',) * 2
        case other:
            raise ValueError(f"'{title}' must leave one of figure, table and picture behind, not {len(other)}")


def _table(table: pd.DataFrame) -> str:
    return f'<div class="gallery-table">{table.to_html(index=False, border=0, na_rep="")}</div>'


def _figure(figure: go.Figure, title: str, *, fixed: bool = False) -> str:
    """Return a chart with plotly's script, in colours that suit light and dark."""
    clear = "rgba(0, 0, 0, 0)"
    layout: dict[str, Any] = {
        "height": 420, "margin": {"l": 60, "r": 10, "t": 20, "b": 50},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }  # fmt: skip
    shown = go.Figure(layout=layout | figure.layout.to_plotly_json(), data=figure.data)
    shown.update_layout(template="none", paper_bgcolor=clear, plot_bgcolor=clear, font_family="inherit")
    html = shown.to_html(
        full_html=False,
        include_plotlyjs=f"../{PLOTLY}",
        config={"displayModeBar": False, "responsive": True, "staticPlot": fixed},
    )
    return f'<div class="gallery-figure" role="img" aria-label="{title}">{html}</div>'


def _small(figure: go.Figure) -> go.Figure:
    """Return a chart without its words."""
    words = {"title": None, "showticklabels": False}
    return go.Figure(figure).update_layout(
        xaxis=words, yaxis=words, height=150, showlegend=False, margin={"l": 5, "r": 5, "t": 5, "b": 5}
    )


def with_previews(html: str, examples: Iterable[Example]) -> str:
    """Return the list of scripts as cards, each with a small picture of what its script makes."""
    for example in examples:
        card = rf'(<a href="{example.name}\.html">.*?)(</li>)'
        html = re.sub(card, lambda found, e=example: f"{found[1]}{e.preview}{found[2]}", html, count=1, flags=re.S)
    return html.replace("<ul>", '<ul class="gallery-cards">', 1)


def plotly_script() -> str:
    """Return plotly's own script, so that the site asks no other server for it."""
    return get_plotlyjs()
