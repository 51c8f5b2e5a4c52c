"""`gaitlab dots`: eight clicks on one frame of a video."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitlab.cli.printing import say


def dots(
    video: Annotated[Path, typer.Argument(help="A rear view with tape dots on heels and calves.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file [default: VIDEO.dots.json].")] = None,
    at: Annotated[float | None, typer.Option(help="Begin with the frame at this second [default: the middle].")] = None,
    rotate: Annotated[int, typer.Option(help="Turn the pictures clockwise, as for 'gaitlab analyze'.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Click where the tape dots are: two on each calf, two on each heel. The file is for analyze --dots FILE."""
    from gaitlab.markers.click_page import take_clicks

    def opened(address: str) -> None:
        say(f"click the dots on this page: {address}")
        if browser:
            import webbrowser

            webbrowser.open(address)

    target = output or video.with_name(f"{video.stem}.dots.json")
    say(take_clicks(video, target, at_s=at, rotate_deg=rotate, opened=opened))
