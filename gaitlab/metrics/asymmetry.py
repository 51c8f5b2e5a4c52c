"""Left against right, told only where it is more than noise; and how much a metric varies from stride to stride."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.metric import MetricValue
from gaitlab.metrics.spec import MetricSpec

# Units, as declared, of what is measured along the picture; times are not.
_SEEN_IN_THE_PICTURE = ("deg", "m")


# Half-width of the 95 % interval in standard deviations.
NORMAL_95 = 1.96
# A value of fewer cycles, or seen in a smaller share of its frames, is no headline and no finding.
FEWEST_CYCLES, FEWEST_FRAMES = 5, 0.5
# Of an angle that has no smallest detectable difference of its own: the largest that is published
# (`sources.RETEST`).
_DETECTABLE_DEG = 4.8


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """The difference between the sides of one metric.

    Attributes
    ----------
    metric : str
        its name.
    left : float
        mean of the left side.
    right : float
        mean of the right side.
    difference : float
        right minus left, in the metric's unit.
    interval : float
        half-width of its 95 % interval; what both legs share cancels, what is opposite in them counts twice.
    network_error : float
        half-width of the 95 % bound on what the network adds to the difference; NaN where unknown.
    detectable : float
        smallest detectable difference, or NaN where none is published.
    told_from : float
        the difference that must be exceeded: the largest of the interval with the network's error and of the smallest
        detectable difference; NaN where the interval is not known.
    symmetry_index_percent : float
        100 (R - L) / ((R + L) / 2) (`sources.SYMMETRY_INDEX`); NaN for angles, whose zero is a convention.
    symmetry_angle_percent : float
        100 (45° - atan(L / R)) / 90° (`sources.SYMMETRY_ANGLE`); NaN likewise.
    comparable : bool
        whether the camera saw both legs alike, so that the difference is the runner's; never of the trunk, which is
        one.
    beyond_noise : bool
        whether the difference, if comparable, exceeds ``told_from`` and both its values are sure enough. Where the
        network's error is not known it may still be the network's, and is no finding.
    """

    metric: str
    left: float
    right: float
    difference: float
    interval: float
    detectable: float
    symmetry_index_percent: float
    symmetry_angle_percent: float
    comparable: bool
    beyond_noise: bool
    network_error: float = math.nan
    told_from: float = math.nan


def asymmetries(
    rows: Iterable[MetricValue], specs: Mapping[str, MetricSpec], *, oblique: bool = False
) -> list[Asymmetry]:
    """Compare the sides of every metric that has both; ``oblique`` as `legs_comparable` takes it."""
    by_side = {(row.metric, row.side): row for row in rows if np.isfinite(row.mean)}
    return [
        _compare(by_side[name, "left"], by_side[name, "right"], spec, legs_comparable(spec, oblique=oblique))
        for name, spec in specs.items()
        if (name, "left") in by_side and (name, "right") in by_side
    ]


def legs_comparable(spec: MetricSpec, *, oblique: bool) -> bool:
    """Return whether a difference between the legs can be the runner's legs'.

    A side view that looks obliquely (`Calibration.oblique`) sees the near leg and the far one from other angles, and
    what it measures along the picture differs with them. What is belt speed times a time does not. A trunk is no leg.
    """
    in_the_picture = spec.unit in _SEEN_IN_THE_PICTURE and not spec.needs_belt_speed
    return not spec.of_trunk and not (oblique and "side" in spec.views and in_the_picture)


def weakness(spec: MetricSpec, *, unit: str, n: int, mean: float, uncertainty: float, seen_share: float) -> str:
    """Return why a value is neither a headline nor a finding, or an empty string.

    Parameters
    ----------
    unit : str
        of the value; plausible ranges are in the declared one.
    seen_share : float
        NaN where it is not known.
    """
    low, high = spec.plausible
    checks = (
        (n < FEWEST_CYCLES, f"{n} {'cycle' if n == 1 else 'cycles'}, fewer than {FEWEST_CYCLES}"),
        (seen_share < FEWEST_FRAMES, f"its points are seen in {100 * seen_share:.0f} % of its frames"),
        (unit == spec.unit and uncertainty > (high - low) / 2, "its ± is more than half of all that people show"),
        (unit == spec.unit and not low <= mean <= high, "it lies outside of all that people show"),
    )
    return next((why for weak, why in checks if weak), "")


def _weak(row: MetricValue, spec: MetricSpec) -> bool:
    return bool(
        weakness(
            spec, unit=row.unit, n=row.n, mean=row.mean, uncertainty=row.uncertainty, seen_share=row.seen_share
        )
    )  # fmt: skip


def _compare(left: MetricValue, right: MetricValue, spec: MetricSpec, comparable: bool) -> Asymmetry:
    difference = right.mean - left.mean
    interval = _interval(left, right)
    detectable = spec.detectable.difference if spec.detectable else math.nan
    fallback = _DETECTABLE_DEG if spec.unit == "deg" else 0.0
    error = left.network_difference
    told_from = max(
        math.hypot(interval, error if math.isfinite(error) else 0.0),
        detectable if math.isfinite(detectable) else fallback,
    )
    told_from = told_from if math.isfinite(interval) else math.nan
    sure = not _weak(left, spec) and not _weak(right, spec)
    return Asymmetry(
        metric=left.metric,
        left=left.mean,
        right=right.mean,
        difference=difference,
        interval=interval,
        detectable=detectable,
        symmetry_index_percent=symmetry_index_percent(left.mean, right.mean) if spec.ratio else math.nan,
        symmetry_angle_percent=symmetry_angle_percent(left.mean, right.mean) if spec.ratio else math.nan,
        comparable=comparable,
        beyond_noise=bool(comparable and sure and abs(difference) > told_from),
        network_error=error,
        told_from=told_from,
    )


def _interval(left: MetricValue, right: MetricValue) -> float:
    """Return the half-width of the difference's 95 % interval, source by source."""
    if left.unsure is None or right.unsure is None:
        return math.hypot(left.uncertainty, right.uncertainty)
    one, two = left.unsure, right.unsure
    systematic = math.hypot(one.own, two.own, one.shared - two.shared, one.opposite + two.opposite)
    # What is opposite in every step is so by chance too: a strike that comes late ends one step and begins the next.
    opposite = one.opposite > 0
    random = left.random + right.random if opposite else math.hypot(left.random, right.random)
    return math.hypot(random, NORMAL_95 * systematic)


def symmetry_index_percent(left: float, right: float) -> float:
    """Return 100 (R - L) / (0.5 (R + L)), positive where the right is larger (`sources.SYMMETRY_INDEX`)."""
    middle = (left + right) / 2
    return 100 * (right - left) / middle if middle else math.nan


def symmetry_angle_percent(left: float, right: float) -> float:
    """Return 100 (45° - atan(L / R)) / 90°, positive where the right is larger (`sources.SYMMETRY_ANGLE`)."""
    angle_deg = 45.0 - float(np.degrees(np.arctan2(left, right)))
    return 100 * (angle_deg - 180.0 if angle_deg > 90 else angle_deg) / 90


def variation_percent(row: MetricValue, spec: MetricSpec) -> float:
    """Return the coefficient of variation over cycles, %; NaN for angles, whose zero is a convention."""
    return 100 * row.sd / abs(row.mean) if spec.ratio and row.n > 1 and row.mean else math.nan
