"""Quality of a recording: graded checks, one overall grade, and the sentence that reports a poor one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.kinematics.legs import LEGS_ONLY
from gaitlab.metrics.movements.table import MOVEMENTS

# From best to worst.
GRADES = ("good", "fair", "poor")
_LEG_POINTS = ("hip", "knee", "ankle", "heel", "big_toe")
# These limit the accuracy of some metrics but do not make a recording poor.
_LIMITS_ONLY = ("fps", "scale_disagreement")
_OF_CYCLES = ("accepted_cycles_a_side", "share_of_cycles_accepted")
# By which warnings are known that the camera may not have shown what was measured, see `movements.squat` and the view
# that is not clear.
_OF_THE_CAMERA = ("the camera stands askew", "from where the camera sees the person is not clear")
_NO_CYCLE = "no gait cycle could be measured in this recording: the numbers are missing"
_NO_REPETITION = "no repetition ({movement}) could be measured in this recording: the numbers are missing"


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of a check: good up to or from ``good``, poor beyond ``poor``, fair in between."""

    good: float
    poor: float


LIMITS: Mapping[str, Limits] = {
    "accepted_cycles_a_side": Limits(good=7, poor=3),
    "share_of_cycles_accepted": Limits(good=0.75, poor=0.4),
    "share_of_leg_points_seen": Limits(good=0.9, poor=0.6),
    "share_filled": Limits(good=0.05, poor=0.2),
    "share_of_swaps": Limits(good=0.02, poor=0.15),
    "fps": Limits(good=100, poor=45),
    "scale_disagreement": Limits(good=0.04, poor=0.08),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One graded number.

    Attributes
    ----------
    name : str
        key of `LIMITS`.
    grade : str
        one of `GRADES`.
    value : float
        graded value: a count, a share from 0 to 1, or frames per second.
    found : Mapping[str, Any]
        details for the sentence, by the names of its placeholders.
    """

    name: str
    grade: str
    value: float
    found: Mapping[str, Any]


def graded(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a session.json with ``quality.verdict`` added.

    Parameters
    ----------
    info : Mapping[str, Any]
        content of session.json; a sentence in ``quality.doubt`` makes the recording poor, whatever its checks.

    Returns
    -------
    dict[str, Any]
        a copy whose ``quality.verdict`` holds the ``grade``, the ``sentence`` of a poor recording (otherwise empty) and
        the ``checks``. The sentence of a poor recording is also its first warning.
    """
    found = checks(info)
    doubt = info["quality"].get("doubt", "")
    grade = "poor" if doubt else verdict(found)
    sentence = doubt or (_sentence(info, found) if grade == "poor" else "")
    result = {"grade": grade, "sentence": sentence, "checks": [asdict(check) for check in found]}
    warnings = [sentence, *info["warnings"]] if sentence else list(info["warnings"])
    return {**info, "quality": {**info["quality"], "verdict": result}, "warnings": warnings}


def checks(info: Mapping[str, Any]) -> tuple[Check, ...]:
    """Return every check for which a session.json has values."""
    return tuple(
        Check(name, _at_least_fair(grade(value, limits_of(name, info)), name, info), value, found)
        for name, value, found in _measured(info)
        if math.isfinite(value)
    )


def _at_least_fair(graded: str, name: str, info: Mapping[str, Any]) -> str:
    """Return the grade of a check, at least ``fair`` for the few cycles of a pass overground: they are no fault."""
    few_are_usual = info.get("setting") == "overground" and any(info["quality"]["cycles_accepted"].values())
    return "fair" if graded == "poor" and name in _OF_CYCLES and few_are_usual else graded


def grade(value: float, limits: Limits) -> str:
    """Return the grade of a value; lower is better if ``limits.good`` is below ``limits.poor``."""
    rising = limits.good > limits.poor
    if value >= limits.good if rising else value <= limits.good:
        return "good"
    return "poor" if (value < limits.poor if rising else value > limits.poor) else "fair"


def verdict(found: tuple[Check, ...]) -> str:
    """Return the worst grade of all checks; frame rate and scale count as ``fair`` at worst."""
    worst = [min(GRADES.index(c.grade), 1 if c.name in _LIMITS_ONLY else 2) for c in found]
    return GRADES[max(worst, default=2)]


def grade_of(info: Mapping[str, Any]) -> str:
    """Return the grade of a session: the worse one, if it contains a second clip."""
    return max((str(result["grade"]) for _, result in _verdicts(info)), key=GRADES.index)


def grave_warnings(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the warnings of a session that its numbers must not be relied on."""
    return tuple(of_clip(view, result["sentence"]) for view, result in _verdicts(info) if result["sentence"])


def camera_warnings(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the warnings of a session that its camera may not have shown what was measured."""
    return tuple(warning for warning in info["warnings"] if any(words in warning for words in _OF_THE_CAMERA))


def shown_rate(info: Mapping[str, Any]) -> tuple[float, float]:
    """Return frames a second, Hz, and duration, s, that a session tells: as the film plays where no true rate is known.

    Such a recording is measured at the likeliest rate, so that ``fps`` of its session is neither.
    """
    clock = info.get("clock", {})
    slower = clock["slow_motion"] if clock.get("source") == "unknown" else 1.0
    return info["fps"] / slower, info["duration_s"] * slower


def of_clip(view: str, warning: str) -> str:
    """Return a warning prefixed with the view of the second clip; unchanged if ``view`` is empty."""
    return f"{view} clip: {warning}" if view else warning


def _verdicts(info: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "", info["quality"]["verdict"]
    if other := info.get("with"):
        yield other["view"], other["quality"]["verdict"]


def _measured(info: Mapping[str, Any]) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Yield the name, the value and the details of each check."""
    quality = info["quality"]
    if info.get("movement"):
        # A turn of a pedal is one leg's: that of which more were used tells whether they suffice, and both are counted,
        # as both are where they were not used.
        count = max(quality["cycles_accepted"].values())
        rejected = sum(quality["cycles_rejected"].values())
        accepted = quality.get("repetitions_accepted", count)
        yield "repetitions", count, {"accepted": accepted, "rejected": rejected}
    else:
        yield from _of_gait(quality)

    seen = quality["share_of_frames_seen"]
    if (of_stance := _seen_in_stance(quality)) is not None:
        seen = of_stance
    sided = [name for name in seen if name.partition("_")[0] in BOTH_SIDES]
    legs = {name: seen[name] for name in sided if name.partition("_")[2] in _LEG_POINTS}
    if any(step["step"] == LEGS_ONLY for step in quality.get("history", ())):
        legs = {name: share for name, share in legs.items() if not name.endswith("_hip")}
    worst = min(legs, key=lambda name: legs[name], default="")
    yield "share_of_leg_points_seen", legs.get(worst, math.nan), {"point": worst}

    frames = max(round(info["duration_s"] * info["fps"]), 1)
    yield "share_filled", quality.get("points_filled", 0) / (frames * max(len(seen), 1)), {}

    swaps = quality.get("swaps_mended", 0)
    yield "share_of_swaps", swaps / frames, {"count": swaps}

    # Of a film whose true rate nobody knows no time is told, and its rate is not judged.
    known = info.get("clock", {}).get("source") != "unknown"
    yield "fps", float(info["fps"]) if known else math.nan, {}

    # As the warning of the calibration has it: how far the others are off the scale that lengths rest on.
    scales = [value for value in info["calibration"]["check"].values() if value]
    used = info["calibration"]["check"].get(info["calibration"]["source"])
    apart = max(abs(scale / used - 1) for scale in scales) if used and len(scales) > 1 else math.nan
    yield "scale_disagreement", apart, {}


def _of_gait(quality: Mapping[str, Any]) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Yield the checks of gait cycles."""
    accepted: dict[str, int] = {side: quality["cycles_accepted"].get(side, 0) for side in BOTH_SIDES}
    yield "accepted_cycles_a_side", min(accepted.values()), accepted

    total = sum(accepted.values()) + sum(quality["cycles_rejected"].values())
    yield "share_of_cycles_accepted", sum(accepted.values()) / total if total else 0.0, {"total": total}


def limits_of(name: str, info: Mapping[str, Any]) -> Limits:
    """Return the thresholds of a check for what is done: a squat needs fewer frames a second than a run."""
    movement = MOVEMENTS.get(info.get("movement", {}).get("name", ""))
    if movement is None or name not in ("repetitions", "fps"):
        return LIMITS[name]
    good, poor = movement.enough if name == "repetitions" else movement.fps
    return Limits(good=good, poor=poor)


def _seen_in_stance(quality: Mapping[str, Any]) -> Mapping[str, float] | None:
    """Return the share of stance frames that show each dot of a close-up, whose swinging shoe hides its own leg."""
    for step in quality.get("history", ()):
        if step["step"] == "dots" and step["parameters"].get("body") is False:
            found: Mapping[str, float] = step["counts"]["share_seen_in_stance"]
            return found
    return None


_ONE_REPETITION = "only one repetition could be used"
# Reason given by each check for a poor recording.
_POOR = {
    "accepted_cycles_a_side": "only {left} left and {right} right gait cycles could be used",
    "repetitions": "only {accepted} repetitions could be used",
    "share_of_cycles_accepted": "only {percent:.0f} % of the {total} gait cycles could be used",
    "share_of_leg_points_seen": "the {point} was seen in only {percent:.0f} % of the frames",
    "share_filled": "{percent:.0f} % of the points are bridged gaps",
    "share_of_swaps": "left and right had to be swapped in {percent:.0f} % of the frames",
}


def _why_none(rejected: Mapping[str, int]) -> str:
    """Return that nothing was seen, or why most of what was seen was not used."""
    if not rejected:
        return "none was seen"
    reason, count = max(rejected.items(), key=lambda item: item[1])
    return f"not used: {count} × {reason}"


def _sentence(info: Mapping[str, Any], found: tuple[Check, ...]) -> str:
    """Return the sentence of a poor recording: that there are no values, or not to rely on them, and why."""
    if not any(info["quality"]["cycles_accepted"].values()):
        movement = info.get("movement", {}).get("name")
        none = _NO_REPETITION.format(movement=movement.replace("-", " ")) if movement else _NO_CYCLE
        return f"{none}; {_why_none(info['quality']['cycles_rejected'])}"
    reasons = [
        _ONE_REPETITION
        if check.name == "repetitions" and check.value == 1
        else _POOR[check.name].format(
            percent=100 * check.value,
            **{name: str(value).replace("_", " ") for name, value in check.found.items()},
        )
        for check in found
        if check.grade == "poor" and check.name in _POOR
    ]
    return f"a poor recording, do not build on these numbers: {', '.join(reasons)}; film again"
