"""``gaitlab validate``: sessions held against motion capture, force plates, labels or other sessions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.cli.common import progress_bar
from gaitlab.cli.printing import say
from gaitlab.core.errors import InputError, argument

if TYPE_CHECKING:
    from gaitlab.apps.pairings import Pairing


def validate(
    sessions: Annotated[list[Path] | None, typer.Argument(help="Session folders.")] = None,
    truth: Annotated[
        list[Path] | None,
        typer.Option(help="What is true, once a session, in their order: C3D, TRC, MOT, STO, CSV, session, keypoints."),
    ] = None,
    list_: Annotated[
        Path | None, typer.Option("--list", help="A CSV instead: session, truth, and subject, offset_s, markers.")
    ] = None,
    offset: Annotated[
        float | None, typer.Option(help="Seconds to add to the truth's times [default: found by what both recorded].")
    ] = None,
    markers: Annotated[
        str | None, typer.Option(help="Marker set: its name or a TOML file [default: found by the markers' names].")
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="Force on a plate, N, from which a foot is on it; 20 is usual for walking.")
    ] = 50.0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The folder [default: validation-NAME].")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the page: en, de, fr or es.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace the validation that lies there.")] = False,
) -> None:
    """Say how far off sessions are: agreement with motion capture, force plates or labels."""
    from gaitlab.apps.validate import validate_pairs
    from gaitlab.cli.validate.tables import aligned, print_validation

    pairings = _pairings(sessions or [], truth or [], list_, offset, markers)
    folder = output or Path(f"validation-{_name(pairings)}")
    with progress_bar() as progress:
        found = validate_pairs(
            pairings, threshold_n=threshold, output=folder, force=force, language=language, progress=progress
        )
    for one in found.compared:
        say(aligned(one))
    print_validation(found)
    for warning in found.warnings:
        say(f"WARNING: {warning}", err=True)
    for note in found.notes:
        say(f"note: {note}", err=True)
    say(folder / "validation.html")


def _pairings(
    sessions: list[Path], truth: list[Path], list_: Path | None, offset: float | None, markers: str | None
) -> list[Pairing]:
    from gaitlab.apps.pairings import Pairing, read_list

    if list_ is not None:
        if sessions or truth:
            raise InputError(f"{argument('list')} names sessions and truths; leave out the others")
        found = read_list(list_)
        if offset is not None or (markers is not None and any(one.markers for one in found)):
            what = "offset_s" if offset is not None else "markers"
            raise InputError(f"{argument(what)} is a column of the list; give it there")
        return [Pairing(p.session, p.truth, p.subject, p.offset_s, p.markers or markers) for p in found]
    if not sessions or len(sessions) != len(truth):
        raise InputError(
            f"expected {argument('truth')} FILE once a session, in their order, not {len(sessions)} sessions and "
            f"{len(truth)} truths; or {argument('list')} FILE.csv with the columns session, truth"
        )
    return [Pairing(one, other, None, offset, markers) for one, other in zip(sessions, truth, strict=True)]


def _name(pairings: list[Pairing]) -> str:
    first = Path(str(pairings[0].session)).resolve().name
    return first if len(pairings) == 1 else f"{first}-and-{len(pairings) - 1}-more"
