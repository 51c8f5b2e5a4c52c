"""The server as one ASGI application."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gaitlab.apps.serve.camera import Camera
from gaitlab.apps.serve.handlers import dots, films, lan, live, pages, sessions
from gaitlab.apps.serve.jobs.queue import Queue
from gaitlab.apps.serve.library.changes import Bin
from gaitlab.apps.serve.library.index import Library
from gaitlab.apps.serve.options import Options
from gaitlab.apps.serve.security import Guard
from gaitlab.apps.serve.state import State, told
from gaitlab.core.errors import GaitlabError, OutputError


def build(options: Options, *, hosts: frozenset[str], lan_address: str = "") -> Starlette:
    """Return the application; it begins to work on the queue when it is started.

    Parameters
    ----------
    options : Options
        what the server is started with.
    hosts : frozenset[str]
        names with ports under which it is known.
    lan_address : str, optional
        address for others of the network; empty where they are not let in.

    Raises
    ------
    OutputError
        if its folder cannot be written.
    """
    try:
        options.own.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot write into '{options.directory}': {error.strerror}; name another folder of sessions"
        ) from error
    library = Library(options.directory, options.own / "index.sqlite")
    bin = Bin(options.own / "bin", options.directory)
    queue = Queue(
        options.own / "jobs", sessions=options.directory, workers=options.workers, model=options.model,
        profile=options.profile, on_session=library.changed,
    )  # fmt: skip
    state = State(options, queue, library, bin, Camera(queue, model=options.model), lan_address=lan_address)

    @asynccontextmanager
    async def working(app: Starlette) -> AsyncIterator[None]:
        for left in (*options.own.glob("handover-*"), options.own / "pages"):
            shutil.rmtree(left, ignore_errors=True)
        queue.start()
        threading.Thread(target=library.entries, name="gaitlab-library", daemon=True).start()  # before the first look
        bin.empty()
        yield
        state.camera.stop()
        queue.stop()
        library.close()

    app = Starlette(
        routes=[*dots.ROUTES, *lan.ROUTES, *live.ROUTES, *films.ROUTES, *sessions.ROUTES, *pages.ROUTES],
        middleware=[Middleware(Guard, secrets=state.secrets, hosts=hosts)],
        exception_handlers={GaitlabError: _said, KeyError: _unknown, HTTPException: _plain, Exception: _bug},
        lifespan=working,
    )
    app.state.gaitlab = state
    return app


async def _said(request: Request, error: Exception) -> Response:
    from gaitlab.apps.serve.jobs.form import label_of

    words = error.worded(label_of) if isinstance(error, GaitlabError) else str(error)
    return told(request, words, 409)


async def _unknown(request: Request, error: Exception) -> Response:
    return told(request, "this is not there any more; load the page again", 404)


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return told(request, "there is no such page", 404)
    return PlainTextResponse(error.detail, error.status_code, headers=error.headers)


async def _bug(request: Request, error: Exception) -> Response:
    said = f"this is a bug of gaitlab, please report it: {type(error).__name__} ({str(error)[:200]})"
    return told(request, said, 500)
