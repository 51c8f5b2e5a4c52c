"""``gaitlab report``, ``compare``, ``athlete``, ``note``, ``export`` and ``sessions``: of sessions that are there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitlab.cli.common import EmbedVideo, Findings, Language, Pdf, Units, page_assignments, printed, write_csv
from gaitlab.cli.printing import say
from gaitlab.core.errors import InputError, argument

Brand = Annotated[
    Path | None,
    typer.Option("--profile", help="A shop's file (TOML) whose [brand] heads the page: name, colour, logo."),
]

PageLanguage = Annotated[
    str | None,
    typer.Option("--language", help="Language of the page: en, de, fr or es [default: as the pages of them]."),
]


def report(
    session: Annotated[Path, typer.Argument(help="A session folder.")],
    units: Units = None,
    language: Language = None,
    findings: Findings = None,
    embed_video: EmbedVideo = None,
    profile: Brand = None,
    pdf: Pdf = False,
) -> None:
    """Rebuild report.html from a session folder."""
    from gaitlab.analysis.shop import brand_from
    from gaitlab.config import Settings, with_values
    from gaitlab.core.pieces import sentences
    from gaitlab.io.session.session import Session, open_session
    from gaitlab.metrics.quality import grave_warnings
    from gaitlab.pipeline.changes import set_brand
    from gaitlab.pipeline.writing import rebuild_report

    opened = open_session(session)
    brand = brand_from(profile) if profile is not None else None
    kept = {f"report.{name}": value for name, value in opened.info["settings"].get("report", {}).items()}
    changed = dict(assignment.split("=") for assignment in page_assignments(units, embed_video, findings, language))
    settings = with_values(Settings(), kept | changed)
    if brand is not None:
        set_brand(opened, brand)
    page = rebuild_report(Session(session), settings=settings.report)
    for warning in grave_warnings(opened.info):
        say(f"WARNING: {warning}", err=True)
    not_made = Session(session).info.get("not_made", {})
    for sentence in sentences(not_made):
        say(f"note: {sentence}", err=True)
    say(page)
    if pdf:
        printed(opened)
    if not_made:
        raise typer.Exit(1)


def compare(
    sessions: Annotated[list[Path], typer.Argument(help="Two or more session folders; all against the first.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a page with videos, curves and tables: FILE.html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file too.")] = None,
    units: Annotated[str, typer.Option(help="Units of the page: metric or imperial.")] = "metric",
    language: PageLanguage = None,
    embed_video: Annotated[
        bool, typer.Option("--embed-video/--no-embed-video", help="Put the videos into the page.")
    ] = True,
) -> None:
    """Say what changed between sessions, and whether it is more than noise."""
    from gaitlab.cli.tables import print_comparison, with_options
    from gaitlab.stats import compare as run
    from gaitlab.stats.sessions import opened as open_all
    from gaitlab.stats.treatment import grave

    if output is None and (units != "metric" or language is not None or not embed_video):
        name = "units" if units != "metric" else "language" if language is not None else "embed_video"
        raise InputError(f"{argument(name)} is of the page, but none is asked for; name it with {argument('output')}")
    opened = open_all(sessions)
    table = run(opened)
    if output is not None:
        from gaitlab.report.comparison import write_comparison

        write_comparison(opened, output, units=units, embed_video=embed_video, language=language)
    print_comparison(table)
    gravest = grave(opened)
    for note in table.attrs["notes"]:
        say(f"{'WARNING' if note in gravest else 'note'}: {with_options(note)}", err=True)
    if csv is not None:
        write_csv(table, csv)
    if output is not None:
        say(output)


def athlete(
    name: Annotated[str, typer.Argument(help="The athlete's name; case does not matter.")],
    directory: Annotated[Path, typer.Argument(help="Where to look.")] = Path("reports"),
    output: Annotated[Path, typer.Option("-o", "--output", help="The page.")] = Path("athlete.html"),
    units: Annotated[str, typer.Option(help="Units of the page: metric or imperial.")] = "metric",
    language: PageLanguage = None,
    profile: Brand = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print the page too, beside it, by an installed Chrome or Edge.")
    ] = False,
) -> None:
    """Write a page of one athlete's season; exit 1 where a damaged session is left out."""
    from gaitlab.report.athlete import athlete_report

    skipped: list[str] = []
    try:
        page = athlete_report(
            name, directory, output=output, units=units, profile=profile, language=language, skip=skipped.append
        )
    finally:
        for why in dict.fromkeys(skipped):
            say(f"gaitlab: skipped: {why}", err=True)
    say(page)
    if pdf:
        from gaitlab.apps.paper import print_page

        say(print_page(page, page.with_suffix(".pdf")))
    if skipped:
        raise typer.Exit(1)


def note(
    session: Annotated[Path, typer.Argument(help="A session folder.")],
    text: Annotated[str | None, typer.Argument(help="What to note [default: list the notes].")] = None,
    date: Annotated[str | None, typer.Option(help="The day it is of, e.g. 2026-11-29 [default: today].")] = None,
    remove: Annotated[int | None, typer.Option(metavar="N", help="Remove the note of this number.")] = None,
) -> None:
    """Note something on a session, for its report and the athlete's page; without a text, list what was noted."""
    from gaitlab.io.session.session import open_session
    from gaitlab.pipeline.changes import add_note, remove_note

    if text is not None and remove is not None:
        raise InputError(f"a note is added or removed, not both; leave out the text or {argument('remove')}")
    if date is not None and text is None:
        raise InputError(f"{argument('date')} is of a note, but there is no text; name it after the session")
    opened = open_session(session)
    if text is not None:
        opened = add_note(opened, text, date=date)
    elif remove is not None:
        opened = remove_note(opened, remove)
    for number, one in enumerate(opened.notes, start=1):
        say(f"{number}  {one.date}  {one.text}")
    if not opened.notes:
        say("no notes", err=True)


def export(
    session: Annotated[Path, typer.Argument(help="A session folder.")],
    format_: Annotated[
        str | None, typer.Option("--format", help="trc, mot, c3d, csv or parquet [default: as -o ends].")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file [default: SESSION.FORMAT].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write keypoints, angles and contacts for OpenSim, Mokka, R and others."""
    from gaitlab.io.export import export_session
    from gaitlab.io.session.session import open_session

    path, note = export_session(open_session(session), format=format_, output=output, force=force)
    if note:
        say(f"note: {note}", err=True)
    say(path)


def sessions(
    directory: Annotated[Path, typer.Argument(help="Where to look.")] = Path("reports"),
    csv: Annotated[Path | None, typer.Option(help="Write every session's summary to this file.")] = None,
) -> None:
    """List the sessions of a directory; exit 1 where there is none, or a damaged one is left out."""
    from gaitlab.cli.tables import print_sessions
    from gaitlab.io.session.sessions import find_sessions, summaries_of

    skipped: list[str] = []
    found = list(find_sessions(directory, skip=skipped.append))
    if found:
        print_sessions(found)
    elif not skipped:
        say(f"gaitlab: no session below '{directory}'; `gaitlab analyze` writes them", err=True)
    if csv is not None:
        write_csv(summaries_of(found, skip=skipped.append), csv)
    for why in skipped:
        say(f"gaitlab: skipped: {why}", err=True)
    if skipped or not found:
        raise typer.Exit(1)
