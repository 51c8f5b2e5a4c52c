"""Findings: at most three sentences, each about a value that exceeds its uncertainty and its network's error."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gaitlab.core.metric import Reference
from gaitlab.metrics.sources import TWO_LABORATORIES, WALKING_ADULTS, YOUNG_RUNNERS
from gaitlab.report.shared.measures import Measure, Measured
from gaitlab.report.shared.numbers import Units, speed

AT_MOST = 3
# Cadence and lengths change with speed: against a range, one that is off by this factor must be named.
_OTHER_SPEED = 1.25
# Speed of the people of a range, m/s, as its source says it.
_SPEEDS_MPS = {YOUNG_RUNNERS: 2.7, TWO_LABORATORIES: 2.5, WALKING_ADULTS: 1.45}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its strength relative to the uncertainty.

    Attributes
    ----------
    sentence : str
        text of the finding.
    metric : str
        name of the metric.
    group : str
        group of the metric; only the strongest finding of a group is reported, because its metrics are correlated.
    between_legs : bool
        whether it is a difference between left and right.
    strength : float
        distance divided by the total uncertainty, above 1.
    against_range : bool
        whether it is a comparison with a published range.
    """

    sentence: str
    metric: str
    group: str
    between_legs: bool
    strength: float
    against_range: bool = False


def findings(
    measures: Sequence[Measure], *, headlines: Collection[str], texts: Mapping[str, Any]
) -> tuple[Finding, ...]:
    """Return at most `AT_MOST` findings, one per group: headline metrics first, then by strength.

    Notes
    -----
    Values with an unknown network error are not reported. A difference between the legs is a finding if it exceeds its
    uncertainty including that error, and the smallest detectable difference. A value is a finding if its whole interval
    is outside the published range. Weak values (`metrics.weakness`) are excluded.
    """
    found = sorted(finding_candidates(measures, texts), key=lambda f: (f.metric not in headlines, -f.strength))
    strongest: dict[str, Finding] = {}
    for finding in found:
        strongest.setdefault(finding.group, finding)
    return tuple(strongest.values())[:AT_MOST]


def at_other_speed(
    finding: Finding, reference: Reference | None, speed_mps: float | None, texts: Mapping[str, Any], *, units: Units
) -> Finding:
    """Return a finding that names the speed of the people of its range, where somebody went at quite another one."""
    theirs_mps = _SPEEDS_MPS.get(reference.source) if reference is not None else None
    if not (finding.against_range and theirs_mps and speed_mps):
        return finding
    if 1 / _OTHER_SPEED <= speed_mps / theirs_mps <= _OTHER_SPEED:
        return finding
    sentence = texts["findings"]["other_speed"].format(
        sentence=finding.sentence.removesuffix("."), theirs=speed(theirs_mps, units=units),
        here=speed(speed_mps, units=units),
    )  # fmt: skip
    return replace(finding, sentence=sentence)


def not_measured(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the metrics with a value but an unknown network error."""
    return tuple(m for m in measures if any(not math.isfinite(side.network_error) for side in m.known))


def finding_candidates(measures: Sequence[Measure], texts: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield all candidates for findings."""
    for measure in measures:
        if measure.weak:
            continue
        for of in (_difference, _lean, _outside):
            if (finding := of(measure, texts)) is not None:
                yield finding


def _difference(measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Return the finding of a difference between the legs, as its size and the side with the larger value."""
    between, show = measure.between, measure.display
    if not (measure.differs and math.isfinite(between.network_error)):
        return None
    comparatives = texts["comparatives"]
    sentence = texts["findings"]["difference"].format(
        label=measure.full_label,
        difference=show.number(abs(between.difference)),
        uncertainty=show.half_width(between.uncertainty),
        network=show.half_width(between.network_error),
        unit=show.suffix,
        comparative=comparatives["of"].get(measure.name) or comparatives.get(measure.unit, comparatives["other"]),
        side=texts["sides"]["right" if between.difference > 0 else "left"].lower(),
    )
    return Finding(sentence, measure.name, measure.group, True, abs(between.difference) / between.told_from)


def _lean(measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Return the finding of a trunk lean to one side on both legs, which may also come from the camera's roll."""
    between, show = measure.between, measure.display
    if not measure.leans or not abs(between.difference) > between.whole_uncertainty:
        return None
    sentence = texts["findings"]["lean"].format(
        lean=show.number(abs(between.difference) / 2),
        uncertainty=show.half_width(between.uncertainty / 2),
        network=show.half_width(between.network_error / 2),
        unit=show.suffix,
        side=texts["sides"]["right" if between.difference > 0 else "left"].lower(),
    )
    strength = abs(between.difference) / between.whole_uncertainty
    return Finding(sentence, measure.name, measure.group, False, strength)


def _outside(measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Return the finding of a value whose interval is outside the published range on every side measured."""
    reference = measure.reference
    if reference is None or not measure.known:
        return None
    away = [_distance(side, reference.low, reference.high) for side in measure.known]
    if not (all(d > 1 for d in away) or all(d < -1 for d in away)):
        return None
    mean = sum(side.mean for side in measure.known) / len(measure.known)
    show = measure.display
    sentence = texts["findings"]["above" if away[0] > 0 else "below"].format(
        label=measure.full_label,
        value=show.number(mean),
        uncertainty=show.half_width(max(side.uncertainty for side in measure.known)),
        network=show.half_width(max(side.network_error for side in measure.known)),
        unit=show.suffix,
        range=show.interval(reference.low, reference.high),
    )
    return Finding(sentence, measure.name, measure.group, False, min(abs(d) for d in away), against_range=True)


def _distance(side: Measured, low: float, high: float) -> float:
    """Return the signed distance of a mean from a range relative to its uncertainty; 0 within, or if unknown."""
    beyond = side.mean - high if side.mean > high else min(side.mean - low, 0.0)
    unsure = side.whole_uncertainty
    return beyond / unsure if math.isfinite(unsure) and unsure > 0 else 0.0
