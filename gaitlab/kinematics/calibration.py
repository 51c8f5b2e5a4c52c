"""Facing, tilt and scale of a side view, estimated from the runner and checked for consistency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Belt
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.frame import near_side

# Thigh plus shank as a share of body height. Men have 0.492, women 0.462 (de Leva 1996, J Biomech 29: hip, knee and
# ankle joint centres), the runners of the force plates 0.459 by their markers, drawn ones 0.469. Winter's 0.491, taken
# from men, made women and most runners some 5 % too large.
LEG_SHARE_OF_HEIGHT = 0.47
_SCALES_DISAGREE = 0.08
# Heights of runners, m, with room for a leg that is measured wrongly: outside, the belt speed is not that of the film.
_HEIGHTS_M = (1.0, 2.4)
# A larger belt slope is due to perspective or incline rather than camera roll; the image vertical is then the better
# reference.
_MAX_ROLL_DEG = 4.0
_STEEP = (
    "belt or ground slopes by {:.0f}° in the picture: it is inclined, or the camera looks at it obliquely or was "
    "tilted; trunk, thigh and shank are measured against the picture's vertical, and angles of the two legs, and "
    "lengths measured in the picture, are not compared"
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Relation of a side view to world directions and lengths.

    Attributes
    ----------
    forward : int
        +1 where the runner faces image-right, -1 where image-left.
    facing_agreement : float
        share of the votes for that direction, 0 to 1; below 0.5 they favour the other one.
    belt : Belt
        slope and speed of the belt in the image; slope only if measured on the toes.
    tilt_deg : float
        rotation, degrees, by which the image is levelled before angles are measured.
    tilt_source : str
        source of the tilt.
    metres_per_px : float | None
        scale in the runner's plane, m/px; None if unknown.
    scale_source : str
        ``belt speed``, ``known length``, ``body height`` or empty.
    scales : Mapping[str, float]
        all available scales, m/px.
    belt_speed_mps : float | None
        entered, or measured with an independent scale, m/s; None if unknown.
    leg_px : float
        length of thigh plus shank of the near leg, px.
    warnings : tuple[str, ...]
        warnings for the report, one sentence each.
    """

    forward: int
    facing_agreement: float
    belt: Belt
    tilt_deg: float
    tilt_source: str
    metres_per_px: float | None
    scale_source: str
    scales: Mapping[str, float]
    belt_speed_mps: float | None
    leg_px: float
    warnings: tuple[str, ...] = field(default=())

    @property
    def speed_was_entered(self) -> bool:
        """Whether `belt_speed_mps` was entered rather than measured on the foot in stance."""
        measured = self.belt.speed_px_per_s > 0 and "belt speed" not in self.scales
        return self.belt_speed_mps is not None and not measured

    @property
    def oblique(self) -> bool:
        """Whether the remaining slope of the belt exceeds camera roll, which indicates an oblique view."""
        return _is_steep(self.belt.slope_deg - self.tilt_deg)

    @property
    def level_sd_deg(self) -> float:
        """Standard uncertainty, degrees, that levelling adds to angles to the vertical; 0 if not levelled."""
        return self.belt.slope_sd_deg if self.tilt_deg == self.belt.slope_deg else 0.0


def _is_steep(slope_deg: float) -> bool:
    """Return whether a slope exceeds the usual range of camera roll; False for NaN."""
    return abs(slope_deg) > _MAX_ROLL_DEG


def facing(pose: PoseSequence) -> tuple[int, float]:
    """Return +1 (runner faces image-right) or -1 (image-left), and the share of votes for it.

    Each frame votes with three cues: toes are ahead of heels, the nose is ahead of the ears or the neck, and a flexed
    knee is ahead of the line from hip to ankle. Motion is not a cue because a treadmill runner stays in place.
    """
    votes: list[FloatArray] = []
    for side in BOTH_SIDES:
        votes.append(pose.point(f"{side}_big_toe")[:, 0] - pose.point(f"{side}_heel")[:, 0])
        hip, knee, ankle = (pose.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        leg, thigh = ankle - hip, knee - hip
        # y points down: the cross product is positive where the knee lies to the right of a hanging leg.
        votes.append(leg[:, 1] * thigh[:, 0] - leg[:, 0] * thigh[:, 1])
        votes.append(pose.point("nose")[:, 0] - pose.point(f"{side}_ear")[:, 0])
    votes.append(pose.point("nose")[:, 0] - pose.point("neck")[:, 0])
    cast = np.sign(np.concatenate(votes))
    cast = cast[np.isfinite(cast) & (cast != 0)]
    if not len(cast):
        return 1, 0.5
    share = float(np.mean(cast > 0))
    return (1, share) if share >= 0.5 else (-1, 1 - share)


def leg_length_px(pose: PoseSequence, *, forward: int) -> float:
    """Return the median length of thigh plus shank of the near leg, px; NaN if never detected."""
    near = near_side(forward)
    hip, knee, ankle = (pose.point(f"{near}_{joint}") for joint in ("hip", "knee", "ankle"))
    length = np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1)
    return float(np.nanmedian(length)) if np.isfinite(length).any() else float("nan")


def _levelled(slope_deg: float, level: str, *, lacking: str) -> tuple[float, str, list[str]]:
    """Return the levelling rotation in degrees, its source and warnings.

    Parameters
    ----------
    slope_deg : float
        slope of the belt in the image, degrees; NaN if not measured.
    level : str
        see `calibrate`.
    lacking : str
        reason why the slope was not measured.
    """
    if not np.isfinite(slope_deg):
        unlevelled = f"nothing is levelled: the slope of the belt could not be measured ({lacking})"
        return 0.0, f"not measured: {lacking}", [unlevelled] if level == "on" else []
    if level == "on" or (level == "auto" and not _is_steep(slope_deg)):
        return slope_deg, "path of the stance foot", []
    return 0.0, "the picture's own vertical", [_STEEP.format(abs(slope_deg))] if _is_steep(slope_deg) else []


def scales_of(
    belt: Belt,
    *,
    leg_px: float,
    belt_speed_mps: float | None,
    height_m: float | None,
    known_length_m: float | None,
    known_length_px: float | None,
) -> dict[str, float]:
    """Return all available scales, m/px, in order of preference.

    Parameters
    ----------
    belt : Belt
        belt in the image; without a speed it gives no scale.
    leg_px : float
        length of thigh plus shank, px; NaN if never detected.
    belt_speed_mps, height_m, known_length_m, known_length_px : float | None
        see `calibrate`.

    Notes
    -----
    The scale from belt speed is as accurate as the speed shown on the console. From body height (thigh plus shank are
    0.47 of height; de Leva 1996 has 0.462 for women, 0.492 for men) the error is 3-5 %.
    """
    scales: dict[str, float] = {}
    if belt_speed_mps is not None and belt.speed_px_per_s > 0:
        scales["belt speed"] = belt_speed_mps / belt.speed_px_per_s
    if known_length_m and known_length_px:
        scales["known length"] = known_length_m / known_length_px
    if height_m is not None and leg_px > 0:
        scales["body height"] = height_m * LEG_SHARE_OF_HEIGHT / leg_px
    return scales


def unlevelled(
    belt: Belt,
    *,
    leg_px: float,
    forward: int = 1,
    facing_agreement: float = 1.0,
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    known_length_m: float | None = None,
    known_length_px: float | None = None,
    warnings: tuple[str, ...] = (),
) -> Calibration:
    """Return the calibration of a picture that is not levelled: its own vertical stands.

    Parameters are those of `calibrate`; ``leg_px`` is the length of thigh plus shank, px.
    """
    scales = scales_of(
        belt, leg_px=leg_px, belt_speed_mps=belt_speed_mps, height_m=height_m, known_length_m=known_length_m,
        known_length_px=known_length_px,
    )  # fmt: skip
    source = next(iter(scales), "")
    return Calibration(
        forward=forward,
        facing_agreement=facing_agreement,
        belt=belt,
        tilt_deg=0.0,
        tilt_source="the picture's own vertical",
        metres_per_px=scales.get(source),
        scale_source=source,
        scales=scales,
        belt_speed_mps=belt_speed_mps,
        leg_px=leg_px,
        warnings=warnings,
    )


def _unlike_a_body(leg_m: float) -> str:
    """Return a warning if the belt speed that was entered makes the runner a dwarf or a giant; else empty."""
    tall_m = leg_m / LEG_SHARE_OF_HEIGHT
    if not (tall_m < _HEIGHTS_M[0] or tall_m > _HEIGHTS_M[1]):
        return ""
    return (
        f"by the belt speed that was entered the runner is {tall_m:.2g} m tall: check the speed and its unit, and the "
        "frame rate; no length in metres is right"
    )


def calibrate(
    pose: PoseSequence,
    belt: Belt,
    *,
    forward: int,
    facing_agreement: float = 1.0,
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    known_length_m: float | None = None,
    known_length_px: float | None = None,
    level: str = "auto",
    leg_px: float | None = None,
) -> Calibration:
    """Estimate tilt and scale of a side view, and warn if the available scales disagree.

    Parameters
    ----------
    pose : PoseSequence
        repaired keypoints.
    belt : Belt
        belt estimated from the feet in stance, see `GaitEvents`.
    forward : int
        +1 where the runner faces image-right, -1 where image-left.
    facing_agreement : float, optional
        share of the votes for ``forward``, see `facing`.
    belt_speed_mps : float | None, optional
        speed shown on the console, m/s.
    height_m : float | None, optional
        body height, m.
    known_length_m, known_length_px : float | None, optional
        an object of known length in the runner's plane, m and px.
    level : str, optional
        whether the belt's slope is treated as camera roll and corrected: ``on`` always, ``off`` never, ``auto`` up to
        4 degrees.
    leg_px : float | None, optional
        length of thigh plus shank, px; by default that of the near leg, which is seen best.

    Returns
    -------
    Calibration
        tilt, scale and warnings.
    """
    if belt.slope_seen_on != "toes":  # the ankle is accurate enough for event detection, not for levelling
        belt = replace(belt, slope_deg=float("nan"), slope_sd_deg=float("nan"), slope_seen_on="")
    toes = any(pose.seen(f"{side}_{toe}") for side in BOTH_SIDES for toe in ("big_toe", "small_toe"))
    tilt_deg, tilt_source, warnings = _levelled(
        belt.slope_deg, level, lacking="too few clear stances" if toes else "no toes seen"
    )
    leg_px = leg_length_px(pose, forward=forward) if leg_px is None else leg_px
    scales = scales_of(
        belt, leg_px=leg_px, belt_speed_mps=belt_speed_mps, height_m=height_m, known_length_m=known_length_m,
        known_length_px=known_length_px,
    )  # fmt: skip
    source = next(iter(scales), "")
    for name, scale in scales.items():
        difference = scale / scales[source] - 1
        if abs(difference) > _SCALES_DISAGREE:
            warnings.append(
                f"the scale from {name} is {100 * difference:+.0f} % off the one from {source} "
                f"({scales[source] * 1000:.2f} mm/px): check both inputs; lengths rest on {source}"
            )
    if "belt speed" in scales and height_m is None and (told := _unlike_a_body(scales["belt speed"] * leg_px)):
        warnings.append(told)
    metres_per_px = scales.get(source)
    if belt_speed_mps is None and metres_per_px is not None and belt.speed_px_per_s > 0:
        belt_speed_mps = metres_per_px * belt.speed_px_per_s
    return Calibration(
        forward=forward,
        facing_agreement=facing_agreement,
        belt=belt,
        tilt_deg=tilt_deg,
        tilt_source=tilt_source,
        metres_per_px=metres_per_px,
        scale_source=source,
        scales=scales,
        belt_speed_mps=belt_speed_mps,
        leg_px=leg_px,
        warnings=tuple(warnings),
    )
