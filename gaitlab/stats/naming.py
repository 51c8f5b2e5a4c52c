"""What several sessions are called in a sentence: letters, and those that are alike together."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

_MOST_NAMED_APART = 4


def letter(number: int) -> str:
    """Return the letter of a session by its position: ``A``, ``B``, … ``Z``, ``AA``."""
    before, here = divmod(number, len(ascii_uppercase))
    return (letter(before - 1) if before else "") + ascii_uppercase[here]


def told(called: Sequence[str], described: Sequence[str]) -> str:
    """Return what each session is: ``A 10 km/h, B 12 km/h``; of many, those that are alike together.

    Sessions whose description is empty are left out.
    """
    if len(called) <= _MOST_NAMED_APART:
        return ", ".join(f"{name} {words}" for name, words in zip(called, described, strict=True) if words)
    alike: dict[str, list[int]] = {}
    for place, words in enumerate(described):
        if words:
            alike.setdefault(words, []).append(place)
    return "; ".join(f"{_spans(called, places)}: {words}" for words, places in alike.items())


def _spans(called: Sequence[str], places: Sequence[int]) -> str:
    """Return the names at increasing places, three or more neighbours as ``A–C``."""
    spans: list[list[int]] = []
    for place in places:
        if spans and place == spans[-1][-1] + 1:
            spans[-1].append(place)
        else:
            spans.append([place])
    return ", ".join(
        f"{called[span[0]]}–{called[span[-1]]}" if len(span) > 2 else ", ".join(called[place] for place in span)
        for span in spans
    )
