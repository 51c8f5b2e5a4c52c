"""What stands out: at most three plain sentences, each from a number beyond its own and its network's error."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaitlab.report.shared.measures import Measure, Measured

AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and how many times its uncertainty the number lies away.

    Attributes
    ----------
    sentence : str
        for the reader.
    metric : str
        the metric it is about.
    group : str
        the metric's group; of one group only the strongest finding is told, for its metrics move together.
    between_legs : bool
        whether it is a difference between left and right.
    strength : float
        distance over all that is unsure, above 1.
    against_range : bool
        whether it is held against a published range.
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
    """Return what stands out, at most `AT_MOST`, of the headline metrics first, then the strongest; one a group.

    Nothing is told that the network's own error may have made: where that is not known, nothing at all is told of the
    number. A difference between the legs counts where it exceeds its uncertainty with that error, and the smallest
    difference that a second measurement would confirm. A value counts where all that it may be lies outside the
    published range. Weak values (`metrics.weakness`) never count.
    """
    found = sorted(told_of(measures, texts), key=lambda f: (f.metric not in headlines, -f.strength))
    told: dict[str, Finding] = {}
    for finding in found:
        told.setdefault(finding.group, finding)
    return tuple(told.values())[:AT_MOST]


def not_measured(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the metrics that have a value but of which nobody measured how far the network is off."""
    return tuple(m for m in measures if any(not math.isfinite(side.network_error) for side in m.known))


def told_of(measures: Sequence[Measure], texts: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield everything that may be told, not yet chosen from."""
    for measure in measures:
        if measure.weak:
            continue
        for of in (_difference, _lean, _outside):
            if (finding := of(measure, texts)) is not None:
                yield finding


def _difference(measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Tell a difference between the legs; written as a size and the side that has more of it."""
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
    """Tell a trunk that leans to one side on both legs: no difference of the legs, and perhaps the camera's roll."""
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
    """Tell a value that lies outside the published range whatever is unsure of it, on every side measured."""
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
    """Return how many times all that is unsure a mean lies above (+) or below (-) a range; 0 within, or if unknown."""
    beyond = side.mean - high if side.mean > high else min(side.mean - low, 0.0)
    unsure = side.whole_uncertainty
    return beyond / unsure if math.isfinite(unsure) and unsure > 0 else 0.0
