"""What one session and its truth give, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gaitlab.stats.validation.matching import LegMatch
from gaitlab.stats.validation.offset import Offset
from gaitlab.stats.validation.waveforms import CurveAgreement

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MetricPair:
    """One metric of one stride, found and true, in ``unit``."""

    metric: str
    side: str
    time_s: float
    found: float
    true: float
    unit: str


_BETWEEN = " of "


def named_angle(column: str, of: str) -> str:
    """Return the name of an angle with the model whose definition the true one follows; gaitlab's has none."""
    return f"{column}{_BETWEEN}{of}" if of else column


def angle_and_model(name: str) -> tuple[str, str]:
    """Return the column of an angle and the model that the true one is of, the inverse of `named_angle`."""
    column, _, of = name.partition(_BETWEEN)
    return column, of


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One session held against its truth.

    Attributes
    ----------
    session, truth : str
        the folder and the file.
    kind : str
        what the truth is.
    subject : str
        who was measured.
    offset : Offset
        how far apart the clocks were.
    contacts_from : str
        where the true contacts come from; empty without any.
    legs : tuple[LegMatch, ...]
        contacts of both legs; empty without true ones.
    metrics : tuple[MetricPair, ...]
        metrics of the strides that both have.
    curves : Mapping[tuple[str, str], CurveAgreement]
        angle, without its side (`named_angle`), and side to how its curves agree.
    warnings, notes : tuple[str, ...]
        what forbids to build on the numbers, and what else must be known.
    """

    session: str
    truth: str
    kind: str
    subject: str
    offset: Offset
    contacts_from: str
    legs: tuple[LegMatch, ...]
    metrics: tuple[MetricPair, ...]
    curves: Mapping[tuple[str, str], CurveAgreement]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Sessions held against their truths; see docs/validate.md for the columns.

    Attributes
    ----------
    events : pd.DataFrame
        a row an event and leg: how foot strikes and toe-offs agree, s, found minus true.
    metrics : pd.DataFrame
        a row a metric and leg.
    angles : pd.DataFrame
        a row an angle and leg, degrees.
    pairs : pd.DataFrame
        a row a matched contact.
    compared : tuple[Compared, ...]
        the sessions one by one.
    warnings, notes : tuple[str, ...]
        those of all.
    """

    events: pd.DataFrame
    metrics: pd.DataFrame
    angles: pd.DataFrame
    pairs: pd.DataFrame
    compared: tuple[Compared, ...]
    warnings: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        people = len({one.subject for one in self.compared})
        return (
            f"<Validation: {len(self.compared)} sessions, {people} people, {len(self.pairs)} contacts, "
            f"{len(self.metrics)} rows of metrics, {len(self.angles)} of angles, warnings: {len(self.warnings)}>"
        )
