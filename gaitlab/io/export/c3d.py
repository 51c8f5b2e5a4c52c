"""C3D as read by Mokka, Visual3D and BTK: points, angles (as points of type ANGLES), foot strikes and foot-offs."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.pose import FloatArray
from gaitlab.io.export.recording import Recording
from gaitlab.signal.spline import resample

_MM = 1000.0
_BLOCK = 512
# The format has a frame rate but no times: frames that deviate from a uniform rate by more than this are resampled.
_EVEN_FRAMES = 0.1
_EVENT_ICONS = {"Foot Strike": 1, "Foot Off": 2}


def write_c3d(recording: Recording, path: Path) -> str:
    """Write points in mm (or px), angles in degrees as the x of points listed in ``POINT:ANGLES``, and events.

    The first frame is at time 0; ``GAITLAB:START_S`` is its time in the session.

    Returns
    -------
    str
        a note if frames were resampled to a uniform rate, otherwise empty.

    Raises
    ------
    InputError
        if ezc3d is not installed.
    """
    try:
        import ezc3d
    except ImportError as error:
        raise InputError("--format c3d needs ezc3d: pip install 'gaitlab-run[export]'") from error
    str(path).encode()  # raises here, because ezc3d terminates the process for a name that is not UTF-8
    in_metres = recording.unit == "m"
    angles = np.full((len(recording.time_s), len(recording.angles_deg), 3), 0.0)
    for i, values in enumerate(recording.angles_deg.values()):
        angles[:, i, 0] = values
        angles[~np.isfinite(values), i] = np.nan
    together = np.concatenate([recording.xyz * (_MM if in_metres else 1.0), angles], axis=1)
    rate, even = evenly(recording.time_s, together)

    content: Any = ezc3d.c3d()  # the library is untyped
    point = content["parameters"]["POINT"]
    point["RATE"]["value"] = [rate]
    point["UNITS"]["value"] = ["mm" if in_metres else "px"]
    point["LABELS"]["value"] = [*recording.points, *recording.angles_deg]
    content.add_parameter("POINT", "ANGLES", list(recording.angles_deg))
    content.add_parameter("POINT", "ANGLE_UNITS", ["deg"])
    content.add_parameter("GAITLAB", "START_S", [float(recording.time_s[0])])
    if in_metres:
        content.add_parameter("POINT", "X_SCREEN", ["+X"])
        content.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    _add_events(content, recording)
    content["data"]["points"] = np.concatenate(
        [even.transpose(2, 1, 0), np.ones((1, even.shape[1], even.shape[0]))], axis=0
    )
    content.write(str(path))
    _check_whole(path, even)
    return "" if even is together else "C3D knows no times: the frames were put on an even clock"


def _check_whole(path: Path, points: FloatArray) -> None:
    """Raise OSError if the file is incomplete: ezc3d does not report a full disk and crashes on an incomplete file.

    The ninth word of the header is the number of the 512-byte block in which the data begin, with four 4-byte numbers
    per point.
    """
    content = path.read_bytes() if path.is_file() else b""
    header, size = content[:_BLOCK], len(content)
    begin = (int.from_bytes(header[16:18], "little") - 1) * _BLOCK
    if len(header) < _BLOCK or begin < _BLOCK or size < begin + 16 * points.shape[0] * points.shape[1]:
        raise OSError(errno.EIO, "the file is not whole; is the disk full, or does its name not end in .c3d?")


def evenly(time_s: FloatArray, values: FloatArray) -> tuple[float, FloatArray]:
    """Return the frame rate and the values at uniform times, by a cubic spline if times are not uniform.

    Parameters
    ----------
    time_s : FloatArray
        (frame,) s, increasing.
    values : FloatArray
        (frame, …), NaN where missing; interpolated values next to a missing frame are missing too.

    Returns
    -------
    rate : float
        frames per second.
    values : FloatArray
        (frame, …); the argument itself if the times are uniform.
    """
    if len(time_s) < 2:
        return 1.0, values
    rate = float((len(time_s) - 1) / (time_s[-1] - time_s[0]))
    clock_s = time_s[0] + np.arange(len(time_s)) / rate
    if np.abs(clock_s - time_s).max() * rate <= _EVEN_FRAMES:
        return rate, values
    columns = values.reshape(len(values), -1)
    straight = np.column_stack([np.interp(clock_s, time_s, column) for column in columns.T])
    curved = resample(columns, time_s, clock_s, longest_gap_s=np.inf)
    even = np.where(np.isfinite(straight) & np.isfinite(curved), curved, straight)
    return rate, even.reshape(values.shape)


def _add_events(content: Any, recording: Recording) -> None:
    """Add the events of the accepted contacts; times relative to the first frame, in minutes and seconds."""
    start_s = float(recording.time_s[0])
    events = sorted(
        (time_s - start_s, contact.side.capitalize(), label)
        for contact in recording.events.contacts
        if contact.accepted
        for time_s, label in ((contact.foot_strike_s, "Foot Strike"), (contact.toe_off_s, "Foot Off"))
        if np.isfinite(time_s)
    )
    content.add_parameter("EVENT", "USED", [len(events)])
    if not events:
        return
    times_s = np.array([time_s for time_s, _, _ in events])
    content.add_parameter("EVENT", "CONTEXTS", [side for _, side, _ in events])
    content.add_parameter("EVENT", "LABELS", [label for _, _, label in events])
    content.add_parameter("EVENT", "TIMES", np.stack([times_s // 60, times_s % 60]))
    content.add_parameter("EVENT", "ICON_IDS", [_EVENT_ICONS[label] for _, _, label in events])
    content.add_parameter("EVENT", "SUBJECTS", [recording.name] * len(events))
    content.add_parameter("EVENT", "GENERIC_FLAGS", [0] * len(events))
