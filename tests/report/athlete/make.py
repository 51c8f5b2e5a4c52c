"""Seasons of an invented athlete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gaitlab.io.notes import new_note, write_notes
from gaitlab.io.session.session import Session
from tests.report.comparison.make import make

HOSTILE = '"><img src=x onerror=alert(1)>'


def session(root: Path, name: str, day: str | None, values: dict[str, float], **info: Any) -> Session:
    """Write a session of Ada, unless told otherwise."""
    when = f"{day}T09:00:00+00:00" if day else None
    return make(
        root / name, values=values, spread=info.pop("spread", 0.5), recorded_at=when, **{"athlete": "Ada", **info}
    )


def season(root: Path, cadences: list[float], **info: Any) -> list[Session]:
    """One session a month from March on, the first two in shoe A, the others in shoe B."""
    return [
        session(
            root, f"s{n}", f"2026-{3 + n:02d}-01", {"cadence": cadence, "knee_flexion_at_contact": 20.0},
            **{"label": "shoe A" if n < 2 else "shoe B", **info},
        )
        for n, cadence in enumerate(cadences)
    ]  # fmt: skip


def full(root: Path) -> Path:
    """A season with all there is: two views, walking, notes, hostile names, several labels, an undated session."""
    made = season(root, [170.0, 172.0, 175.0, 178.0], athlete=HOSTILE)
    write_notes(made[1].folder, [new_note(HOSTILE, "2026-04-01"), new_note("x" * 300, "2026-05-10")])
    for n, adduction in enumerate((8.0, 13.0)):
        session(
            root, f"r{n}", f"2026-0{3 + n}-02", {"cadence": 172.0, "hip_adduction": adduction}, view="rear",
            facing=None, athlete=HOSTILE, label=HOSTILE,
        )  # fmt: skip
    session(root, "w", "2026-04-03", {"cadence": 112.0}, activity="walking", athlete=HOSTILE, label="L" * 200)
    session(root, "u", None, {"cadence": 171.0}, athlete=HOSTILE, label="shoe A")
    return root
