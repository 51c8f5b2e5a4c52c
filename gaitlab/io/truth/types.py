"""The common form of all truths: what a file holds of a person's contacts, angles and points, on its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gaitlab.core.gait import Angles, Contact
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.io.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """Markers under their own names.

    Attributes
    ----------
    names : tuple[str, ...]
        as the file has them.
    points : FloatArray
        (frame, marker, 3) in ``unit``, NaN where not seen.
    time_s : FloatArray
        (frame,) s.
    unit : str
        ``mm``, ``m`` …
    """

    names: tuple[str, ...]
    points: FloatArray
    time_s: FloatArray
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What a session is held against.

    Attributes
    ----------
    path : Path
        the file or folder.
    kind : str
        what it is, in words.
    span_s : tuple[float, float]
        start and end, s, on its own clock.
    pose : PoseSequence | None
        its points seen from the side, x right and y down.
    metres_per_px : float | None
        unit of ``pose``; None if it is not known.
    contacts : tuple[Contact, ...]
        its contacts, whole ones; without ``sides_known`` their sides alternate from a guess.
    contacts_from : str
        where they come from, in words; empty without any.
    sides_known : bool
        whether it is known which foot each contact is of.
    angles : Angles | None
        curves that the file holds itself, under gaitlab's names.
    angles_from : str
        where those come from, in words.
    session : Session | None
        where the truth is a session of gaitlab.
    notes : tuple[str, ...]
        what was assumed, a sentence each.
    """

    path: Path
    kind: str
    span_s: tuple[float, float]
    pose: PoseSequence | None = None
    metres_per_px: float | None = None
    contacts: tuple[Contact, ...] = ()
    contacts_from: str = ""
    sides_known: bool = True
    angles: Angles | None = None
    angles_from: str = ""
    session: Session | None = None
    notes: tuple[str, ...] = ()
