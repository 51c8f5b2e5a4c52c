"""Many small files read at once: disks and networks answer several at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

_READERS = 8
_AT_ONCE = 50  # files a reader takes: handing them over one by one takes longer than reading them

Given = TypeVar("Given")
Found = TypeVar("Found")


def in_parallel(read: Callable[[Given], Found], things: Sequence[Given]) -> Iterator[Found]:
    """Yield ``read`` of every thing, in order."""
    if len(things) <= _AT_ONCE:
        yield from map(read, things)
        return
    parts = [things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE)]
    with ThreadPoolExecutor(_READERS) as readers:
        yield from chain.from_iterable(readers.map(lambda part: [read(one) for one in part], parts))
