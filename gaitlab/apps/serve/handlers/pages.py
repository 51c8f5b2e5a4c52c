"""The pages, and the files that they are made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gaitlab.apps.serve.library.entry import plain
from gaitlab.apps.serve.security import CHARTS_POLICY
from gaitlab.apps.serve.state import STATIC, page, state_of
from gaitlab.core.metric import View
from gaitlab.report.render import static

_SHOWN = 60  # sessions on a page of the library
# Of the report: its style, and its colours for charts.
_OF_REPORT = {"report.css": "text/css", "theme.js": "text/javascript"}
_KEPT = {"Cache-Control": "max-age=3600"}


async def home(request: Request) -> Response:
    """Show where films are dropped, and the queue."""
    state = state_of(request)
    return page(request, "home", limit_gb=state.options.largest_bytes / 1e9)


async def library(request: Request) -> Response:
    """Show athletes and sessions, those that match what is searched for."""
    state = state_of(request)
    words = request.query_params.get("q", "")[:200]
    entries = await run_in_threadpool(state.library.entries)
    found = [entry for entry in entries if entry.matches(plain(words).split())]
    first = _whole(request.query_params.get("from", "0"))
    athletes: dict[str, int] = {}
    for entry in entries:
        if entry.athlete:
            athletes[entry.athlete] = athletes.get(entry.athlete, 0) + 1
    return page(
        request, "library", entries=found[first : first + _SHOWN], total=len(entries), found=len(found), words=words,
        first=first, step=_SHOWN, athletes=sorted(athletes.items(), key=lambda pair: pair[0].casefold()),
    )  # fmt: skip


async def athlete(request: Request) -> Response:
    """Show the sessions of one athlete, and what became of the numbers over the season."""
    state = state_of(request)
    name = request.query_params.get("name", "")
    entries = [entry for entry in await run_in_threadpool(state.library.entries) if entry.athlete == name and name]
    return page(
        request, "athlete", policy=CHARTS_POLICY, name=name, entries=entries, status=200 if entries else 404,
        views=sorted({entry.view for entry in entries if not entry.problem}, key=get_args(View).index),
    )  # fmt: skip


def _of_report(name: str) -> Callable[[Request], Any]:
    async def send(request: Request) -> Response:
        return Response(static(name), media_type=_OF_REPORT[name], headers=_KEPT)

    return send


async def plotly(request: Request) -> Response:
    """Return plotly's script."""
    return Response(await run_in_threadpool(_plotly), media_type="text/javascript", headers=_KEPT)


@cache
def _plotly() -> bytes:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs()).encode()


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


ROUTES = [
    Route("/", home),
    Route("/library", library),
    Route("/athlete", athlete),
    *(Route(f"/static/{name}", _of_report(name)) for name in _OF_REPORT),
    Route("/static/plotly.js", plotly),
    Mount("/static", StaticFiles(directory=STATIC)),
]
