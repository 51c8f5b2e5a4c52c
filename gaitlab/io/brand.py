"""The head of a shop's or clinic's pages: name, contact, colour and logo, checked before anything is made of them.

A logo is only ever shown as a picture (an ``img`` with a data URI), never put into the page itself: what an SVG holds
beside its shapes, scripts and addresses of other files, does nothing there.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from gaitlab.core.colour import hex_colour
from gaitlab.core.errors import InputError, shown
from gaitlab.core.text import LANGUAGES, check_said
from gaitlab.io.files import whole_file
from gaitlab.io.reading import Entry, read_bytes
from gaitlab.io.session.contents import LOGOS, within

_ENTRIES = ("name", "contact", "colour", "logo", "language")
# The report stays a file that is sent by e-mail, and no picture of that size is needed 5 cm wide.
_LARGEST_BYTES = 300_000
_LARGEST_PX = 4000
_TYPES = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}
_SVG = "{http://www.w3.org/2000/svg}svg"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture, whole and of a known kind: ``png``, ``jpg`` or ``svg``."""

    kind: str
    content: bytes

    @property
    def data_uri(self) -> str:
        """What an ``img`` shows."""
        return f"data:{_TYPES[self.kind]};base64,{base64.b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose page it is.

    Attributes
    ----------
    name : str
        name of the shop or clinic.
    contact : str
        one line, e.g. address and telephone; may be empty.
    colour : str
        ``#rrggbb``; empty for that of the page.
    logo : Logo | None
        the picture beside the name.
    language : str
        language of its pages, one of `gaitlab.core.text.LANGUAGES`; empty where it does not say.
    """

    name: str
    contact: str = ""
    colour: str = ""
    logo: Logo | None = None
    language: str = ""

    def entry(self) -> dict[str, str]:
        """Return what session.json says; the logo lies beside it."""
        entry = {"name": self.name, "contact": self.contact, "colour": self.colour}
        return entry | ({"language": self.language} if self.language else {})


def read_brand(section: Entry, path: Path) -> Brand:
    """Read the section ``[brand]`` of a shop's file.

    Parameters
    ----------
    section : Entry
        the section.
    path : Path
        the file; the logo's name is relative to its folder.

    Raises
    ------
    InputError
        for an unknown entry, a colour or language that is none, or a logo that is missing, too large or no picture.
    """
    entries = section.fields()
    for extra in set(entries) - set(_ENTRIES):
        raise InputError(f"'{path}': unknown entry {shown(extra)} in [brand]; expected {', '.join(_ENTRIES)}")
    if "name" not in entries:
        raise InputError(f"'{path}': brand.name is missing; see configs/shop_profile.toml")
    said = {name: entries[name].text().strip() for name in ("name", "contact") if name in entries}
    for name, text in said.items():
        check_said(text, f"brand's {name} in '{path}'")
    colour = ""
    if "colour" in entries:
        colour = hex_colour(entries["colour"].text().strip()) or ""
        if not colour:
            raise entries["colour"].error("a colour such as #1f5fa8")
    language = entries["language"].text().strip() if "language" in entries else ""
    if language and language not in LANGUAGES:
        raise entries["language"].error(f"one of {', '.join(LANGUAGES)}")
    logo = None
    if "logo" in entries:
        file = path.parent / entries["logo"].text()
        logo = checked_logo(read_bytes(file, "logo", advice=f"brand.logo in '{path}' names it"), file)
    return Brand(said["name"], said.get("contact", ""), colour, logo, language)


def checked_logo(content: bytes, path: Path) -> Logo:
    """Return a logo; its kind is told by its content.

    Raises
    ------
    InputError
        if it is too large, or neither a whole PNG or JPEG nor an SVG.
    """
    if len(content) > _LARGEST_BYTES:
        raise InputError(
            f"the logo '{path}' has {len(content) / 1000:.0f} kB; expected {_LARGEST_BYTES // 1000} kB at most: save a "
            "smaller copy, some 600 px wide"
        )
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        whole, size = content[-8:-4] == b"IEND", (_number(content, 16, 4), _number(content, 20, 4))
        kind = "png"
    elif content.startswith(b"\xff\xd8\xff"):
        whole, size, kind = content.rstrip(b"\0").endswith(b"\xff\xd9"), _jpeg_size(content), "jpg"
    elif _is_svg(content, path):
        return Logo("svg", content)
    else:
        raise InputError(f"the logo '{path}' is no PNG, JPEG or SVG; save it as one of these")
    if not whole or not all(0 < pixels <= _LARGEST_PX for pixels in size):
        wrong = f"{size[0]}x{size[1]} px" if whole and all(size) else "damaged"
        raise InputError(
            f"the logo '{path}' is {wrong}; expected a whole picture of {_LARGEST_PX}x{_LARGEST_PX} px at most"
        )
    return Logo(kind, content)


def _number(content: bytes, start: int, size: int) -> int:
    return int.from_bytes(content[start : start + size], "big")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Return width and height from the frame header of a JPEG (ITU T.81, B.2.2), px; zeros if there is none."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return _number(content, at + 7, 2), _number(content, at + 5, 2)
        at += 1 if marker == 0xFF else 2 + _number(content, at + 2, 2)
    return 0, 0


def _is_svg(content: bytes, path: Path) -> bool:
    if b"<svg" not in content:
        return False
    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper():
        raise InputError(f"the logo '{path}' has a DOCTYPE, which is not read; save it as a plain SVG")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InputError(f"the logo '{path}' is no sound SVG: {error}; save it anew, or as PNG") from error
    if root.tag != _SVG:
        raise InputError(f"the logo '{path}' is XML, but no SVG; save it as SVG or PNG")
    return True


def brand_of(folder: Path, info: Mapping[str, Any]) -> Brand | None:
    """Return the brand of a session, or None if it has none.

    Parameters
    ----------
    folder : Path
        the session folder.
    info : Mapping[str, Any]
        content of session.json.

    Raises
    ------
    InputError
        if its logo is damaged or a link.
    """
    entry = info.get("brand")
    if not entry:
        return None
    path = next((path for name in LOGOS if (path := within(folder, name)).is_file()), None)
    logo = checked_logo(read_bytes(path, "logo"), path) if path is not None else None
    return Brand(entry["name"], entry["contact"], hex_colour(entry["colour"]) or "", logo, entry.get("language", ""))


def write_logo(folder: Path, brand: Brand | None) -> None:
    """Write the logo of a brand into a session folder, and remove any other."""
    logo = brand.logo if brand is not None else None
    if logo is not None:
        with whole_file(folder / f"logo.{logo.kind}", advice="is the folder writable?") as partial:
            partial.write_bytes(logo.content)
    for name in LOGOS:
        if logo is None or name != f"logo.{logo.kind}":
            (folder / name).unlink(missing_ok=True)
