"""What several commands share: options, the settings in them, progress while one waits, how a session is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.cli.printing import say

if TYPE_CHECKING:
    import pandas as pd

    from gaitlab.cli.progress import Progress
    from gaitlab.config import Settings
    from gaitlab.io.session.session import Session

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
ConfigOption = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")]


def page_assignments(units: str | None, embed_video: bool | None) -> list[str]:
    """Return the settings of the page that were given as options."""
    words = [f"report.units={units}"] if units is not None else []
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


def finish(session: Session) -> None:
    """Print the table, the warnings and where the report lies.

    Exit 1 where the video supports no gait metrics, or a piece of the session could not be made.
    """
    from gaitlab.cli.tables import print_summary, rejected_lines, warning_lines

    print_summary(session)
    for line in (*warning_lines(session), *rejected_lines(session)):
        say(line, err=True)
    say(session.report if session.report.is_file() else session.folder)
    if not any(session.info["quality"]["cycles_accepted"].values()):
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
