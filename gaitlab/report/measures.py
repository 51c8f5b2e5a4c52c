"""The rows of summary.csv as metrics with a left and a right side, in the order and groups their specs declare."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from gaitlab.core.metric import MetricSpec, Reference
from gaitlab.metrics.asymmetry import symmetry_index_percent
from gaitlab.report.numbers import Display, Units, display


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric for one side (``left``, ``right`` or ``both``); NaN and a reason where it is missing."""

    side: str
    n: int
    mean: float
    sd: float
    uncertainty: float
    missing_reason: str
    note: str

    @property
    def notes(self) -> tuple[str, ...]:
        """The remarks one by one."""
        return tuple(remark.strip() for remark in self.note.split(";") if remark.strip())

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.mean)


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of the session with all its sides and how it is to be written.

    ``full_label`` is what it is called where its group does not stand above it; ``detectable`` is the smallest
    difference that a second measurement would confirm, NaN where none is published; ``ratio`` says that shares of it
    make sense; ``comparable`` that the camera saw both legs alike.
    """

    name: str
    label: str
    group: str
    unit: str
    description: str
    display: Display
    sides: Mapping[str, Measured]
    reference: Reference | None
    full_label: str
    detectable: float = math.nan
    ratio: bool = False
    comparable: bool = True

    @property
    def known(self) -> tuple[Measured, ...]:
        """The sides that have a value."""
        return tuple(side for side in self.sides.values() if side.known)

    @property
    def difference(self) -> float:
        """Left minus right; NaN where a side is missing or the camera did not see both legs alike."""
        left, right = (self.sides.get(side) for side in ("left", "right"))
        return left.mean - right.mean if left and right and self.comparable else math.nan

    @property
    def difference_uncertainty(self) -> float:
        """Half-width of the difference's interval, both sides in quadrature; NaN where a side is missing."""
        left, right = (self.sides.get(side) for side in ("left", "right"))
        return math.hypot(left.uncertainty, right.uncertainty) if left and right else math.nan

    @property
    def differs(self) -> bool:
        """Whether the sides differ by more than their uncertainty and the smallest detectable difference."""
        smallest = self.detectable if math.isfinite(self.detectable) else 0.0
        return self.difference_uncertainty > 0 and abs(self.difference) > max(self.difference_uncertainty, smallest)

    @property
    def symmetry_index_percent(self) -> float:
        """How much the right is larger, as a share of the mean of both (`sources.SYMMETRY_INDEX`); NaN for angles."""
        left, right = (self.sides.get(side) for side in ("left", "right"))
        return symmetry_index_percent(left.mean, right.mean) if self.ratio and left and right else math.nan

    @property
    def missing_reason(self) -> str:
        """Why no side has a value, the sides' reasons joined where they differ."""
        reasons = dict.fromkeys(side.missing_reason for side in self.sides.values() if side.missing_reason)
        return "" if self.known else "; ".join(reasons)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the sides, each remark once."""
        return tuple(dict.fromkeys(note for side in self.sides.values() for note in side.notes))


def measures(
    rows: Iterable[Mapping[str, str]],
    specs: Mapping[str, MetricSpec],
    *,
    units: Units,
    other_group: str,
    naming_groups: Collection[str] = (),
    not_comparable: Collection[str] = (),
) -> tuple[Measure, ...]:
    """Return the metrics of a summary in the order of its rows.

    Args:
        rows: rows of summary.csv as text.
        specs: declared metrics by name; one that is not among them is shown with two digits under ``other_group``.
        units: ``metric`` or ``imperial``.
        other_group: the group of metrics that are not declared.
        naming_groups: groups that belong to their metrics' names.
        not_comparable: metrics of which the camera did not see both legs alike.
    """
    by_name: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_name.setdefault(row["metric"], []).append(row)
    return tuple(
        _measure(name, found, specs.get(name), units, other_group, naming_groups, comparable=name not in not_comparable)
        for name, found in by_name.items()
    )


def _measure(
    name: str,
    rows: list[Mapping[str, str]],
    spec: MetricSpec | None,
    units: Units,
    other_group: str,
    naming_groups: Collection[str],
    *,
    comparable: bool,
) -> Measure:
    unit = next((row["unit"] for row in rows if row["mean"]), rows[0]["unit"])
    with_range = next((row for row in rows if row["reference_low"] and row["reference_high"]), None)
    label, group = rows[0]["label"], spec.group if spec else other_group
    return Measure(
        name=name,
        label=label,
        full_label=f"{label} {group[:1].lower()}{group[1:]}" if group in naming_groups else label,
        group=group,
        unit=unit,
        description=spec.description if spec else "",
        display=display(unit, _decimals(unit, spec), units=units),
        sides={row["side"]: _measured(row) for row in rows},
        reference=None
        if with_range is None
        else Reference(
            float(with_range["reference_low"]), float(with_range["reference_high"]), with_range["reference_source"]
        ),
        detectable=spec.detectable.difference if spec and spec.detectable else math.nan,
        ratio=bool(spec and spec.ratio),
        comparable=comparable,
    )


def _decimals(unit: str, spec: MetricSpec | None) -> int:
    if spec is None:
        return 2
    # Shares of a leg length need the digits of metres, whatever the scaled unit asks for.
    return max(spec.decimals, 3) if unit == "leg lengths" else spec.decimals


def _measured(row: Mapping[str, str]) -> Measured:
    def number(column: str) -> float:
        return float(row[column] or "nan")

    return Measured(
        side=row["side"],
        n=int(row["n"] or 0),
        mean=number("mean"),
        sd=number("sd"),
        uncertainty=number("uncertainty"),
        missing_reason=row["missing_reason"],
        note=row.get("note") or "",
    )
