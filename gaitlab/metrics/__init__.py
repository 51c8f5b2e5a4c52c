"""Metrics per gait cycle or repetition: one pure function each, declared once with everything a report needs."""

from gaitlab.metrics.asymmetry import Asymmetry, asymmetries, variation_percent, weakness
from gaitlab.metrics.movements.table import MOVEMENTS
from gaitlab.metrics.network_errors import shipped, with_network_errors
from gaitlab.metrics.rear import REAR_METRICS
from gaitlab.metrics.side import SIDE_METRICS
from gaitlab.metrics.summary import CycleValue, measure
from gaitlab.metrics.trial import Trial

METRICS = {
    spec.name: spec
    for spec in (*SIDE_METRICS, *REAR_METRICS, *(spec for one in MOVEMENTS.values() for spec in one.metrics))
}

__all__ = [
    "METRICS",
    "MOVEMENTS",
    "Asymmetry",
    "CycleValue",
    "Trial",
    "asymmetries",
    "measure",
    "shipped",
    "variation_percent",
    "weakness",
    "with_network_errors",
]
