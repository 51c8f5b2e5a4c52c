"""A movement on a page of its own words: repetitions in the place of gait cycles, its metrics, curves and moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gaitlab.core.gait import BOTH_SIDES, Contact, GaitCycle, Repetition, Side
from gaitlab.metrics import MOVEMENTS
from gaitlab.metrics.movements.declaration import Movement
from gaitlab.metrics.movements.words import WORDS

# Angles written at joints, by view: column, joint, and the points of the arc, see layout.toml.
_JOINTS = (
    ("side", "{side}_elbow_flexion_deg", "{side}_elbow", ()),
    *(
        (view, column, at, arc)
        for view in ("front", "rear")
        for column, at, arc in (
            ("{side}_knee_projection_deg", "{side}_knee", ("{side}_hip", "{side}_knee", "{side}_ankle")),
            ("trunk_side_lean_deg", "neck", ()),
            ("{side}_elbow_flexion_deg", "{side}_elbow", ()),
        )
    ),
)


def movement_of(info: Mapping[str, Any]) -> Movement | None:
    """Return the movement of a session's description; None for gait."""
    return MOVEMENTS.get(info.get("movement", {}).get("name", ""))


def named(texts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a page's texts with the names of the movements and of the view that only they have."""
    words = [_shared(texts)["words"], *(_own(texts, movement)["words"] for movement in MOVEMENTS.values())]
    return _laid_over(texts, {"words": {key: word for said in words for key, word in said.items()}})


def texts_of(texts: Mapping[str, Any], info: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a page's texts with those of the session's movement laid over them."""
    movement = movement_of(info)
    if movement is None:
        return texts
    laid = _laid_over(_laid_over(texts, _shared(texts)), _own(texts, movement))
    # The dotted line in a curve is named as the still of the same moment.
    lead = laid["cycle"]["lead"].replace("{mark}", laid["keyframes"][movement.mark])
    return _laid_over(laid, {"cycle": {"lead": lead}})


def _shared(texts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the pages of all movements say: English beside the movements, other languages in their folders."""
    said: Mapping[str, Any] = texts["movements"]["all"] if "movements" in texts else WORDS
    return said


def _own(texts: Mapping[str, Any], movement: Movement) -> Mapping[str, Any]:
    said: Mapping[str, Any] = texts["movements"][movement.name] if "movements" in texts else movement.texts
    return said


def layout_of(layout: Mapping[str, Any], info: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a page's layout with the curves and joints of the session's movement."""
    movement = movement_of(info)
    if movement is None:
        return layout
    drawn = [column for columns in movement.curves.values() for column in columns]
    joints = [joint for joint in layout["joints"] if joint["view"] == "side"]
    if movement.ankle_about_mean:  # a course has no angle at a moment
        joints = [joint for joint in joints if joint["column"] != "{side}_ankle_flexion_deg"]
    joints += [{"view": view, "column": c, "at": at, "arc": list(arc)} for view, c, at, arc in _JOINTS if c in drawn]
    return {
        **layout,
        "headlines": {},
        "curves": [{"view": view, "column": c} for view, columns in movement.curves.items() for c in columns],
        "joints": joints,
    }


def headlines(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of a movement's metrics at the top of its page."""
    movement = movement_of(info)
    return () if movement is None else tuple(movement.headlines.get(info["view"], ()))


def as_cycles(repetitions: Iterable[Repetition], movement: Movement) -> tuple[GaitCycle, ...]:
    """Return repetitions as cycles of the legs they belong to, divided at the movement's mark."""
    return tuple(
        GaitCycle(side, one.number, one.start_s, one.at(movement.mark), one.end_s, nan, nan, one.accepted, one.reason)
        for one in repetitions
        for side in _sides(one)
    )


def as_contacts(repetitions: Iterable[Repetition]) -> tuple[Contact, ...]:
    """Return repetitions as the bars that a page draws over time and jumps between."""
    return tuple(
        Contact(side, one.start_s, one.end_s, nan, nan, one.accepted, one.reason)
        for one in repetitions
        for side in _sides(one)
    )


def typical(repetitions: Sequence[Repetition]) -> Repetition | None:
    """Return the accepted repetition whose duration is nearest to the median; None without one."""
    accepted = [one for one in repetitions if one.accepted]
    if not accepted:
        return None
    middle_s = sorted(one.duration_s for one in accepted)[len(accepted) // 2]
    return min(accepted, key=lambda one: abs(one.duration_s - middle_s))


def of_side(repetitions: Iterable[Repetition], side: Side) -> list[Repetition]:
    """Return the repetitions of a side, those of both legs among them."""
    return [replace(one, side=side) for one in repetitions if one.side in (side, "both")]


nan = float("nan")


def _sides(one: Repetition) -> tuple[Side, ...]:
    return BOTH_SIDES if one.side == "both" else (one.side,)


def _laid_over(texts: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return texts with others laid over them, section by section."""
    merged = dict(texts)
    for name, text in more.items():
        merged[name] = _laid_over(merged.get(name, {}), text) if isinstance(text, Mapping) else text
    return merged
