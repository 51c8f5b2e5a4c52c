"""The data types every room shares: skeletons, pose sequences, angles, contacts, cycles, metrics."""

from gaitlab.core.gait import Activity, Angles, Contact, GaitCycle, GaitEvents, Side
from gaitlab.core.metric import Detectable, MetricSpec, MetricValue, Reference
from gaitlab.core.pose import FloatArray, PoseSequence, Step
from gaitlab.core.skeleton import SKELETONS, Skeleton

__all__ = [
    "SKELETONS", "Activity", "Angles", "Contact", "Detectable", "FloatArray", "GaitCycle", "GaitEvents", "MetricSpec",
    "MetricValue", "PoseSequence", "Reference", "Side", "Skeleton", "Step",
]  # fmt: skip
