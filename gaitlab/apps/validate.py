"""Sessions held against a truth: each pair read, aligned and compared, all of them put together and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.analysis.truth import cycle_values, trial_of_angles, trial_of_contacts, trial_of_points, with_contacts
from gaitlab.apps.pairings import Pairing, Pathlike, check_pairings
from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, Contact, GaitCycle, GaitEvents
from gaitlab.core.pose import FloatArray
from gaitlab.events import gait_cycles
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.truth.angle_names import OURS
from gaitlab.io.truth.plates import DEFAULT_N
from gaitlab.io.truth.read import read_truth
from gaitlab.io.truth.types import Truth
from gaitlab.metrics import Trial
from gaitlab.stats.validation.alignment import Aligned, Recorded, align
from gaitlab.stats.validation.matching import match_contacts, mutual, near_s
from gaitlab.stats.validation.result import Compared, MetricPair, Validation, named_angle
from gaitlab.stats.validation.tables import put_together
from gaitlab.stats.validation.waveforms import CurveAgreement, compare_curves

Progress = Callable[[str, int, int], None]
_UNNAMED = "unnamed"
_NEWTONS = (1.0, 1000.0)


def validate(
    sessions: Session | Pathlike | Sequence[Session | Pathlike],
    truth: Pathlike | Sequence[Pathlike],
    *,
    offset_s: float | None = None,
    markers: Pathlike | None = None,
    threshold_n: float = DEFAULT_N,
    subjects: Sequence[str] | None = None,
    output: Pathlike | None = None,
    force: bool = False,
    language: str = "en",
) -> Validation:
    """Hold sessions against motion capture, force plates, labels or other sessions.

    Parameters
    ----------
    sessions : Session | str | Path | Sequence[Session | str | Path]
        one session or several, or their folders.
    truth : str | Path | Sequence[str | Path]
        a truth a session, in their order: C3D (markers, model angles, force plates, events), TRC, MOT or STO of
        OpenSim, a table of events or angles, another session, or keypoints.
    offset_s : float | None, optional
        seconds to add to the truth's times to get those of the session; None finds it by what both recorded.
    markers : str | Path | None, optional
        marker set of the truth, by name or as a TOML file; None finds it by the markers' names.
    threshold_n : float, optional
        force on a plate, N, from which a foot is on it.
    subjects : Sequence[str] | None, optional
        who was measured in each session; None takes their athletes.
    output : str | Path | None, optional
        folder to write a page and the tables into.
    force : bool, optional
        whether a validation that lies there may be replaced.
    language : str, optional
        language of the page.

    Returns
    -------
    Validation
        DataFrames ``events``, ``metrics``, ``angles`` and ``pairs``; differences are found minus true.

    Raises
    ------
    GaitlabError
        a file that is missing or none that can be compared, other numbers of sessions and truths, no overlap in time.
    """
    ours = _several(sessions)
    theirs = _several(truth)
    if len(ours) != len(theirs) or not ours:
        raise InputError(
            f"expected a truth a session, in their order, not {len(ours)} sessions and {len(theirs)} truths; or a "
            "list: a CSV with the columns session, truth"
        )
    if subjects is not None and len(subjects) != len(ours):
        raise InputError(f"{argument('subjects')} names {len(subjects)} people for {len(ours)} sessions")
    names = subjects if subjects is not None else [None] * len(ours)
    pairings = [
        Pairing(one, other, name, offset_s, markers) for one, other, name in zip(ours, theirs, names, strict=True)
    ]
    return validate_pairs(pairings, threshold_n=threshold_n, output=output, force=force, language=language)


def validate_pairs(
    pairings: Sequence[Pairing],
    *,
    threshold_n: float = DEFAULT_N,
    output: Pathlike | None = None,
    force: bool = False,
    language: str = "en",
    progress: Progress | None = None,
) -> Validation:
    """Hold every session against its truth; parameters as of `validate`, and who is told how far it is."""
    low, high = _NEWTONS
    if not low <= threshold_n <= high:
        raise InputError(f"{argument('threshold_n')} must be from {low:g} to {high:g} N, not {shown(threshold_n)}")
    check_pairings(pairings)
    if output is not None:
        from gaitlab.report.shared.texts import read_texts
        from gaitlab.report.validation.write import check_output

        read_texts(language)
        check_output(Path(output), force=force)
    compared = []
    for number, pairing in enumerate(pairings):
        if progress is not None:
            progress("comparing", number, len(pairings))
        compared.append(compare_one(pairing, threshold_n=threshold_n))
    found = _with_subjects_note(put_together(compared))
    if output is not None:
        from gaitlab.report.validation.write import write_validation

        write_validation(found, Path(output), force=force, language=language)
    return found


def compare_one(pairing: Pairing, *, threshold_n: float) -> Compared:
    """Hold one session against its truth."""
    session = pairing.session if isinstance(pairing.session, Session) else open_session(pairing.session)
    truth = read_truth(pairing.truth, markers=pairing.markers, threshold_n=threshold_n, fps=float(session.info["fps"]))
    if truth.session is not None and truth.session.folder.resolve() == session.folder.resolve():
        raise InputError(f"the session '{session.folder}' is its own truth; name another")
    where = session.folder.name or str(session.folder)
    found = _recorded(session)
    measured = _measured(session, truth)
    true = Recorded(_telling_time(truth, measured), truth.contacts, truth.span_s)
    aligned = align(found, true, sides_known=truth.sides_known, offset_s=pairing.offset_s, where=where)
    offset_s = aligned.offset.offset_s
    own = bool(truth.contacts)
    contacts = aligned.contacts if own else found.contacts
    activity: Activity = session.info["activity"]
    measured = [replace(one, trial=with_contacts(one.trial, _moved(contacts, -offset_s), activity)) for one in measured]
    legs = match_contacts(found.contacts, contacts, span_s=found.span_s) if own else ()
    near = near_s(found.contacts)
    notes = [*truth.notes, *aligned.notes, *_remarks(session, truth, measured)]
    if pairing.markers is not None and (truth.pose is None or truth.metres_per_px is None):
        notes.append("the marker set that was named is not used: the truth has no markers")
    return Compared(
        session=str(session.folder),
        truth=str(pairing.truth),
        kind=truth.kind,
        subject=pairing.subject or session.info["athlete"] or _UNNAMED,
        offset=aligned.offset,
        contacts_from=truth.contacts_from,
        legs=legs,
        metrics=tuple(_metric_pairs(session, truth, measured, aligned, near)),
        curves={
            key: curve
            for of, angles in _all_angles(truth, measured).items()
            for key, curve in _curves(found, angles, of, offset_s, contacts, activity).items()
        },
        warnings=tuple(aligned.warnings),
        notes=tuple(notes),
    )


def _recorded(session: Session) -> Recorded:
    angles = session.angle_curves
    if not len(angles.time_s):
        raise InputError(f"the session '{session.folder}' has no frames: there is nothing to compare")
    contacts = tuple(contact for contact in session.gait_events.contacts if contact.accepted)
    return Recorded(angles, contacts, (float(angles.time_s[0]), float(angles.time_s[-1])))


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A truth measured as a recording is; ``points``: from its points; ``angles_alone``: only its angles are true."""

    trial: Trial
    points: bool
    angles_alone: bool


def _measured(session: Session, truth: Truth) -> list[_Measured]:
    """Return the truth's points measured as a recording's; without points its contacts and its angles apart."""
    runner, from_the_side = session.info["runner"], session.info["view"] == "side"
    height_m, mass_kg = runner.get("height_m"), runner.get("mass_kg")
    if truth.session is not None:
        return []
    if from_the_side and truth.pose is not None:
        trial = trial_of_points(
            truth.pose, metres_per_px=truth.metres_per_px, height_m=height_m, mass_kg=mass_kg
        )  # fmt: skip
        if trial is not None:
            return [_Measured(trial, points=True, angles_alone=not truth.contacts)]
    found = []
    if truth.contacts:
        speed = session.info["calibration"]["belt_speed_mps"]
        trial = trial_of_contacts(truth.span_s, belt_speed_mps=speed, mass_kg=mass_kg)
        found.append(_Measured(trial, points=False, angles_alone=False))
    if truth.angles is not None and from_the_side:
        found.append(_Measured(trial_of_angles(truth.angles), points=False, angles_alone=True))
    return found


def _all_angles(truth: Truth, measured: Sequence[_Measured]) -> dict[str, Angles]:
    """Return the truth's curves by whose definitions they follow: "" is gaitlab's, of its points or as the file has."""
    of_points = next((one.trial.angles for one in measured if one.points), None)
    found = {} if of_points is None else {"": of_points}
    if truth.angles is None:
        return found
    if truth.angles_from == OURS:
        own = found.get("", truth.angles)
        return {"": truth.angles if not set(own.values_deg) - set(truth.angles.values_deg) else own}
    return {**found, truth.angles_from: truth.angles}


def _telling_time(truth: Truth, measured: Sequence[_Measured]) -> Angles | None:
    return next(iter(_all_angles(truth, measured).values()), None)


def _moved(contacts: Sequence[Contact], by_s: float) -> tuple[Contact, ...]:
    return tuple(replace(c, foot_strike_s=c.foot_strike_s + by_s, toe_off_s=c.toe_off_s + by_s) for c in contacts)


def _metric_pairs(
    session: Session, truth: Truth, measured: Sequence[_Measured], aligned: Aligned, near: float
) -> list[MetricPair]:
    """Return every metric of the strides that both have, told by where a stride begins."""
    theirs: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for metric, side, time_s, value, unit in _true_cycles(truth, measured):
        theirs.setdefault((metric, side, unit), []).append((time_s + aligned.offset.offset_s, value))
    ours: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for row in session.rows("cycles"):
        if row["value"]:
            key = (row["metric"], row["side"], row["unit"])
            ours.setdefault(key, []).append((float(row["time_s"]), float(row["value"])))
    pairs = []
    for key in ours.keys() & theirs.keys():
        mine, real = sorted(ours[key]), sorted(theirs[key])
        for i, j in mutual(np.array([t for t, _ in mine]), np.array([t for t, _ in real]), near):
            pairs.append(MetricPair(key[0], key[1], mine[i][0], mine[i][1], real[j][1], key[2]))
    return sorted(pairs, key=lambda pair: (pair.metric, pair.side, pair.time_s))


def _true_cycles(truth: Truth, measured: Sequence[_Measured]) -> list[tuple[str, str, float, float, str]]:
    if truth.session is not None:
        return [
            (row["metric"], row["side"], float(row["time_s"]), float(row["value"]), row["unit"])
            for row in truth.session.rows("cycles")
            if row["value"]
        ]
    values = [value for one in measured for value in cycle_values(one.trial, angles_alone=one.angles_alone)]
    return [(v.metric, v.side, v.time_s, v.value, v.unit) for v in values]


def _curves(
    found: Recorded, angles: Angles, of: str, offset_s: float, contacts: Sequence[Contact], activity: Activity
) -> dict[tuple[str, str], CurveAgreement]:
    assert found.angles is not None
    true, own = (
        [cycle for cycle in gait_cycles(GaitEvents(tuple(some), activity)) if cycle.accepted]
        for some in (contacts, found.contacts)
    )
    compared = {}
    for column, values in found.angles.values_deg.items():
        if column not in angles.values_deg:
            continue
        side = next((one for one in BOTH_SIDES if column.startswith(f"{one}_")), "both")
        curve = compare_curves(
            (found.angles.time_s, values),
            (angles.time_s + offset_s, angles.values_deg[column]),
            # Plates in a walkway see steps, but no stride.
            spans if len(spans := _strides_s(true, side)) else _strides_s(own, side),
        )
        if curve is not None:
            compared[named_angle(column.removeprefix(f"{side}_"), of), side] = curve
    return compared


def _strides_s(cycles: Sequence[GaitCycle], side: str) -> FloatArray:
    spans = [(c.start_s, c.end_s) for c in cycles if side in (c.side, "both") and np.isfinite(c.end_s)]
    return np.array(spans, dtype=np.float64).reshape(-1, 2)


def _remarks(session: Session, truth: Truth, measured: Sequence[_Measured]) -> list[str]:
    """Return what a reader must know of how the truth was measured."""
    found = []
    if not truth.contacts:
        found.append(
            "the truth has no contacts: foot strikes, toe-offs and times are not compared, and strides are those of "
            "the session"
        )
    if truth.pose is not None and session.info["view"] != "side":
        found.append("angles from behind are not made of markers: only times are compared")
    elif truth.pose is not None and not any(one.points for one in measured):
        found.append("the points of the truth could not be measured as those of a recording; its angles are left out")
    keypoints = session.info["keypoints"]
    if truth.pose is not None and keypoints is not None and keypoints["name"] == truth.path.name:
        found.append(
            "the session was made of the same points: its angles agree by that, only its contacts are put to the test"
        )
    speed = session.info["calibration"]["belt_speed_mps"]
    if truth.pose is None and truth.session is None and truth.contacts and speed is not None:
        found.append("lengths of steps are the session's own speed times the true step times: an error of the speed is "
                     "not seen")  # fmt: skip
    return found


def _with_subjects_note(found: Validation) -> Validation:
    people = {one.subject for one in found.compared}
    notes = list(found.notes)
    if _UNNAMED in people and len(found.compared) > 1:
        count = sum(one.subject == _UNNAMED for one in found.compared)
        notes.append(
            f"{count} sessions name no athlete and count as one person: name them in a list with a column subject"
        )
    if len(people) < 3:
        whom = "one person" if len(people) == 1 else "two people"
        notes.append(f"intervals are within {whom}: they say nothing of others")
    return replace(found, notes=tuple(notes))


def _several(given: Any) -> list[Any]:
    return [given] if isinstance(given, str | os.PathLike | Session) else list(given)
