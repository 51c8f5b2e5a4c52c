"""The camera: choose, look, record twenty seconds; the recording goes through the queue like every film."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gaitlab.apps.serve.camera import RECORDED_S, cameras, chosen
from gaitlab.apps.serve.handlers.films import said
from gaitlab.apps.serve.state import page, state_of


async def live(request: Request) -> Response:
    """Show the page of the camera."""
    known = cameras(state_of(request).options.camera)
    names = [one.name if isinstance(one, Path) else f"Camera {one}" for one in known]
    return page(request, "live", cameras=names, seconds=RECORDED_S)


async def status(request: Request) -> Response:
    """Return what the camera does."""
    return JSONResponse(state_of(request).camera.status())


async def picture(request: Request) -> Response:
    """Return the next picture, or nothing if none comes soon."""
    after = request.query_params.get("after", "0")
    number, found = await run_in_threadpool(
        state_of(request).camera.picture, int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    )
    if not found:
        return Response(status_code=204)
    return Response(found, media_type="image/jpeg", headers={"X-Number": str(number)})


async def do(request: Request) -> Response:
    """Show, record or stop."""
    state = state_of(request)
    what = request.path_params["what"]
    if what == "stop":
        await run_in_threadpool(state.camera.stop)
        return JSONResponse({})
    source = chosen((await said(request)).get("camera"), cameras(state.options.camera))
    if what == "show":
        await run_in_threadpool(state.camera.show, source)
        return JSONResponse({})
    return JSONResponse({"id": await run_in_threadpool(state.camera.record, source)})


ROUTES = [
    Route("/live", live),
    Route("/live/status", status),
    Route("/live/picture.jpg", picture),
    Route("/live/{what}", do, methods=["POST"]),
]
