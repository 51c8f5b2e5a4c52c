"""Work in other threads: many small files read at a time, and items seen to beside what goes on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Generic, TypeVar

_READERS = 8
_BATCH = 50  # files per task: scheduling them one by one takes longer than reading them
_LOOK_EVERY_S = 0.1

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


def put_while(wanted: Callable[[], bool], waiting: queue.Queue[Item], item: Item) -> bool:
    """Put an item into a queue as soon as there is room; return False if it is not ``wanted`` any more before."""
    while wanted():
        try:
            waiting.put(item, timeout=_LOOK_EVERY_S)
            return True
        except queue.Full:
            continue
    return False


class Beside(Generic[Item]):
    """Sees to items one after the other in a thread of its own; use it as a context manager, whose end waits for all.

    Parameters
    ----------
    see : Callable[[Item], None]
        called in the thread with every item, in order; what it raises is raised by `give` or at the end.
    waiting : int
        most items that wait; `give` then waits too.
    """

    def __init__(self, see: Callable[[Item], None], *, waiting: int) -> None:
        self._see = see
        self._waiting: queue.Queue[Item | None] = queue.Queue(waiting)
        self._failure: BaseException | None = None
        self._stop = threading.Event()
        self._worker = threading.Thread(target=self._work, name="gaitlab-beside", daemon=True)

    def __enter__(self) -> Beside[Item]:
        self._worker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._stop.set()
        self._put(None)
        self._worker.join()
        if kind is None and self._failure is not None:
            raise self._failure

    def give(self, item: Item) -> None:
        """Hand over an item; raise what went wrong with an earlier one."""
        self._put(item)
        if self._failure is not None:
            raise self._failure

    def _put(self, item: Item | None) -> None:
        put_while(self._worker.is_alive, self._waiting, item)  # one that has failed takes nothing more

    def _work(self) -> None:
        try:
            while (item := self._waiting.get()) is not None and not self._stop.is_set():
                self._see(item)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that gives
            self._failure = error
