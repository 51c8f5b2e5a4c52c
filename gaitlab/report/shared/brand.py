"""The head of a page in the name and colour of a shop or clinic, with text that can be read on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaitlab.core.colour import readable_on
from gaitlab.io.brand import Brand
from gaitlab.io.session.session import Session
from gaitlab.report.shared.said import ENGLISH

_AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Head:
    """What `brand.html` shows; ``ground`` and ``ink`` are colours, empty for those of the page."""

    name: str
    contact: str
    logo: str
    ground: str
    ink: str


def head_of(brand: Brand | None) -> Head | None:
    """Return the head of a page; None without a brand.

    The brand's colour is the ground, and whichever of black and white stands out more from it the text, so that the
    contrast is AA whatever the colour, in the light and in the dark page.
    """
    if brand is None:
        return None
    return Head(
        brand.name, brand.contact, brand.logo.data_uri if brand.logo else "", brand.colour,
        readable_on(brand.colour) if brand.colour else "",
    )  # fmt: skip


def language_of(session: Session, asked: str | None = None) -> str:
    """Return the language of a session's page.

    Parameters
    ----------
    session : Session
        the session.
    asked : str | None, optional
        a setting ``report.language``; None takes that of the analysis. ``auto`` is the brand's, or English.
    """
    said = asked or str(session.info["settings"].get("report", {}).get("language", _AUTO))
    brand = session.brand if said == _AUTO else None
    return said if said != _AUTO else (brand.language if brand is not None else "") or ENGLISH


def common_language(sessions: Sequence[Session]) -> str:
    """Return the language that the pages of all sessions have; English where they differ."""
    languages = {language_of(session) for session in sessions}
    return languages.pop() if len(languages) == 1 else ENGLISH
