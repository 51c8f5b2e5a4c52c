"""Everything a metric may look at: one recording's tracks, angles, cycles and scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gaitlab.core.gait import Activity, Angles, GaitCycle, GaitEvents, Side
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.kinematics.calibration import Calibration
from gaitlab.kinematics.frame import forward_up

# Curves are read between frames on a spline, at this many points a second.
_DENSE_HZ = 500.0
# Later in the contact the heel leaves the ground, and the line of a lifted heel seen from behind is no rearfoot angle.
HEEL_DOWN_SHARE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One recording, ready to be measured.

    Attributes
    ----------
    pose : PoseSequence
        smoothed keypoints.
    angles : Angles
        angle curves of the same frames.
    events : GaitEvents
        contacts and activity.
    cycles : tuple[GaitCycle, ...]
        all gait cycles, accepted and not.
    calibration : Calibration
        facing, tilt, scale.
    height_m : float | None
        body height, or None.
    mass_kg : float | None
        body mass, or None.
    min_cycles : int
        cycles a side under which a value is marked as thin.
    rearfoot_source : str
        which points made the rearfoot's line, see `kinematics.frontal.REARFOOT_LINES`; empty: none.
    rearfoot_zero_deg : Mapping[Side, float]
        a side to its rearfoot angle in standing; empty where nobody stood.
    network : str
        name of the network that found the keypoints; empty where none is known, as of a file.
    tracked_dots : bool
        whether tape dots were tracked here.
    """

    view: View
    pose: PoseSequence
    angles: Angles
    events: GaitEvents
    cycles: tuple[GaitCycle, ...]
    calibration: Calibration
    height_m: float | None
    mass_kg: float | None
    min_cycles: int
    rearfoot_source: str = ""
    rearfoot_zero_deg: Mapping[Side, float] = field(default_factory=dict)
    network: str = ""
    tracked_dots: bool = False

    @property
    def by_dots(self) -> bool:
        """Whether tracked dots show the rearfoot."""
        return self.rearfoot_source == "four points"

    @property
    def by_proxy(self) -> bool:
        """Whether stand-in points show the rearfoot instead of its own line."""
        return self.rearfoot_source == "proxy"

    @property
    def activity(self) -> Activity:
        """Running, walking or ambiguous."""
        return self.events.activity

    def angle(self, name: str, start_s: float, end_s: float | None = None) -> FloatArray:
        """Return an angle at ``start_s`` (one value), or densely from there to ``end_s``; NaN over gaps."""
        return _read(self.angles.time_s, self.angles.values_deg[name], start_s, end_s)

    def position(self, keypoint: str, start_s: float, end_s: float | None = None) -> FloatArray:
        """Return (n, 2) px of a keypoint, X forward and Y up, at ``start_s`` or densely from there to ``end_s``."""
        points = forward_up(
            self.pose.point(keypoint), forward=self.calibration.forward, tilt_deg=self.calibration.tilt_deg
        )
        return np.stack([_read(self.pose.time_s, points[:, axis], start_s, end_s) for axis in range(2)], axis=1)

    @property
    def length_per_px(self) -> float:
        """Metres a pixel where the scale is known, otherwise leg lengths a pixel."""
        return self.calibration.metres_per_px or 1.0 / self.calibration.leg_px

    @property
    def belt_speed(self) -> float:
        """Belt speed in metres (or leg lengths) a second; NaN where it could not be had."""
        if self.calibration.belt_speed_mps is not None:
            return self.calibration.belt_speed_mps
        return self.calibration.belt.speed_px_per_s * self.length_per_px


def _read(time_s: FloatArray, values: FloatArray, start_s: float, end_s: float | None) -> FloatArray:
    """Read a curve between its frames: a cubic spline through the frames around, NaN where one of them is missing."""
    from scipy.interpolate import make_interp_spline

    if not np.isfinite(start_s) or (end_s is not None and not np.isfinite(end_s)):
        return np.array([np.nan])
    wanted = np.array([start_s])
    if end_s is not None:
        wanted = np.linspace(start_s, end_s, max(int((end_s - start_s) * _DENSE_HZ), 1) + 1)
    first = max(int(np.searchsorted(time_s, wanted[0])) - 4, 0)
    last = min(int(np.searchsorted(time_s, wanted[-1])) + 4, len(time_s))
    here_s, here = time_s[first:last], values[first:last]
    seen = np.isfinite(here)
    if seen.sum() < 4:
        return np.full(len(wanted), np.nan)
    read = make_interp_spline(here_s[seen], here[seen])(wanted)
    # A reading stands only between two neighbouring frames that were both seen.
    after = np.clip(np.searchsorted(here_s, wanted), 1, len(here_s) - 1)
    supported = seen[after] & seen[after - 1] & (wanted >= here_s[0]) & (wanted <= here_s[-1])
    return np.where(supported, read, np.nan)
