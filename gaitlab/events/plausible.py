"""Plausible contact and stride times: values outside these ranges indicate a detection error."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitlab.core.gait import Activity, Contact

# Shortest and longest durations, s, that are still running or walking.
CONTACT_S: dict[Activity, tuple[float, float]] = {
    "running": (0.08, 0.42),
    "walking": (0.5, 1.1),
    "ambiguous": (0.08, 1.1),
}
STRIDE_S: dict[Activity, tuple[float, float]] = {
    "running": (0.42, 1.0),
    "walking": (0.8, 1.8),
    "ambiguous": (0.42, 1.8),
}
RECORDING_ENDS = "the recording ends before toe-off"
AT_THE_EDGE = "too close to the start or end of the recording"
IN_A_GAP = "the leg was not seen around its {event}"
UNCLEAR = "no clear {event}"


def validate_contact(contact: Contact, activity: Activity) -> Contact:
    """Return the contact, rejected with a reason if its duration is implausible or unknown."""
    if not contact.accepted:
        return contact
    low_s, high_s = CONTACT_S[activity]
    if not np.isfinite(contact.toe_off_s):
        return replace(contact, accepted=False, reason=RECORDING_ENDS)
    if not low_s <= contact.duration_s <= high_s:
        reason = f"contact of {contact.duration_s:.2f} s outside {low_s:.2f}-{high_s:.2f} s for {activity}"
        return replace(contact, accepted=False, reason=reason)
    return contact
