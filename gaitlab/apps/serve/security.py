"""Who may ask for what: checks of every request before anything else sees it, and the policy of every answer."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing of any other place, no script in a page, no frame around it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# plotly writes style elements.
CHARTS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
# A report is a page of its own, perhaps of somebody else's session: it can run, but reaches nothing of this server.
REPORT_POLICY = (
    "sandbox allow-scripts allow-popups allow-modals allow-downloads; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:; media-src 'self' data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
_READING = ("GET", "HEAD")
COOKIE = "gaitlab"
# What only this machine may see.
_HERE_ONLY = ("/phone", "/live")
# What a device may see before it has shown the code.
_BEFORE_CODE = ("/join", "/static/")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What this server alone knows.

    Attributes
    ----------
    token : str
        comes with every request of its own pages that changes something.
    reports : str
        part of the address of a report, which has no other way to say who asks.
    cookie : str
        of devices that have shown the code.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    reports: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))


def same(given: str | None, known: str) -> bool:
    """Whether a secret is the known one, in a time that does not tell how much of it was right."""
    return hmac.compare_digest((given or "").encode(), known.encode())


def is_here(scope: Scope) -> bool:
    """Whether a request comes from this machine."""
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


class Guard:
    """Every request goes through here first.

    Parameters
    ----------
    app : ASGIApp
        what answers.
    secrets : Secrets
        the secrets of this server.
    hosts : frozenset[str]
        names with ports under which this server is known; another name is a page elsewhere that was led here.
    """

    def __init__(self, app: ASGIApp, *, secrets: Secrets, hosts: frozenset[str]) -> None:
        self._app = app
        self._secrets = secrets
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with the headers that every answer has."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if host not in self._hosts:
            return _no(421, f"this server is not '{host[:80]}'; open the address that `gaitlab serve` printed")
        if scope["method"] not in _READING:
            if (
                headers.get("origin") != f"http://{host}"
                or headers.get("sec-fetch-site", "same-origin") != "same-origin"
            ):
                return _no(403, "this was asked by a page of another place, and is refused")
            if path != "/join" and not same(headers.get("x-gaitlab-token"), self._secrets.token):
                return _no(403, "this page is from before the server was started; load it again")
        if path.startswith(_HERE_ONLY) and not is_here(scope):
            return _no(403, "this is for the machine itself: its code, and its camera")
        if is_here(scope) or self._has_cookie(headers) or path.startswith(_BEFORE_CODE):
            return None
        if path.startswith(f"/open/{self._secrets.reports}/"):
            return None
        if path == "/" or (scope["method"] == "GET" and "text/html" in headers.get("accept", "")):
            return RedirectResponse("/join", 303)
        return _no(403, "this device has not shown the code: /join")

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and same(cookie.value, self._secrets.cookie)


def _no(status: int, words: str) -> ASGIApp:
    return PlainTextResponse(words, status)
