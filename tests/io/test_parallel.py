"""What is done beside something else: in order, waited for, and never silently wrong."""

from __future__ import annotations

import threading
import time

import pytest

from gaitlab.io.parallel import Beside


def test_items_are_seen_in_order_in_another_thread_and_all_of_them_at_the_end() -> None:
    seen: list[tuple[int, int]] = []
    with Beside[int](lambda item: seen.append((item, threading.get_ident())), waiting=2) as beside:
        for item in range(20):
            beside.give(item)
    assert [item for item, _ in seen] == list(range(20))
    assert {thread for _, thread in seen} != {threading.get_ident()}


def test_no_more_than_so_many_wait() -> None:
    go, given = threading.Event(), []
    with Beside[int](lambda _: go.wait(10) and None, waiting=2) as beside:

        def give() -> None:
            for item in range(6):
                beside.give(item)
                given.append(item)

        giver = threading.Thread(target=give)
        giver.start()
        time.sleep(0.3)
        held = len(given)  # one is seen to, two wait
        go.set()
        giver.join()
    assert held == 3
    assert len(given) == 6


def test_a_failure_reaches_who_gives() -> None:
    def fail(item: int) -> None:
        raise KeyError(item)

    with pytest.raises(KeyError, match="7"), Beside[int](fail, waiting=1) as beside:
        for _ in range(100):
            beside.give(7)
            time.sleep(0.01)


def test_a_failure_at_the_last_item_is_raised_at_the_end() -> None:
    def fail(item: int) -> None:
        time.sleep(0.05)
        raise KeyError(item)

    beside = Beside[int](fail, waiting=1)
    with pytest.raises(KeyError, match="3"), beside:
        beside.give(3)


def test_an_error_of_the_giver_is_not_covered_and_ends_the_work() -> None:
    seen: list[int] = []

    def slow(item: int) -> None:
        time.sleep(0.05)
        seen.append(item)

    with pytest.raises(ZeroDivisionError), Beside[int](slow, waiting=100) as beside:
        for item in range(100):
            beside.give(item)
        raise ZeroDivisionError
    assert len(seen) < 50
