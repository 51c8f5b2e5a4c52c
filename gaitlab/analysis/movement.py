"""Analysis of a movement that is no gait: scale, angles of the whole body, repetitions and their metrics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitlab.analysis.claims import FORWARD, contradiction, facing_unclear, sideways
from gaitlab.analysis.recording import Analysis
from gaitlab.analysis.tracks import preprocessed
from gaitlab.analysis.warnings import mistaken, perhaps_mistaken
from gaitlab.config import Settings
from gaitlab.core.gait import BOTH_SIDES, TRUE_TIME, Belt, Clock, GaitEvents, Repetition
from gaitlab.core.metric import View
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.body import body_angles
from gaitlab.kinematics.calibration import facing, unlevelled
from gaitlab.kinematics.plausibility import check_anybody
from gaitlab.kinematics.rear import size_px
from gaitlab.kinematics.view import view_of_feet
from gaitlab.metrics import METRICS, MOVEMENTS, Trial, measure, shipped, with_network_errors
from gaitlab.metrics.movements.recognise import recognise
from gaitlab.metrics.movements.signals import STEPS, alike
from gaitlab.metrics.network_errors import Table
from gaitlab.signal import preprocessing

_FEET = ("ankle", "heel", "big_toe")
# Share of the frames in which feet or hips are missed that is said.
_OFTEN_MISSED = 0.2
# Legs that are less alike go one after the other, see `signals.alike`, where one of them changes its length by so much
# of it: of legs that stand still the points tremble, each by itself.
_IN_TURN, _STEPS = 0.2, 0.06
# Movements of which that says nothing. Nor is one of these that is found any other: feet that go round turn a crank,
# also where a network puts both legs on the near one, and they seem to hop.
_IN_TURN_TOO = ("cycling", "any")
# What is clear even where repetitions of another movement are found: feet off the ground, feet on pedals. Whether the
# hips come down from standing or rise from a chair depends on where the film begins: that is only told.
_CLEAR = ("jump", "cycling")
_NOT_MEANT = "the film shows another movement"
# Units of what a camera that stands askew shows smaller or larger than it is.
_SEEN_ASKEW = ("deg", "m")
_OWN = ("runner", "runner-fast")
_LEARNT_DRAWN = (
    "the network '{name}' learnt movements from drawn people, and where a network ± is given it was measured on such: "
    "on filmed people it may be further off; the annotated video shows whether the points lie on the body"
)


def analyze_movement(
    raw: PoseSequence,
    *,
    movement: str,
    runner: Runner,
    settings: Settings,
    view: View = "side",
    network: str = "",
    clock: Clock = TRUE_TIME,
) -> Analysis:
    """Analyse a recording of a movement.

    Parameters
    ----------
    raw : PoseSequence
        keypoints of one person, px.
    movement : str
        key of `MOVEMENTS`.
    runner : Runner
        what is known of the person; the height gives the scale.
    settings : Settings
        how tracks are repaired and smoothed; the cut-off is the movement's, unless another is set.
    view : View, optional
        what the camera sees.
    network : str, optional
        name of the pose network; empty if unknown.
    clock : Clock, optional
        how fast the recording plays.

    Raises
    ------
    InputError
        the sequence contains no person.
    """
    check_anybody(raw)
    declared = MOVEMENTS[movement]
    shown, agreement = facing(raw)
    forward = {"front": -1, "rear": 1}.get(view, FORWARD.get(runner.facing, shown))
    smoothing = replace(settings.smoothing, cutoff_hz=settings.smoothing.cutoff_hz or declared.cutoff_hz)
    cleaned, smoothed = preprocessed(raw, replace(settings, smoothing=smoothing), view=view, leg_px=size_px(raw))
    pose = replace(smoothed, unsmoothed_xy=cleaned.xy)
    # Where nobody walks, only a height or a known length gives a scale.
    calibration = unlevelled(
        Belt(), leg_px=size_px(pose), forward=forward, facing_agreement=agreement, height_m=runner.height_m,
        known_length_m=settings.calibration.known_length_m, known_length_px=settings.calibration.known_length_px,
    )  # fmt: skip
    trial = Trial(
        view=view,
        pose=pose,
        angles=body_angles(
            pose, view=view, forward=forward, leg_px=calibration.leg_px, ankle_about_mean=declared.ankle_about_mean
        ),
        events=GaitEvents((), "ambiguous"),
        cycles=(),
        calibration=calibration,
        height_m=runner.height_m,
        mass_kg=runner.mass_kg,
        min_cycles=1,
        network=network,
        clock=clock,
        movement=movement,
    )
    found = declared.find(trial)
    trial = replace(trial, repetitions=found.repetitions)
    said_facing = runner.facing if view == "side" else "auto"
    seen_from = view_of_feet(raw)
    doubt = contradiction(raw, view=view, facing=said_facing, seen=seen_from, views=declared.views) or sideways(
        raw, view
    )
    # Said to be from the side, and not so clearly from elsewhere that it is a contradiction.
    oblique = view == "side" and seen_from.view != view
    perhaps: tuple[str, ...] = ()
    if not trial.counted("both"):
        doubt = _mistaken(raw, movement) or doubt
    elif movement not in _IN_TURN_TOO and (seen := recognise(raw)).movement not in ("", movement):
        if seen.movement in _CLEAR and _explained(trial, seen.movement):
            doubt = mistaken(seen.movement, seen.why, said=movement)
            trial = replace(trial, repetitions=tuple(_not_meant(one) for one in found.repetitions))
        elif seen.movement not in _CLEAR:
            perhaps = (perhaps_mistaken(seen.movement, seen.why, said=movement),)
    rows, values = measure(trial, METRICS.values())
    unclear = facing_unclear(agreement) if view == "side" and runner.facing == "auto" else ()
    return Analysis(
        trial=trial,
        raw=raw,
        shown=pose,
        summary=tuple(
            with_network_errors(trial, rows, METRICS, _network_errors(doubt=doubt, askew=found.askew or oblique))
        ),
        values=tuple(values),
        doubt=doubt,
        warnings=(
            *((_LEARNT_DRAWN.format(name=network),) if network in _OWN else ()),
            *(() if doubt else (*perhaps, *_unseen(pose), *unclear, *found.warnings)),
            *preprocessing.smoothing_warnings(pose),
        ),
    )


def _network_errors(*, doubt: str, askew: bool) -> Table:
    """Return what is known of the network's errors here: they were measured square from the side, of what was said."""
    if doubt:
        return {}
    return {key: error for key, error in shipped().items() if not (askew and METRICS[key.metric].unit in _SEEN_ASKEW)}


def _mistaken(raw: PoseSequence, movement: str) -> str:
    """Return that somebody does something else than was said; empty where that is not clear."""
    seen = recognise(raw)
    if seen.movement and seen.movement != movement:
        return mistaken(seen.movement, seen.why, said=movement)
    if movement in _IN_TURN_TOO:
        return ""
    same = alike(raw, np.ones(len(raw), bool))
    return mistaken("", STEPS, said=movement) if same < _IN_TURN and _shortens(raw) > _STEPS else ""


def _shortens(raw: PoseSequence) -> float:
    """Return by how much of its length a leg becomes shorter, upright in the picture; NaN where none is seen."""
    lengths = [(raw.point(f"{side}_ankle") - raw.point(f"{side}_hip"))[:, 1] for side in BOTH_SIDES]
    shares = [np.nanpercentile(length, (5, 95)) for length in lengths if np.isfinite(length).any()]
    return max((float((high - low) / high) for low, high in shares if high > 0), default=float("nan"))


def _not_meant(one: Repetition) -> Repetition:
    return replace(one, accepted=False, reason=one.reason or _NOT_MEANT)


def _explained(trial: Trial, movement: str) -> bool:
    """Return whether at least half of the repetitions that were counted are such of another movement.

    A single hop among squats does not make them jumps.
    """
    others = [one for one in MOVEMENTS[movement].find(trial).repetitions if one.accepted]
    counted = trial.counted("both")
    shared = sum(any(a.start_s < b.end_s and b.start_s < a.end_s for b in others) for a in counted)
    return 2 * shared >= len(counted)


def _unseen(pose: PoseSequence) -> tuple[str, ...]:
    """Say so where the feet or the hips are not in the picture, or hidden: without them there are no repetitions."""
    shares = {
        name: max(float(np.isfinite(pose.point(f"{side}_{name}")[:, 0]).mean()) for side in BOTH_SIDES)
        for name in ("hip", "knee", *_FEET)
        if any(pose.seen(f"{side}_{name}") for side in BOTH_SIDES)
    }
    missed = {name: share for name, share in shares.items() if share < 1 - _OFTEN_MISSED}
    if not missed:
        return ()
    which = ", ".join(f"{name.replace('_', ' ')} in {100 * share:.0f} %" for name, share in missed.items())
    return (f"not always seen of the better leg: {which} of the frames; the whole person must be in the picture",)
