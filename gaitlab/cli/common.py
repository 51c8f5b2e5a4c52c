"""What several commands share: options, the settings in them, progress while one waits, how a session is told."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.cli.printing import say

if TYPE_CHECKING:
    import pandas as pd

    from gaitlab.cli.progress import Progress
    from gaitlab.config import Settings
    from gaitlab.io.session.session import Session
    from gaitlab.pipeline.clock import Ask

Force = Annotated[bool, typer.Option("--force", help="Replace the output folder if gaitlab wrote all that is in it.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The session folder [default: reports/NAME].")]
ModelsDir = Annotated[Path | None, typer.Option(help="A folder of pose networks to look into first.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting, e.g. smoothing.method=kalman.")
]
Units = Annotated[str | None, typer.Option(help="Units of the report: metric or imperial.")]
EmbedVideo = Annotated[
    bool | None,
    typer.Option("--embed-video/--no-embed-video", help="Put the clip into the report [default: where under 15 MB]."),
]
Language = Annotated[
    str | None,
    typer.Option(help="Language of the page: en, de, fr or es [default: that of the profile, else English]."),
]
Findings = Annotated[
    str | None,
    typer.Option(help="For whom findings are written: coach (default), clinic, shop, research; off leaves them out."),
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")]
# Phones make slow motion 8 times slower at most.
_MOST_TIMES_SLOWER = 10.0


Pdf = Annotated[bool, typer.Option("--pdf", help="Print the report too: report.pdf, by an installed Chrome or Edge.")]


def printed(session: Session) -> None:
    """Print a session's report and say where the PDF lies."""
    from gaitlab.apps.paper import write_pdf

    say(write_pdf(session.folder))


def page_assignments(
    units: str | None, embed_video: bool | None, findings: str | None = None, language: str | None = None
) -> list[str]:
    """Return the settings of the page that were given as options."""
    words = [f"report.units={units}"] if units is not None else []
    words += [f"report.findings={findings}"] if findings is not None else []
    words += [f"report.language={language}"] if language is not None else []
    return words + ([f"report.embed_video={'yes' if embed_video else 'no'}"] if embed_video is not None else [])


def settings_of(config: Path | None, assignments: list[str]) -> Settings:
    """Return the settings of a file, or the defaults, changed by ``KEY=VALUE`` assignments."""
    from gaitlab.config import Settings, parse_assignment, read_settings, with_values

    settings = read_settings(config) if config is not None else Settings()
    return with_values(settings, dict(parse_assignment(text) for text in assignments))


def progress_bar() -> Progress:
    """Return what shows on the error stream how far a command is."""
    from gaitlab.cli.progress import Progress

    return Progress(sys.stderr)


def capture_rate(said: str | None) -> float | str | None:
    """Return what was said of the true frame rate: a number, or a word that `gaitlab.analyze` knows or refuses."""
    try:
        return None if said is None else float(said)
    except ValueError:
        return said


def asker(progress: Progress) -> Ask | None:
    """Return the question about slow motion, or None where nobody sits at a terminal to answer it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        return None

    def ask(cadence: float, rates: Sequence[float], plays_fps: float) -> float | None:
        with progress.paused():
            return ask_capture_rate(cadence, rates, plays_fps)

    return ask


def ask_capture_rate(cadence: float, rates: Sequence[float], plays_fps: float) -> float | None:
    """Ask once at how many frames a second a film was taken; None where that is not known, or the answer is no rate.

    How many times slower than life it plays, such as ``4x``, is an answer too.

    Parameters
    ----------
    cadence : float
        steps per minute that the film shows.
    rates : Sequence[float]
        frame rates that it may have been taken at, Hz, the likeliest first, which is the default.
    plays_fps : float
        frame rate that it plays at, Hz.
    """
    from gaitlab.core.units import FRAME_RATE

    likely = [f"{rate / plays_fps:.3g} times slower than life ({rate:.0f} frames a second)" for rate in rates]
    say(
        f"{cadence:.0f} steps/min is no cadence of running: the film, which plays {plays_fps:.4g} frames a second, "
        f"seems to be slow motion, {', or '.join(likely)}.",
        err=True,
    )
    say(f"Frames a second it was taken at, or how many times slower, as 4x [{rates[0]:.0f}; ? if not known]:", err=True)
    try:
        typed = _rate_of(input(), plays_fps)
        rate = rates[0] if typed is None else typed
    except (EOFError, ValueError):
        rate = float("nan")
    if FRAME_RATE.low <= rate <= FRAME_RATE.high:
        return rate
    say("No rate: times are left out.", err=True)
    return None


def _rate_of(answer: str, plays_fps: float) -> float | None:
    """Return the frame rate, Hz, that ``240``, ``240 fps``, ``4x`` or ``4`` mean; None where nothing was said."""
    said = answer.strip().lower().removesuffix("fps").strip()
    if not said:
        return None
    number = float(said.removesuffix("x"))
    # Slow motion is taken at more frames a second than it plays at, so a smaller number says how many times slower.
    slower = said.endswith("x") or 1.0 <= number < min(_MOST_TIMES_SLOWER, plays_fps)
    return number * plays_fps if slower else number


def finish(session: Session) -> None:
    """Print the table, the warnings and where the report lies.

    Exit 1 where the video supports no gait metrics, or a piece of the session could not be made.
    """
    from gaitlab.cli.tables import print_summary, rejected_lines, warning_lines

    print_summary(session)
    for line in (*warning_lines(session), *rejected_lines(session)):
        say(line, err=True)
    say(session.report if session.report.is_file() else session.folder)
    quality = session.info["quality"]
    if not any((*quality["cycles_accepted"].values(), *quality.get("single_steps", {}).values())):
        if not session.info.get("movement"):
            say("where the film shows another movement, name it: --movement any, or one of its kinds", err=True)
        raise typer.Exit(1)
    if session.info.get("not_made"):
        raise typer.Exit(1)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table into a file that is no part of a session, whole or not at all."""
    from gaitlab.io.cells import as_cells
    from gaitlab.io.files import whole_file
    from gaitlab.io.session.contents import check_no_session_file

    check_no_session_file(path)
    with whole_file(path) as partial:
        as_cells(table).to_csv(partial, index=False)
