"""Conversion of other programs' keypoint names (``RBigToe``, ``r_big_toe``, ``right big toe``) to gaitlab's."""

from __future__ import annotations

import re
from functools import lru_cache

_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_WORDS = {
    "hip_mid": "mid_hip", "midhip": "mid_hip", "c_hip": "mid_hip", "hip": "mid_hip", "pelvis": "mid_hip",
    "bigtoe": "big_toe", "smalltoe": "small_toe", "toe": "big_toe", "foot_index": "big_toe", "foot": "big_toe",
    "calcaneus": "heel",
}  # fmt: skip


@lru_cache(maxsize=4096)
def our_name(name: str) -> str:
    """Return gaitlab's name of a keypoint, or the name in snake_case if there is none."""
    words = [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", _side_separated(name))]
    side = _SIDES.get(words[0]) if words else None
    if side is None and len(words) > 1 and words[-1] in _SIDES:
        side, words = _SIDES[words[-1]], words[:-1]
    elif side is not None:
        words = words[1:]
    plain = "_".join(words)
    if side is None:
        return _WORDS.get(plain, plain)
    return f"{side}_{plain if plain == 'hip' else _WORDS.get(plain, plain)}"


def _side_separated(name: str) -> str:
    """Separate the letter of the side: ``RHip`` becomes ``R_Hip``; ``Left`` stays."""
    return re.sub(r"^([LRC])(?=[A-Z])", r"\1_", name.strip())
