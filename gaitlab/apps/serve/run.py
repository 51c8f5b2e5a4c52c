"""Starting the server: one a folder, on an address that is its own, until it is stopped."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gaitlab.apps.serve.options import Options
from gaitlab.core.errors import InputError, OutputError, argument

_LOCK = "running.sqlite"
# Nothing is sent there: the way to an address of nobody tells by which of its own a machine is known.
_NOBODY = ("192.0.2.1", 9)
_HERE = ("127.0.0.1", "localhost", "[::1]")


def serve(options: Options, *, opened: Callable[[str, str], None] = lambda address, lan: None) -> None:
    """Serve until the process is interrupted.

    Parameters
    ----------
    options : Options
        what it is started with.
    opened : Callable[[str, str], None], optional
        called with the address for this machine, and that for others of the network (empty without ``lan``), when the
        server is about to answer.

    Raises
    ------
    InputError
        if the extra `app` is not installed, an option cannot be met, the port is taken, or another server has the
        folder.
    ModelError
        if the pose network is unknown or not installed.
    OutputError
        if the folder cannot be written.
    """
    try:
        import uvicorn

        from gaitlab.apps.serve.app import build
    except ModuleNotFoundError as error:
        raise InputError(f"the page needs {error.name}: pip install 'gaitlab-run[app]'") from error
    _check(options)
    with _alone(options.own), _bound(options) as bound:
        port = bound.getsockname()[1]
        others = lan_addresses() if options.lan else []
        hosts = frozenset(f"{name}:{port}" for name in (*_HERE, *others))
        app = build(options, hosts=hosts, lan_address=f"http://{others[0]}:{port}" if others else "")
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=1,
            server_header=False, date_header=False, ws="none",
        )  # fmt: skip
        opened(f"http://127.0.0.1:{port}/", f"http://{others[0]}:{port}/" if others else "")
        uvicorn.Server(config).run(sockets=[bound])


def _check(options: Options) -> None:
    """Refuse now what would make every analysis, or the camera, fail later."""
    from gaitlab.analysis.shop import brand_from
    from gaitlab.pose.models.catalogue import find_model

    cores = os.cpu_count() or 1
    if not 1 <= options.workers <= cores:
        raise InputError(f"{argument('workers')} takes 1 to {cores} here, an analysis a core, not {options.workers}")
    if options.model is not None:
        find_model(options.model)
    if options.profile is not None:
        brand_from(options.profile)
    if isinstance(options.camera, Path) and not options.camera.is_file():
        raise InputError(
            f"{argument('camera')} takes the number of a camera or a video file, but there is no file "
            f"'{options.camera}'"
        )


def lan_addresses() -> list[str]:
    """Return the names by which others of the network may know this machine, the likeliest first.

    Raises
    ------
    InputError
        if it is in no network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_NOBODY)
            first = asked.getsockname()[0]
        except OSError:
            first = ""
    names = socket.gethostname()
    try:
        found = [first, *(str(found[4][0]) for found in socket.getaddrinfo(names, None, socket.AF_INET))]
    except OSError:
        found = [first]
    addresses = [one for one in dict.fromkeys(found) if one and not one.startswith("127.")]
    if not addresses:
        raise InputError(f"this machine is in no network, so {argument('lan')} has nobody to let in; leave it out")
    return [*addresses, names.lower(), f"{names.lower()}.local"]


@contextmanager
def _bound(options: Options) -> Iterator[socket.socket]:
    """Listen, on this machine alone unless the network was asked for."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        if os.name != "nt":  # there it would let a second server listen too
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("0.0.0.0" if options.lan else "127.0.0.1", options.port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or "expected 0 to 65535"
            raise InputError(
                f"cannot listen on port {options.port}: {why}; is `gaitlab serve` running already? Name another with "
                f"{argument('port')}"
            ) from error
        yield bound


@contextmanager
def _alone(own: Path) -> Iterator[None]:
    """Hold the folder: two servers would analyse the same films. A server that is killed holds it no longer."""
    try:
        own.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(own / _LOCK, timeout=0)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write into '{own.parent}': {why}; name another folder of sessions") from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    except sqlite3.OperationalError as error:
        raise InputError(f"another `gaitlab serve` has the folder '{own.parent}'; use its page, or stop it") from error
    finally:
        lock.close()
