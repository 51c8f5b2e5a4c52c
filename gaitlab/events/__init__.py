"""When each foot is on the ground: contacts, strides, and whether the person runs or walks."""

from gaitlab.events.belt import belt_speed_px_per_s
from gaitlab.events.cycles import gait_cycles
from gaitlab.events.side import detect_contacts

__all__ = ["belt_speed_px_per_s", "detect_contacts", "gait_cycles"]
