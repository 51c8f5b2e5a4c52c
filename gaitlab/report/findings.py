"""What stands out: at most three plain sentences, each from a number beyond its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaitlab.report.measures import Measure, Measured

AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and how many times its uncertainty the number lies away.

    Attributes:
        sentence: for the reader.
        metric: the metric it is about.
        group: the metric's group; of one group only the strongest finding is told, for its metrics move together.
        between_legs: whether it is a difference between left and right.
        strength: distance over uncertainty, above 1.
    """

    sentence: str
    metric: str
    group: str
    between_legs: bool
    strength: float


def findings(
    measures: Sequence[Measure],
    *,
    headlines: Collection[str],
    texts: Mapping[str, Any],
    smallest_difference_deg: float,
) -> tuple[Finding, ...]:
    """Return what stands out, at most `AT_MOST`, of the headline metrics first, then the strongest; one a group.

    A difference between the legs counts where it exceeds its own uncertainty and the smallest difference that a second
    measurement would confirm (``smallest_difference_deg`` for angles that declare none). A value counts where its
    whole interval lies outside the published range. Values of a single cycle have no uncertainty and never count.
    Where the camera did not see both legs alike there is no difference to tell (`Measure.difference`).
    """
    found = sorted(
        _all(measures, texts, smallest_difference_deg),
        key=lambda f: (f.metric not in headlines, -f.strength),
    )
    told: dict[str, Finding] = {}
    for finding in found:
        told.setdefault(finding.group, finding)
    return tuple(told.values())[:AT_MOST]


def _all(measures: Sequence[Measure], texts: Mapping[str, Any], smallest_difference_deg: float) -> Iterator[Finding]:
    for measure in measures:
        smallest = measure.detectable
        if not math.isfinite(smallest):
            smallest = smallest_difference_deg if measure.unit == "deg" else 0.0
        if (finding := _difference(measure, texts, smallest)) is not None:
            yield finding
        if (finding := _outside(measure, texts)) is not None:
            yield finding


def _difference(measure: Measure, texts: Mapping[str, Any], smallest: float) -> Finding | None:
    """Tell a difference between the legs; written as a size and the side that has more of it."""
    difference, uncertainty = measure.difference, measure.difference_uncertainty
    if not (uncertainty > 0 and abs(difference) > max(uncertainty, smallest)):
        return None
    side = "left" if difference > 0 else "right"
    show = measure.display
    sentence = texts["findings"]["difference"].format(
        label=measure.full_label,
        difference=show.number(abs(difference)),
        uncertainty=show.half_width(uncertainty),
        unit=show.suffix,
        comparative=texts["comparatives"].get(measure.unit, texts["comparatives"]["other"]),
        side=texts["sides"][side].lower(),
    )
    return Finding(sentence, measure.name, measure.group, True, abs(difference) / max(uncertainty, smallest))


def _outside(measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Tell a value whose interval lies outside the published range, on every side that was measured."""
    reference = measure.reference
    if reference is None or not measure.known:
        return None
    away = [_distance(side, reference.low, reference.high) for side in measure.known]
    if not (all(d > 1 for d in away) or all(d < -1 for d in away)):
        return None
    mean = sum(side.mean for side in measure.known) / len(measure.known)
    uncertainty = max(side.uncertainty for side in measure.known)
    show = measure.display
    sentence = texts["findings"]["above" if away[0] > 0 else "below"].format(
        label=measure.full_label,
        value=show.number(mean),
        uncertainty=show.half_width(uncertainty),
        unit=show.suffix,
        range=show.interval(reference.low, reference.high),
    )
    return Finding(sentence, measure.name, measure.group, False, min(abs(d) for d in away))


def _distance(side: Measured, low: float, high: float) -> float:
    """Return how many uncertainties a mean lies above (+) or below (-) a range; 0 within, or where unknown."""
    beyond = side.mean - high if side.mean > high else min(side.mean - low, 0.0)
    return beyond / side.uncertainty if math.isfinite(side.uncertainty) and side.uncertainty > 0 else 0.0
