"""The head of a page in the name and colour of a shop or clinic, with text that can be read on it."""

from __future__ import annotations

from dataclasses import dataclass

from gaitlab.core.colour import readable_on
from gaitlab.io.brand import Brand


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
