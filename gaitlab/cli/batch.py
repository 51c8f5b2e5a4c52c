"""The command for many videos."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.cli.printing import say

if TYPE_CHECKING:
    from gaitlab.apps.batch import Outcome


def batch(
    videos: Annotated[
        list[Path] | None, typer.Argument(help="Videos, or folders of them.", metavar="VIDEO|FOLDER...")
    ] = None,
    list_: Annotated[
        Path | None,
        typer.Option(
            "--list", help="A CSV file: video, view, speed, height, mass, athlete, label, facing, rotate, ..."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Videos at once [default: one a core].")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a dask.distributed cluster to use instead.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the sessions.")] = Path("reports"),
    view: Annotated[str, typer.Option(help="What the camera sees: side, rear or auto.")] = "auto",
    speed: Annotated[
        str | None, typer.Option(help="Belt speed with its unit, e.g. '10 km/h', unless the list says.")
    ] = None,
    height: Annotated[str | None, typer.Option(help="Height, e.g. '178 cm', unless the list says.")] = None,
    mass: Annotated[str | None, typer.Option(help="Mass, e.g. '70 kg', unless the list says.")] = None,
    facing: Annotated[str, typer.Option(help="Which way the runners face: left, right or auto.")] = "auto",
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    models_dir: Annotated[Path | None, typer.Option(help="A folder of pose networks to look into first.")] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Write no videos.")] = False,
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting.")] = None,
) -> None:
    """Analyse many videos: sessions, one table, one page; a second run does what is missing or changed."""
    from gaitlab.apps.batch import jobs_of_list, jobs_of_videos, run_batch
    from gaitlab.cli.progress import Progress
    from gaitlab.config import Settings, parse_assignment, read_settings, with_values
    from gaitlab.core.units import HEIGHT, MASS, SPEED, parse

    said = {
        "view": view,
        "facing": facing,
        "belt_speed_mps": parse(speed, SPEED) if speed is not None else None,
        "height_m": parse(height, HEIGHT) if height is not None else None,
        "mass_kg": parse(mass, MASS) if mass is not None else None,
        "model": model,
        "models_dir": str(models_dir) if models_dir else None,
    }
    options = {name: value for name, value in said.items() if value is not None}
    assignments = (set_ or []) + (["video.annotate=false"] if no_video else [])
    settings = read_settings(config) if config is not None else Settings()
    settings = with_values(settings, dict(parse_assignment(text) for text in assignments))
    jobs = (jobs_of_videos(videos, options) if videos else []) + (jobs_of_list(list_, options) if list_ else [])
    with Progress(sys.stderr) as progress:
        outcomes = run_batch(
            jobs,
            output=output,
            settings=settings,
            workers=workers,
            scheduler=scheduler,
            on_outcome=_tell,
            progress=progress,
        )
    say(output / "results.csv")
    say(output / "index.html")
    # As `gaitlab analyze` ends for each of them, and for a video that failed.
    if any(outcome.status not in ("done", "kept") for outcome in outcomes):
        raise typer.Exit(1)


def _tell(outcome: Outcome) -> None:
    where = f": {outcome.folder}" if outcome.folder else ""
    reason = f": {outcome.reason}" if outcome.reason else ""
    say(f"{outcome.status:>10}  {outcome.job.source}{where}{reason}")
