"""Parallel reading of many small files: disks and networks serve several requests at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

_READERS = 8
_BATCH = 50  # files per task: scheduling them one by one takes longer than reading them

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(read: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield ``read(item)`` for every item, in order."""
    if len(items) <= _BATCH:
        yield from map(read, items)
        return
    batches = [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]
    with ThreadPoolExecutor(_READERS) as readers:
        yield from chain.from_iterable(readers.map(lambda batch: [read(item) for item in batch], batches))
