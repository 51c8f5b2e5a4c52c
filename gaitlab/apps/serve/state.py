"""What all answers share: options, secrets, queue, library, and how a page is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from gaitlab.apps.serve.library.entry import Entry, id_of
from gaitlab.apps.serve.pairing import Pairing
from gaitlab.apps.serve.security import POLICY, Secrets, is_here
from gaitlab.report.render import environment

if TYPE_CHECKING:
    import jinja2

    from gaitlab.apps.serve.camera import Camera
    from gaitlab.apps.serve.jobs.job import Job
    from gaitlab.apps.serve.jobs.queue import Queue
    from gaitlab.apps.serve.library.changes import Bin
    from gaitlab.apps.serve.library.index import Library
    from gaitlab.apps.serve.options import Options

_HERE = Path(__file__).resolve().parent
# Sessions on a page that compares them.
MOST_COMPARED = 6
STATIC, TEMPLATES = _HERE / "static", _HERE / "templates"


@dataclass
class State:
    """What the server knows.

    Attributes
    ----------
    options : Options
        what it was started with.
    queue : Queue
        films on their way.
    library : Library
        the sessions.
    bin : Bin
        sessions that were deleted.
    camera : Camera
        the camera of this machine.
    pairing : Pairing
        the code for devices of the network.
    secrets : Secrets
        its secrets.
    lan_address : str
        address for others of the network; empty where they are not let in.
    """

    options: Options
    queue: Queue
    library: Library
    bin: Bin
    camera: Camera
    pairing: Pairing = field(default_factory=Pairing)
    secrets: Secrets = field(default_factory=Secrets)
    lan_address: str = ""

    @cached_property
    def templates(self) -> jinja2.Environment:
        """The templates, which escape everything."""
        return environment(
            TEMPLATES,
            lan=self.options.lan,
            directory=_spoken(self.options.directory),
            most_compared=MOST_COMPARED,
        )

    def known_athletes(self) -> dict[str, Entry]:
        """Return the newest session of each athlete by name, in the order of the names."""
        found: dict[str, Entry] = {}
        for entry in self.library.entries():
            if entry.athlete:
                found.setdefault(entry.athlete, entry)
        return dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))

    def session_of(self, job: Job) -> Entry | None:
        """Return the session of a job that is done, where it is still there."""
        if job.state != "done":
            return None
        try:
            return self.library.get(id_of(job.session))
        except KeyError:
            return None

    def open_path(self, entry: Entry) -> str:
        """Return the address of a session's report."""
        return f"/open/{self.secrets.reports}/{entry.id}/report.html"


def _spoken(directory: Path) -> str:
    """Return a folder as people write it, with ``~`` for their own."""
    home = Path.home()
    return f"~/{directory.relative_to(home).as_posix()}" if directory.is_relative_to(home) else str(directory)


def state_of(request: Request) -> State:
    """Return what the server knows."""
    known: State = request.app.state.gaitlab
    return known


def page(request: Request, template: str, /, *, policy: str = POLICY, status: int = 200, **values: Any) -> Response:
    """Return a page of a template."""
    state = state_of(request)
    text = state.templates.get_template(f"{template}.html").render(
        token=state.secrets.token,
        open_path=state.open_path,
        here=is_here(request.scope),
        path=request.url.path,
        **values,
    )
    return HTMLResponse(text, status, headers={"Content-Security-Policy": policy})


def part(request: Request, template: str, /, **values: Any) -> str:
    """Return a part of a page."""
    state = state_of(request)
    return state.templates.get_template(f"{template}.html").render(open_path=state.open_path, **values)


def told(request: Request, words: str, status: int) -> Response:
    """Return one line that says what was wrong: as a page where a browser would show it, else for a page's script.

    The page has no token: it also answers those who have nothing but the address of a report.
    """
    if "text/html" in request.headers.get("accept", ""):
        text = state_of(request).templates.get_template("told.html").render(words=words)
        return HTMLResponse(text, status)
    return refused(words, status)


def refused(words: str, status: int = 400) -> JSONResponse:
    """Return one line that says what was wrong and what to do."""
    return JSONResponse({"error": words}, status)
