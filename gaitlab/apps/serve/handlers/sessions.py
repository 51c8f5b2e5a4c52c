"""Sessions: their reports, what is changed of them, and what is handed over."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gaitlab.apps.serve.handlers.films import said
from gaitlab.apps.serve.library import handover
from gaitlab.apps.serve.library.changes import rename
from gaitlab.apps.serve.library.trend import trend_of
from gaitlab.apps.serve.security import REPORT_POLICY, same
from gaitlab.apps.serve.state import MOST_COMPARED, State, state_of, told
from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.session.contents import COMPANIONS, within
from gaitlab.io.session.session import open_session

_SHOWN_FILES = ("report.html", "clip.mp4", "annotated.mp4")


async def opened(request: Request) -> Response:
    """Return a report or its videos, in a sandbox of its own."""
    state = state_of(request)
    if not same(request.path_params["secret"], state.secrets.reports):
        words = "this address is from before the server was started; open the report from the library"
        return told(request, words, 404)
    entry = await run_in_threadpool(state.library.get, request.path_params["session"])
    name = request.path_params["file"]
    inside, _, file = name.rpartition("/")
    if file not in _SHOWN_FILES or inside not in ("", *COMPANIONS.values()):
        return told(request, "there is no such file", 404)
    path = await run_in_threadpool(within, state.library.path(entry), name)
    if not path.is_file():
        return told(request, "this session has no such page or video; `gaitlab report` makes its page anew", 404)
    return FileResponse(path, headers={"Content-Security-Policy": REPORT_POLICY, **_OPEN_HEADERS})


# A page in a sandbox has no origin, so what it shows of this server comes from another one.
_OPEN_HEADERS = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "null"}


async def small_picture(request: Request) -> Response:
    """Return the small picture of a session."""
    state = state_of(request)
    entry = await run_in_threadpool(state.library.get, request.path_params["session"])
    picture = await run_in_threadpool(state.library.picture, entry)
    if not picture:
        return Response(_NO_PICTURE, media_type="image/svg+xml")
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


_NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90"><rect width="120" height="90" fill="#8884"/></svg>'
)


async def change(request: Request) -> Response:
    """Give a session another athlete and label."""
    state = state_of(request)
    entry = await run_in_threadpool(state.library.get, request.path_params["session"])
    content = await said(request)
    athlete, label = (str(content.get(name) or "").strip() or None for name in ("athlete", "label"))
    await run_in_threadpool(rename, state.library.path(entry), athlete=athlete, label=label)
    state.library.changed()
    return JSONResponse({})


async def delete(request: Request) -> Response:
    """Take a session away; the answer brings it back."""
    state = state_of(request)
    entry = await run_in_threadpool(state.library.get, request.path_params["session"])
    key = await run_in_threadpool(state.bin.take, state.library.path(entry))
    state.library.changed()
    return JSONResponse({"key": key})


async def bring_back(request: Request) -> Response:
    """Bring a session back."""
    state = state_of(request)
    await run_in_threadpool(state.bin.bring_back, request.path_params["key"])
    state.library.changed()
    return JSONResponse({})


async def export(request: Request) -> Response:
    """Return what is handed over of a session."""
    state = state_of(request)
    entry = await run_in_threadpool(state.library.get, request.path_params["session"])
    return await _sent(state, lambda into: handover.hand_over(
        state.library.path(entry), request.path_params["kind"], into
    ))  # fmt: skip


async def export_all(request: Request) -> Response:
    """Return the numbers of all sessions, or of one athlete's."""
    state = state_of(request)
    kind, name = request.path_params["kind"], request.query_params.get("athlete", "")
    entries = await run_in_threadpool(state.library.entries)
    folders = [state.library.path(e) for e in entries if not e.problem and (not name or e.athlete == name)]

    def write(into: Path) -> tuple[Path, str]:
        path = into / f"sessions.{kind}"
        handover.all_numbers(folders, path, directory=state.options.directory)
        return path, path.name

    return await _sent(state, write) if kind in ("csv", "parquet") else told(request, "there is no such file", 404)


async def _sent(state: State, write: Callable[[Path], tuple[Path, str]]) -> Response:
    """Return a file that is written for this answer, and removed after it."""
    folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="handover-", dir=state.options.own))
    try:
        path, name = await run_in_threadpool(write, folder)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise OutputError(f"this cannot be written: {error.strerror or error}; is the disk full?") from error
        raise
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, filename=name, background=gone)


async def compare(request: Request) -> Response:
    """Make the page that compares sessions, and lead to it."""
    state = state_of(request)
    wanted = request.query_params.getlist("s")
    if not 2 <= len(set(wanted)) <= MOST_COMPARED:
        raise InputError(f"comparing takes two to {MOST_COMPARED} sessions, not {len(set(wanted))}")
    entries = [await run_in_threadpool(state.library.get, one) for one in dict.fromkeys(wanted)]
    # The oldest is what the others are compared with.
    entries.sort(key=lambda entry: (entry.date, entry.folder))
    key = hashlib.sha256(" ".join(entry.id for entry in entries).encode()).hexdigest()[:16]
    await run_in_threadpool(_write_comparison, [state.library.path(entry) for entry in entries], _page(state, key))
    return RedirectResponse(f"/open/{state.secrets.reports}/compared/{key}", 303)


def _page(state: State, key: str) -> Path:
    return state.options.own / "pages" / f"{key}.html"


def _write_comparison(folders: list[Path], path: Path) -> None:
    from gaitlab.report.comparison import write_comparison

    path.parent.mkdir(exist_ok=True)
    write_comparison([open_session(folder) for folder in folders], path)


async def compared(request: Request) -> Response:
    """Return a page that compares sessions or shows a season, in a sandbox of its own."""
    state = state_of(request)
    key = request.path_params["key"]
    if not same(request.path_params["secret"], state.secrets.reports) or not key.isalnum():
        return told(request, "there is no such page; compare from the library", 404)
    path = _page(state, key)
    if not path.is_file():
        return told(request, "there is no such page; compare from the library", 404)
    return FileResponse(path, headers={"Content-Security-Policy": REPORT_POLICY, **_OPEN_HEADERS})


async def season(request: Request) -> Response:
    """Make the page of one athlete's season, and lead to it."""
    state = state_of(request)
    name = request.query_params.get("name", "")
    key = hashlib.sha256(f"season {name}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    await run_in_threadpool(_write_season, name, state.options.directory, _page(state, key))
    return RedirectResponse(f"/open/{state.secrets.reports}/compared/{key}", 303)


def _write_season(name: str, directory: Path, path: Path) -> None:
    from gaitlab.report.athlete import athlete_report

    path.parent.mkdir(exist_ok=True)
    athlete_report(name, directory, output=path)


async def trend(request: Request) -> Response:
    """Return the charts of one athlete's season."""
    state = state_of(request)
    name, view = request.query_params.get("name", ""), request.query_params.get("view", "side")
    entries = await run_in_threadpool(state.library.entries)
    folders = [
        state.library.path(entry)
        for entry in entries
        if entry.athlete == name and name and entry.view == view and entry.date and not entry.problem
    ]
    return JSONResponse(await run_in_threadpool(trend_of, folders))


ROUTES = [
    Route("/open/{secret}/compared/{key}", compared),
    Route("/open/{secret}/{session}/{file:path}", opened),
    Route("/sessions/{session}/picture.jpg", small_picture),
    Route("/sessions/{session}", change, methods=["POST"]),
    Route("/sessions/{session}", delete, methods=["DELETE"]),
    Route("/sessions/{session}/export/{kind}", export),
    Route("/export/sessions.{kind}", export_all),
    Route("/bin/{key}", bring_back, methods=["POST"]),
    Route("/compare", compare),
    Route("/season", season),
    Route("/trend", trend),
]
