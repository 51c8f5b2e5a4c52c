"""What is measured a gait cycle: one small pure function a metric, declared once with all that a report needs."""

from gaitlab.metrics.asymmetry import Asymmetry, asymmetries, variation_percent
from gaitlab.metrics.rear import REAR_METRICS
from gaitlab.metrics.side import SIDE_METRICS
from gaitlab.metrics.summary import CycleValue, measure
from gaitlab.metrics.trial import Trial

METRICS = {spec.name: spec for spec in (*SIDE_METRICS, *REAR_METRICS)}

__all__ = ["METRICS", "Asymmetry", "CycleValue", "Trial", "asymmetries", "measure", "variation_percent"]
