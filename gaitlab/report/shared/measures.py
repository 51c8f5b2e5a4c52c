"""Rows of summary.csv combined to metrics with a left and a right side, in the declared order and groups."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab.core.metric import Reference
from gaitlab.metrics import METRICS
from gaitlab.metrics.asymmetry import symmetry_index_percent, weakness
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.summary import ASSUMED, LABELS_OVERGROUND
from gaitlab.report.shared.numbers import Display, Units, display
from gaitlab.report.shared.said import ENGLISH, foreign, said
from gaitlab.report.shared.texts import Texts


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric for one side (``left``, ``right`` or ``both``); NaN with a reason if it is missing.

    ``notes`` are remarks. ``network_error`` is the half-width of the bound on the network's error, NaN if not
    measured; ``weak`` is the reason why the value is not used as headline or finding.
    """

    side: str
    n: int
    mean: float
    sd: float
    uncertainty: float
    missing_reason: str
    notes: tuple[str, ...] = ()
    network_error: float = math.nan
    weak: str = ""

    @property
    def whole_uncertainty(self) -> float:
        """Half-width of the total uncertainty including the network's error; NaN if that is unknown."""
        return math.hypot(self.uncertainty, self.network_error)

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.mean)


@dataclass(frozen=True, slots=True)
class Between:
    """Difference right minus left from session.json, see `gaitlab.metrics.Asymmetry`."""

    difference: float = math.nan
    uncertainty: float = math.nan
    network_error: float = math.nan
    told_from: float = math.nan
    comparable: bool = True
    beyond_noise: bool = False

    @property
    def whole_uncertainty(self) -> float:
        """Half-width of the total uncertainty; NaN if the network's error is unknown."""
        return math.hypot(self.uncertainty, self.network_error)


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of the session with all its sides and its display format.

    ``full_label`` is its name without the heading of its group; ``ratio``: it is on a ratio scale; ``of_trunk``: its
    sides do not describe legs; ``leans``: its sides are the lean towards the stance leg, so that half their difference
    is a lean to the right.
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
    between: Between = Between()
    ratio: bool = False
    of_trunk: bool = False
    leans: bool = False

    @property
    def known(self) -> tuple[Measured, ...]:
        """The sides that have a value."""
        return tuple(side for side in self.sides.values() if side.known)

    @property
    def differs(self) -> bool:
        """Whether the difference between the legs exceeds its total uncertainty."""
        return self.between.beyond_noise and self.between.comparable and not self.of_trunk

    @property
    def weak(self) -> str:
        """Why the metric is not used as headline or finding: the reason of its first weak side, or an empty string."""
        return next((side.weak for side in self.known if side.weak), "")

    @property
    def symmetry_index_percent(self) -> float:
        """Right minus left in percent of the mean of both (`sources.SYMMETRY_INDEX`); NaN for angles."""
        left, right = (self.sides.get(side) for side in ("left", "right"))
        return symmetry_index_percent(left.mean, right.mean) if self.ratio and left and right else math.nan

    @property
    def missing_reasons(self) -> tuple[str, ...]:
        """Why no side has a value, without duplicates."""
        reasons = dict.fromkeys(side.missing_reason for side in self.sides.values() if side.missing_reason)
        return () if self.known else tuple(reasons)

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on the sides, without duplicates."""
        return tuple(dict.fromkeys(note for side in self.sides.values() for note in side.notes))


def measures(
    rows: Iterable[Mapping[str, str]],
    specs: Mapping[str, MetricSpec],
    *,
    units: Units,
    texts: Texts,
    naming_groups: Collection[str] = (),
    asymmetry: Iterable[Mapping[str, Any]] = (),
) -> tuple[Measure, ...]:
    """Return the metrics of a summary in the order of its rows.

    Parameters
    ----------
    rows : Iterable[Mapping[str, str]]
        rows of summary.csv as text.
    specs : Mapping[str, MetricSpec]
        declared metrics by name; others are shown with two decimals in a group of their own.
    units : Units
        ``metric`` or ``imperial``.
    texts : Texts
        the words of the page, see `gaitlab.report.shared.texts`.
    naming_groups : Collection[str], optional
        groups that are part of their metrics' full names.
    asymmetry : Iterable[Mapping[str, Any]], optional
        differences between the legs from session.json.
    """
    between = {str(row["metric"]): _between(row) for row in asymmetry}
    by_name: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_name.setdefault(row["metric"], []).append(row)
    return tuple(
        _measure(name, found, specs.get(name), units, texts, naming_groups, between.get(name, Between()))
        for name, found in by_name.items()
    )


def _measure(
    name: str,
    rows: list[Mapping[str, str]],
    spec: MetricSpec | None,
    units: Units,
    texts: Texts,
    naming_groups: Collection[str],
    between: Between,
) -> Measure:
    unit = next((row["unit"] for row in rows if row["mean"]), rows[0]["unit"])
    with_range = next((row for row in rows if row["reference_low"] and row["reference_high"]), None)
    label, full_label = _labels(rows[0]["label"], spec, texts, naming_groups)
    words = texts["measures"].get(name, {})
    return Measure(
        name=name,
        label=label,
        full_label=full_label,
        group=group_of(spec, texts),
        unit=unit,
        description=words.get("description", spec.description if spec else ""),
        display=display(unit, _decimals(unit, spec), units=units, texts=texts),
        sides={row["side"]: _measured(row, spec, texts) for row in rows},
        reference=None if with_range is None else _reference(with_range, texts),
        between=between,
        ratio=bool(spec and spec.ratio),
        of_trunk=bool(spec and spec.of_trunk),
        leans=bool(spec and spec.of_trunk and "rear" in spec.views),
    )


def _reference(row: Mapping[str, str], texts: Texts) -> Reference:
    low, high = float(row["reference_low"]), float(row["reference_high"])
    return Reference(low, high, foreign(row["reference_source"], texts))


def _labels(
    stored: str, spec: MetricSpec | None, texts: Texts, naming_groups: Collection[str]
) -> tuple[str, str]:  # fmt: skip
    """Return a metric's name, and the one that it has where it stands alone, from the English one of its summary."""
    if spec is None or texts["language"] == ENGLISH:
        in_group = spec is not None and spec.group in naming_groups
        return stored, _full_label(stored, spec.group) if spec is not None and in_group else stored
    words = texts["measures"][spec.name]
    bare = stored.removesuffix(ASSUMED)
    label = words["label"]
    if spec.proxy_label and bare == spec.proxy_label:
        label = words["proxy"]
    elif bare == LABELS_OVERGROUND.get(spec.name):
        label = words["overground"]
    full = words.get("full", label) if label == words["label"] else label
    tail = f" ({texts['measures_assumed']})" if bare != stored else ""
    return f"{label}{tail}", f"{full}{tail}"


def group_of(spec: MetricSpec | None, texts: Texts) -> str:
    """Return the heading under which a metric is listed; of one that is not declared, that of the others."""
    return str(texts["groups"].get(spec.group, spec.group) if spec else texts["words"]["unnamed_group"])


def label_of(name: str, stored: str, texts: Texts) -> str:
    """Return the name of a metric in a language by the English one that a table has."""
    return _labels(stored, METRICS.get(name), texts, ())[0]


def _full_label(label: str, group: str) -> str:
    """Return ``Knee flexion at foot strike``; a label that says so itself, as ``Foot strike angle``, stays."""
    moment = group.partition(" ")[2]
    return label if moment and moment in label.lower() else f"{label} {group[:1].lower()}{group[1:]}"


def _between(row: Mapping[str, Any]) -> Between:
    def number(name: str) -> float:
        value = row.get(name)
        return math.nan if value is None else float(value)

    # Older sessions without this entry used the larger of the two.
    smallest = max((v for v in (number("interval"), number("detectable")) if math.isfinite(v)), default=math.nan)
    return Between(
        difference=number("difference"),
        uncertainty=number("interval"),
        network_error=number("network_error"),
        told_from=number("told_from") if row.get("told_from") is not None else smallest,
        comparable=bool(row.get("comparable", True)),
        beyond_noise=bool(row.get("beyond_noise", False)),
    )


def _decimals(unit: str, spec: MetricSpec | None) -> int:
    if spec is None:
        return 2
    # Leg lengths are shown with the decimals of metres, whatever the unit.
    return max(spec.decimals, 3) if unit == "leg lengths" else spec.decimals


def _measured(row: Mapping[str, str], spec: MetricSpec | None, texts: Texts) -> Measured:
    def number(column: str) -> float:
        return float(row.get(column) or "nan")

    weak = ""
    if spec is not None:
        weak = weakness(
            spec, unit=row["unit"], n=int(row["n"] or 0), mean=number("mean"), uncertainty=number("uncertainty"),
            seen_share=number("seen_share"),
        )  # fmt: skip
    return Measured(
        side=row["side"],
        n=int(row["n"] or 0),
        mean=number("mean"),
        sd=number("sd"),
        uncertainty=number("uncertainty"),
        missing_reason=said(row["missing_reason"], texts),
        notes=_notes(row.get("note") or "", texts),
        network_error=number("network_error"),
        weak=said(weak, texts),
    )


def _notes(note: str, texts: Texts) -> tuple[str, ...]:
    """Return the individual remarks, which a summary has between semicolons."""
    return tuple(said(remark.strip(), texts) for remark in note.split(";") if remark.strip())
