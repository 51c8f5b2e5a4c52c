"""Values of metrics, and the published ranges and repeatabilities they are compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

# From the front only movements that are no gait are measured.
View = Literal["side", "rear", "front"]
# Half-width of the 95 % interval in standard deviations.
NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Reference:
    """A published range, descriptive and not a verdict; ``source`` names authors, participants and speed."""

    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class Detectable:
    """Smallest difference between two measurements that exceeds their repeatability, and its source."""

    difference: float
    source: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Systematic standard uncertainties of a mean, which more cycles do not reduce, by their correlation between legs.

    Attributes
    ----------
    own : float
        independent between the legs, e.g. the timing of a leg's own foot strikes and toe-offs.
    shared : float
        common to both legs, e.g. the scale; only its relative part remains in a difference between the legs.
    opposite : float
        equal and opposite in the legs, e.g. the timing of one foot's strikes: the step that it ends becomes longer by
        as much as the next one becomes shorter, so it counts twice in a difference between the legs.
    """

    own: float = 0.0
    shared: float = 0.0
    opposite: float = 0.0

    @property
    def together(self) -> float:
        """Combined standard uncertainty of one leg's value: root sum of squares."""
        return math.hypot(self.own, self.shared, self.opposite)


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One row of the summary: a metric for one side.

    Attributes
    ----------
    metric : str
        name of the metric.
    label : str
        name of the metric in reports.
    side : str
        ``left``, ``right`` or ``both``.
    n : int
        number of accepted cycles.
    mean : float
        mean over cycles, in ``unit``; NaN if missing.
    sd : float
        standard deviation over cycles, in ``unit``.
    uncertainty : float
        half-width of the 95 % interval of the mean, in ``unit``: spread, event timing and scale combined; the
        error of the network is given separately.
    unit : str
        unit of mean, sd, uncertainty and errors.
    reference : Reference | None
        published range, or None.
    missing_reason : str
        why there is no value; otherwise empty.
    note : str
        what limits the value: few cycles, the far leg, a low frame rate.
    seen_share : float
        share of frames in which the required keypoints were detected, 0 to 1; NaN if unknown.
    network_error : float
        half-width of the 95 % bound on the systematic error of the network and the method; NaN if not measured.
    network_difference : float
        the same for the difference between the legs, in which common errors cancel.
    random : float
        half-width of the 95 % interval from the spread over cycles alone; NaN if unknown.
    random_difference : float
        the same of the difference between the legs; NaN if unknown.
    unsure : Unsure | None
        systematic part of ``uncertainty``; None if unknown.
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
    random_difference: float = math.nan
    unsure: Unsure | None = None

    @property
    def systematic(self) -> float:
        """Half-width of the 95 % interval of ``uncertainty``'s systematic part, which more cycles do not reduce."""
        return math.nan if self.unsure is None else NORMAL_95 * self.unsure.together
