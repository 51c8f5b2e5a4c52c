"""Colours as people write them, and whether text on them can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
# Least contrast of text, level AA.
READABLE = 4.5
_LIGHT, _DARK = "#ffffff", "#000000"


def hex_colour(text: str) -> str | None:
    """Return ``#1f5fa8`` or ``#15a`` with six lower-case digits; None if it is no such colour."""
    if _HEX.fullmatch(text) is None:
        return None
    digits = text[1:].lower()
    return f"#{digits}" if len(digits) == 6 else "#" + "".join(2 * digit for digit in digits)


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours ``#rrggbb``: 1 to 21, (L1 + 0.05) / (L2 + 0.05) of relative luminances."""
    brighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def readable_on(ground: str) -> str:
    """Return black or white, whichever stands out more from a ground ``#rrggbb``: at least 4.58, so always AA."""
    return max((_LIGHT, _DARK), key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
