"""When each foot is on the ground: contacts, strides, and whether the person runs or walks."""

from gaitlab.gait.cycles import gait_cycles
from gaitlab.gait.events import detect_contacts

__all__ = ["detect_contacts", "gait_cycles"]
