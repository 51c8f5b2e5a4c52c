"""Facing, tilt and scale of a side view, each from the runner himself, and each checked against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Belt
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.frame import near_side

# Thigh and shank as shares of body height (Winter, Biomechanics and Motor Control of Human Movement).
LEG_SHARE_OF_HEIGHT = 0.245 + 0.246
_SCALES_DISAGREE = 0.08
# A belt that slopes more in the picture than a phone is ever tilted does so by perspective or incline; then the
# picture's own vertical is the better one.
_MAX_ROLL_DEG = 4.0
_STEEP = (
    "the belt slopes by {:.0f}° in the picture: the treadmill is inclined or the camera looks at it obliquely or was "
    "tilted; trunk, thigh and shank are measured against the picture's vertical, and angles of the two legs, and "
    "lengths measured in the picture, are not compared"
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a side view relates to the world.

    Attributes
    ----------
    forward : int
        +1 where the runner faces image-right, -1 where image-left.
    facing_agreement : float
        share of the frames' votes for that direction; below a half they are for the other one.
    belt : Belt
        slope and speed of the belt in the picture; its slope only where toes showed it.
    tilt_deg : float
        by how much of the belt's slope the picture is turned back before angles are measured.
    tilt_source : str
        what the tilt rests on.
    metres_per_px : float | None
        scale in the runner's plane; None where none is known.
    scale_source : str
        ``belt speed``, ``known length``, ``body height`` or empty.
    scales : Mapping[str, float]
        every scale that could be had, m/px.
    belt_speed_mps : float | None
        entered, or measured with a scale that does not need it; None where unknown.
    leg_px : float
        thigh and shank of the near leg together.
    warnings : tuple[str, ...]
        sentences for the report.
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
        """Whether `belt_speed_mps` is the console's; otherwise a scale turned the ride of the stance foot into it."""
        measured = self.belt.speed_px_per_s > 0 and "belt speed" not in self.scales
        return self.belt_speed_mps is not None and not measured

    @property
    def oblique(self) -> bool:
        """Whether the belt, once levelled, slopes more than by camera roll: the legs may be seen from other angles."""
        return _is_steep(self.belt.slope_deg - self.tilt_deg)

    @property
    def level_sd_deg(self) -> float:
        """Standard uncertainty that levelling brings to angles against the vertical: none where nothing was turned."""
        return self.belt.slope_sd_deg if self.tilt_deg == self.belt.slope_deg else 0.0


def _is_steep(slope_deg: float) -> bool:
    """Whether a belt slopes more than a phone is ever tilted; NaN, not measured, does not."""
    return abs(slope_deg) > _MAX_ROLL_DEG


def facing(pose: PoseSequence) -> tuple[int, float]:
    """Return +1 (runner faces image-right) or -1 (image-left), and the share of votes for it.

    Each frame votes with three cues: toes are ahead of heels, the nose is ahead of the ears or the neck, and a bent
    knee is ahead of the line from hip to ankle. A treadmill runner does not move, so motion says nothing.
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
    """Return thigh plus shank of the near leg, px: the median over frames, NaN where never seen."""
    near = near_side(forward)
    hip, knee, ankle = (pose.point(f"{near}_{joint}") for joint in ("hip", "knee", "ankle"))
    length = np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1)
    return float(np.nanmedian(length)) if np.isfinite(length).any() else float("nan")


def _levelled(slope_deg: float, level: str, *, lacking: str) -> tuple[float, str, list[str]]:
    """Return by how much the picture is turned back, what that rests on, and what a reader must know.

    Parameters
    ----------
    slope_deg : float
        slope of the belt in the picture; NaN where it was not measured.
    level : str
        see `calibrate`.
    lacking : str
        why it was not measured.
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
    """Return every scale that can be had, m/px, the one to be used first; the others check it.

    Parameters
    ----------
    belt : Belt
        as the picture shows it; without a speed it gives no scale.
    leg_px : float
        thigh plus shank in the picture; NaN where never seen.
    belt_speed_mps, height_m, known_length_m, known_length_px : float | None
        see `calibrate`.

    Notes
    -----
    Scale from belt speed is exact where the console is; from height (thigh and shank are 0.491 of it, Winter) it is
    good to 3-5 %.
    """
    scales: dict[str, float] = {}
    if belt_speed_mps is not None and belt.speed_px_per_s > 0:
        scales["belt speed"] = belt_speed_mps / belt.speed_px_per_s
    if known_length_m and known_length_px:
        scales["known length"] = known_length_m / known_length_px
    if height_m is not None and leg_px > 0:
        scales["body height"] = height_m * LEG_SHARE_OF_HEIGHT / leg_px
    return scales


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
) -> Calibration:
    """Measure tilt and every scale that can be had, choose one, and say where they disagree.

    Parameters
    ----------
    pose : PoseSequence
        repaired keypoints.
    belt : Belt
        as the stance feet show it, see `GaitEvents`.
    forward : int
        +1 where the runner faces image-right, -1 where image-left.
    facing_agreement : float, optional
        share of the votes for ``forward``, see `facing`.
    belt_speed_mps : float | None, optional
        as the console says, or None.
    height_m : float | None, optional
        body height, or None.
    known_length_m, known_length_px : float | None, optional
        something of known length in the runner's plane, or None.
    level : str, optional
        whether the belt's slope is roll of the camera, by which the picture is turned back: ``on`` always, ``off``
        never, ``auto`` as far as phones are tilted.
    """
    if belt.slope_seen_on != "toes":  # an ankle shows it well enough to find events by, not to level a picture by
        belt = replace(belt, slope_deg=float("nan"), slope_sd_deg=float("nan"), slope_seen_on="")
    toes = any(pose.seen(f"{side}_{toe}") for side in BOTH_SIDES for toe in ("big_toe", "small_toe"))
    tilt_deg, tilt_source, warnings = _levelled(
        belt.slope_deg, level, lacking="too few clear stances" if toes else "no toes seen"
    )
    leg_px = leg_length_px(pose, forward=forward)
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
