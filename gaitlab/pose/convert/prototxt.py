"""Caffe's prototxt: protocol buffers as text, read into dictionaries of lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TOKEN = re.compile(
    r"""\#[^\n]*|\s+|(?P<token>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}:<>;,\[\]]|[^\s{}:<>;,\[\]"'\#]+)"""
)
Message = dict[str, list[Any]]


def parse_prototxt(text: str) -> Message:
    """Return the fields of a message by name, each a list in order: numbers, strings, or messages.

    Raises
    ------
    ValueError
        text that is no prototxt.
    """
    tokens = [m["token"] for m in _TOKEN.finditer(text) if m["token"]]
    return _message(iter(tokens), end=None)


def first(message: Message, name: str, default: Any) -> Any:
    """Return the first value of a field, or ``default``."""
    return message[name][0] if message.get(name) else default


def _message(tokens: Iterator[str], *, end: str | None) -> Message:
    message: Message = {}
    for token in tokens:
        if token == end:
            return message
        if token in ",;":
            continue
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise ValueError(f"expected a field name, not '{token}'")
        following = next(tokens, "")
        if following == ":":
            following = next(tokens, "")
        if following in ("{", "<"):
            message.setdefault(token, []).append(_message(tokens, end="}" if following == "{" else ">"))
        elif following == "[":
            message.setdefault(token, []).extend(_values(tokens))
        elif following:
            message.setdefault(token, []).append(_value(following))
    if end is not None:
        raise ValueError(f"a message is not closed with '{end}'")
    return message


def _values(tokens: Iterator[str]) -> Iterator[Any]:
    for token in tokens:
        if token == "]":
            return
        if token != ",":
            yield _value(token)


def _value(token: str) -> Any:
    if token[0] in "\"'":
        return token[1:-1].encode().decode("unicode_escape")
    if token in ("true", "false"):
        return token == "true"
    for number in (int, float):
        try:
            return number(token)
        except ValueError:
            continue
    return token  # an enumeration's name
