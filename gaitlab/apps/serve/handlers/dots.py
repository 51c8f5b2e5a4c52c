"""Tape dots: the page of clicks of `gaitlab dots`, as a step before an analysis."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gaitlab.apps.serve.handlers.films import said
from gaitlab.apps.serve.jobs.form import read_form
from gaitlab.apps.serve.jobs.job import Job
from gaitlab.apps.serve.jobs.queue import DOTS
from gaitlab.apps.serve.state import page, refused, state_of
from gaitlab.markers.click_page import click_data, click_frame, page_part, script_data
from gaitlab.markers.clicks import clicks_from, write_clicks


def _film(request: Request) -> tuple[Job, Path, int]:
    """Return a film that waits for its form, where it lies, and by how much it is turned, degrees."""
    queue = state_of(request).queue
    job = queue.get(request.path_params["job"])
    if job.state != "draft":
        raise KeyError(job.id)
    return job, queue.folder.film(job.id), int(read_form(job.fields)[0].get("rotate", 0))


async def dots(request: Request) -> Response:
    """Show one frame of a film, for eight clicks."""
    job, film, rotate_deg = _film(request)
    place = f"/films/{job.id}/dots/"
    headers = {"X-Gaitlab-Token": state_of(request).secrets.token}
    data = await run_in_threadpool(partial(click_data, film, rotate_deg=rotate_deg, place=place, headers=headers))
    return page(request, "dots", job=job, part=Markup(page_part("PART")), data=Markup(script_data(data)))


async def frame(request: Request) -> Response:
    """Return a frame of a film in full size."""
    _, film, rotate_deg = _film(request)
    number = request.query_params.get("number", "")

    def taken() -> bytes | None:
        times_s = _times_s(film, rotate_deg)
        if not number.isascii() or not number.isdecimal() or len(number) > 9 or int(number) >= len(times_s):
            return None
        return click_frame(film, times_s[int(number)], rotate_deg=rotate_deg)

    picture = await run_in_threadpool(taken)
    return refused("no such frame", 404) if picture is None else Response(picture, media_type="image/jpeg")


async def save(request: Request) -> Response:
    """Keep the clicks of a film, which is then analysed from behind with them."""
    job, _, _ = _film(request)
    queue = state_of(request).queue
    clicks = clicks_from(await said(request), where="the page's answer")
    await run_in_threadpool(write_clicks, clicks, queue.folder.folder(job.id) / DOTS)
    await run_in_threadpool(queue.keep, job.id, {**job.fields, "dots": "clicks", "view": "rear"})
    return PlainTextResponse("The dots are kept. Go back to the film and start its analysis.")


@lru_cache(maxsize=8)
def _times_s(film: Path, rotate_deg: int) -> list[float]:
    """Return the times of a film's frames, s: read once, because every click on a frame asks; a job has one film."""
    times_s: list[float] = click_data(film, rotate_deg=rotate_deg)["times_s"]
    return times_s


def _part(mark: str, kind: str) -> Any:
    async def send(request: Request) -> Response:
        return Response(page_part(mark), media_type=kind)

    return send


ROUTES = [
    Route("/films/{job}/dots", dots),
    Route("/films/{job}/dots/frame", frame),
    Route("/films/{job}/dots/save", save, methods=["POST"]),
    Route("/static/click_page.js", _part("SCRIPT", "text/javascript")),
    Route("/static/click_page.css", _part("STYLE", "text/css")),
]
