"""Ground truth of a rendered clip, and errors of an analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES, Angles, Belt, Contact, GaitEvents, Side
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.events import gait_cycles
from gaitlab.kinematics.calibration import Calibration, leg_length_px
from gaitlab.kinematics.frame import near_side
from gaitlab.kinematics.rear import frontal_angles, leg_px
from gaitlab.kinematics.side import flat_foot_deg, sagittal_angles
from gaitlab.metrics import METRICS, Trial, measure

# Largest time between the foot strikes of a detected contact and the true contact assigned to it.
_SAME_CONTACT_S = 0.1
_TRUE_REARFOOT = "four points"
_NEEDED = ("time_s", "names", "points_m", "xy_px", "side", "foot_strike_s", "toe_off_s", "belt_speed_mps", "height_m",
           "metres_per_px", "seen_from")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Ground truth of a rendered clip.

    Attributes
    ----------
    time_s : FloatArray
        (frame,) seconds.
    names : tuple[str, ...]
        keypoint names.
    points_m : FloatArray
        (frame, keypoint, 3) m: x forward, y up from the belt, z to the runner's right.
    xy_px : FloatArray
        (frame, keypoint, 2) image px, hidden keypoints included.
    contacts : tuple[Contact, ...]
        exact foot contacts.
    belt_speed_mps, height_m : float
        belt speed, m/s, and body height, m.
    metres_per_px : float
        scale in the runner's plane, m/px.
    seen_from : str
        ``left``, ``right`` or ``behind``.
    """

    time_s: FloatArray
    names: tuple[str, ...]
    points_m: FloatArray
    xy_px: FloatArray
    contacts: tuple[Contact, ...]
    belt_speed_mps: float
    height_m: float
    metres_per_px: float
    seen_from: str

    @property
    def view(self) -> View:
        """``side`` or ``rear``."""
        return "rear" if self.seen_from == "behind" else "side"

    def sagittal(self) -> PoseSequence:
        """Return the true keypoints as a side view from the runner's right, in metres, without perspective and tilt."""
        return self._flat(0)

    def frontal(self) -> PoseSequence:
        """Return the true keypoints as a rear view, in metres, without perspective and tilt."""
        return self._flat(2)

    def seen(self) -> PoseSequence:
        """Return the true keypoints in the image, px, as an ideal network would find them."""
        return PoseSequence(self.xy_px, np.ones(self.xy_px.shape[:2]), self.time_s, Skeleton("truth", self.names))

    def _flat(self, across: int) -> PoseSequence:
        flat = self.points_m[..., [across, 1]] * np.array([1.0, -1.0])
        return PoseSequence(flat, np.ones(flat.shape[:2]), self.time_s, Skeleton("truth", self.names))


def load_truth(path: Path) -> Truth:
    """Read the ground truth of a rendered clip.

    Raises
    ------
    InputError
        if the file is missing or not a ground truth.
    """
    if not path.is_file():
        raise InputError(f"the truth of the clip is not there; expected '{path}': install gaitlab anew")
    with np.load(path, allow_pickle=False) as data:
        missing = [name for name in _NEEDED if name not in data]
        if missing:
            raise InputError(f"'{path}' is not the truth of a rendered clip: {', '.join(missing)} missing")
        contacts = tuple(
            Contact(_side(side), float(start), float(end), 0.0, 0.0)
            for side, start, end in zip(data["side"], data["foot_strike_s"], data["toe_off_s"], strict=True)
        )
        return Truth(
            time_s=data["time_s"].astype(np.float64),
            names=tuple(str(name) for name in data["names"]),
            points_m=data["points_m"].astype(np.float64),
            xy_px=data["xy_px"].astype(np.float64),
            contacts=contacts,
            belt_speed_mps=float(data["belt_speed_mps"]),
            height_m=float(data["height_m"]),
            metres_per_px=float(data["metres_per_px"]),
            seen_from=str(data["seen_from"]),
        )


def _side(name: str) -> Side:
    return "left" if str(name) == "left" else "right"


def true_angles(truth: Truth) -> Angles:
    """Return the angle curves of the true keypoints.

    In a side view the foot's zero is that of the true stances; in a rear view the rearfoot angle is that of the lines
    on heel counter and calf.
    """
    if truth.view == "rear":
        return frontal_angles(truth.frontal(), truth.contacts, source=_TRUE_REARFOOT)
    pose = truth.sagittal()
    unzeroed = sagittal_angles(pose, forward=1, flat_deg=dict.fromkeys(BOTH_SIDES, 0.0)).values_deg
    flat_deg = {
        side: flat_foot_deg(unzeroed[f"{side}_foot_deg"], truth.time_s, [c for c in truth.contacts if c.side == side])
        for side in BOTH_SIDES
    }
    return sagittal_angles(pose, forward=1, flat_deg=flat_deg)


def true_metrics(truth: Truth, *, mass_kg: float | None = None) -> dict[tuple[str, str], float]:
    """Return the true metrics of the view, ``(metric, side)`` to mean, from true keypoints and events.

    The same metric functions are used as for a video, so that differences come from the network and the event detection
    only. Stiffness needs a mass, which must be the same as for the video.
    """
    rear = truth.view == "rear"
    pose = truth.frontal() if rear else truth.sagittal()
    inside = tuple(
        c for c in truth.contacts if c.foot_strike_s >= truth.time_s[0] and c.toe_off_s <= truth.time_s[-1]
    )  # fmt: skip
    events = GaitEvents(inside, "running")
    known = Calibration(
        forward=1,
        facing_agreement=1.0,
        belt=Belt() if rear else Belt(slope_deg=0.0, slope_sd_deg=0.0, speed_px_per_s=truth.belt_speed_mps),
        tilt_deg=0.0,
        tilt_source="known",
        metres_per_px=1.0,
        scale_source="known length",
        scales={"known length": 1.0},
        belt_speed_mps=truth.belt_speed_mps,
        leg_px=leg_px(pose) if rear else leg_length_px(pose, forward=1),
    )
    trial = Trial(
        view=truth.view,
        pose=pose,
        angles=true_angles(truth),
        events=events,
        cycles=gait_cycles(events),
        calibration=known,
        height_m=truth.height_m,
        mass_kg=mass_kg,
        min_cycles=1,
        rearfoot_source=_TRUE_REARFOOT if rear else "",
    )
    summary, _ = measure(trial, METRICS.values())
    return {(value.metric, value.side): value.mean for value in summary if np.isfinite(value.mean)}


@dataclass(frozen=True, slots=True, eq=False)
class TimingErrors:
    """Timing errors of one leg's contacts, (contact,) s, detected minus true, and the number of missed contacts."""

    foot_strike_s: FloatArray
    toe_off_s: FloatArray
    missed: int

    @property
    def contact_s(self) -> FloatArray:
        """Errors of the contact times, (contact,) s."""
        return self.toe_off_s - self.foot_strike_s


def timing_errors(truth: Truth, events: GaitEvents, side: Side, *, margin_s: float = 0.3) -> TimingErrors:
    """Compare one foot's accepted contacts with the true ones, except within ``margin_s`` of the clip's ends."""
    found = [c for c in events.of(side) if c.accepted and np.isfinite(c.duration_s)]
    strikes_s = np.array([c.foot_strike_s for c in found])
    strike, off, missed = [], [], 0
    for contact in truth.contacts:
        early, late = contact.foot_strike_s - truth.time_s[0], truth.time_s[-1] - contact.toe_off_s
        if contact.side != side or min(early, late) < margin_s:
            continue
        nearest = int(np.argmin(np.abs(strikes_s - contact.foot_strike_s))) if found else -1
        if nearest < 0 or abs(strikes_s[nearest] - contact.foot_strike_s) > _SAME_CONTACT_S:
            missed += 1
            continue
        strike.append(strikes_s[nearest] - contact.foot_strike_s)
        off.append(found[nearest].toe_off_s - contact.toe_off_s)
    return TimingErrors(np.array(strike), np.array(off), missed)


@dataclass(frozen=True, slots=True)
class AngleError:
    """RMS error of an angle curve, degrees: total, and after subtraction of the mean error."""

    raw_deg: float
    offset_removed_deg: float
    offset_deg: float


def angle_error(truth: Angles, time_s: FloatArray, values_deg: FloatArray, name: str) -> AngleError:
    """Compare an angle curve with the true one at its own times; NaN if it has no values."""
    error = values_deg - np.interp(time_s, truth.time_s, truth.values_deg[name])
    error = error[np.isfinite(error)]
    if not len(error):
        return AngleError(float("nan"), float("nan"), float("nan"))
    return AngleError(
        float(np.sqrt(np.mean(error**2))), float(np.std(error)), float(np.mean(error))
    )  # fmt: skip


def near_leg(truth: Truth) -> Side:
    """Return the leg nearer to the camera."""
    return near_side(1 if truth.seen_from == "right" else -1)


def metric_errors(
    truth: Mapping[tuple[str, str], float], rows: list[dict[str, str]]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return (measured, true) for every metric and side in both; ``rows`` are those of summary.csv."""
    return {
        (row["metric"], row["side"]): (float(row["mean"]), truth[row["metric"], row["side"]])
        for row in rows
        if row["mean"] and (row["metric"], row["side"]) in truth
    }
