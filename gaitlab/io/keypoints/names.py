"""Keypoint names as other programs write them, in ours: ``RBigToe``, ``r_big_toe``, ``right big toe``."""

from __future__ import annotations

import re
from functools import lru_cache

_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_WORDS = {
    "hip_mid": "mid_hip", "midhip": "mid_hip", "c_hip": "mid_hip", "hip": "mid_hip", "pelvis": "mid_hip",
    "bigtoe": "big_toe", "smalltoe": "small_toe", "toe": "big_toe", "foot_index": "big_toe", "foot": "big_toe",
    "calcaneus": "heel", "hips": "mid_hip", "root": "mid_hip", "hip_center": "mid_hip", "hip_middle": "mid_hip",
    "thorax": "neck", "hallux": "big_toe", "bigtoe_tip": "big_toe", "big_toe_tip": "big_toe", "little_toe": "small_toe",
    "smalltoe_tip": "small_toe", "toes": "big_toe",
}  # fmt: skip


@lru_cache(maxsize=4096)
def our_name(name: str) -> str:
    """Return gaitlab's name of a keypoint, or the name in snake_case where we have none."""
    words = [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", _apart(name))]
    side = _SIDES.get(words[0]) if words else None
    if side is None and len(words) > 1 and words[-1] in _SIDES:
        side, words = _SIDES[words[-1]], words[:-1]
    elif side is not None:
        words = words[1:]
    plain = "_".join(words)
    if side is None:
        return _WORDS.get(plain, plain)
    return f"{side}_{plain if plain == 'hip' else _WORDS.get(plain, plain)}"


def is_plain(name: str) -> bool:
    """Return whether a name is a spelling of a gaitlab name, not a synonym: ``RBigToe``, but not ``RFoot``."""
    letters = re.sub(r"[^a-z]", "", _apart(name).lower())
    ours = our_name(name).replace("_", "")
    side = next((word for word in ("left", "right") if ours.startswith(word)), "")
    plain = ours.removeprefix(side)
    return letters in {plain, f"{side}{plain}", f"{side[:1]}{plain}", f"{plain}{side}", f"{plain}{side[:1]}"}


def _apart(name: str) -> str:
    """Put a border after the side's letter: ``RHip`` becomes ``R_Hip`` (``LHand``, but not ``Left``).

    What stands before a colon is a subject's name, as Vicon writes it: ``S01:RHip``.
    """
    return re.sub(r"^([LRC])(?=[A-Z])", r"\1_", name.strip().rpartition(":")[2])
