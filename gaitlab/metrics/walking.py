"""Published ranges of walking; those of running, in the tables of the views, hold for running alone.

A metric without an entry has no range in walking: no published mean and spread could be verified for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gaitlab.core.metric import Reference
from gaitlab.metrics.sources import WALKING_ADULTS

# Stride frequency 1.02 ± 0.10 Hz, two steps each; stride length 1.44 ± 0.14 m, of which a step is half.
WALKING_REFERENCES: Mapping[str, Reference] = {
    "cadence": Reference(110, 134, WALKING_ADULTS),
    "stride_length": Reference(1.30, 1.58, WALKING_ADULTS),
    "step_length": Reference(0.65, 0.79, WALKING_ADULTS),
}
