"""What a metric is, and what came out of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

View = Literal["side", "rear"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A published range: descriptive, never a verdict. ``source`` says who, on whom and at what speed."""

    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest difference between two measurements that is more than their repeatability, and who found it."""

    difference: float
    source: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Standard uncertainties of a mean that more cycles do not mend, told apart by what the two legs have in common.

    Attributes
    ----------
    own : float
        each leg's own, independent of the other's: when its foot strikes and leaves.
    shared : float
        both legs' alike, such as a scale: of a difference only its share stays.
    opposite : float
        equal and opposite in the legs, such as when one foot strikes: the step that it ends is longer by as much as the
        next one is shorter, so a difference has twice of it.
    """

    own: float = 0.0
    shared: float = 0.0
    opposite: float = 0.0

    @property
    def together(self) -> float:
        """What one leg's value has of all of them."""
        return math.hypot(self.own, self.shared, self.opposite)


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """The declaration of a metric; tables, reports and documentation are made from it alone.

    Attributes
    ----------
    name : str
        stable snake_case name.
    label : str
        what a report calls it.
    unit : str
        of the values, or of the values with a known scale.
    group : str
        heading it stands under.
    views : tuple[View, ...]
        camera views that can show it.
    description : str
        its definition in one sentence.
    compute : Callable[[Any, Any], float]
        (trial, cycle) -> value in ``unit``; NaN where the cycle does not support it.
    plausible : tuple[float, float]
        what the values of people who walk or run lie between, in ``unit``: a value outside of it, or with a ± above
        half of it, tells nothing.
    needs : tuple[str, ...]
        keypoints of the measured leg (``heel``) or the body (``neck``) without which it cannot be had.
    needs_belt_speed : bool
        whether the belt's speed is needed (in the picture, where no scale is known).
    needs_mass : bool
        whether the body mass is needed.
    needs_height : bool
        whether the body height is needed.
    needs_zero : bool
        whether the angle means nothing without the runner's own zero, taken while standing.
    needs_fps : float
        frames a second below which it cannot be had.
    levelled : bool
        whether it changes with how the picture is levelled: measured against the vertical, or a foot flat on the belt
        against the shank.
    proxy_label : str
        what it is called where stand-in points measure it; no published range is given then.
    only : Literal['', 'running', 'walking']
        the activity without which it means nothing, or empty.
    unit_without_scale : str
        the unit when no scale is known and the metric falls back to leg lengths.
    per_side : bool
        whether left and right are told apart.
    of_trunk : bool
        whether it is one body's, though given for the stance of each leg: its sides are not compared as legs.
    systematic : Callable[[Any, float], Unsure] | None
        (trial, mean) -> standard uncertainties in ``unit`` that do not shrink with more cycles: event timing, scale.
        None where there is none known.
    decimals : int
        digits after the point in tables.
    reference : Reference | None
        published range, where one was verified.
    detectable : Detectable | None
        smallest detectable difference, where one was verified.
    ratio : bool
        whether zero means nothing of it, so that shares of the mean (asymmetry, variability) make sense.
    """

    name: str
    label: str
    unit: str
    group: str
    views: tuple[View, ...]
    description: str
    compute: Callable[[Any, Any], float]
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
    systematic: Callable[[Any, float], Unsure] | None = None
    decimals: int = 1
    reference: Reference | None = None
    detectable: Detectable | None = None
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One row of the summary: a metric for one side.

    Attributes
    ----------
    metric : str
        the metric's name.
    label : str
        what reports call it.
    side : str
        ``left``, ``right`` or ``both``.
    n : int
        accepted cycles the value rests on.
    mean : float
        over cycles; NaN where missing.
    sd : float
        standard deviation over cycles.
    uncertainty : float
        half-width of the 95 % interval of the mean: spread, frame rate and event fit together; what the network adds
        stands apart.
    unit : str
        of mean, sd and uncertainty.
    reference : Reference | None
        published range or None.
    missing_reason : str
        why there is no value, otherwise empty.
    note : str
        what a reader must know to trust the value: few cycles, the far leg, a low frame rate.
    seen_share : float
        share of its frames that show the points it needs; NaN where unknown.
    network_error : float
        half-width of the 95 % bound on what the network, and gaitlab's own way, add to every cycle alike; NaN where
        nobody measured it.
    network_difference : float
        that of the difference between the legs, in which what both share cancels.
    random : float
        half-width of the 95 % interval from the spread over cycles alone; NaN where unknown.
    unsure : Unsure | None
        what ``uncertainty`` holds beside that; None where unknown.
    """

    metric: str
    label: str
    side: str
    n: int
    mean: float
    sd: float
    uncertainty: float
    unit: str
    reference: Reference | None = None
    missing_reason: str = ""
    note: str = ""
    seen_share: float = math.nan
    network_error: float = math.nan
    network_difference: float = math.nan
    random: float = math.nan
    unsure: Unsure | None = None
