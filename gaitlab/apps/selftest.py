"""Self-test of the installation: analysis of the demonstration clip compared with its truth."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.apps.demo import demo_clip, demo_session
from gaitlab.apps.truth import (
    Truth,
    angle_error,
    load_truth,
    metric_errors,
    near_leg,
    timing_errors,
    true_angles,
    true_metrics,
)
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.io.session.session import Session
from gaitlab.pipeline.spec import Progress

# Expected metrics of the demonstration clip: (metric, label, unit, factor, tolerance). Each tolerance is about the
# error of openpose-light with BlazePose's feet on this clip plus a third. They test the installation; for the accuracy
# on other videos see docs/accuracy.md.
_METRICS = (
    ("cadence", "Cadence", "steps/min", 1.0, 1.5),
    ("contact_time", "Contact time", "ms", 1000.0, 40.0),
    ("step_length", "Step length", "m", 1.0, 0.05),
    ("vertical_oscillation", "Vertical oscillation", "cm", 100.0, 3.0),
    ("trunk_lean", "Trunk lean", "deg", 1.0, 5.0),
)
_ANGLES = (
    ("knee_flexion", "Knee flexion through the cycle, offset removed", 8.0),
    ("hip_flexion", "Hip flexion through the cycle, offset removed", 8.0),
    ("ankle_flexion", "Ankle dorsiflexion through the cycle, offset removed", 20.0),
)
_EVENT_MS = 25.0
# The small BlazePose alone sometimes loses the runner; for an installation without another network: (factor of the
# tolerance, contacts of a leg that may be missing).
_ROOM = {"blazepose-lite": (3.0, 3)}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the self-test.

    Attributes
    ----------
    what : str
        quantity, for the leg near the camera.
    found, expected : str
        texts with unit; ``expected`` is the truth, or 0 for an error.
    tolerance : str
        allowed difference, as text.
    passed : bool
        whether they agree within the tolerance.
    """

    what: str
    found: str
    expected: str
    tolerance: str
    passed: bool


def run_selftest(*, model: str | None = None, progress: Progress | None = None) -> tuple[str, list[Check]]:
    """Analyse the demonstration clip in a temporary folder and return the network's name and the checks.

    Raises
    ------
    GaitlabError
        if the clip or a network is not available.
    """
    truth = load_truth(demo_clip()[1])
    with tempfile.TemporaryDirectory(prefix="gaitlab-selftest-") as folder:
        session = demo_session(output=Path(folder) / "demo", model=model, annotate=False, progress=progress)
        return str(session.info["model"]["name"]), list(checks(session, truth))


def checks(session: Session, truth: Truth) -> Iterator[Check]:
    """Compare a session of a side view with the truth of its clip, on the leg near the camera."""
    side = near_leg(truth)
    room, may_miss = _ROOM.get(session.info["model"]["name"], (1.0, 0))
    facing = "right" if truth.seen_from == "right" else "left"
    yield Check("Facing", session.info["facing"], facing, "equal", session.info["facing"] == facing)
    yield Check("Activity", session.info["activity"], "running", "equal", session.info["activity"] == "running")
    for one in BOTH_SIDES:
        errors = timing_errors(truth, session.gait_events, one)
        total = len(errors.foot_strike_s) + errors.missed
        far = "" if one == side else " (far leg)"
        allowed = may_miss if one == side else 2 + may_miss
        yield Check(
            f"Contacts of the {one} foot{far}", str(total - errors.missed), str(total), str(allowed),
            errors.missed <= allowed,
        )  # fmt: skip
    near = timing_errors(truth, session.gait_events, side)
    for label, seconds in (("Foot strike", near.foot_strike_s), ("Toe-off", near.toe_off_s)):
        error_ms = 1000 * float(np.mean(np.abs(seconds))) if len(seconds) else float("nan")
        yield _off(f"{label}, mean error", error_ms, room * _EVENT_MS, "ms")
    found = metric_errors(true_metrics(truth), session.rows("summary"))
    for metric, label, unit, factor, tolerance in _METRICS:
        key = next((k for k in ((metric, side), (metric, "both")) if k in found), None)
        got, true = found[key] if key else (float("nan"), float("nan"))
        allowed_off = room * tolerance
        passed = abs(got - true) * factor <= allowed_off
        texts = f"{got * factor:.4g} {unit}", f"{true * factor:.4g} {unit}"
        yield Check(label, *texts, f"{allowed_off:g} {unit}", passed)
    curves = session.rows("angles")
    time_s = np.array([float(row["time_s"]) for row in curves])
    angles = true_angles(truth)
    feet = any(row[f"{side}_foot_deg"] for row in curves)
    for angle, label, tolerance in _ANGLES:
        if angle == "ankle_flexion" and not feet:
            continue  # a network without feet has no ankle angle
        name = f"{side}_{angle}_deg"
        values = np.array([float(row[name] or "nan") for row in curves])
        yield _off(label, angle_error(angles, time_s, values, name).offset_removed_deg, room * tolerance, "deg")


def _off(what: str, error: float, tolerance: float, unit: str) -> Check:
    return Check(what, f"{error:.1f} {unit} off", "0", f"{tolerance:g} {unit}", error <= tolerance)
