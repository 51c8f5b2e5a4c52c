"""The data types every room shares: skeletons, pose sequences, angles, contacts, cycles, metrics."""

from gaitlab.core.gait import Activity, Angles, Contact, GaitCycle, GaitEvents, Side
from gaitlab.core.metric import MetricSpec, MetricValue
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import SKELETONS, Skeleton

__all__ = [
    "SKELETONS", "Activity", "Angles", "Contact", "FloatArray", "GaitCycle", "GaitEvents", "MetricSpec",
    "MetricValue", "PoseSequence", "Side", "Skeleton", "Step",
]  # fmt: skip
