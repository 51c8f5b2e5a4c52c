"""The command line: every group of commands has a file of its own, put together here."""

from __future__ import annotations

from typing import Annotated

import typer

from gaitlab.cli import analyze, check, compare, models, pictures
from gaitlab.cli.endings import run
from gaitlab.cli.printing import say
from gaitlab.cli.validate.command import validate

app = typer.Typer(
    name="gaitlab",
    help="Gait and running analysis from ordinary video.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # as markup, "[default: found]" would be a style and vanish
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models.app, name="models")
# In the order of the help.
for command in (
    analyze.batch, pictures.dots, analyze.analyze, check.demo, check.selftest, pictures.pose, pictures.live,
    compare.report, compare.compare, compare.athlete, compare.note, validate, compare.export, compare.sessions,
    pictures.serve, check.config,
):  # fmt: skip
    app.command()(command)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    if version:
        from gaitlab import __version__

        say(__version__)
        raise typer.Exit()


def main() -> None:
    """Run the command line, see `endings` for the exit codes."""
    run(app)
