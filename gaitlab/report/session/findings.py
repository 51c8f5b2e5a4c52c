"""Findings: at most five, each about values that lie beyond a limit with their uncertainty and their network's error.

What is told when stands in `rules.TABLE`; here it is held against the measurements.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaitlab.metrics.norms import holds_at
from gaitlab.report.session.rules import Condition, Rule, Rules
from gaitlab.report.shared.measures import Measure, Measured

AT_MOST = 5
# Of differences between the legs, which one camera sees poorly, not more than this.
_DIFFERENCES_AT_MOST = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, and the rule that says what it may mean.

    Attributes
    ----------
    rule : Rule
        entry of the table.
    sentence : str
        what was seen, with the network's error apart.
    short : str
        the same with one interval that holds both.
    metric : str
        name of the metric.
    sides : tuple[str, ...]
        legs of which it is told, the one that shows it best first: the farthest beyond the limit, or the larger one of
        a difference.
    group : str
        only the first finding of a group is told, because its metrics are correlated.
    between_legs : bool
        whether it is a difference between left and right.
    strength : float
        distance from the limit divided by the total uncertainty, above 1.
    limits : tuple[tuple[float, bool], ...]
        limits in the metric's unit, and whether the values lie above; empty for a difference.
    against_range : bool
        whether a limit comes from the runners compared with.
    """

    rule: Rule
    sentence: str
    short: str
    metric: str
    sides: tuple[str, ...]
    group: str
    between_legs: bool
    strength: float
    limits: tuple[tuple[float, bool], ...] = ()
    against_range: bool = False


def findings(
    measures: Sequence[Measure],
    rules: Rules,
    *,
    activity: str,
    speed_mps: float | None,
    texts: Mapping[str, Any],
) -> tuple[Finding, ...]:
    """Return at most `AT_MOST` findings, one per group: in the order of the table, differences by strength at last.

    Parameters
    ----------
    measures : Sequence[Measure]
        the metrics of the session.
    rules : Rules
        the table.
    activity : str
        rules hold for ``running``; differences between the legs for any.
    speed_mps : float | None
        speed, m/s: a range of people at another speed is no limit.
    texts : Mapping[str, Any]
        sentences of the page's language.

    Notes
    -----
    Values with an unknown network error and weak values (`metrics.weakness`) make no finding. A condition holds of the
    legs whose whole interval lies beyond its limit, a difference where it exceeds its uncertainty including that error,
    and the smallest detectable difference.
    """
    first: dict[str, Finding] = {}
    candidates = finding_candidates(measures, rules, activity=activity, speed_mps=speed_mps, texts=texts)
    for finding in sorted(candidates, key=lambda f: _place(f, rules)):
        first.setdefault(finding.group, finding)
    told: list[Finding] = []
    for finding in first.values():
        if not finding.between_legs or sum(f.between_legs for f in told) < _DIFFERENCES_AT_MOST:
            told.append(finding)
    # What is no reason to change anything comes last, and is left out first.
    told.sort(key=lambda f: f.rule.plain)
    return tuple(told[:AT_MOST])


def _place(finding: Finding, rules: Rules) -> tuple[int, float]:
    of_table = finding.rule in rules.rules
    return (rules.rules.index(finding.rule) if of_table else len(rules.rules), -finding.strength)


def not_measured(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the metrics with a value but an unknown network error."""
    return tuple(m for m in measures if any(not math.isfinite(side.network_error) for side in m.known))


def compared(measures: Sequence[Measure], rules: Rules, *, activity: str, speed_mps: float | None) -> bool:
    """Return whether any value was held against other runners: beyond their speeds, and overground, there are none."""
    of_norms = [condition for rule in rules.rules for condition in rule.when if condition.of_norm]
    sure = {measure.name: measure for measure in measures if not measure.weak and measure.known}
    return activity == "running" and any(
        math.isfinite(limit_of(condition, sure[condition.metric], norm_sds=rules.norm_sds, speed_mps=speed_mps))
        for condition in of_norms
        if condition.metric in sure
    )


def finding_candidates(
    measures: Sequence[Measure],
    rules: Rules,
    *,
    activity: str,
    speed_mps: float | None,
    texts: Mapping[str, Any],
) -> Iterator[Finding]:
    """Yield all candidates for findings."""
    sure = {measure.name: measure for measure in measures if not measure.weak and measure.known}
    if activity == "running":
        for rule in rules.rules:
            if (finding := _of_rule(rule, sure, rules, speed_mps, texts)) is not None:
                yield finding
    spoken_of = {c.metric for rule in rules.rules for c in rule.when if c.kind == "differs"}
    for measure in sure.values():
        of_its_own = measure.name in spoken_of and activity == "running"
        for found in (
            None if of_its_own else _difference(rules.difference, measure, texts),
            _lean(rules.lean, measure, texts),
        ):
            if found is not None:
                yield found


def _of_rule(
    rule: Rule, sure: Mapping[str, Measure], rules: Rules, speed_mps: float | None, texts: Mapping[str, Any]
) -> Finding | None:
    """Return the finding of a rule whose conditions all hold; it speaks of the metric of the first."""
    found = []
    for metric in dict.fromkeys(condition.metric for condition in rule.when):
        measure = sure.get(metric)
        if measure is None:
            return None
        conditions = [condition for condition in rule.when if condition.metric == metric]
        if conditions[0].kind == "differs":
            one = _difference(rule, measure, texts)
        else:
            limits = [limit_of(c, measure, norm_sds=rules.norm_sds, speed_mps=speed_mps) for c in conditions]
            one = _beyond(rule, conditions, limits, measure, texts)
        if one is None:
            return None
        found.append(one)
    return found[0]


def limit_of(condition: Condition, measure: Measure, *, norm_sds: float, speed_mps: float | None) -> float:
    """Return the limit of a condition in the metric's unit; NaN where there are no people to compare with.

    A range is the mean ± SD of people; over all speeds, where that of the runner is not known, it is wider.
    """
    if condition.limit is not None:
        return condition.limit
    reference = measure.reference
    if reference is None or not holds_at(reference.source, speed_mps):
        return math.nan
    middle, sd = (reference.low + reference.high) / 2, (reference.high - reference.low) / 2
    return middle + norm_sds * sd if condition.kind == "above" else middle - norm_sds * sd


def _beyond(
    rule: Rule, conditions: Sequence[Condition], limits: Sequence[float], measure: Measure, texts: Mapping[str, Any]
) -> Finding | None:
    """Return the finding of the legs whose whole interval lies beyond all limits."""
    both = [(limit, condition.kind == "above") for limit, condition in zip(limits, conditions, strict=True)]
    strengths = {side.side: min(_strength(side, limit, above=above) for limit, above in both) for side in measure.known}
    strengths = {side: strength for side, strength in strengths.items() if strength > 1}
    # The trunk is one, in the stance of whichever leg.
    if not strengths or (measure.of_trunk and len(strengths) < len(measure.known)):
        return None
    words, show, tails = texts["findings"], measure.display, []
    for (limit, above), condition in zip(both, conditions, strict=True):
        if condition.limit is None and measure.reference is not None:
            range_ = show.interval(measure.reference.low, measure.reference.high)
            where = words["above_norm" if above else "below_norm"]
            tails.append(words["beyond_norm"].format(range=range_, unit=show.suffix, where=where))
        else:
            said = words["above_limit" if above else "below_limit"]
            tails.append(said.format(limit=show.number(limit), unit=show.suffix))
    known = [side for side in measure.known if side.side in strengths]
    label = measure.full_label
    if len(known) < len(measure.known):
        label = words["one_leg"].format(label=label, side=texts["sides"][known[0].side].lower())
    value = {
        "label": label, "value": show.number(sum(side.mean for side in known) / len(known)),
        "unit": show.suffix, "tail": words["and"].join(tails),
    }  # fmt: skip
    own, network, whole = (
        show.half_width(max(getattr(side, part) for side in known))
        for part in ("uncertainty", "network_error", "whole_uncertainty")
    )
    return Finding(
        rule=rule,
        sentence=words["seen"].format(**value, uncertainty=own, network=network),
        short=words["seen_short"].format(**value, uncertainty=whole),
        metric=measure.name,
        sides=tuple(sorted(strengths, key=lambda side: -strengths[side])),
        group=rule.group,
        between_legs=False,
        strength=max(strengths.values()),
        limits=tuple(both),
        against_range=any(condition.limit is None for condition in conditions),
    )


def _strength(side: Measured, limit: float, *, above: bool) -> float:
    """Return how far a mean lies beyond a limit relative to its uncertainty; 0 if that or the limit is unknown."""
    beyond = side.mean - limit if above else limit - side.mean
    unsure = side.whole_uncertainty
    if not (math.isfinite(unsure) and math.isfinite(beyond)):
        return 0.0
    return beyond / unsure if unsure > 0 else math.copysign(math.inf, beyond) if beyond else 0.0


def _difference(rule: Rule, measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Return the finding of a difference between the legs, as its size and the side with the larger value."""
    between, show = measure.between, measure.display
    if not (measure.differs and math.isfinite(between.network_error)):
        return None
    comparatives, words = texts["comparatives"], texts["findings"]
    side = "right" if between.difference > 0 else "left"
    parts = {
        "label": measure.full_label,
        "difference": show.number(abs(between.difference)),
        "unit": show.suffix,
        "comparative": comparatives["of"].get(measure.name) or comparatives.get(measure.unit, comparatives["other"]),
        "side": texts["sides"][side].lower(),
    }
    own, network = show.half_width(between.uncertainty), show.half_width(between.network_error)
    return Finding(
        rule=rule,
        sentence=words["difference"].format(**parts, uncertainty=own, network=network),
        short=words["difference_short"].format(**parts, uncertainty=show.half_width(between.whole_uncertainty)),
        metric=measure.name,
        sides=(side,),
        # Metrics of one group of the table of measurements hang together.
        group=rule.group if rule.when else f"{rule.group}: {measure.group}",
        between_legs=True,
        strength=abs(between.difference) / between.told_from,
    )


def _lean(rule: Rule, measure: Measure, texts: Mapping[str, Any]) -> Finding | None:
    """Return the finding of a trunk lean to one side on both legs, which may also come from the camera's roll."""
    between, show, words = measure.between, measure.display, texts["findings"]
    if not measure.leans or not abs(between.difference) > between.whole_uncertainty:
        return None
    side = "right" if between.difference > 0 else "left"
    parts = {
        "lean": show.number(abs(between.difference) / 2),
        "unit": show.suffix,
        "side": texts["sides"][side].lower(),
    }
    own, network = show.half_width(between.uncertainty / 2), show.half_width(between.network_error / 2)
    return Finding(
        rule=rule,
        sentence=words["lean"].format(**parts, uncertainty=own, network=network),
        short=words["lean_short"].format(**parts, uncertainty=show.half_width(between.whole_uncertainty / 2)),
        metric=measure.name,
        sides=(side,),
        group=rule.group,
        between_legs=False,
        strength=abs(between.difference) / between.whole_uncertainty,
    )
