"""``gaitlab models``: which pose networks there are, which are here, fetching them, checking them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.cli.printing import say

if TYPE_CHECKING:
    from gaitlab.pose.models.install import ModelStatus

app = typer.Typer(help="The pose networks: what there is, what is installed.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A network of 'gaitlab models list'.")]
ModelsDir = Annotated[Path | None, typer.Option(help="A folder of pose networks to look into first.")]


@app.command("list")
def list_(models_dir: ModelsDir = None) -> None:
    """Show every network: points, feet or not, licence, size, installed or not."""
    from rich.table import Table
    from rich.text import Text

    from gaitlab.cli.printing import console
    from gaitlab.pose.models.install import list_models

    table = Table()
    for heading in ("network", "points", "feet", "licence", "size", "installed"):
        table.add_column(heading, justify="right" if heading in ("points", "size") else "left")
    for status in list_models(models_dir=models_dir):
        licence = status.licence if status.commercial else f"{status.licence} (not for commercial use)"
        here = "yes" if status.installed else _how(status)
        size = "" if status.bytes is None else f"{status.bytes / 1e6:.1f} MB"
        cells = (status.name, str(status.points), "yes" if status.feet else "no", licence, size, here)
        table.add_row(*(Text(cell) for cell in cells))
    console().print(table)


def _how(status: ModelStatus) -> str:
    """Return how to come by a network that is not here."""
    if status.downloadable:
        return "no"
    return "no, its SHA-256 is not published: install --sha256" if status.needs_sum else "no, only by hand: see install"


@app.command()
def install(
    name: Name,
    models_dir: Annotated[Path | None, typer.Option(help="Where to put it [default: the user's folder].")] = None,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="Accept a non-commercial licence.")] = False,
    sha256: Annotated[str, typer.Option(help="The SHA-256 of the file of which nobody published it.")] = "",
) -> None:
    """Fetch a network, check it and move it into place."""
    from gaitlab.cli.progress import Progress
    from gaitlab.pose.models.catalogue import known_model
    from gaitlab.pose.models.install import install as run

    model = known_model(name)
    if not model.commercial and not accept_licence and sys.stdin.isatty():
        say(f"{name}: {model.licence}", err=True)
        accept_licence = typer.confirm("Do you accept this licence?", err=True)
    with Progress(sys.stderr) as progress:
        paths = run(
            name,
            models_dir=models_dir,
            accept_licence=accept_licence,
            sha256=sha256,
            progress=lambda file, done, total: progress(file, done, total or 0),
        )
    for path in paths:
        say(path)


@app.command()
def verify(name: Name, models_dir: ModelsDir = None) -> None:
    """Check the files of an installed network against their sums; exit 2 where one is wrong."""
    from gaitlab.core.errors import ModelError
    from gaitlab.pose.models.install import verify as run

    wrong = []
    for checked in run(name, models_dir=models_dir):
        said = checked.problem or ("right" if checked.has_sum else "there, but no sum is known to check it against")
        say(f"{checked.path}: {said}")
        if checked.problem:
            wrong.append(checked.path.name)
    if wrong:
        raise ModelError(f"{' and '.join(wrong)} of '{name}' is damaged; run: gaitlab models install {name}")


@app.command()
def path(name: Name, models_dir: ModelsDir = None) -> None:
    """Print where the files of an installed network lie."""
    from gaitlab.pose.models.catalogue import find_model

    found = find_model(name, models_dir=models_dir)
    for part in found.parts or (found,):
        for file in part.paths:
            say(file)
