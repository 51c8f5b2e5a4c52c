"""``gaitlab serve``: the page for those who use no terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitlab.cli.printing import say


def serve(
    directory: Annotated[Path, typer.Argument(help="The folder of sessions.")] = Path("reports"),
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8765,
    lan: Annotated[
        bool, typer.Option("--lan", help="Let phones and others of the network connect, with a one-time code.")
    ] = False,
    workers: Annotated[int, typer.Option(help="Analyses at once.")] = 1,
    limit: Annotated[float, typer.Option(help="Largest film that is taken, GB.", min=0.001, max=1000)] = 4.0,
    camera: Annotated[
        str | None, typer.Option(help="Number of the only camera to offer, or a video file in its place.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open a page of this machine: drop videos, follow the queue, look into the library; nothing leaves it."""
    from gaitlab.apps.serve.options import GIGABYTE, Options
    from gaitlab.apps.serve.run import serve as run

    def opened(address: str, network: str) -> None:
        say(f"gaitlab is at {address} (Ctrl-C ends it; what is queued goes on with the next start)")
        if network:
            say(f"for others of the network: {network} (the code is on the page “Phone”)")
        if browser:
            import threading
            import webbrowser

            threading.Timer(0.5, webbrowser.open, (address,)).start()

    place = None if camera is None else int(camera) if camera.isdigit() else Path(camera)
    run(
        Options(
            directory.absolute(), port=port, lan=lan, workers=workers, largest_bytes=round(limit * GIGABYTE),
            camera=place, model=model,
        ),
        opened=opened,
    )  # fmt: skip
