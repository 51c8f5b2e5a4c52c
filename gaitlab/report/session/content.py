"""Content of a page, read from a session folder once: facts, metrics, cycles, curves, texts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, one_of
from gaitlab.core.gait import Angles, GaitCycle, GaitEvents, Repetition
from gaitlab.core.pieces import Pieces
from gaitlab.core.pose import PoseSequence
from gaitlab.events.cycles import gait_cycles
from gaitlab.io.brand import Brand
from gaitlab.io.notes import Note
from gaitlab.io.session.session import Session
from gaitlab.metrics import METRICS
from gaitlab.metrics.movements.declaration import Movement
from gaitlab.report.session.rules import OFF, read_rules
from gaitlab.report.shared import movements
from gaitlab.report.shared.measures import Measure, measures
from gaitlab.report.shared.numbers import UNIT_SYSTEMS, Units
from gaitlab.report.shared.said import ENGLISH, said
from gaitlab.report.shared.texts import Texts, point_of, read_texts

_HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Data for the elements of a page.

    Attributes
    ----------
    info : Mapping[str, Any]
        content of session.json.
    measures : tuple[Measure, ...]
        every metric of the summary.
    pose : PoseSequence
        smoothed keypoints.
    angles : Angles
        angle curves of the same frames.
    events : GaitEvents
        contacts and activity.
    cycles : tuple[GaitCycle, ...]
        gait cycles, accepted and not.
    texts : Texts
        the words of the page's language.
    layout : Mapping[str, Any]
        arrangement of metrics and curves on the page.
    units : Units
        ``metric`` or ``imperial``.
    findings : str
        profile of the findings, or ``off``.
    pieces : Pieces
        record of parts that could not be made.
    notes : tuple[Note, ...]
        what people noted, by date.
    brand : Brand | None
        the shop or clinic whose page it is.
    repetitions : tuple[Repetition, ...]
        repetitions of a movement, which ``cycles`` and ``events`` then hold too: as cycles, and as bars over time.
    """

    info: Mapping[str, Any]
    measures: tuple[Measure, ...]
    pose: PoseSequence
    angles: Angles
    events: GaitEvents
    cycles: tuple[GaitCycle, ...]
    texts: Texts
    layout: Mapping[str, Any]
    units: Units
    findings: str = "coach"
    pieces: Pieces = field(default_factory=Pieces)
    notes: tuple[Note, ...] = ()
    brand: Brand | None = None
    repetitions: tuple[Repetition, ...] = ()

    @property
    def view(self) -> str:
        """``side``, ``rear`` or ``front``."""
        return str(self.info["view"])

    @property
    def headlines(self) -> tuple[str, ...]:
        """Names of the headline metrics for view and activity."""
        return headlines_of(self.info)

    @property
    def movement(self) -> Movement | None:
        """The movement; None for gait."""
        return movements.movement_of(self.info)

    @property
    def speed_mps(self) -> float | None:
        """Speed of the belt, m/s, as entered or measured; None if unknown."""
        entered, measured = self.info["runner"]["belt_speed_mps"], self.info["calibration"]["belt_speed_mps"]
        return entered or measured or None

    @property
    def point(self) -> str:
        """The decimal mark of the page's language."""
        return point_of(self.texts)

    def said(self, sentence: str) -> str:
        """Return a sentence that the session stores in the page's language."""
        return said(sentence, self.texts)

    @property
    def has_cycles(self) -> bool:
        """Whether any gait cycle was accepted; without one there are no gait metrics."""
        return any(cycle.accepted for cycle in self.cycles)


def read_content(
    session: Session,
    *,
    units: str = "metric",
    language: str = "en",
    findings: str = "coach",
    pieces: Pieces | None = None,
) -> Content:
    """Read a session for its page; failures of parts are recorded in ``pieces``.

    Raises
    ------
    InputError
        for an unknown unit system, language or profile, or a damaged session.
    """
    if units not in UNIT_SYSTEMS:
        raise InputError(one_of("units", units, UNIT_SYSTEMS))
    profiles = (*read_rules().profiles, OFF)
    if findings not in profiles:
        raise InputError(one_of("findings", findings, profiles))
    info = session.info
    texts = movements.texts_of(read_texts(language), info)
    events = session.gait_events
    movement, repetitions = movements.movement_of(info), session.repetitions
    if movement is not None:
        events = GaitEvents(movements.as_contacts(repetitions), "ambiguous")
    chosen: Units = "imperial" if units == "imperial" else "metric"
    return Content(
        info=session.info,
        measures=measures(
            session.rows("summary"),
            METRICS,
            units=chosen,
            texts=texts,
            naming_groups=read_layout()["naming"]["groups"],
            asymmetry=session.info["asymmetry"],
        ),
        pose=session.pose,
        angles=session.angle_curves,
        events=events,
        cycles=gait_cycles(events) if movement is None else movements.as_cycles(repetitions, movement),
        texts=texts,
        layout=movements.layout_of(read_layout(), info),
        units=chosen,
        findings=findings,
        pieces=pieces if pieces is not None else Pieces(),
        notes=session.notes,
        brand=session.brand,
        repetitions=repetitions,
    )


def headlines_of(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the headline metrics for the view and activity of a session's description."""
    if info.get("movement"):
        return movements.headlines(info)
    activity = "walking" if info["activity"] == "walking" else "running"
    return tuple(read_layout()["headlines"].get(info["view"], {}).get(activity, ()))


def listed_measures(session: Session, *, units: Units, language: str = ENGLISH) -> tuple[Measure, ...]:
    """Return the metrics of a session as lists and charts of many show them: by name, without their differences."""
    return measures(
        session.rows("summary"), METRICS, units=units, texts=read_texts(language),
        naming_groups=read_layout()["naming"]["groups"],
    )  # fmt: skip


@cache
def read_layout() -> Mapping[str, Any]:
    """Return the layout of the page for each view."""
    return tomllib.loads((_HERE / "layout.toml").read_text(encoding="utf-8"))


def network(info: Mapping[str, Any], texts: Texts) -> str:
    """Return a description of the keypoints' source: a network with its number of keypoints, or a file."""
    model = info["model"]
    name = texts["networks"].get(model.get("name"), model.get("name", ""))
    return str(texts["facts"]["points"].format(network=name, points=model["points"]) if "points" in model else name)


def column_sides(column: str) -> tuple[tuple[str, str], ...]:
    """Return (side, column) for both legs if the name contains ``{side}``, otherwise (``both``, column)."""
    if "{side}" not in column:
        return (("both", column),)
    return tuple((side, column.format(side=side)) for side in ("left", "right"))


def column_key(column: str) -> str:
    """Return the key of a column in the texts: ``knee_flexion`` for ``{side}_knee_flexion_deg``."""
    return column.replace("{side}_", "").removesuffix("_deg")
