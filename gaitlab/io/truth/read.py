"""Reading any truth: what it is, is told by its content."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.io.keypoints.formats import format_of
from gaitlab.io.keypoints.programs.opensim import read_storage
from gaitlab.io.keypoints.programs.trc import markers_of_trc
from gaitlab.io.keypoints.read import import_keypoints
from gaitlab.io.session.session import open_session
from gaitlab.io.truth.angle_names import our_angle
from gaitlab.io.truth.c3d import read_c3d_truth
from gaitlab.io.truth.markers import MarkerSet, marker_set_of, side_view
from gaitlab.io.truth.plates import DEFAULT_N
from gaitlab.io.truth.tables import angle_truth, columns_of, is_angles, is_events, read_angles, read_events
from gaitlab.io.truth.types import Markers, Truth

KINDS = (
    "a C3D, a TRC, a MOT or STO of OpenSim, a CSV of events (side, foot_strike_s, toe_off_s) or of angles (time_s, "
    "left_knee_flexion_deg …), a session folder, or a file of keypoints"
)
_ADVICE = "; choose another --format"
_TABLES = (".csv", ".tsv", ".txt")


def read_truth(
    path: str | Path, *, markers: str | Path | None = None, threshold_n: float = DEFAULT_N, fps: float | None = None
) -> Truth:
    """Read what a session is to be held against.

    Parameters
    ----------
    path : str | Path
        the file or folder, of one of `KINDS`.
    markers : str | Path | None, optional
        a marker set by name or its TOML file; None finds it by the markers' names.
    threshold_n : float, optional
        force on a plate, N, from which a foot is on it.
    fps : float | None, optional
        frame rate of keypoint labels without one, Hz.

    Raises
    ------
    InputError
        no such file, or none that can be compared.
    """
    path = Path(path)
    if not os.path.exists(path):
        raise InputError(f"no such file: '{path}'; the truth is {KINDS}")
    if path.is_file() and not path.stat().st_size:
        raise InputError(f"'{path}' is empty; the truth is {KINDS}")
    try:
        return _read(path, markers=markers, threshold_n=threshold_n, fps=fps)
    except InputError as error:
        # What a truth is, its content tells: nobody can say its format.
        if _ADVICE not in str(error):
            raise
        raise InputError(str(error).replace(_ADVICE, "")) from error


def _read(path: Path, *, markers: str | Path | None, threshold_n: float, fps: float | None) -> Truth:
    asked = marker_set_of(markers)
    if path.is_dir() and (path / "session.json").is_file():
        return _session(path)
    if path.is_dir():
        try:
            return _labels(path, _format(path), fps)
        except InputError as error:
            raise InputError(f"'{path}' is no folder that can be a truth: expected {KINDS} ({error})") from error
    if path.suffix.lower() in _TABLES:
        columns = columns_of(path)
        if is_events(columns):
            return read_events(path)
        if is_angles(columns):
            return read_angles(path)
    format = _format(path)
    if format == "c3d":
        return read_c3d_truth(path, markers=asked, threshold_n=threshold_n)
    if format == "trc":
        found = markers_of_trc(path)
        return _markers(path, "TRC", Markers(tuple(found.names), found.points, found.time_s, found.unit), asked)
    if format == "opensim":
        return _opensim(path, asked)
    return _labels(path, format, fps)


def _format(path: Path) -> str:
    try:
        return format_of(path)
    except InputError as error:
        raise InputError(f"'{path}' is no truth that gaitlab reads: expected {KINDS} ({error})") from error


def _session(path: Path) -> Truth:
    session = open_session(path)
    time_s = session.angle_curves.time_s
    contacts = tuple(contact for contact in session.gait_events.contacts if contact.accepted)
    if not len(time_s):
        raise InputError(f"the session '{path}' has no frames: there is nothing to compare")
    return Truth(
        path, "session of gaitlab", (float(time_s[0]), float(time_s[-1])), contacts=contacts,
        contacts_from="the other session" if contacts else "", angles=session.angle_curves, angles_from="gaitlab",
        session=session,
    )  # fmt: skip


def _markers(path: Path, what: str, markers: Markers, asked: MarkerSet | None) -> Truth:
    if len(markers.time_s) < 2 or (np.diff(markers.time_s) <= 0).any():
        raise InputError(f"'{path}': expected two frames or more with times that rise from frame to frame")
    pose, _, name, notes = side_view(markers, path, asked=asked)
    span = (float(markers.time_s[0]), float(markers.time_s[-1]))
    scale = None if markers.unit == "px" else 0.001
    return Truth(path, f"{what}: {len(markers.names)} markers ({name})", span, pose, scale, notes=notes)


def _opensim(path: Path, asked: MarkerSet | None) -> Truth:
    found = read_storage(path)
    if found.places:
        points = np.stack([found.table[:, axes] for axes in found.places.values()], axis=1)
        unit = found.facts.get("Units", "m").strip().lower()
        return _markers(path, "STO", Markers(tuple(found.places), points, found.table[:, 0].copy(), unit), asked)
    columns = [(column, named) for column, name in enumerate(found.header) if (named := our_angle(name)) is not None]
    if not columns:
        raise InputError(
            f"'{path}' has neither markers nor angles of hip, knee or ankle (hip_flexion_l, knee_angle_l, "
            "ankle_angle_l …): there is nothing to compare"
        )
    table = found.table[:, [0, *(column for column, _ in columns)]]
    if found.facts.get("inDegrees", "yes").strip().lower() == "no":
        table = np.column_stack([table[:, :1], np.degrees(table[:, 1:])])
    return angle_truth(path, "OpenSim motion", table, [named for _, named in columns])


def _labels(path: Path, format: str, fps: float | None) -> Truth:
    """Read keypoints; without times they are those of the session's film."""
    assumed: tuple[str, ...] = ()
    try:
        found = import_keypoints(path, format=format)
    except InputError as error:
        if fps is None or "fps" not in str(error):
            raise
        found = import_keypoints(path, format=format, fps=fps)
        assumed = (f"'{path.name}' has no times: its frames were taken at the session's {fps:.4g} a second",)
    pose = found.pose
    span = (float(pose.time_s[0]), float(pose.time_s[-1]))
    return Truth(path, f"keypoint labels ({found.format})", span, pose, None, notes=(*found.notes, *assumed))
