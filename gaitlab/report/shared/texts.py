"""The words of a page: all TOML files of a language's folder as one table, and what its numbers and dates look like."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, one_of
from gaitlab.core.text import LANGUAGES
from gaitlab.report.shared.movements import named

LOCALE = Path(__file__).resolve().parents[1] / "locale"
Texts = Mapping[str, Any]


@cache
def read_texts(language: str) -> Texts:
    """Return all words of a language, of every file of its folder.

    Raises
    ------
    InputError
        for a language that is not there.
    ValueError
        if two files of it say the same entry.
    """
    if language not in LANGUAGES:
        raise InputError(one_of("language", language, LANGUAGES))
    table: dict[str, Any] = {}
    for path in sorted((LOCALE / language).glob("*.toml")):
        _merge(table, tomllib.loads(path.read_text(encoding="utf-8")), path)
    spaced: Texts = _spaced(table, before=table["format"]["space_before"], space=table["format"]["space"])
    return named(spaced)


def _merge(table: dict[str, Any], more: Mapping[str, Any], path: Path) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(table.get(name, {}), dict):
            _merge(table.setdefault(name, {}), value, path)
        elif name in table:
            raise ValueError(f"'{path}' says '{name}' again; one file of a language has it")
        else:
            table[name] = value


def _spaced(value: Any, *, before: str, space: str) -> Any:
    """Return texts whose space before some marks does not break; files have plain ones, which can be seen and typed."""
    if isinstance(value, dict):
        return {name: _spaced(inner, before=before, space=space) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spaced(inner, before=before, space=space) for inner in value]
    if not isinstance(value, str) or not before:
        return value
    text = re.sub(f" (?=[{re.escape(before)}])", space, value)
    return text.replace("« ", f"«{space}")


def point_of(texts: Texts) -> str:
    """Return the decimal mark of a language."""
    return str(texts["format"]["point"])


def pointed(text: str, texts: Texts) -> str:
    """Return a text whose numbers have the decimal mark of a language; for texts of numbers alone."""
    return re.sub(r"(?<=\d)\.(?=\d)", point_of(texts), text)


def day(iso: str, texts: Texts) -> str:
    """Return a date (``2026-03-05``, with or without a time after it) as a language writes it; other texts as they are.

    A time, to the minute, stays behind it.
    """
    try:
        shown = date.fromisoformat(iso[:10]).strftime(texts["format"]["date"])
    except ValueError:
        return iso
    time = re.match(r"[T ](\d\d:\d\d)", iso[10:])
    return f"{shown} {time[1]}" if time else shown
