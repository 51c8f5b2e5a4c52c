"""One table per recording with one row per frame, as CSV or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray
from gaitlab.events.cycles import gait_cycles
from gaitlab.io.export.recording import Recording
from gaitlab.io.session.tables import write_columns

_AXES = "xyz"


def columns_of(recording: Recording) -> dict[str, FloatArray]:
    """Return the columns of the table.

    Returns
    -------
    dict[str, FloatArray]
        name to (frame,) values, NaN where missing: ``time_s``; angles, degrees; for each point ``NAME_x_m, NAME_y_m,
        NAME_z_m`` (``_px`` and no z without a scale) and ``NAME_score``; for each leg the contact of the frame,
        ``SIDE_foot_strike_s``, ``SIDE_toe_off_s``, ``SIDE_contact_accepted`` (1 or 0), and the position in the accepted
        cycle, ``SIDE_cycle_percent``.
    """
    table: dict[str, FloatArray] = {"time_s": recording.time_s, **recording.angles_deg}
    axes = _AXES if recording.unit == "m" else _AXES[:2]
    for i, name in enumerate(recording.points):
        for axis, letter in enumerate(axes):
            table[f"{name}_{letter}_{recording.unit}"] = recording.xyz[:, i, axis]
        table[f"{name}_score"] = recording.score[:, i]
    return table | _contacts(recording)


def _contacts(recording: Recording) -> dict[str, FloatArray]:
    time_s = recording.time_s
    cycles = gait_cycles(recording.events)
    table: dict[str, FloatArray] = {}
    for side in BOTH_SIDES:
        names = [f"{side}_{what}" for what in ("foot_strike_s", "toe_off_s", "contact_accepted", "cycle_percent")]
        strike_s, toe_off_s, accepted, percent = (np.full(len(time_s), np.nan) for _ in names)
        for contact in recording.events.of(side):
            end_s = contact.toe_off_s if np.isfinite(contact.toe_off_s) else np.inf
            inside = (time_s >= contact.foot_strike_s) & (time_s < end_s)
            strike_s[inside], toe_off_s[inside] = contact.foot_strike_s, contact.toe_off_s
            accepted[inside] = contact.accepted
        for cycle in cycles:
            if cycle.side == side and cycle.accepted:
                inside = (time_s >= cycle.start_s) & (time_s < cycle.end_s)
                percent[inside] = 100 * (time_s[inside] - cycle.start_s) / cycle.stride_time_s
        table |= dict(zip(names, (strike_s, toe_off_s, accepted, percent), strict=True))
    return table


def write_csv(recording: Recording, path: Path) -> str:
    """Write the table as comma-separated values; a missing value is an empty cell. Returns an empty string."""
    write_columns(path, columns_of(recording))
    return ""


def write_parquet(recording: Recording, path: Path) -> str:
    """Write the table as Parquet; missing values are null, metadata hold session and length unit. Returns "".

    Raises
    ------
    InputError
        if pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise InputError("--format parquet needs pyarrow: pip install 'gaitlab-run[export]'") from error
    library: Any = pyarrow  # the library is untyped
    columns = {name: library.array(values, from_pandas=True) for name, values in columns_of(recording).items()}
    facts = {"session": recording.name, "length_unit": recording.unit}
    parquet.write_table(library.table(columns, metadata=facts), str(path))
    return ""
