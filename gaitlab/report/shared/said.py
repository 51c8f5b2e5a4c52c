"""Sentences that a session stores, on a page of another language.

They are stored in English, for the tables are. ``[messages]`` of a language's folder has every one of them, under the
key that the English folder has it under; here a stored sentence is held against the English ones, and what stood in
their placeholders is put into the other: numbers with the language's decimal mark, words and whole sentences translated
in the same way. What stands in ``{name…}`` and ``{file…}`` is somebody's own and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from string import Formatter

from markupsafe import Markup, escape

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.metrics import METRICS
from gaitlab.report.shared.texts import Texts, pointed, read_texts

ENGLISH = "en"
_OWN = ("name", "file")
# Units that are symbols, which are the same in all languages.
_SYMBOLS = ("m", "s", "m/s", "mm/ms", "kN/m", "%", "deg", "deg/s")
# Lists are taken apart at these, in this order.
_BETWEEN = ("; ", ", ", " and ")
_NUMBER = re.compile(r"[±+−-]?\d+(?:\.\d+)?(?:[–-]\d+(?:\.\d+)?)?(?:e-?\d+)?(?:x|°| ?%| ?s| ?Hz| ?ms| ?px| ?mm| ?m)?")
# "A 10 km/h", "A–C: side", "2 overground", "B, C: side": what is told of each session of several.
_CALLED = r"(?:[A-Z]{1,2}|#?\d+)(?:–(?:[A-Z]{1,2}|#?\d+))?"
_OF_SESSION = re.compile(rf"({_CALLED}(?:, {_CALLED})*)(:?) (.+)", re.DOTALL)
# Where what is told of one session ends, and that of the next begins.
_NEXT_SESSION = re.compile(r"[,;] (?:[A-Z]{1,2}|#\d+)[ :,–]")


class Foreign(str):
    """English on a page of another language; HTML says so, for who reads it aloud."""

    __slots__ = ()

    def __html__(self) -> str:
        return Markup('<span lang="en">{}</span>').format(str(self))


def foreign(text: str, texts: Texts) -> str:
    """Return a text that is English in every language, as a published source, marked where the page is not."""
    return text if not text or texts["language"] == ENGLISH else Foreign(text)


def said(sentence: str, texts: Texts) -> str:
    """Return a stored sentence in the language of a page; in English, and marked so, where it has none.

    Parameters
    ----------
    sentence : str
        a warning, reason or note as a session or a comparison has it.
    texts : Texts
        the words of the page.
    """
    language = texts["language"]
    if language == ENGLISH or not sentence.strip():
        return sentence
    found = _found(sentence, language) or _value(sentence, language, ("; ",))
    return Foreign(sentence) if found is None else found


def as_html(sentence: str, **values: object) -> Markup:
    """Return a sentence with its placeholders filled, as HTML: values are escaped, and marked if foreign."""
    return Markup(escape(sentence)).format(**values)


def together(parts: Iterable[str], texts: Texts) -> str:
    """Return parts as one text, with semicolons as the language writes them; foreign where one of them is."""
    every = tuple(parts)
    text = _joint("; ", texts).join(every)
    return Foreign(text) if any(isinstance(part, Foreign) for part in every) else text


def side_point(side: str, point: str, texts: Texts) -> str:
    """Return the name of a point of one side: ``left big toe``."""
    return str(texts["side_point"].format(side=texts["sides"][side].lower(), point=point))


def plain(text: object) -> str:
    """Return a text without marks, for an attribute, which holds no elements."""
    return str.__str__(text) if isinstance(text, str) else str(text)


@dataclass(frozen=True, slots=True)
class _Template:
    """An English sentence with placeholders, and the same in another language."""

    fixed: tuple[str, ...]
    pattern: re.Pattern[str]
    theirs: str


@lru_cache(maxsize=4096)
def _found(sentence: str, language: str) -> str | None:
    """Return a sentence in another language, with the capital and full stop that it has; None if it is not known."""
    core = sentence.strip().removesuffix(".")
    text = _exact(language).get(core.lower())
    if text is None and re.match(rf"{_CALLED}: ", core):
        text = _of_session(core, language)
    elif text is None:
        text = next((made for one in _templates(language) if (made := _filled(one, core, language)) is not None), None)
    if text is None:
        return None
    if sentence[:1].isupper():
        text = text[:1].upper() + text[1:]
    return f"{text}." if sentence.rstrip().endswith(".") and not text.endswith(".") else text


def _filled(template: _Template, sentence: str, language: str) -> str | None:
    at, small = 0, sentence.lower()
    for part in template.fixed:  # a cheap test, before the pattern looks for the borders of the values
        at = small.find(part, at)
        if at < 0:
            return None
        at += len(part)
    match = template.pattern.fullmatch(sentence)
    if match is None:
        return None
    values: dict[str, str] = {}
    for name, value in match.groupdict().items():
        known = value if name.startswith(_OWN) else _value(value, language)
        if known is None:  # half a sentence in each language is worse than all of it in English
            return None
        values[name] = known
    return template.theirs.format(**values)


def _value(text: str, language: str, between: tuple[str, ...] = _BETWEEN) -> str | None:
    """Return what stood in a placeholder: a number, a word or sentence that is known, or a list of such; else None."""
    found = _one(text, language)
    if found is not None:
        return found
    for number, mark in enumerate(between):
        parts = re.split(re.escape(mark) + r"(?![^(]*\))", text)  # not inside brackets
        # What is told may hold the mark itself: as many parts as make something known are one.
        for count in range(1, len(parts)):
            first = _value(mark.join(parts[:count]), language, between[number + 1 :])
            if first is not None and (rest := _value(mark.join(parts[count:]), language, between[number:])) is not None:
                return f"{first}{_joint(mark, read_texts(language))}{rest}"
    return None


def _joint(mark: str, texts: Texts) -> str:
    if mark == " and ":
        return str(texts["findings"]["and"])
    form = texts["format"]
    return f"{form['space']}{mark}" if mark[0] in form["space_before"] else mark


def _one(text: str, language: str) -> str | None:
    if _NUMBER.fullmatch(text):
        return pointed(text, read_texts(language))
    if (found := _found(text, language)) is not None:
        return found
    return _of_session(text, language)


def _of_session(text: str, language: str) -> str | None:
    """Return what is told of one session of several."""
    match = _OF_SESSION.fullmatch(text)
    if match is None or _NEXT_SESSION.search(match[3]):
        return None
    of_it = _value(match[3], language)
    if of_it is None:
        return None
    between = read_texts(language)["comparison"]["without"] if match[2] else "{labels} {reason}"
    return str(between.format(labels=match[1], reason=of_it))


@cache
def _exact(language: str) -> Mapping[str, str]:
    """Return by the English words, in small letters, those that stand without a value: sentences, metrics, points."""
    english, theirs = read_texts(ENGLISH), read_texts(language)
    table = {
        spec.label.lower(): theirs["measures"][name]["label"]
        for name, spec in METRICS.items()
        if "label" in theirs["measures"].get(name, {})
    }
    table |= {unit.lower(): unit for unit in _SYMBOLS}
    for words in ("columns", "points"):
        for name, text in english[words].items():
            # A point is called as its name is too: mid hip.
            for called in {text.lower(), name.replace("_", " ")}:
                table[called] = theirs[words][name]
                table |= {f"{side} {called}": side_point(side, theirs[words][name], theirs) for side in BOTH_SIDES}
    messages = english["messages"]
    return table | {
        _bare(text): theirs["messages"][key]
        for key, text in messages.items()
        if "{" not in text and key in theirs["messages"]
    }


def _bare(text: str) -> str:
    return text.removesuffix(".").lower()


@cache
def _templates(language: str) -> tuple[_Template, ...]:
    """Return the sentences with placeholders, those first that say most of themselves."""
    english, theirs = read_texts(ENGLISH)["messages"], read_texts(language)["messages"]
    found = [
        _template(text.removesuffix("."), theirs[key]) for key, text in english.items() if "{" in text and key in theirs
    ]
    return tuple(sorted(found, key=lambda one: -sum(map(len, one.fixed))))


def _template(english: str, theirs: str) -> _Template:
    pattern, fixed, known = "", [], set()
    for text, name, _, _ in Formatter().parse(english):
        pattern += re.escape(text)
        if text:
            fixed.append(text.lower())
        if name is not None:
            pattern += f"(?P={name})" if name in known else f"(?P<{name}>{_shape(name, english)})"
            known.add(name)
    return _Template(tuple(fixed), re.compile(pattern, re.IGNORECASE | re.DOTALL), theirs)


def _shape(name: str, english: str) -> str:
    """Return the pattern of what may stand in a placeholder, where its borders do not tell it."""
    if name == "share":  # one number: what stands before it, as in "big toe 30 %", has the other words
        return r"\S+"
    if name.startswith(_OWN) and f"({{{name}}})" in english:
        return "[^()]+"
    if name.startswith(_OWN) and english.endswith(f"{{{name}}}"):  # a list goes on after it
        return "[^,;]+"
    return ".+?"
