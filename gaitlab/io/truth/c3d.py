"""C3D as truth: markers, segments, model angles, force plates and events, read with ezc3d."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Angles, Contact, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.keypoints.axes import axes_found
from gaitlab.io.reading import read_bytes
from gaitlab.io.truth.angle_names import our_angle, with_our_signs, zero_note
from gaitlab.io.truth.markers import MarkerSet, SeveralPeopleError, side_view
from gaitlab.io.truth.plates import Load, Plate, alternating, contacts_on_plates, sides_by_feet
from gaitlab.io.truth.types import Markers, Truth

_BLOCK, _DEC, _MIPS = 512, 85, 86
# Of a longer recording the heading does not tell the last frame.
_MANY_FRAMES = 0xFFFF
# Labels of events without what is no letter; Visual3D's name the side too: RHS, LTO, RON, LOFF.
_STRIKE = ("footstrike", "heelstrike", "footcontact", "initialcontact", "fs", "hs", "ic", "on")
_OFF = ("footoff", "toeoff", "fo", "to", "off")
_SIDES: Mapping[str, Side] = {"left": "left", "right": "right"}
# A foot is off the ground again within this time, s.
_LONGEST_CONTACT_S = 1.5
# Whoever goes farther than this, mm, is not on a belt.
_BELT_MM = 800.0
# Events and plates that are farther apart than this are said to disagree, s.
_DISAGREE_S = 0.02
# and those that are farther apart are of other contacts.
_SAME_S = 0.2


def read_c3d_truth(path: Path, *, markers: MarkerSet | None, threshold_n: float) -> Truth:
    """Read all that a C3D holds of somebody's gait.

    Raises
    ------
    InputError
        ezc3d is not installed, the file is damaged, or nothing in it can be compared.
    """
    content = _content(path)
    labels, points, time_s, unit = _points(content)
    angles, whose = _angles(labels, points, time_s)
    notes = list(zero_note(whose))
    if angles is not None:
        values, turned = with_our_signs(angles.values_deg)
        angles, notes = Angles(angles.time_s, values), [*notes, *turned]
    names = tuple(label for label in labels if _is_marker(label, content))
    own = Markers(names, points[:, [labels.index(name) for name in names]], time_s, unit)
    own = _with_segments(own, content)
    plates = _plates(content, time_s, notes)
    events = _events(content)
    pose, places, set_name = None, None, ""
    if own.names:
        try:
            pose, places, set_name, said = side_view(own, path, asked=markers)
            notes += said
        except InputError as error:
            if (
                markers is not None
                or isinstance(error, SeveralPeopleError)
                or not (plates or events or angles is not None)
            ):
                raise
            notes.append(
                f"the markers of '{path.name}' are of no known set and were left out: a marker set of your own can "
                "say which they are"
            )
    contacts, source, known = _contacts(plates, events, pose, places, threshold_n, notes)
    if not (contacts or angles is not None or pose is not None):
        raise InputError(
            f"'{path}' has neither force plates with steps on them, nor events (Foot Strike, Foot Off), nor markers or "
            "angles that are known: there is nothing to compare"
        )
    what = [f"{len(own.names)} markers ({set_name})"] if pose is not None else []
    what += [f"angles of {whose}"] if angles is not None else []
    what += [source] if contacts else []
    return Truth(
        path, f"C3D: {', '.join(what)}", (float(time_s[0]), float(time_s[-1])), pose, 0.001, contacts, source, known,
        angles, whose, None, tuple(notes),
    )  # fmt: skip


def _content(path: Path) -> Any:
    try:
        import ezc3d
    except ImportError as error:
        raise InputError(
            f"'{path}' is a C3D, whose force plates and events ezc3d reads: pip install 'gaitlab-run[validate]'"
        ) from error
    _check_whole(read_bytes(path, "truth"), path)
    try:
        return ezc3d.c3d(str(path), extract_forceplat_data=True)
    except (ValueError, RuntimeError, OSError, IndexError) as error:
        return _without_plates(path, error)


def _check_whole(data: bytes, path: Path) -> None:
    """Raise InputError where a file ends before its data do, which ezc3d reads as if nothing had been seen."""
    try:
        at = (data[0] - 1) * _BLOCK
        order = ">" if data[at + 3] == _MIPS else "<"
        points, analogs, first, last = struct.unpack_from(f"{order}4H", data, 2)
        (start,) = struct.unpack_from(f"{order}H", data, 16)
        sign = 13 if data[at + 3] == _DEC else 12 if order == ">" else 15
        wide = 4 if data[sign] & 0x80 else 2
        end = (start - 1) * _BLOCK + (last - first + 1) * (4 * points + analogs) * wide
    except (IndexError, struct.error) as error:
        raise InputError(f"'{path}' is damaged: it ends within its heading; expected a whole C3D file") from error
    if last != _MANY_FRAMES and end > len(data):
        raise InputError(f"'{path}' is damaged: it should have {end} bytes, not {len(data)}; expected a whole C3D file")


def _without_plates(path: Path, why: Exception) -> Any:
    import ezc3d

    try:
        content = ezc3d.c3d(str(path))
    except (ValueError, RuntimeError, OSError, IndexError) as error:
        raise InputError(f"'{path}' is damaged: {error}; expected a whole C3D file") from error
    content["data"]["not_read"] = str(why)
    return content


def _values(content: Any, group: str, name: str) -> list[Any]:
    parameters = content["parameters"]
    if group not in parameters or name not in parameters[group]:
        return []
    value = parameters[group][name]["value"]
    return list(value.tolist() if isinstance(value, np.ndarray) else value)


def _points(content: Any) -> tuple[list[str], FloatArray, FloatArray, str]:
    """Return labels, (frame, point, 3) values, NaN where not seen, times, s, and the unit."""
    raw = np.asarray(content["data"]["points"], dtype=np.float64)[:3].transpose(2, 1, 0)
    raw[(raw == 0).all(axis=-1)] = np.nan
    rate = float(content["header"]["points"]["frame_rate"])
    first = int(content["header"]["points"]["first_frame"])
    labels = [str(label) for label in _values(content, "POINT", "LABELS")][: raw.shape[1]]
    labels += [f"marker_{n + 1}" for n in range(len(labels), raw.shape[1])]
    units = _values(content, "POINT", "UNITS")
    if not len(raw):  # segments alone have their own rate
        rotations = np.asarray(content["data"]["rotations"])
        raw = np.full((rotations.shape[-1], 0, 3), np.nan)
        rates = _values(content, "ROTATION", "RATE")
        rate = float(rates[0]) if rates else rate
    if not len(raw) or not rate > 0:
        raise InputError("the C3D has no frames; expected markers, angles or segments")
    return labels, raw, (first + np.arange(len(raw))) / rate, str(units[0]).lower() if units else "mm"


def _is_marker(label: str, content: Any) -> bool:
    kinds = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")
    return not any(label in _values(content, "POINT", kind) for kind in kinds) and our_angle(label) is None


def _angles(labels: Sequence[str], points: FloatArray, time_s: FloatArray) -> tuple[Angles | None, str]:
    found: dict[str, FloatArray] = {}
    whose = ""
    for column, label in enumerate(labels):
        named = our_angle(label)
        if named is not None and named[0] not in found:
            found[named[0]], whose = points[:, column, 0].copy(), named[1]
    return (Angles(time_s, found), whose) if found else (None, "")


def _with_segments(own: Markers, content: Any) -> Markers:
    """Add the origins of segments (Theia) as points."""
    rotations = np.asarray(content["data"]["rotations"], dtype=np.float64)
    labels = [str(label) for label in _values(content, "ROTATION", "LABELS")]
    if rotations.ndim != 4 or rotations.shape[3] == 0 or not labels:
        return own
    origins = rotations[:3, 3].transpose(2, 1, 0)  # (frame, segment, 3)
    if len(origins) != len(own.time_s):  # segments have a rate of their own
        every = np.round(np.linspace(0, len(origins) - 1, len(own.time_s))).astype(int)
        origins = origins[every]
    return replace(
        own, names=(*own.names, *labels[: origins.shape[1]]), points=np.concatenate([own.points, origins], axis=1)
    )


def _plates(content: Any, time_s: FloatArray, notes: list[str]) -> list[Plate]:
    if "not_read" in content["data"]:
        notes.append(f"its force plates cannot be read ({content['data']['not_read']}); events are looked for instead")
        return []
    found = []
    start_s = float(time_s[0])
    rate = float(content["header"]["analogs"]["frame_rate"])
    for plate in content["data"].get("platform", []):
        force = np.asarray(plate["force"], dtype=np.float64)
        if force.ndim != 2 or force.shape[1] < 2 or not np.nanmax(np.abs(force), initial=0.0) > 0:
            continue
        axis = int(np.nanmean(np.abs(force), axis=1).argmax())
        vertical = force[axis] * (1.0 if np.nansum(force[axis]) >= 0 else -1.0)
        centre = np.asarray(plate["corners"], dtype=np.float64).mean(axis=1)
        found.append(Plate(start_s + np.arange(len(vertical)) / rate, vertical, centre))
    return found


@dataclass(frozen=True, slots=True)
class _Event:
    side: Side
    strike: bool
    time_s: float


def _events(content: Any) -> list[_Event]:
    labels = [str(text) for text in _values(content, "EVENT", "LABELS")]
    contexts = [str(text) for text in _values(content, "EVENT", "CONTEXTS")]
    contexts += [""] * (len(labels) - len(contexts))
    times = np.asarray(_values(content, "EVENT", "TIMES"), dtype=np.float64)
    if times.ndim != 2 or times.shape[0] != 2:
        return []
    found = []
    for label, context, (minutes, seconds) in zip(labels, contexts, times.T, strict=False):
        if told := _meaning(label, context):
            found.append(_Event(*told, float(60 * minutes + seconds)))
    return sorted(found, key=lambda event: event.time_s)


def _meaning(label: str, context: str) -> tuple[Side, bool] | None:
    """Return side and whether it is a foot strike of an event; None where it is no contact of one foot."""
    word = re.sub(r"[^a-z]", "", label.lower())
    side = _SIDES.get(context.strip().lower())
    if side is None:
        side = {"l": _SIDES["left"], "r": _SIDES["right"]}.get(word[:1])
        word = word[1:]
    return (side, word in _STRIKE) if side is not None and word in _STRIKE + _OFF else None


def _paired(events: Sequence[_Event]) -> tuple[Contact, ...]:
    """Return contacts from strikes and the next foot-off of the same side."""
    contacts = []
    for side in BOTH_SIDES:
        mine = [event for event in events if event.side == side]
        for number, event in enumerate(mine):
            if not event.strike:
                continue
            after = mine[number + 1] if number + 1 < len(mine) else None
            off = after.time_s if after is not None and not after.strike else float("nan")
            if off - event.time_s > _LONGEST_CONTACT_S:
                off = float("nan")
            contacts.append(Contact(side, event.time_s, off, 0.0, 0.0))
    return tuple(sorted(contacts, key=lambda contact: contact.foot_strike_s))


def _contacts(
    plates: list[Plate],
    events: list[_Event],
    pose: PoseSequence | None,
    places: FloatArray | None,
    threshold_n: float,
    notes: list[str],
) -> tuple[tuple[Contact, ...], str, bool]:
    """Return contacts, where they come from, and whether their sides are known; plates before events."""
    marked = _paired(events)
    found: list[Load] = []
    if plates:
        try:
            found, said = contacts_on_plates(plates, threshold_n=threshold_n)
            notes += said
        except InputError as error:
            if not marked:
                raise
            notes.append(f"{error}; its events were taken instead")
    if not found:
        return marked, "events in the file" if marked else "", True
    source = f"force plates ({threshold_n:g} N, low-pass 50 Hz)"
    if pose is not None and places is not None:
        contacts, unclear = sides_by_feet(found, pose, _ways(plates, pose, places, found))
        if unclear:
            notes.append(f"{unclear} contacts on the plates were left out: it is not clear which foot stood there")
        if contacts:
            _compare_events(contacts, marked, notes)
            return contacts, source, True
    if marked:
        contacts = _sides_by_events(found, marked)
        _compare_events(contacts, marked, notes)
        return contacts, source, True
    notes.append("nothing in the file says which foot stood on the plates: feet were taken in turn")
    return alternating(found), source, False


def _ways(
    plates: Sequence[Plate], pose: PoseSequence, places: FloatArray, found: Sequence[Load]
) -> tuple[float, ...] | None:
    """Return where the plates' middles are along x of the side view; None under a belt, where that tells no foot."""
    axes = axes_found(places, Skeleton("markers", pose.skeleton.names))
    if axes is None or not found:
        return None
    hips = pose.point("mid_hip")[:, 0]
    hips = hips[np.isfinite(hips)]
    if not len(hips) or np.ptp(hips) < _BELT_MM:
        return None
    column, sign = axes.right
    # The side view is in mm whatever the unit of the file, in which the plates are.
    seen = np.isfinite(places[..., column])
    mm = float(np.ptp(pose.xy[..., 0][seen]) / np.ptp(places[..., column][seen]))
    return tuple(float(sign * mm * plate.centre[column]) for plate in plates)


def _sides_by_events(found: Sequence[Load], marked: Sequence[Contact]) -> tuple[Contact, ...]:
    contacts = []
    for load in found:
        nearest = min(marked, key=lambda one: abs(one.foot_strike_s - load.start_s))
        if abs(nearest.foot_strike_s - load.start_s) < 0.1:
            contacts.append(Contact(nearest.side, load.start_s, load.end_s, 0.0, 0.0))
    return tuple(contacts)


def _compare_events(contacts: Sequence[Contact], marked: Sequence[Contact], notes: list[str]) -> None:
    """Say how far the events in the file are from the plates."""
    differences = []
    for contact in contacts:
        apart = [one.foot_strike_s - contact.foot_strike_s for one in marked if one.side == contact.side]
        differences += [s for s in apart if abs(s) < _SAME_S][:1]
    if not marked:
        return
    if not differences:
        notes.append("the events in the file fit none of the contacts on its force plates, which were taken")
        return
    mean_ms, worst_ms = 1e3 * float(np.mean(differences)), 1e3 * float(np.abs(differences).max())
    agree = worst_ms <= 1e3 * _DISAGREE_S
    notes.append(
        f"foot strikes marked in the file are {_whole_ms(mean_ms)} from the force plates on average (at most "
        f"{worst_ms:.0f} ms): the plates were taken{'' if agree else '; they disagree, look at them'}"
    )


def _whole_ms(value: float) -> str:
    return f"{round(value):+d} ms" if round(value) else "0 ms"
