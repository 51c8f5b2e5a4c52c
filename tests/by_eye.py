"""The foot contacts of real clips that were read by eye: `data/contacts_by_eye.json` as dataclasses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "contacts_by_eye.json"
AS_THEY_STAND = (
    *("file", "sha256", "fps", "frames"),
    *("setting", "camera", "gait", "travels", "seen_from", "slow_motion_factor"),
)


@dataclass(frozen=True)
class Event:
    """One foot strike or toe-off, in frames of the clip: the mean of the readings, and how far it may be off."""

    frame: float
    plus_minus: int
    readings: tuple[int, ...]


@dataclass(frozen=True)
class Contact:
    """One foot on the ground; an end that could not be seen is None."""

    side: str  # the runner's own: left, right or unknown
    strike: Event | None
    toe_off: Event | None


@dataclass(frozen=True)
class Passage:
    """Frames `first` to `last` between cuts: one gait at one pace (as written in the picture)."""

    first: int
    last: int
    gait: str
    pace: str | None


@dataclass(frozen=True)
class ReadClip:
    """One clip: what is seen in it, and its contacts in order.

    `complete` holds ranges of frames in which every contact is listed, `person` the rough box
    (left, top, width, height in px) of the person of interest at some frames.
    """

    file: str
    sha256: str
    fps: float
    frames: int
    setting: str
    camera: str
    gait: str
    travels: str
    seen_from: str
    slow_motion_factor: float
    passages: tuple[Passage, ...]
    complete: tuple[tuple[int, int], ...]
    person: dict[int, tuple[int, int, int, int]]
    contacts: tuple[Contact, ...]

    def within(self, passage: Passage) -> tuple[Contact, ...]:
        """The contacts of one passage."""
        return tuple(contact for contact in self.contacts if passage.first <= _any_frame(contact) <= passage.last)


def clips() -> tuple[ReadClip, ...]:
    """All clips of the file."""
    return tuple(_clip(entry) for entry in json.loads(FILE.read_text(encoding="utf-8"))["clips"])


def _clip(entry: dict[str, Any]) -> ReadClip:
    return ReadClip(
        **{name: entry[name] for name in AS_THEY_STAND},
        passages=tuple(Passage(**passage) for passage in entry["passages"]),
        complete=tuple((first, last) for first, last in entry["complete"]),
        person={seen["frame"]: tuple(seen["box_px"]) for seen in entry["person"]},
        contacts=tuple(
            Contact(contact["side"], _event(contact["strike"]), _event(contact["toe_off"]))
            for contact in entry["contacts"]
        ),
    )


def _event(entry: dict[str, Any] | None) -> Event | None:
    return None if entry is None else Event(entry["frame"], entry["plus_minus"], tuple(entry["readings"]))


def _any_frame(contact: Contact) -> float:
    event = contact.strike or contact.toe_off
    if event is None:
        raise ValueError("a contact has neither a strike nor a toe-off")
    return event.frame
