"""Gait events: foot contacts, gait cycles, and whether the person runs or walks."""

from gaitlab.events.belt import measure_belt
from gaitlab.events.cycles import gait_cycles
from gaitlab.events.side import detect_contacts

__all__ = ["detect_contacts", "gait_cycles", "measure_belt"]
