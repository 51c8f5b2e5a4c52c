"""Left against right, told only where it is more than noise; and how much a metric varies from stride to stride."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gaitlab.core.metric import MetricSpec, MetricValue

# Units, as declared, of what is measured along the picture; times are not.
_SEEN_IN_THE_PICTURE = ("deg", "m")


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """The difference between the sides of one metric.

    Attributes:
        metric: its name.
        left: mean of the left side.
        right: mean of the right side.
        difference: right minus left, in the metric's unit.
        interval: half-width of its 95 % interval.
        detectable: smallest detectable difference, or NaN where none is published.
        symmetry_index_percent: 100 (R - L) / ((R + L) / 2) (`sources.SYMMETRY_INDEX`); NaN for angles, whose zero is
            a convention.
        symmetry_angle_percent: 100 (45° - atan(L / R)) / 90° (`sources.SYMMETRY_ANGLE`); NaN likewise.
        comparable: whether the camera saw both legs alike, so that the difference is the runner's.
        beyond_noise: whether the difference, if comparable, exceeds both its interval and the smallest detectable one.
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
    """Return whether a difference between the legs can be the runner's.

    A side view that looks obliquely (`Calibration.oblique`) sees the near leg and the far one from other angles, and
    what it measures along the picture differs with them. What is belt speed times a time does not.
    """
    in_the_picture = spec.unit in _SEEN_IN_THE_PICTURE and not spec.needs_belt_speed
    return not (oblique and "side" in spec.views and in_the_picture)


def _compare(left: MetricValue, right: MetricValue, spec: MetricSpec, comparable: bool) -> Asymmetry:
    difference = right.mean - left.mean
    interval = float(np.hypot(left.uncertainty, right.uncertainty))
    detectable = spec.detectable.difference if spec.detectable else float("nan")
    limit = float(np.nanmax([interval, detectable])) if np.isfinite([interval, detectable]).any() else float("inf")
    return Asymmetry(
        metric=left.metric,
        left=left.mean,
        right=right.mean,
        difference=difference,
        interval=interval,
        detectable=detectable,
        symmetry_index_percent=symmetry_index_percent(left.mean, right.mean) if spec.ratio else float("nan"),
        symmetry_angle_percent=symmetry_angle_percent(left.mean, right.mean) if spec.ratio else float("nan"),
        comparable=comparable,
        beyond_noise=bool(comparable and np.isfinite(interval) and abs(difference) > limit),
    )


def symmetry_index_percent(left: float, right: float) -> float:
    """Return 100 (R - L) / (0.5 (R + L)), positive where the right is larger (`sources.SYMMETRY_INDEX`)."""
    middle = (left + right) / 2
    return 100 * (right - left) / middle if middle else float("nan")


def symmetry_angle_percent(left: float, right: float) -> float:
    """Return 100 (45° - atan(L / R)) / 90°, positive where the right is larger (`sources.SYMMETRY_ANGLE`)."""
    angle_deg = 45.0 - float(np.degrees(np.arctan2(left, right)))
    return 100 * (angle_deg - 180.0 if angle_deg > 90 else angle_deg) / 90


def variation_percent(row: MetricValue, spec: MetricSpec) -> float:
    """Return the coefficient of variation over cycles, %; NaN for angles, whose zero is a convention."""
    return 100 * row.sd / abs(row.mean) if spec.ratio and row.n > 1 and row.mean else float("nan")
