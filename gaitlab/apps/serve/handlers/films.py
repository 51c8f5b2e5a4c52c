"""Films: they come in as the body of a PUT, get a form, and go through the queue."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from gaitlab.apps.serve.jobs.form import FIELDS, tidied
from gaitlab.apps.serve.jobs.job import ACTIVE, Job
from gaitlab.apps.serve.jobs.look import STILL, STRIP
from gaitlab.apps.serve.state import part, refused, state_of
from gaitlab.core.errors import InputError
from gaitlab.core.text import printable
from gaitlab.core.units import FRAME_RATE

_LONGEST_NAME = 200
_LARGEST_FORM = 20_000
# Of a disk, so much stays free for the session.
_SPARE_BYTES = 200_000_000


def shown_name(header: str) -> str:
    """Return what a film is called, from what a browser (or anybody) says: one line, without the folders before it."""
    name = re.split(r"[\\/]", unquote(header, errors="replace"))[-1]
    return printable(name).strip()[:_LONGEST_NAME] or "film"


async def upload(request: Request) -> Response:
    """Take a film to disk as it comes."""
    state = state_of(request)
    limit = state.options.largest_bytes
    said = request.headers.get("content-length", "0")
    announced = int(said) if said.isdecimal() and len(said) < 19 else 0
    if announced > limit:
        return refused(f"the film has {_size(announced)}, more than the {_size(limit)} that are taken", 413)
    folders = state.queue.folder
    job = await run_in_threadpool(folders.new)
    name = shown_name(request.headers.get("x-film-name", ""))
    partial = folders.folder(job) / "film.part"
    taken = False
    try:
        free = await run_in_threadpool(_free_bytes, partial.parent)
        if announced > free - _SPARE_BYTES:
            return refused(f"the film has {_size(announced)}, but the disk has only {_size(free)} left", 507)
        size = 0
        with partial.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    return refused(f"the film has more than the {_size(limit)} that are taken", 413)
                await anyio.to_thread.run_sync(file.write, chunk)
        if not size:
            return refused(f"'{name}' is empty; expected a film")
        await run_in_threadpool(_settle, partial, folders.film(job), request.headers.get("x-film-date", ""))
        await run_in_threadpool(state.queue.add, job, name=name, size=size)
        taken = True
    except OSError as error:
        return refused(f"the film cannot be kept: {error.strerror or error}; is the disk full?", 507)
    except ClientDisconnect:
        return refused("the upload was cut off")
    finally:
        if not taken:
            await run_in_threadpool(folders.remove, job)
    return JSONResponse({"id": job}, 201)


def _free_bytes(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free


def _settle(partial: Path, film: Path, date_ms: str) -> None:
    """Give a whole film its name, and the date that its file had: of many films that is when they were taken."""
    if date_ms.isdecimal() and len(date_ms) < 15:
        date_s = min(int(date_ms) / 1000, time.time())
        with suppress(OSError, OverflowError):
            os.utime(partial, (date_s, date_s))
    os.replace(partial, film)


async def listed(request: Request) -> Response:
    """Return all films of the queue, each as a part of the page with a mark that changes when that does."""
    state = state_of(request)
    jobs = await run_in_threadpool(state.queue.jobs)
    rows = [
        {
            "id": job.id, "state": job.state, "mark": f"{job.state}-{job.order}-{len(job.look)}", "stage": at.stage,
            "share": round(at.share, 3), "left": "" if at.left_s is None else spoken_time(at.left_s),
        }
        for job, at in jobs
    ]  # fmt: skip
    return JSONResponse({"jobs": rows, "active": any(job.state in ACTIVE for job, _ in jobs)})


async def card(request: Request) -> Response:
    """Return one film as a part of the page."""
    state = state_of(request)
    job = state.queue.get(request.path_params["job"])
    kept = state.queue.folder.film(job.id).is_file()
    known = await run_in_threadpool(state.known_athletes)
    session = state.session_of(job)
    html = part(
        request, "_card", job=job, fields=FIELDS, kept=kept, facts=spoken_facts(job), size=_size(job.size),
        athletes=known, session=session,
    )  # fmt: skip
    return JSONResponse({"id": job.id, "html": html})


def spoken_facts(job: Job) -> list[tuple[str, str]]:
    """Return what was understood of a film, as name and words."""
    facts = job.look.get("facts")
    if not facts:
        return []
    slow = facts["slow_motion"]
    view = job.look.get("view", {})
    seen = {"side": "from the side", "rear": "from behind", "front": "from the front"}.get(view.get("view", ""), "")
    people = len(job.look.get("people", []))
    return [
        ("Picture", f"{facts['width']} × {facts['height']}"),
        ("Frames a second", f"{facts['fps']:.4g}{', varying' if facts['variable'] else ''}"),
        ("Length", f"{facts['duration_s']:.1f} s"),
        ("Slow motion", f"{slow:.3g} times, filmed at {facts['capture_fps']:.4g}" if slow > 1 else "none is noted"),
        ("View", (seen if view.get("sure") else f"{seen}, not sure") if seen else "not clear yet"),
        ("At the beginning", {0: "nobody is seen", 1: "one person"}.get(people, f"{people} people")),
    ]


async def said(request: Request) -> Mapping[str, Any]:
    """Return the object of a request's body; InputError if it is none."""
    import json

    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise InputError("the form is longer than any form")
    try:
        content = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise InputError("the form cannot be read; load the page again") from error
    if not isinstance(content, dict):
        raise InputError("the form cannot be read; load the page again")
    return content


async def submit(request: Request) -> Response:
    """Take the form of a film and queue it, or say beside each field what is wrong."""
    queue = state_of(request).queue
    wrong = await run_in_threadpool(queue.submit, request.path_params["job"], tidied(await said(request)))
    return JSONResponse({"wrong": wrong}, 422 if wrong else 200)


async def keep(request: Request) -> Response:
    """Keep what was typed so far."""
    queue = state_of(request).queue
    await run_in_threadpool(queue.keep, request.path_params["job"], tidied(await said(request)))
    return JSONResponse({})


async def answer(request: Request) -> Response:
    """Take the answer to what an analysis asked: a true frame rate, or null."""
    rate = (await said(request)).get("rate")
    if rate is not None and not (
        isinstance(rate, int | float) and not isinstance(rate, bool) and FRAME_RATE.low <= rate <= FRAME_RATE.high
    ):
        raise InputError(f"expected a frame rate from {FRAME_RATE.low:g} to {FRAME_RATE.high:g}, or none")
    await run_in_threadpool(state_of(request).queue.answer, request.path_params["job"], rate)
    return JSONResponse({})


def _doing(name: str) -> Callable[[Request], Any]:
    async def do(request: Request) -> Response:
        await run_in_threadpool(getattr(state_of(request).queue, name), request.path_params["job"])
        return JSONResponse({})

    return do


async def picture(request: Request) -> Response:
    """Return the still of a film's first frame, or the strip that shows how fast it plays."""
    state = state_of(request)
    job = state.queue.get(request.path_params["job"])
    name = {"still": STILL, "strip": STRIP}[request.path_params["picture"]]
    path = state.queue.folder.folder(job.id) / name
    return FileResponse(path, media_type="image/jpeg") if path.is_file() else refused("there is no such picture", 404)


def spoken_time(left_s: float) -> str:
    """Return the time left in words."""
    return f"about {left_s:.0f} s left" if left_s < 90 else f"about {left_s / 60:.0f} min left"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count / 1e6, 0.1):.1f} MB"


ROUTES = [
    Route("/films", upload, methods=["PUT"]),
    Route("/films", listed),
    Route("/films/{job}", card),
    Route("/films/{job}", submit, methods=["POST"]),
    Route("/films/{job}", keep, methods=["PATCH"]),
    Route("/films/{job}", _doing("remove"), methods=["DELETE"]),
    Route("/films/{job}/answer", answer, methods=["POST"]),
    Route("/films/{job}/cancel", _doing("cancel"), methods=["POST"]),
    Route("/films/{job}/retry", _doing("retry"), methods=["POST"]),
    Route("/films/{job}/change", _doing("change"), methods=["POST"]),
    Route("/films/{job}/{picture}.jpg", picture),
]
