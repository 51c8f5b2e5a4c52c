"""Phones and others of the network: the page with the code, and where it is shown."""

from __future__ import annotations

from urllib.parse import parse_qs

import anyio
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gaitlab.apps.serve.pairing import qr_picture
from gaitlab.apps.serve.security import COOKIE
from gaitlab.apps.serve.state import page, refused, state_of, told

_LONGEST = 2000
_PAUSE_S = 0.5
_WEEK_S = 7 * 86400


async def phone(request: Request) -> Response:
    """Show the code on this machine."""
    state = state_of(request)
    if not state.lan_address:
        return told(request, "start `gaitlab serve --lan` to let phones of the network in", 404)
    address = f"{state.lan_address}/join?code={state.pairing.code}"
    return page(
        request, "phone", picture=Markup(qr_picture(address)), code=state.pairing.code, address=state.lan_address
    )


async def code(request: Request) -> Response:
    """Return the present code, which changes when a device was let in."""
    return JSONResponse({"code": state_of(request).pairing.code})


async def join(request: Request) -> Response:
    """Show where the code is typed; one that came with the address is typed in already, but not used up by looking."""
    return page(request, "join", code=request.query_params.get("code", "")[:20], wrong="")


async def let_in(request: Request) -> Response:
    """Let a device in that shows the code."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            return refused("this is no code", 413)
    given = parse_qs(body.decode(errors="replace")).get("code", [""])[0]
    state = state_of(request)
    if not state.pairing.take(given):
        await anyio.sleep(_PAUSE_S)  # guessing takes its time
        wrong = "This is not the code; look at the page “Phone” of the machine for the present one."
        return page(request, "join", status=403, code="", wrong=wrong)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, state.secrets.cookie, max_age=_WEEK_S, httponly=True, samesite="strict")
    return answer


ROUTES = [
    Route("/phone", phone),
    Route("/phone/code", code),
    Route("/join", join),
    Route("/join", let_in, methods=["POST"]),
]
