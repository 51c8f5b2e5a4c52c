"""C3D files with markers, force plates and events whose contacts are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Contacts = Sequence[tuple[str, float, float]]  # side, foot strike and toe-off, s


def write_c3d(
    path: Path,
    time_s: np.ndarray,
    points: Mapping[str, np.ndarray],
    *,
    force_n: Sequence[np.ndarray] = (),
    force_hz: int = 1000,
    centres_mm: Sequence[tuple[float, float]] = (),
    events: Contacts = (),
    angles: Mapping[str, np.ndarray] | None = None,
    unit: str = "mm",
) -> Path:
    """Write points, (frame, 3) mm each, z up, with (sample,) vertical forces a plate and events; in mm or m.

    The plates are of type 2, whose vertical channel is positive downwards.
    """
    ezc3d: Any = __import__("ezc3d")
    content = ezc3d.c3d()
    rate = 1 / float(np.median(np.diff(time_s)))
    length = {"mm": 1.0, "m": 0.001}[unit]
    together = {
        **{name: p * length for name, p in points.items()},
        **{name: np.stack([v, 0 * v, 0 * v], axis=1) for name, v in (angles or {}).items()},
    }
    values = np.stack([np.asarray(p, dtype=float) for p in together.values()], axis=1)  # (frame, point, 3)
    content["parameters"]["POINT"]["RATE"]["value"] = [rate]
    content["parameters"]["POINT"]["UNITS"]["value"] = [unit]
    content["parameters"]["POINT"]["LABELS"]["value"] = list(together)
    content["data"]["points"] = np.concatenate([values.transpose(2, 1, 0), np.ones((1, values.shape[1], len(values)))])
    if angles:
        content.add_parameter("POINT", "ANGLES", list(angles))
    if len(force_n):
        _add_plates(content, force_n, centres_mm, force_hz, len(values), rate)
        plates = content["parameters"]["FORCE_PLATFORM"]
        plates["CORNERS"]["value"] = plates["CORNERS"]["value"] * length
    if events:
        _add_events(content, events)
    content.write(str(path))
    return path


def _add_plates(content: Any, force_n: Any, centres_mm: Any, force_hz: int, frames: int, rate: float) -> None:
    plates, each = len(force_n), round(force_hz / rate)
    names = [f"{axis}{n}" for n in range(1, plates + 1) for axis in ("Fx", "Fy", "Fz", "Mx", "My", "Mz")]
    analog = np.zeros((1, 6 * plates, frames * each))
    for number, force in enumerate(force_n):
        analog[0, 6 * number + 2] = -np.asarray(force)[: frames * each]
    content["parameters"]["ANALOG"]["RATE"]["value"] = [each * rate]
    content["parameters"]["ANALOG"]["LABELS"]["value"] = names
    content["parameters"]["ANALOG"]["UNITS"]["value"] = ["N", "N", "N", "Nmm", "Nmm", "Nmm"] * plates
    content["data"]["analogs"] = analog
    middles = list(centres_mm) or [(0.0, 0.0)] * plates
    square = np.array([[250, 250, 0], [-250, 250, 0], [-250, -250, 0], [250, -250, 0]], dtype=float)
    corners = np.stack([(square + [x, y, 0]).T for x, y in middles], axis=2)
    values = {
        "USED": np.array([plates]), "TYPE": np.full(plates, 2), "ZERO": np.array([1, 0]), "CORNERS": corners,
        "CHANNEL": np.arange(1, 6 * plates + 1).reshape(plates, 6).T,
        "ORIGIN": np.tile([[0.0], [0.0], [-40.0]], (1, plates)),
    }  # fmt: skip
    for name, value in values.items():
        content["parameters"]["FORCE_PLATFORM"][name]["value"] = value


def _add_events(content: Any, events: Contacts) -> None:
    for side, strike_s, off_s in sorted(events, key=lambda one: one[1]):
        for label, time_s in (("Foot Strike", strike_s), ("Foot Off", off_s)):
            if np.isfinite(time_s):
                content.add_event([time_s // 60, time_s % 60], side.capitalize(), label)


def force_of(contacts: Contacts, *, end_s: float, force_hz: int = 1000, peak_n: float = 1600.0) -> np.ndarray:
    """Return (sample,) a vertical force, a half sine a contact, that passes 50 N at foot strike and toe-off."""
    time_s = np.arange(round(end_s * force_hz)) / force_hz
    force = np.zeros(len(time_s))
    for _, strike_s, off_s in contacts:
        # The half sine begins a little before the threshold is passed.
        share = np.arcsin(50.0 / peak_n) / np.pi
        length_s = (off_s - strike_s) / (1 - 2 * share)
        phase = (time_s - strike_s) / length_s + share
        force += np.where((phase > 0) & (phase < 1), peak_n * np.sin(np.pi * np.clip(phase, 0, 1)), 0.0)
    return force


def c3d_of_trial(trial: Any, path: Path, *, plates: bool = True, events: bool = True) -> Path:
    """Write a trial of `benchmarks.truth` as a motion capture system would: z up, x forward, mm, y to the left."""
    even_s = np.arange(len(trial.time_s)) / 150.0  # the trials begin anywhere
    begin_s = trial.time_s[0]
    points = {
        name: np.stack([1e3 * p[:, 0], -1e3 * p[:, 2], 1e3 * p[:, 1]], axis=1)
        for name, p in ((name, trial.point(name)) for name in trial.names)
    }
    contacts = [
        (str(s), float(a - begin_s), float(b - begin_s))
        for s, a, b in zip(trial.side, trial.strike_s, trial.toe_off_s, strict=True)
    ]
    force = [force_of(contacts, end_s=len(even_s) / 150.0, force_hz=1500)] if plates else []
    return write_c3d(path, even_s, points, force_n=force, force_hz=1500, events=contacts if events else ())
