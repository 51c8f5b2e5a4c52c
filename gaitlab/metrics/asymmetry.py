"""Differences between left and right, tested against their uncertainty, and variability between strides."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.metric import NORMAL_95, MetricValue
from gaitlab.metrics.spec import MetricSpec

# Declared units of quantities measured in the image plane, unlike times.
_IMAGE_PLANE_UNITS = ("deg", "m")
# Least number of cycles and least share of visible frames of a value that is used as headline or finding.
FEWEST_CYCLES, FEWEST_FRAMES = 5, 0.5
# For angles without a published smallest detectable difference: the largest published one (`sources.RETEST`).
_DETECTABLE_DEG = 4.8


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """The difference between the sides of one metric.

    Attributes
    ----------
    metric : str
        name of the metric.
    left : float
        mean of the left side, in the metric's unit.
    right : float
        mean of the right side, in the metric's unit.
    difference : float
        right minus left, in the metric's unit.
    interval : float
        half-width of the 95 % interval of the difference; errors common to both legs cancel, opposite ones count twice.
    network_error : float
        half-width of the 95 % bound on the network's error of the difference; NaN if unknown.
    detectable : float
        smallest detectable difference; NaN if none is published.
    told_from : float
        threshold for the difference: the larger of the interval plus the network's error and the smallest
        detectable difference; NaN if the interval is unknown.
    symmetry_index_percent : float
        100 (R - L) / ((R + L) / 2) (`sources.SYMMETRY_INDEX`), %; NaN for angles, whose zero is arbitrary.
    symmetry_angle_percent : float
        100 (45° - atan(L / R)) / 90° (`sources.SYMMETRY_ANGLE`), %; NaN likewise.
    comparable : bool
        whether both legs were measured alike, so that the difference is the runner's; False for the trunk.
    beyond_noise : bool
        whether the difference is comparable, exceeds ``told_from``, and both values are reliable. If the network's
        error is unknown, the difference may still come from the network and is not reported as a finding.
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
    rows: Iterable[MetricValue],
    specs: Mapping[str, MetricSpec],
    *,
    oblique: bool = False,
    unlike: Collection[str] = (),
) -> list[Asymmetry]:
    """Compare the sides of every metric that has both.

    Parameters
    ----------
    rows : Iterable[MetricValue]
        summary rows of one recording.
    specs : Mapping[str, MetricSpec]
        name to declaration, in the order of the result.
    oblique : bool, optional
        whether the camera views the runner obliquely, see `legs_comparable`.
    unlike : Collection[str], optional
        metrics whose sides cannot be compared for how the recording was filmed.
    """
    by_side = {(row.metric, row.side): row for row in rows if np.isfinite(row.mean)}
    return [
        _compare(
            by_side[name, "left"],
            by_side[name, "right"],
            spec,
            legs_comparable(spec, oblique=oblique) and name not in unlike,
        )
        for name, spec in specs.items()
        if (name, "left") in by_side and (name, "right") in by_side
    ]


def legs_comparable(spec: MetricSpec, *, oblique: bool) -> bool:
    """Return whether a difference between the sides of a metric can be attributed to the runner's legs.

    Notes
    -----
    An oblique side view (`Calibration.oblique`) shows near and far leg from different angles, which changes everything
    measured in the image plane, but not products of belt speed and time. Trunk metrics do not describe a leg.
    """
    in_the_image = spec.unit in _IMAGE_PLANE_UNITS and not spec.needs_belt_speed
    return not spec.of_trunk and not (oblique and "side" in spec.views and in_the_image)


def weakness(spec: MetricSpec, *, unit: str, n: int, mean: float, uncertainty: float, seen_share: float) -> str:
    """Return why a value must not be used as headline or finding, or an empty string.

    Parameters
    ----------
    spec : MetricSpec
        declaration of the metric.
    unit : str
        unit of the value; the plausible range applies only to the declared unit.
    n : int
        number of cycles.
    mean, uncertainty : float
        value and half-width of its 95 % interval, in ``unit``.
    seen_share : float
        share of frames in which the required keypoints are visible, 0 to 1; NaN if unknown.
    """
    low, high = spec.plausible
    # A jump is a result by itself; its ± says what one is worth.
    fewest = 1 if spec.movement else FEWEST_CYCLES
    checks = (
        (n < fewest, f"{n} {'cycle' if n == 1 else 'cycles'}, fewer than {fewest}"),
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
        # A network errs the same way in every cycle: it adds to the interval, where chance would cancel in part.
        interval + (error if math.isfinite(error) else 0.0),
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
    """Return the half-width of the difference's 95 % interval, with the correlations of each error source."""
    if left.unsure is None or right.unsure is None:
        return math.hypot(left.uncertainty, right.uncertainty)
    one, two = left.unsure, right.unsure
    systematic = math.hypot(one.own, two.own, one.shared - two.shared, one.opposite + two.opposite)
    return math.hypot(left.random_difference, NORMAL_95 * systematic)


def symmetry_index_percent(left: float, right: float) -> float:
    """Return 100 (R - L) / (0.5 (R + L)), %, positive if the right is larger (`sources.SYMMETRY_INDEX`)."""
    mean = (left + right) / 2
    return 100 * (right - left) / mean if mean else math.nan


def symmetry_angle_percent(left: float, right: float) -> float:
    """Return 100 (45° - atan(L / R)) / 90°, %, positive if the right is larger (`sources.SYMMETRY_ANGLE`)."""
    angle_deg = 45.0 - float(np.degrees(np.arctan2(left, right)))
    return 100 * (angle_deg - 180.0 if angle_deg > 90 else angle_deg) / 90


def variation_percent(row: MetricValue, spec: MetricSpec) -> float:
    """Return the coefficient of variation over cycles, %; NaN for angles, whose zero is arbitrary."""
    return 100 * row.sd / abs(row.mean) if spec.ratio and row.n > 1 and row.mean else math.nan
