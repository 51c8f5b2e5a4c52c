"""The time between two clocks, found again whatever it is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Angles, Contact, other
from gaitlab.stats.validation.alignment import Recorded, align
from gaitlab.stats.validation.offset import event_train, find_offset, period_s


def stride_phase(
    rng: np.random.Generator, *, end_s: float = 30.0, spread_s: float = 0.012
) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of foot strikes of strides that differ, and the phase at 5 ms, in strides."""
    strikes = np.cumsum(rng.normal(0.72, spread_s, 60))
    time_s = np.arange(0, 30.0, 0.005)
    return strikes, np.interp(time_s, strikes, np.arange(60))


def legs(phase: np.ndarray) -> dict[str, np.ndarray]:
    def knee(p: np.ndarray) -> np.ndarray:
        return 45 + 40 * np.sin(2 * np.pi * p) + 12 * np.sin(4 * np.pi * p + 1)

    def shank(p: np.ndarray) -> np.ndarray:
        return 35 * np.sin(2 * np.pi * p + 2)

    return {
        "left_knee_flexion_deg": knee(phase), "right_knee_flexion_deg": 1.1 * knee(phase + 0.49),
        "left_shank_deg": shank(phase), "right_shank_deg": shank(phase + 0.49) + 2,
    }  # fmt: skip


def recorded(seed: int, *, offset_s: float = 0.0, part: tuple[float, float] = (0.0, 25.0), fps: float = 60.0,
             noise: float = 0.0, faster: float = 1.0, spread_s: float = 0.012) -> Recorded:  # fmt: skip
    """A part of a run on another clock: its times have ``offset_s`` taken off, and are ``faster`` times as long."""
    _, phase = stride_phase(np.random.default_rng(seed), spread_s=spread_s)
    fine = np.arange(len(phase)) * 0.005
    time_s = np.arange(part[0], part[1], 1 / fps)
    rng = np.random.default_rng(seed + 1)
    values = {
        name: np.interp(time_s, fine, curve) + rng.normal(0, noise, len(time_s)) for name, curve in legs(phase).items()
    }
    moved = time_s * faster - offset_s
    return Recorded(Angles(moved, values), (), (float(moved[0]), float(moved[-1])))


@settings(max_examples=12, deadline=None)
@given(st.floats(-20, 20), st.integers(0, 50))
def test_an_offset_is_found_to_a_part_of_a_frame(offset_s: float, seed: int) -> None:
    told = align(recorded(seed, part=(8.0, 20.0), noise=2.0), recorded(seed, offset_s=offset_s, fps=150.0))
    assert told.offset.offset_s == pytest.approx(offset_s, abs=0.004)
    assert told.offset.correlation > 0.95
    assert told.offset.overlap_s == pytest.approx(12.0, abs=0.1)
    assert told.warnings == ()


def test_strides_of_equal_length_are_said_to_leave_doubt() -> None:
    told = align(recorded(1, part=(8.0, 20.0), noise=2.0, spread_s=0.0), recorded(1, offset_s=0.5, spread_s=0.0))
    assert any("fits nearly as well" in note for note in told.notes)
    assert (told.offset.offset_s - 0.5) % 0.72 == pytest.approx(0.0, abs=0.005) or (
        told.offset.offset_s - 0.5
    ) % 0.72 == pytest.approx(0.72, abs=0.005)


def test_recordings_begun_together_are_taken_to_be() -> None:
    told = align(recorded(1, spread_s=0.0), recorded(1, spread_s=0.0))
    assert told.offset.offset_s == pytest.approx(0.0, abs=0.003)


def test_legs_exchanged_are_noticed() -> None:
    true = recorded(4, offset_s=1.0)
    assert true.angles is not None
    turned = {
        name.replace("left", "@").replace("right", "left").replace("@", "right"): values
        for name, values in true.angles.values_deg.items()
    }
    exchanged = Recorded(Angles(true.angles.time_s, turned), (), true.span_s)
    found = recorded(4, part=(5.0, 20.0), noise=1.0)
    for offset_s in (None, 1.0):
        (warning,) = align(found, exchanged, offset_s=offset_s).warnings
        assert "exchanged" in warning
    assert align(found, true, offset_s=1.0).warnings == ()


def test_another_clock_is_noticed() -> None:
    told = align(recorded(5, part=(5.0, 20.0)), recorded(5, faster=1.015))
    assert any("times as fast" in warning for warning in told.warnings)
    for fine in (recorded(5), recorded(5, offset_s=3.0, noise=4.0)):
        assert align(recorded(5, part=(5.0, 20.0)), fine).warnings == ()


def test_slow_motion_is_refused_with_the_factor() -> None:
    with pytest.raises(InputError, match=r"2\.0\d times as long.*slow motion"):
        align(recorded(6, part=(2.0, 16.0), faster=2.0), recorded(6))


def test_another_run_is_refused() -> None:
    with pytest.raises(InputError, match="do not fit each other"):
        rng = np.random.default_rng(0)
        time_s = np.arange(0, 20, 1 / 60)
        noise = {name: rng.normal(0, 10, len(time_s)) for name in legs(np.zeros(1))}
        align(recorded(7), Recorded(Angles(time_s, noise), (), (0.0, 20.0)))


def test_no_overlap_and_nothing_in_common() -> None:
    with pytest.raises(InputError, match="do not overlap in time"):
        align(recorded(8), recorded(8), offset_s=100.0)
    with pytest.raises(InputError, match="neither an angle nor contacts in common"):
        align(recorded(8), Recorded(None, (), (0.0, 20.0)))


def with_contacts(seed: int, *, offset_s: float = 0.0, late_s: float = 0.0) -> Recorded:
    strikes, _ = stride_phase(np.random.default_rng(seed), spread_s=0.03)
    made = [
        Contact(side, t + shift - offset_s + late_s, t + shift + 0.25 - offset_s + late_s, 0.0, 0.0)
        for t in strikes[:30].tolist()
        for side, shift in (("left", 0.0), ("right", 0.35))
    ]
    contacts = tuple(sorted(made, key=lambda c: c.foot_strike_s))
    return Recorded(None, contacts, (contacts[0].foot_strike_s - 0.5, contacts[-1].toe_off_s + 0.5))


def test_a_given_offset_at_which_nothing_fits_is_a_warning() -> None:
    (warning,) = align(recorded(9, part=(5.0, 20.0)), recorded(9), offset_s=0.2).warnings
    assert "is it right?" in warning


def test_contacts_alone_align_too_and_say_what_that_costs() -> None:
    told = align(with_contacts(1), with_contacts(1, offset_s=3.3))
    assert told.offset.offset_s == pytest.approx(3.3, abs=0.003)
    assert any("by the contacts themselves" in note for note in told.notes)
    late = align(with_contacts(1), with_contacts(1, offset_s=3.3, late_s=0.010))
    assert late.offset.offset_s == pytest.approx(3.29, abs=0.003)  # the bias is taken into the offset
    given = align(with_contacts(1), with_contacts(1, offset_s=3.3, late_s=0.010), offset_s=3.3)
    first = given.contacts[0].foot_strike_s - with_contacts(1).contacts[0].foot_strike_s
    assert first == pytest.approx(0.010, abs=1e-9)


def filmed_and_true(seed: int, *, offset_s: float) -> tuple[Recorded, Recorded]:
    """Contacts as a film has them, late by 8 ms of one foot and SD 5 ms, and the true ones, of which it lacks two."""
    rng = np.random.default_rng(seed)
    left = np.cumsum(rng.normal(0.70, 0.008, 20))
    strikes = [(float(t), side) for t in left for side in BOTH_SIDES]
    strikes = [(t if side == "left" else t + 0.346 + rng.normal(0, 0.004), side) for t, side in strikes]
    true = [Contact(side, t, t + 0.22 + rng.normal(0, 0.005), 0.0, 0.0) for t, side in strikes]
    late = {"left": -0.008, "right": 0.0}
    seen = [
        replace(c, foot_strike_s=c.foot_strike_s + offset_s + late[c.side] + rng.normal(0, 0.005),
                toe_off_s=c.toe_off_s + offset_s + rng.normal(0, 0.003))
        for c in true[2:]
    ]  # fmt: skip
    span_s = (true[0].foot_strike_s + offset_s - 0.3, true[-1].toe_off_s + offset_s + 0.1)
    return Recorded(None, tuple(seen), span_s), Recorded(None, tuple(true), (true[0].foot_strike_s, true[-1].toe_off_s))


@pytest.mark.parametrize("seed", range(6))
def test_contacts_that_one_of_the_two_lacks_do_not_move_the_other_by_a_stride(seed: int) -> None:
    found, true = filmed_and_true(seed, offset_s=3.7)
    told = align(found, true)
    assert told.offset.offset_s == pytest.approx(3.698, abs=0.004)
    assert told.warnings == ()
    turned = tuple(replace(c, side=other(c.side)) for c in true.contacts)
    (warning,) = align(found, replace(true, contacts=turned)).warnings
    assert "exchanged" in warning


def test_guessed_sides_are_taken_from_the_session() -> None:
    true = with_contacts(2)
    turned = tuple(
        Contact("left" if c.side == "right" else "right", c.foot_strike_s, c.toe_off_s, 0.0, 0.0) for c in true.contacts
    )
    told = align(with_contacts(2), Recorded(None, turned, true.span_s), sides_known=False, offset_s=0.0)
    assert [c.side for c in told.contacts] == [c.side for c in true.contacts]
    assert told.warnings == ()


def test_period_and_trains() -> None:
    _, phase = stride_phase(np.random.default_rng(0))
    curve = (np.arange(len(phase)) * 0.005, legs(phase)["left_knee_flexion_deg"])
    assert period_s([curve]) == pytest.approx(0.72, abs=0.02)
    time_s, train = event_train(np.array([1.0, np.nan]), (0.0, 2.0))
    assert time_s[train.argmax()] == pytest.approx(1.0)
    assert find_offset([event_train(np.array([]), (0.0, 3.0))], [(time_s, train)], source="contacts") is None
    assert math.isnan(period_s([(np.arange(0, 1, 0.1), np.zeros(10))]))
