"""Findings as the page shows them: what was seen, with its picture, what it may mean, what is tried; the next film."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.metrics.asymmetry import FEWEST_CYCLES
from gaitlab.report.session.checks import checks
from gaitlab.report.session.content import Content, column_key
from gaitlab.report.session.findings import Finding, compared, findings, not_measured
from gaitlab.report.session.keyframes import Moment
from gaitlab.report.session.rules import OFF, read_rules
from gaitlab.report.session.skeletons import Drawing, draw
from gaitlab.report.session.tables import rated
from gaitlab.report.shared.measures import Measure
from gaitlab.report.shared.media import Media
from gaitlab.report.shared.said import foreign

# Most wishes for the next film: a list that nobody follows is none.
_WISHES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on the page; parts that its reader does not need are empty.

    Attributes
    ----------
    title : str
        what it is, in plain words.
    seen : str
        what was seen, with its interval.
    drawing : Drawing | None
        the moment that shows it.
    span : tuple[float, float, float, float] | None
        a distance along the ground to draw: x of the first point, x and y of the second, y of the first, px.
    means, evidence, attempt, check, clinician : str
        see `rules.Rule`.
    sources : tuple[str, ...]
        sources of what it may mean.
    """

    title: str
    seen: str
    drawing: Drawing | None
    span: tuple[float, float, float, float] | None
    means: str
    evidence: str
    attempt: str
    check: str
    clinician: str
    sources: tuple[str, ...]


def shown_findings(content: Content, media: Media, moments: Sequence[Moment]) -> Mapping[str, Any] | None:
    """Return what the template of the findings needs; None where they were switched off."""
    if content.findings == OFF:
        return None
    rules, activity = read_rules(content.texts["language"]), str(content.info["activity"])
    # What a network is off in other movements than gait is known of drawn people alone.
    drawn_alone = content.movement is not None
    found = () if drawn_alone else findings(
        content.measures, rules, activity=activity, speed_mps=content.speed_mps, texts=content.texts
    )  # fmt: skip
    alone = not compared(content.measures, rules, activity=activity, speed_mps=content.speed_mps)
    texts = content.texts["findings"]
    unmeasured = not_measured(content.measures) if content.has_cycles else ()
    known = sum(bool(measure.known) for measure in content.measures)
    all_unmeasured = content.has_cycles and known > 0 and (drawn_alone or len(unmeasured) == known)
    labels = ", ".join(dict.fromkeys(measure.full_label for measure in unmeasured))
    return {
        "findings": [_shown(content, media, moments, finding) for finding in found],
        "empty": texts[_empty(content, all_unmeasured=all_unmeasured, alone=alone)],
        "unmeasured": "" if all_unmeasured or not labels else texts["unmeasured"].format(labels=labels),
        "between_legs": any(f.between_legs for f in found) and content.view == "side",
        "oblique": any(not (m.between.comparable or m.of_trunk) for m in content.measures),
        "ranges": any(f.against_range for f in found),
    }


def _shown(content: Content, media: Media, moments: Sequence[Moment], finding: Finding) -> Shown:
    rule, profile = finding.rule, read_rules().profiles[content.findings]
    texts = {"means": rule.means, "try": rule.attempt, "check": rule.check, "clinician": rule.clinician}
    said = {part: text if part in profile.parts else "" for part, text in texts.items()}
    grade = content.texts["findings"]["grades"][rule.evidence]
    drawing = _drawing(content, media, moments, finding)
    return Shown(
        title=rule.title,
        seen=finding.sentence if profile.full_interval else finding.short,
        drawing=drawing,
        span=_span(content, drawing, rule.span),
        means=said["means"],
        evidence=content.texts["findings"]["evidence"].format(grade=grade) if said["means"] else "",
        attempt=said["try"],
        check=said["check"],
        clinician=said["clinician"],
        sources=tuple(foreign(one, content.texts) for one in rule.sources) if "sources" in profile.parts else (),
    )


def _drawing(content: Content, media: Media, moments: Sequence[Moment], finding: Finding) -> Drawing | None:
    """Return the moment of a finding, of the leg that shows it best, with its angle alone; None where none is seen."""
    near = content.info.get("facing")
    wanted = (*finding.sides, near if near in BOTH_SIDES else BOTH_SIDES[0], *BOTH_SIDES)
    by_key = {moment.key: moment for moment in moments if moment.event == finding.rule.moment}
    moment = next((by_key[key] for side in wanted if (key := f"{side}_{finding.rule.moment}") in by_key), None)
    if moment is None:
        return None
    drawn = draw(content, moment, jpeg=media.stills.get(moment.key), told=finding.rule.joint)
    name = content.texts["short"].get(column_key(finding.rule.joint), "")
    return replace(drawn, labels=tuple(label for label in drawn.labels if name and label.name == name))


def _span(
    content: Content, drawing: Drawing | None, points: tuple[str, ...]
) -> tuple[float, float, float, float] | None:
    """Return (x, y) of two points of a moment, px, between which a distance along the ground is drawn."""
    if drawing is None or len(points) != 2:
        return None
    moment = drawing.moment
    (x1, y1), (x2, y2) = (content.pose.point(p.format(side=moment.side))[moment.frame] for p in points)
    if not np.isfinite([x1, y1, x2, y2]).all():
        return None
    return round(float(x1), 1), round(float(y1), 1), round(float(x2), 1), round(float(y2), 1)


def _empty(content: Content, *, all_unmeasured: bool, alone: bool) -> str:
    """Return the key of what is said where nothing stands out."""
    if all_unmeasured:
        return "unknown"
    if not _has_enough(content):
        return "too_little"
    return "none_alone" if alone else "none"


def _has_enough(content: Content) -> bool:
    """Return whether any value rests on enough cycles to be a finding: of a few nothing can lie beyond its ±."""
    return any(side.n >= FEWEST_CYCLES for measure in content.measures for side in measure.known)


def next_film(content: Content) -> list[str]:
    """Return what to film next time, the most useful first: what failed a check, what this view does not show."""
    texts = content.texts["next"]
    found = [check.name for check in sorted(checks(content), key=lambda c: c.grade != "poor") if check.grade != "good"]
    wishes = [wish for name in found if (wish := texts["checks"].get(name, ""))]
    if content.movement is not None:
        more = texts.get("film" if content.view == "side" else "front", ())
        hints = _hints(content, texts.get("hint", {}))
        return [*hints, *[*dict.fromkeys((*wishes, *more)), texts["same"]][: _WISHES + 1 - len(hints)]]
    if content.speed_mps is None and content.info.get("setting") != "overground":
        wishes.append(texts["speed"])
    if not content.info.get("with"):
        wishes.append(texts["other_view_rear" if content.view == "rear" else "other_view"])
    if content.view == "side" and any(measure.differs for measure in content.measures):
        wishes.append(texts["other_side"])
    return [*wishes[: _WISHES - 1], texts["same"]]


def _hints(content: Content, texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what a movement's metrics against their ranges say of the next film, in the words of where they lie."""
    told = {measure.name: measure for measure in content.measures if measure.known}
    return [_hint(told[metric], said, content.texts) for metric, said in texts.items() if metric in told]


def _hint(measure: Measure, said: Mapping[str, str], texts: Mapping[str, Any]) -> str:
    """Return what a metric against its range says of what both legs share, as they do a saddle.

    The leg that is known best tells, and is named. Of the leg behind so little is known that with it nothing would ever
    be told; where it clearly lies elsewhere, nothing is.
    """
    sure = [side for side in measure.known if math.isfinite(side.whole_uncertainty)]
    if not sure:
        return said["unknown"]
    lies = {side.side: rated(replace(measure, sides={side.side: side})) for side in sure}
    best = min(sure, key=lambda side: side.whole_uncertainty).side
    clear = {where for where in lies.values() if where in ("within", "above", "below")}
    if clear != {lies[best]}:
        return said["unsure"]
    if set(lies.values()) == clear and len(sure) == len(measure.known):
        return said[lies[best]]
    return f"{texts['sides'][best]}{texts['format']['colon']}{said[lies[best]]}"
