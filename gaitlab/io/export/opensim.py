"""OpenSim's text formats: TRC for points, MOT for angles, after its documentation of marker and motion files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.io.export.recording import Recording

# Least share of frames with an angle: others are omitted, because their gaps would remove frames of all angles.
_ENOUGH = 0.5


def write_trc(recording: Recording, path: Path) -> str:
    """Write every point over time; a missing point is three empty cells. Returns an empty string."""
    frames, points = recording.xyz.shape[:2]
    rate = _rate(recording)
    names = "".join(f"\t{name}\t\t" for name in recording.points)
    axes = "".join(f"\tX{n}\tY{n}\tZ{n}" for n in range(1, points + 1))
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{recording.name}.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{frames}\t{points}\t{recording.unit}\t{rate}\t1\t{frames}",
        f"Frame#\tTime{names}",
        f"\t{axes}",
        "",
    ]
    for number, (time_s, row) in enumerate(zip(recording.time_s, recording.xyz, strict=True), start=1):
        cells = "".join(f"\t{v:.6f}" if v == v else "\t" for v in row.ravel().tolist())
        lines.append(f"{number}\t{time_s:.6f}{cells}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return ""


def write_mot(recording: Recording, path: Path) -> str:
    """Write the joint angles over time in degrees under gaitlab's names.

    Returns
    -------
    str
        a note on omitted angles and frames, or an empty string.

    Raises
    ------
    InputError
        if no frame has angles.

    Notes
    -----
    The format has no missing values: OpenSim's Storage silently stops reading at the first NaN. Angles missing in most
    frames are omitted, then all frames that lack one of the others; time steps need not be uniform.
    """
    known = {
        name.removesuffix("_deg"): values
        for name, values in recording.angles_deg.items()
        if np.isfinite(values).mean() >= _ENOUGH
    }
    table = np.column_stack([recording.time_s, *known.values()])
    whole = np.asarray(np.isfinite(table).all(axis=1))
    if not known or not whole.any():
        raise InputError(f"'{recording.name}' has no frame with all its angles to write; csv and parquet have gaps")
    table, names = table[whole], list(known)
    lines = [
        recording.name,
        "version=1",
        f"nRows={table.shape[0]}",
        f"nColumns={table.shape[1]}",
        "inDegrees=yes",
        "",
        "Units are S.I. units (second, meters, Newtons, ...)",
        "Angles are in degrees, flexion positive, as gaitlab defines them.",
        "",
        "endheader",
        "\t".join(["time", *names]),
        *("\t".join(f"{v:.6f}" for v in row) for row in table.tolist()),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    dropped = [name.removesuffix("_deg") for name in recording.angles_deg if name.removesuffix("_deg") not in known]
    lost = len(whole) - len(table)
    if not lost and not dropped:
        return ""
    columns = f" and the angles {', '.join(dropped)}" if dropped else ""
    return f"MOT has no missing values: {lost} of {len(whole)} frames{columns} are left out; csv and parquet have them"


def _rate(recording: Recording) -> str:
    steps_s = np.diff(recording.time_s)
    return f"{1 / np.median(steps_s):.6f}" if len(steps_s) else "1"
