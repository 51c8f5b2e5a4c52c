"""Putting a truth on the clock of its session, and what must be said of how surely that was done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import BOTH_SIDES, Angles, Contact, other
from gaitlab.stats.validation.matching import match_contacts
from gaitlab.stats.validation.offset import (
    AS_GOOD,
    TOGETHER_S,
    Offset,
    Signal,
    clock_rate,
    correlation_at,
    event_train,
    find_offset,
    fits_better,
    period_s,
    rate_of_curves,
)
from gaitlab.stats.validation.strides import Scatter, settled

# The curves that tell the time best, then others.
_CURVES = (
    ("{side}_knee_flexion_deg", "{side}_shank_deg"),
    ("{side}_thigh_deg", "{side}_hip_flexion_deg", "{side}_ankle_flexion_deg", "{side}_foot_deg"),
    ("{side}_knee_projection_deg", "{side}_hip_adduction_deg", "{side}_rearfoot_deg"),
)
# Below these, two recordings are not of one run; curves of one run fit better than this.
LEAST_CORRELATION = {"curves": 0.7, "contacts": 0.8}
_WELL = 0.9
# Clocks that differ by more than this share are said to, and by more than that are no longer aligned.
_RATE, _OTHER_CLOCK = 0.01, 0.02
_SHARE_SEEN = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What one side of a comparison recorded, on its own clock.

    Attributes
    ----------
    angles : Angles | None
        its curves.
    contacts : tuple[Contact, ...]
        its contacts.
    span_s : tuple[float, float]
        its start and end, s.
    """

    angles: Angles | None
    contacts: tuple[Contact, ...]
    span_s: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """An offset, the contacts of the truth with their sides, on the session's clock, and what must be said.

    ``warnings`` forbid to build on the numbers; ``notes`` do not.
    """

    offset: Offset
    contacts: tuple[Contact, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def align(
    found: Recorded, true: Recorded, *, sides_known: bool = True, offset_s: float | None = None, where: str = ""
) -> Aligned:
    """Return the truth's contacts on the clock of the session, and how that was found.

    Parameters
    ----------
    found, true : Recorded
        the session and the truth.
    sides_known : bool, optional
        whether the sides of the true contacts are known; otherwise those are taken that fit.
    offset_s : float | None, optional
        seconds to add to the truth's times, where they are known.
    where : str, optional
        the session, for errors.

    Raises
    ------
    InputError
        the two have nothing in common, do not overlap, or do not fit each other.
    """
    signals = _signals(found, true)
    if signals is None:
        if offset_s is None:
            raise InputError(
                f"{where}: session and truth have neither an angle nor contacts in common, so their clocks cannot be "
                f"aligned; say how far they are apart with {argument('offset_s')}"
            )
        return Aligned(_given(offset_s, found, true, where), _shifted(true.contacts, offset_s), (), ())
    ours, theirs, exchanged, source = signals
    # Contacts whose sides are guessed are as good with the other guess.
    guesses = (theirs,) if sides_known or source == "curves" else (theirs, exchanged)
    if offset_s is not None:
        fits = max(correlation_at(ours, one, offset_s) for one in guesses)
        offset = replace(_given(offset_s, found, true, where), correlation=fits)
    else:
        offset = _searched(ours, guesses, source, found, true, where)
    contacts = true.contacts
    scatter = None
    if source == "contacts" and sides_known and offset_s is None:
        offset, scatter = settled(found.contacts, contacts, offset)
        overlap_s = _given(offset.offset_s, found, true, where).overlap_s
        offset = replace(offset, correlation=correlation_at(ours, theirs, offset.offset_s), overlap_s=overlap_s)
    warnings, notes = [], []
    if not sides_known:
        contacts, said = _sided(found, contacts, offset.offset_s)
        notes.append(said)
    else:
        least = LEAST_CORRELATION[source]
        if scatter is None:
            warnings += _exchanged(ours, theirs, exchanged, offset, least=least)
        else:
            warnings += _exchanged_contacts(found, true, exchanged, ours, offset, scatter)
        if not warnings and not offset.correlation >= least:
            warnings.append(
                f"at the offset that was given, {offset.offset_s:+.3f} s, session and truth do not fit each other "
                f"(correlation {offset.correlation:.2f}, {least:g} is needed): is it right?"
            )
    placed = _shifted(contacts, offset.offset_s)
    warnings += _rate_warning(
        rate_of_curves(ours, theirs, offset.offset_s) if source == "curves" else _rate_of(found, placed)
    )
    notes += _doubt(offset)
    return Aligned(offset, placed, tuple(warnings), tuple(notes))


def _searched(
    ours: list[Signal], guesses: Sequence[list[Signal]], source: str, found: Recorded, true: Recorded, where: str
) -> Offset:
    """Return the offset that fits best, with any of the guesses of the truth's sides."""
    least = LEAST_CORRELATION[source]
    offsets = [offset for one in guesses if (offset := find_offset(ours, one, source=source)) is not None]
    offsets.sort(key=lambda offset: -offset.correlation)
    if not offsets or not offsets[0].correlation >= least:
        best = f"a correlation of {offsets[0].correlation:.2f} at best" if offsets else "nothing in common"
        raise InputError(
            f"{where}: session and truth do not fit each other: {best}, {least:g} is needed"
            f"{_strides(ours, guesses[0], found, true)}; is it the same run? {argument('offset_s')} says how far their "
            "clocks are apart"
        )
    best_one = offsets[0]
    alike = [one for one in offsets[1:] if 1 - one.correlation < AS_GOOD * (1 - best_one.correlation)]
    if not alike:
        return best_one
    together = [one for one in offsets if one in (best_one, *alike) and abs(one.offset_s) < TOGETHER_S]
    chosen = together[0] if together else best_one
    return replace(chosen, runner_up_s=(alike[0] if chosen is best_one else best_one).offset_s)


def _exchanged(
    ours: list[Signal], theirs: list[Signal], exchanged: list[Signal], offset: Offset, *, least: float
) -> list[str]:
    """Say so where the legs surely fit better when they are exchanged."""
    turned_s, fits = offset.offset_s, math.nan
    if offset.source == "given":
        fits = correlation_at(ours, exchanged, offset.offset_s)
    elif (turned := find_offset(ours, exchanged, source=offset.source)) is not None:
        turned_s, fits = turned.offset_s, turned.correlation
    if not fits > max(offset.correlation, least) or not fits_better(ours, theirs, exchanged, offset.offset_s, turned_s):
        return []
    return [
        "left and right seem exchanged in session or truth: with them exchanged they fit better (correlation "
        f"{fits:.3f} against {offset.correlation:.3f})"
    ]


def _exchanged_contacts(
    found: Recorded, true: Recorded, exchanged: list[Signal], ours: list[Signal], offset: Offset, scatter: Scatter
) -> list[str]:
    """Say so where contacts surely scatter less with the legs exchanged, which half a stride off fit almost as well."""
    turned = find_offset(ours, exchanged, source=offset.source)
    if turned is None:
        return []
    contacts = [replace(c, side=other(c.side)) for c in true.contacts]
    _, less = settled(found.contacts, contacts, turned)
    if less is None or not less.surely_less_than(scatter):
        return []
    return [
        "left and right seem exchanged in session or truth: with them exchanged contacts fit better (they scatter by "
        f"{1e3 * math.sqrt(less.variance_s2):.1f} ms against {1e3 * math.sqrt(scatter.variance_s2):.1f} ms)"
    ]


def _given(offset_s: float, found: Recorded, true: Recorded, where: str) -> Offset:
    start = max(found.span_s[0], true.span_s[0] + offset_s)
    end = min(found.span_s[1], true.span_s[1] + offset_s)
    if not end > start:
        raise _apart(found, true, offset_s, where)
    return Offset(offset_s, math.nan, math.nan, end - start, "given")


def _apart(found: Recorded, true: Recorded, offset_s: float, where: str) -> InputError:
    a, b = found.span_s, (true.span_s[0] + offset_s, true.span_s[1] + offset_s)
    return InputError(
        f"{where}: session ({a[0]:.2f} to {a[1]:.2f} s) and truth ({b[0]:.2f} to {b[1]:.2f} s with {offset_s:+.3f} s "
        f"added) do not overlap in time; expected {argument('offset_s')} to be the seconds to add to the truth's times"
    )


def _signals(found: Recorded, true: Recorded) -> tuple[list[Signal], list[Signal], list[Signal], str] | None:
    """Return the same signals of both, those of the truth with the legs exchanged, and what they are."""
    if found.angles is not None and true.angles is not None:
        a, b = found.angles, true.angles
        for group in _CURVES:
            columns = [
                (curve.format(side=side), curve.format(side=other(side)))
                for curve in group
                for side in BOTH_SIDES
                if all(_is_seen(one, curve.format(side=side)) for one in (a, b))
            ]
            if columns:
                ours = [(a.time_s, a.values_deg[name]) for name, _ in columns]
                theirs = [(b.time_s, b.values_deg[name]) for name, _ in columns]
                turned = [(b.time_s, b.values_deg[there if _is_seen(b, there) else name]) for name, there in columns]
                return ours, theirs, turned, "curves"
    if found.contacts and true.contacts:
        return _trains(found), _trains(true), _trains(true, exchanged=True), "contacts"
    return None


def _is_seen(angles: Angles, name: str) -> bool:
    return name in angles.values_deg and bool(np.isfinite(angles.values_deg[name]).mean() > _SHARE_SEEN)


def _trains(recorded: Recorded, *, exchanged: bool = False) -> list[Signal]:
    trains = []
    for side in BOTH_SIDES:
        mine = [c for c in recorded.contacts if c.side == (other(side) if exchanged else side)]
        for moment in ("foot_strike_s", "toe_off_s"):
            trains.append(event_train(np.array([getattr(c, moment) for c in mine]), recorded.span_s))
    return trains


def _shifted(contacts: Sequence[Contact], offset_s: float) -> tuple[Contact, ...]:
    return tuple(
        replace(c, foot_strike_s=c.foot_strike_s + offset_s, toe_off_s=c.toe_off_s + offset_s) for c in contacts
    )


def _sided(found: Recorded, contacts: tuple[Contact, ...], offset_s: float) -> tuple[tuple[Contact, ...], str]:
    """Return contacts of feet in turn with the first foot that fits the session better, and a sentence on it."""
    turned = tuple(replace(c, side=other(c.side)) for c in contacts)
    fits = [
        sum(len(leg.pairs) for leg in match_contacts(found.contacts, _shifted(one, offset_s), span_s=found.span_s))
        for one in (contacts, turned)
    ]
    best = contacts if fits[0] >= fits[1] else turned
    return best, (
        f"which foot came first on the plates was taken from the session ({max(fits)} contacts fit, the other way "
        f"{min(fits)}): an exchange of left and right would not be seen"
    )


def _stride_s(recorded: Recorded, signals: Sequence[Signal]) -> float:
    """Return the median stride, s, of the contacts, or the period of the curves; NaN where not known."""
    strides = np.concatenate([np.diff([c.foot_strike_s for c in recorded.contacts if c.side == s]) for s in BOTH_SIDES])
    return float(np.median(strides)) if len(strides) >= 2 else period_s(signals)


def _strides(ours: Sequence[Signal], theirs: Sequence[Signal], found: Recorded, true: Recorded) -> str:
    ours_s, theirs_s = _stride_s(found, ours), _stride_s(true, theirs)
    if not abs(ours_s / theirs_s - 1) >= _OTHER_CLOCK:
        return ""
    return (
        f" (strides last {ours_s:.3f} s in the session and {theirs_s:.3f} s in the truth, {ours_s / theirs_s:.2f} "
        "times as long: if the film is slow motion, analyse it with its true frame rate)"
    )


def _rate_of(found: Recorded, true: Sequence[Contact]) -> float:
    """Return how much faster the session's clock runs, by the contacts that match."""
    legs = match_contacts(found.contacts, true, span_s=found.span_s, near=0.2)
    pairs = sorted((m.true.foot_strike_s, m.found.foot_strike_s) for leg in legs for m in leg.pairs)
    return clock_rate(np.array([b for _, b in pairs]), np.array([a for a, _ in pairs]))


def _rate_warning(rate: float) -> list[str]:
    if not abs(rate - 1) > _RATE:
        return []
    return [
        f"the session's clock runs {rate:.3f} times as fast as the truth's: times are off by that; is the frame rate "
        "of the film right, or is it slow motion?"
    ]


def _doubt(offset: Offset) -> list[str]:
    notes = []
    if offset.source == "contacts":
        notes.append(
            "clocks were aligned by the contacts themselves, as there are no curves in common: a mean error of all "
            "contacts is taken into the offset and not seen, and another run of the same cadence would fit too; an "
            "offset that is given avoids that"
        )
    elif offset.source == "curves" and offset.correlation < _WELL:
        notes.append(
            f"session and truth fit only weakly (correlation {offset.correlation:.2f}): is it the same run? Another of "
            "the same cadence would fit as well"
        )
    if math.isfinite(offset.runner_up_s):
        notes.append(
            f"an offset of {offset.runner_up_s:+.3f} s fits nearly as well as {offset.offset_s:+.3f} s, as gait "
            "repeats itself: numbers stride by stride may be of the strides beside; an offset that is given settles it"
        )
    return notes
