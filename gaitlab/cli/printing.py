"""The one way to a terminal: whatever is printed, no text in it can steer the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from gaitlab.core.text import printable

if TYPE_CHECKING:
    from rich.console import Console


def say(text: object, *, err: bool = False, lines: bool = False) -> None:
    """Print one line, on the error stream with ``err``; with ``lines`` a text of several, each ending as it should."""
    typer.echo(printable(str(text), keep="\n" if lines else ""), err=err, nl=not lines)


def console() -> Console:
    """Return where tables go: texts in them are taken as they are, neither markup nor escape sequences."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Plain(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                text = segment.text if segment.control else printable(segment.text, keep="\n")
                yield segment._replace(text=text)

    terminal = Plain(highlight=False, markup=False, emoji=False)
    # A file or a pipe has no width; tables must not be cut there.
    return terminal if terminal.is_terminal else Plain(highlight=False, markup=False, emoji=False, width=160)


def to_error_stream(*, debug: bool = False) -> None:
    """Let warnings of the log appear as lines of ours, and let no character stop a line that a stream cannot hold.

    With ``debug`` also what was noted and gone on from appears, with its traceback.
    """

    import logging

    class Harmless(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return printable(super().format(record), keep="\n" if debug else "")

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Harmless("gaitlab: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if debug:
        logging.getLogger("gaitlab").setLevel(logging.DEBUG)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
