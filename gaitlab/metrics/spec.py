"""The declaration of a metric: one entry in the table of a view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.metric import Detectable, Reference, Unsure, View
from gaitlab.metrics.trial import Trial

# Units of what depends on how fast a recording plays: times, what is given a time, and stiffness, which comes from
# times. Millimetres a millisecond are height over contact time: metres a second are speeds, which pages show in km/h.
_TIMED_UNITS = ("s", "steps/min", "1/min", "rpm", "m/s", "mm/ms", "leg lengths/s", "deg/s", "kN/m")
# Keypoints without sides.
_BODY_POINTS = ("neck", "mid_hip", "nose")


def point_names(point: str, side: str) -> tuple[str, ...]:
    """Return the keypoints of a required point (``heel``, ``neck``) on a side: ``left``, ``right`` or ``both``."""
    if point in _BODY_POINTS:
        return (point,)
    return tuple(f"{s}_{point}" for s in BOTH_SIDES if side in (s, "both"))


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """The declaration of a metric; tables, reports and documentation are generated from it alone.

    Attributes
    ----------
    name : str
        stable snake_case name.
    label : str
        name in reports.
    unit : str
        unit of the values; with a known scale, if ``unit_without_scale`` is given.
    group : str
        heading under which reports list it.
    views : tuple[View, ...]
        camera views from which it can be measured.
    description : str
        definition in one sentence.
    compute : Callable[..., float]
        called with a `Trial` and one of its gait cycles, or of a movement one of its repetitions; value in ``unit``,
        NaN if the cycle does not support it.
    plausible : tuple[float, float]
        range of values of people who walk or run, or do the movement, in ``unit``: a value outside it, or with an
        uncertainty above half its width, is not reported as reliable.
    needs : tuple[str, ...]
        required keypoints of the measured leg (``heel``) or the body (``neck``).
    needs_belt_speed : bool
        whether the belt speed is required (in px/s if no scale is known).
    needs_mass : bool
        whether the body mass is required.
    needs_height : bool
        whether the body height is required.
    needs_zero : bool
        whether the angle requires the runner's own zero from quiet standing.
    needs_fps : float
        lowest usable frame rate, Hz.
    levelled : bool
        whether it depends on the levelling of the image: measured against the vertical, or a foot flat on the belt
        against the shank.
    proxy_label : str
        label if surrogate keypoints are used; no published range is given then.
    only : Literal['', 'running', 'walking']
        the only activity for which it is defined; empty for any.
    unit_without_scale : str
        unit if no scale is known and lengths are given in leg lengths.
    per_side : bool
        whether left and right are distinguished.
    of_trunk : bool
        whether it describes the trunk, although given for the stance of each leg: its sides are not compared as legs.
    systematic : Callable[[Trial, float], Unsure] | None
        standard uncertainties of a mean in ``unit`` that more cycles do not reduce: event timing, scale; None if none
        is known.
    decimals : int
        decimal places in tables.
    reference : Reference | None
        published range, if one was verified.
    detectable : Detectable | None
        smallest detectable difference, if one was verified.
    ratio : bool
        whether it is on a ratio scale, so that percentages of the mean (asymmetry, variability) are meaningful.
    movement : str
        name of the movement it is computed of, a key of `movements.table.MOVEMENTS`; empty for gait.
    lacking : str
        of a movement, what it takes beyond a repetition: said where there are some and none has a value.
    """

    name: str
    label: str
    unit: str
    group: str
    views: tuple[View, ...]
    description: str
    compute: Callable[..., float]
    plausible: tuple[float, float]
    needs: tuple[str, ...] = ()
    needs_belt_speed: bool = False
    needs_mass: bool = False
    needs_height: bool = False
    needs_zero: bool = False
    needs_fps: float = 0.0
    levelled: bool = False
    proxy_label: str = ""
    only: Literal["", "running", "walking"] = ""
    unit_without_scale: str = ""
    per_side: bool = True
    of_trunk: bool = False
    systematic: Callable[[Trial, float], Unsure] | None = None
    decimals: int = 1
    reference: Reference | None = None
    detectable: Detectable | None = None
    ratio: bool = False
    movement: str = ""
    lacking: str = ""

    @property
    def timed(self) -> bool:
        """Whether its values depend on how fast the recording plays, unlike angles, lengths and shares of the cycle."""
        return self.unit in _TIMED_UNITS
