"""Joint angles as other programs name them, with the sign and the zero that they have.

| program | column | sign | zero |
|---|---|---|---|
| gaitlab | ``left_knee_flexion_deg`` | flexion positive | upright stance, foot flat |
| Plug-in Gait, CGM2 | ``LKneeAngles``, x | flexion and dorsiflexion positive | hip against the pelvis, not the trunk; foot as in the static trial |
| OpenSim | ``knee_angle_l`` | as the model has it: knees bend one way, which tells it | hip against the pelvis; model's default pose |

Sources: Vicon's documentation of Plug-in Gait's outputs (vicon-help.atlassian.net), OpenSim's of Gait2392 (flexion of
the knee negative) and of Rajagopal 2016 (positive) (simtk-confluence.stanford.edu).
"""  # noqa: E501

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from gaitlab.core.pose import FloatArray

# Whose definitions gaitlab's own columns follow.
OURS = "gaitlab"
_SIDES = {"l": "left", "r": "right"}
_JOINTS = {"hip": "hip_flexion", "knee": "knee_flexion", "ankle": "ankle_flexion"}
_OURS = re.compile(
    r"((left|right)_((hip|knee|ankle)_flexion|thigh|shank|foot|rearfoot|hip_adduction|knee_projection)"
    r"|trunk_lean|pelvic_drop|trunk_side_lean)(_deg)?"
)
_PLUG_IN_GAIT = re.compile(r"([LR])(Hip|Knee|Ankle)Angles?(_.*)?", re.I)
_OPENSIM = re.compile(r"(hip_flexion|knee_angle|knee_flexion|ankle_angle|ankle_flexion)_([lr])", re.I)


def our_angle(name: str) -> tuple[str, str] | None:
    """Return gaitlab's column for an angle, and whose name it is: ``gaitlab``, ``Plug-in Gait`` or ``OpenSim``.

    None where it is no angle that is compared.
    """
    plain = name.strip().rpartition(":")[2]
    parts = [part for part in plain.split("/") if part]
    if len(parts) > 1:  # /jointset/knee_l/knee_angle_l/value
        plain = parts[-2] if parts[-1] == "value" else parts[-1]
    if found := _OURS.fullmatch(plain):
        return f"{found[1]}_deg", OURS
    if found := _PLUG_IN_GAIT.fullmatch(plain):
        return f"{_SIDES[found[1].lower()]}_{_JOINTS[found[2].lower()]}_deg", "Plug-in Gait"
    if found := _OPENSIM.fullmatch(plain):
        joint = found[1].lower().partition("_")[0]
        return f"{_SIDES[found[2].lower()]}_{_JOINTS[joint]}_deg", "OpenSim"
    return None


def with_our_signs(values_deg: Mapping[str, FloatArray]) -> tuple[dict[str, FloatArray], list[str]]:
    """Return angles with flexion of the knee positive, and what was turned: a model of OpenSim has it either way."""
    turned = {}
    notes = []
    for name, values in values_deg.items():
        known = values[np.isfinite(values)]
        negative = "knee_flexion" in name and len(known) and known[np.abs(known).argmax()] < 0
        turned[name] = -values if negative else values
        if negative:
            notes.append(f"{name} bends the other way in the file: its sign was turned")
    return turned, notes


_ZEROS = {
    "Plug-in Gait": "angles of Plug-in Gait are compared as they are: its hip is against the pelvis, gaitlab's against "
    "the trunk, and zeros are of the static trial; look at the errors with the offset removed",
    "OpenSim": "angles of OpenSim's model are compared as they are: its hip is against the pelvis, gaitlab's against "
    "the trunk, and zeros are the model's; look at the errors with the offset removed",
}


def zero_note(program: str) -> tuple[str, ...]:
    """Return what must be known of the zeros of a program's angles."""
    return (_ZEROS[program],) if program in _ZEROS else ()
