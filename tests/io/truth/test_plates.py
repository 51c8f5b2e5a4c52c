"""Contacts from forces: times to a part of a sample, and the right foot."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.truth.plates import Load, Plate, alternating, contacts_on_plates, loads, sides_by_feet
from tests.io.truth.make import Contacts, force_of

HZ = 1000
CENTRE = np.zeros(3)


def steps(*, contact_s: float = 0.22, step_s: float = 0.35, count: int = 12) -> Contacts:
    return [("left" if n % 2 == 0 else "right", 0.5 + n * step_s, 0.5 + n * step_s + contact_s) for n in range(count)]


def plate(contacts: Contacts, *, hz: int = HZ, offset_n: float = 0.0) -> Plate:
    force = force_of(contacts, end_s=6.0, force_hz=hz) + offset_n
    return Plate(np.arange(len(force)) / hz, force, CENTRE)


@pytest.mark.parametrize("hz", [100, 300, 1000, 2000])
def test_times_are_right_to_a_part_of_a_sample(hz: int) -> None:
    found = loads(plate(steps(), hz=hz).time_s, plate(steps(), hz=hz).vertical_n, threshold_n=50.0)
    assert [load.start_s for load in found] == pytest.approx([strike for _, strike, _ in steps()], abs=0.003)
    assert [load.end_s for load in found] == pytest.approx([off for _, _, off in steps()], abs=0.003)


def test_a_higher_threshold_is_later() -> None:
    one = plate(steps())
    low, high = (loads(one.time_s, one.vertical_n, threshold_n=n) for n in (20.0, 200.0))
    assert all(a.start_s < b.start_s and a.end_s > b.end_s for a, b in zip(low, high, strict=True))


def test_what_the_ends_cut_off_is_left_out() -> None:
    one = plate(steps())
    inside = (one.time_s > 0.6) & (one.time_s < 0.5 + 11 * 0.35 + 0.1)
    assert len(loads(one.time_s[inside], one.vertical_n[inside], threshold_n=50.0)) == 10


def test_a_runner_on_two_plates_stands_on_their_sum() -> None:
    one = plate(steps())
    share = 0.5 + 0.5 * np.sin(2 * np.pi * one.time_s)
    two = [Plate(one.time_s, one.vertical_n * part, CENTRE) for part in (share, 1 - share)]
    found, notes = contacts_on_plates(two, threshold_n=50.0)
    assert [load.start_s for load in found] == pytest.approx([strike for _, strike, _ in steps()], abs=0.003)
    assert notes == []


def test_a_walker_stands_on_each_plate() -> None:
    walk = steps(contact_s=0.65, step_s=0.55, count=8)
    two = [plate(walk[0::2]), plate(walk[1::2])]
    found, _ = contacts_on_plates(two, threshold_n=50.0)
    assert [load.plate for load in found] == [0, 1] * 4
    assert [load.start_s for load in found] == pytest.approx([strike for _, strike, _ in walk], abs=0.004)


def test_a_walker_on_one_plate_is_refused() -> None:
    walk = steps(contact_s=0.75, step_s=0.5, count=10)
    with pytest.raises(InputError, match="both feet"):
        contacts_on_plates([plate(walk)], threshold_n=50.0)


def test_no_steps_and_a_plate_that_is_not_zeroed() -> None:
    with pytest.raises(InputError, match=r"never rises above threshold_n 50 N.*highest 0 N"):
        contacts_on_plates([plate([])], threshold_n=50.0)
    _, notes = contacts_on_plates([plate(steps(), offset_n=35.0)], threshold_n=50.0)
    assert "plate 1 shows 35 N while nobody stands on it" in notes[0]


def feet(lifted: dict[str, float], x: dict[str, float]) -> PoseSequence:
    """Both feet at rest, px of 1 mm and y down."""
    xy = np.array([[[x[side], -lifted[side]] for side in ("left", "right") for _ in range(2)]] * 200)
    names = tuple(f"{side}_{point}" for side in ("left", "right") for point in ("heel", "big_toe"))
    return PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(200) / 100, Skeleton("feet", names))


def test_the_lower_foot_stands() -> None:
    for low, high in (("left", "right"), ("right", "left")):
        pose = feet({low: 20.0, high: 250.0}, {"left": 0.0, "right": 0.0})
        (contact,), unclear = sides_by_feet([Load(0.5, 0.8, 0)], pose, None)
        assert (contact.side, unclear) == (low, 0)


def test_of_two_low_feet_the_one_over_the_plate_stands() -> None:
    pose = feet({"left": 20.0, "right": 25.0}, {"left": 0.0, "right": 600.0})
    (contact,), _ = sides_by_feet([Load(0.5, 1.1, 1)], pose, [0.0, 500.0])
    assert contact.side == "right"
    assert sides_by_feet([Load(0.5, 1.1, 0)], pose, None) == ((), 1)


def test_feet_in_turn_also_across_one_that_is_missing() -> None:
    all_of_them = [Load(strike, off, 0) for _, strike, off in steps()]
    sides = [contact.side for contact in alternating(all_of_them)]
    assert sides == ["left", "right"] * 6
    assert [c.side for c in alternating(all_of_them[:4] + all_of_them[5:])] == sides[:4] + sides[5:]
