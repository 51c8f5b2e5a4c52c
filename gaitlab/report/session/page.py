"""Assembly of the page from elements, scripts and styles, and atomic writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gaitlab.core.pieces import Pieces, told
from gaitlab.io.files import whole_file
from gaitlab.io.session.contents import PDF
from gaitlab.io.session.session import Session
from gaitlab.report.render import LETTER, environment, put_together, static
from gaitlab.report.session.content import Content, read_content
from gaitlab.report.session.elements import ELEMENTS, Element
from gaitlab.report.shared.media import Media, gather_media

# Scripts in the order of execution; the last one unpacks plotly after the page is displayed.
_SCRIPTS = ("theme.js", "media.js", "tracks.js", "player.js", "charts.js")
_TELLING = "warnings"


def write_report(
    session: Session,
    *,
    stills: Mapping[str, bytes] | None = None,
    clip: Path | None = None,
    embed_video: bool | None = None,
    units: str = "metric",
    language: str = "en",
    findings: str = "coach",
    pieces: Pieces | None = None,
) -> None:
    """Write ``report.html`` into a session's folder.

    Parameters
    ----------
    session : Session
        the session; its folder may still have its temporary name.
    stills : Mapping[str, bytes] | None, optional
        key of a moment of `key_moments` to JPEG of its box; moments without one are drawn from keypoints.
    clip : Path | None, optional
        the plain video, which starts with the session's first frame; without it annotated.mp4 is shown.
    embed_video : bool | None, optional
        whether to embed the clip in the page; None embeds it below 15 MB.
    units : str, optional
        ``metric`` or ``imperial``.
    language : str, optional
        language of the page.
    findings : str, optional
        for whom findings are written, a profile of ``findings.toml``; ``off`` leaves them out.
    pieces : Pieces | None, optional
        record of parts that could not be made; the page omits and lists them.

    Raises
    ------
    InputError
        for an unknown unit system, language or profile, an unreadable clip, or a damaged session.
    OutputError
        if the page cannot be written.
    """
    content = read_content(session, units=units, language=language, findings=findings, pieces=pieces)
    media = gather_media(
        session.folder, annotated=session.video, clip=clip, embed_video=embed_video, stills=stills or {}
    )
    page = render(content, media)
    failure = f"cannot write the report '{session.report}'"
    with whole_file(session.report, failure=failure, advice="is the folder writable?") as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    # What was printed of an older page is no longer its paper.
    (session.folder / PDF).unlink(missing_ok=True)


def render(content: Content, media: Media) -> str:
    """Return the page as text; parts that fail are omitted and named among the warnings."""
    templates = environment(t=content.texts, info=content.info)
    pieces, made = content.pieces, dict[str, str]()

    def make(element: Element, content: Content) -> None:
        values = element.fill(content, media)
        if values is not None:
            made[element.name] = templates.get_template(f"{element.name}.html").render(**values)

    for element in ELEMENTS:
        if element.name != _TELLING:
            with pieces.attempt(f"the part '{_heading(element, content) or element.name}' of the page"):
                make(element, content)
    # Last, because it lists failed parts; without it there is no page.
    telling = next(element for element in ELEMENTS if element.name == _TELLING)
    make(telling, replace(content, info=told(content.info, pieces.lost)))
    parts = [(e.name, _heading(e, content), made[e.name]) for e in ELEMENTS if e.name in made]
    return put_together(
        templates,
        parts,
        title=_title(content),
        skip_to="headlines",
        styles=[static("report.css"), *([LETTER] if content.units == "imperial" else [])],
        scripts=[static(name) for name in _SCRIPTS],
    )


def _heading(element: Element, content: Content) -> str:
    return str(content.texts[element.title]["title"]) if element.title else ""


def _title(content: Content) -> str:
    sentence = content.texts["title_walking" if content.info["activity"] == "walking" else "title"]
    return str(sentence.format(athlete=content.info["athlete"] or content.texts["no_athlete"]))
