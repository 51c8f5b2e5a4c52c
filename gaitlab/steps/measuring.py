"""Computation of tracks, contacts, angles and metrics from keypoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gaitlab.analysis.claims import FORWARD, contradiction
from gaitlab.analysis.passes import angles_of, ends_s, passes_of
from gaitlab.analysis.rear import rear_calibration
from gaitlab.analysis.side import Tracks, side_angles, side_calibration, side_contacts, trial_of_tracks
from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.errors import InputError
from gaitlab.core.gait import Angles, GaitEvents
from gaitlab.core.metric import MetricValue, View
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.core.units import marks
from gaitlab.events import gait_cycles
from gaitlab.events.cycles import single_steps
from gaitlab.events.rear import detect_rear_contacts
from gaitlab.io.session.write import SUMMARY_COLUMNS, summary_row
from gaitlab.kinematics.calibration import Calibration, leg_length_px
from gaitlab.kinematics.calibration import facing as facing_of
from gaitlab.kinematics.rear import frontal_angles, leg_px, rearfoot_source, standing_deg
from gaitlab.metrics import METRICS, Trial, measure, shipped, with_network_errors
from gaitlab.steps.checks import checked

if TYPE_CHECKING:
    import pandas as pd


def preprocess(
    pose: PoseSequence,
    *,
    view: str = "auto",
    facing: str = "auto",
    settings: Settings | Mapping[str, Any] | None = None,
) -> PoseSequence:
    """Repair and smooth the tracks of keypoints.

    Low-confidence points and outliers are removed, left-right swaps of the legs are corrected, short gaps are filled
    (up to 0.10 s for feet, 0.15 s for knees, 0.20 s for other keypoints), and the tracks are smoothed.

    Parameters
    ----------
    pose : PoseSequence
        keypoints of one person, as `load_keypoints` and `estimate_poses` return them.
    view : str, optional
        camera view, ``side`` or ``rear``; ``auto`` estimates it from the keypoints.
    facing : str, optional
        direction the runner faces in a side view, ``left`` or ``right``; ``auto`` estimates it from the keypoints.
    settings : Settings | Mapping[str, Any] | None, optional
        those of ``tracks`` and ``smoothing``, as for `gaitlab.analyze`.

    Returns
    -------
    PoseSequence
        the same frames and keypoints, px; NaN in gaps too long to fill. ``history`` records the steps and their counts;
        ``unsmoothed`` is the repaired sequence before smoothing, which `detect_contacts` uses.

    Raises
    ------
    GaitlabError
        if it contains no person, a view from the front, or an unknown setting.

    Examples
    --------
    >>> import gaitlab
    >>> raw = gaitlab.load_keypoints("run.csv", fps=60)
    >>> pose = gaitlab.preprocess(raw, settings={"smoothing.method": "butterworth"})
    >>> [step.name for step in pose.history]
    ['import', 'gate', 'swaps', 'outliers', 'gaps', 'smoothing']
    """
    chosen, seen = checked(locals())
    leg = leg_px(pose) if seen == "rear" else leg_length_px(pose, forward=_forward(pose, facing))
    repaired, smoothed = preprocessed(pose, chosen, view=seen, leg_px=leg)
    return replace(smoothed, unsmoothed_xy=repaired.xy)


def detect_contacts(
    pose: PoseSequence,
    *,
    view: str = "auto",
    facing: str = "auto",
    setting: str = "auto",
    settings: Settings | Mapping[str, Any] | None = None,
) -> GaitEvents:
    """Find every contact of both feet with the ground, from foot strike to toe-off.

    Parameters
    ----------
    pose : PoseSequence
        as `preprocess` returns it; contacts are found in its ``unsmoothed`` tracks. Other sequences are taken as they
        are: they must be free of outliers, and smoothing them first moves foot strikes.
    view, facing : str, optional
        see `preprocess`.
    setting : str, optional
        side view only: ``treadmill``, ``overground`` (the person goes through the picture of a camera that stands), or
        ``auto``.
    settings : Settings | Mapping[str, Any] | None, optional
        ``gait.activity`` sets running or walking instead of estimating it from the tracks.

    Returns
    -------
    GaitEvents
        contacts in the order of their foot strikes, times and their standard uncertainties in seconds; one that cannot
        be used is there too, with its reason. ``activity`` is ``running``, ``walking`` or ``ambiguous``.

    Raises
    ------
    GaitlabError
        keypoints of the legs are missing, less than 2 s, or no stride that repeats.

    Examples
    --------
    >>> import gaitlab
    >>> pose = gaitlab.preprocess(gaitlab.load_keypoints("run.csv", fps=60))
    >>> events = gaitlab.detect_contacts(pose)
    >>> events.activity
    'running'
    >>> [round(contact.foot_strike_s, 1) for contact in events.of("left")][:3]
    [0.3, 1.0, 1.7]
    """
    chosen, seen = checked(locals())
    runner = Runner(facing=facing, setting=setting)
    if (over_ground := _over_ground(pose, chosen, view=seen, runner=runner)) is not None:
        if over_ground[0].events.contacts:
            return over_ground[0].events
        raise InputError(over_ground[1][-1])
    return _contacts(pose, chosen, view=seen, forward=_forward(pose, facing))


def compute_angles(
    pose: PoseSequence,
    *,
    events: GaitEvents | None = None,
    view: str = "auto",
    facing: str = "auto",
    setting: str = "auto",
    settings: Settings | Mapping[str, Any] | None = None,
) -> Angles:
    """Compute the curves of all joint and segment angles.

    Parameters
    ----------
    pose : PoseSequence
        as `preprocess` returns it.
    events : GaitEvents | None, optional
        contacts as `detect_contacts` returns them; None detects them. Without contacts, angles are not levelled, and
        foot and ankle angles of a side view are NaN.
    view, facing : str, optional
        see `preprocess`.
    setting : str, optional
        side view only: ``treadmill``, ``overground`` (the person goes through the picture of a camera that stands), or
        ``auto``.
    settings : Settings | Mapping[str, Any] | None, optional
        ``calibration.level`` says whether the slope of the belt is the camera's roll.

    Returns
    -------
    Angles
        ``values_deg`` maps the name of a curve to (frame,) degrees, NaN where points were missing. From the side:
        ``{left,right}_{hip,knee,ankle}_flexion_deg``, ``{left,right}_{thigh,shank,foot}_deg``, ``trunk_lean_deg``.
        From behind: ``{left,right}_{rearfoot,hip_adduction,knee_projection,pelvic_drop,trunk_side_lean}_deg`` and
        more.

    Raises
    ------
    GaitlabError
        a view from the front, or a setting that does not exist.

    Notes
    -----
    Flexion is positive, and 0 in upright stance on a flat foot (Wu et al., Journal of Biomechanics 35, 2002, 543-548).

    Examples
    --------
    >>> import gaitlab
    >>> pose = gaitlab.preprocess(gaitlab.load_keypoints("run.csv", fps=60))
    >>> angles = gaitlab.compute_angles(pose)
    >>> round(float(angles.values_deg["left_knee_flexion_deg"].max()), -1)
    90.0
    """
    chosen, seen = checked(locals())
    runner = Runner(facing=facing, setting=setting)
    if (over_ground := _over_ground(pose, chosen, view=seen, runner=runner)) is not None:
        return over_ground[0].angles if events is None else _with_events(over_ground[0], events).angles
    forward = _forward(pose, facing)
    if events is None:
        try:
            events = _contacts(pose, chosen, view=seen, forward=forward)
        except InputError:
            events = GaitEvents((), "ambiguous")
    if seen == "rear":
        return frontal_angles(pose, events.contacts, source=rearfoot_source(pose))
    return side_angles(pose, events, _calibration(pose, events, chosen, view=seen, forward=forward, runner=Runner()))


def compute_metrics(
    pose: PoseSequence,
    *,
    events: GaitEvents | None = None,
    angles: Angles | None = None,
    view: str = "auto",
    facing: str = "auto",
    setting: str = "auto",
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    mass_kg: float | None = None,
    distance: str | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Compute every metric of the view over all accepted gait cycles.

    Parameters
    ----------
    pose : PoseSequence
        as `preprocess` returns it.
    events : GaitEvents | None, optional
        as `detect_contacts` returns it; None detects contacts.
    angles : Angles | None, optional
        as `compute_angles` returns it, one value per frame of ``pose``; None computes them.
    view, facing : str, optional
        see `preprocess`.
    setting : str, optional
        side view only: ``treadmill``, ``overground`` (the person goes through the picture of a camera that stands), or
        ``auto``.
    belt_speed_mps : float | None, optional
        speed of the treadmill's belt, m/s.
    height_m : float | None, optional
        the runner's height, m.
    mass_kg : float | None, optional
        the runner's mass, kg.
    distance : str | None, optional
        overground only: two marks on the path, see `gaitlab.analyze`.
    settings : Settings | Mapping[str, Any] | None, optional
        those of ``gait`` and ``calibration``, as for `gaitlab.analyze`.

    Returns
    -------
    pandas.DataFrame
        one row per metric and side, with the columns of `Session.summary`: ``n``, ``mean``, ``sd``, ``uncertainty``
        (half of the 95 % interval), ``unit``, or ``missing_reason``. ``attrs["warnings"]`` lists a contradiction of
        view or facing first, then warnings about scale and levelling.

    Raises
    ------
    GaitlabError
        no contacts can be found, angles of another number of frames, or a number outside what it can be.

    Examples
    --------
    >>> import gaitlab
    >>> pose = gaitlab.preprocess(gaitlab.load_keypoints("run.csv", fps=60))
    >>> table = gaitlab.compute_metrics(pose, belt_speed_mps=2.8).set_index(["metric", "side"])
    >>> cadence = table.loc[("cadence", "both")]
    >>> int(cadence["n"]), round(float(cadence["mean"]), 1), cadence["unit"]
    (12, 167.9, 'steps/min')
    """
    chosen, seen = checked(locals())
    forward = _forward(pose, facing)
    runner = Runner(
        belt_speed_mps=belt_speed_mps, height_m=height_m, mass_kg=mass_kg, facing=facing, setting=setting,
        marks=None if distance is None else marks(distance),
    )  # fmt: skip
    over_ground = _over_ground(pose, chosen, view=seen, runner=runner)
    if over_ground is not None:
        found = over_ground[0].events if events is None else events
    else:
        found = _contacts(pose, chosen, view=seen, forward=forward) if events is None else events
    curves = angles
    if curves is None:
        curves = compute_angles(pose, events=found, view=seen, facing=facing, setting=setting, settings=chosen)
    if len(curves.time_s) != len(pose):
        raise InputError(f"the angles have {len(curves.time_s)} frames, the keypoints {len(pose)}; give those of them")
    strikes_s = [contact.foot_strike_s for contact in found.contacts]
    if strikes_s and not (pose.time_s[0] - 1 <= min(strikes_s) and max(strikes_s) <= pose.time_s[-1] + 1):
        raise InputError(
            f"the contacts lie from {min(strikes_s):.1f} to {max(strikes_s):.1f} s, the keypoints from "
            f"{pose.time_s[0]:.1f} to {pose.time_s[-1]:.1f} s; give those of one recording"
        )
    doubt = contradiction(pose, view=seen, facing=facing)
    if over_ground is not None:
        trial, told = over_ground
        trial = trial if events is None else _with_events(trial, events)
        trial = trial if angles is None else _with_angles(trial, angles)
        rows, _ = measure(trial, METRICS.values())
        return _table(trial, rows, doubt, told=told)
    source = rearfoot_source(pose) if seen == "rear" else ""
    trial = Trial(
        view=seen,
        pose=pose,
        angles=curves,
        events=found,
        cycles=gait_cycles(found),
        calibration=_calibration(pose, found, chosen, view=seen, forward=forward, runner=runner),
        height_m=height_m,
        mass_kg=mass_kg,
        min_cycles=chosen.gait.min_cycles,
        rearfoot_source=source,
        rearfoot_zero_deg=standing_deg(pose, curves) if source else {},
        network=_network(pose),
        setting="overground" if seen == "side" and setting == "overground" else "treadmill",
    )
    rows, _ = measure(trial, METRICS.values())
    return _table(trial, rows, doubt)


def _over_ground(
    pose: PoseSequence, settings: Settings, *, view: View, runner: Runner
) -> tuple[Trial, tuple[str, ...]] | None:
    """Return the trial of the passes through the picture, as `gaitlab.analyze` has it; None where there are none."""
    cleaned = pose.unsmoothed
    if view == "rear" or not passes_of(cleaned, said=runner.setting)[0]:
        return None
    return trial_of_tracks(Tracks(cleaned, cleaned, pose, runner, settings, network=_network(pose)))


def _with_events(trial: Trial, events: GaitEvents) -> Trial:
    """Return a trial with other contacts, and the angles that are zeroed and levelled by them."""
    if events is trial.events:
        return trial
    each = tuple(_with_events(one, _within(one, events)) for one in trial.passes)
    steps = tuple(c for one in each for c in one.single_steps) if each else single_steps(events)
    own = replace(trial, events=events, cycles=gait_cycles(events), single_steps=steps, passes=each)
    curves = side_angles(trial.pose, events, trial.calibration) if not each else angles_of(each)
    return replace(own, angles=curves)


def _within(trial: Trial, events: GaitEvents) -> GaitEvents:
    """Return the contacts in the time of a pass, over its own ground."""
    start_s, end_s = ends_s(trial)
    return replace(trial.events, contacts=tuple(c for c in events.contacts if start_s <= c.foot_strike_s <= end_s))


def _with_angles(trial: Trial, angles: Angles) -> Trial:
    return replace(trial, angles=angles, passes=tuple(replace(one, angles=angles) for one in trial.passes))


def _network(pose: PoseSequence) -> str:
    return next((str(step.parameters["model"]) for step in pose.history if step.name == "pose"), "")


def _forward(pose: PoseSequence, facing: str) -> int:
    """Return +1 where the runner faces image-right, -1 where image-left."""
    return FORWARD.get(facing, facing_of(pose)[0])


def _contacts(pose: PoseSequence, settings: Settings, *, view: View, forward: int) -> GaitEvents:
    if view == "rear":
        return detect_rear_contacts(pose.unsmoothed)
    return side_contacts(pose.unsmoothed, forward=forward, settings=settings)


def _calibration(
    pose: PoseSequence, events: GaitEvents, settings: Settings, *, view: View, forward: int, runner: Runner
) -> Calibration:
    """Return tilt and scale; a side view uses the unsmoothed tracks, as contact detection does."""
    if view == "rear":
        return rear_calibration(pose, events, runner=runner, settings=settings)
    return side_calibration(pose.unsmoothed, events, forward=forward, runner=runner, settings=settings)


def _table(trial: Trial, rows: Sequence[MetricValue], doubt: str, *, told: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the rows as `Session.summary` has them."""
    import pandas as pd

    known = with_network_errors(trial, rows, METRICS, shipped())
    table = pd.DataFrame([summary_row(row) for row in known], columns=list(SUMMARY_COLUMNS))
    texts = ["reference_source", "missing_reason", "note"]
    table[texts] = table[texts].replace("", None)
    table.attrs["warnings"] = (*((doubt,) if doubt else ()), *told, *trial.calibration.warnings)
    return table
