"""Keypoint names as other programs write them, in ours: ``RBigToe``, ``r_big_toe``, ``RIGHT BIG TOE``, ``L.Hip``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gaitlab.core.skeleton import SKELETONS

_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right"}
_WORDS = {
    "hip_mid": "mid_hip", "midhip": "mid_hip", "c_hip": "mid_hip", "hip": "mid_hip", "pelvis": "mid_hip",
    "bigtoe": "big_toe", "smalltoe": "small_toe", "toe": "big_toe", "foot_index": "big_toe", "foot": "big_toe",
    "calcaneus": "heel", "hips": "mid_hip", "root": "mid_hip", "hip_center": "mid_hip", "hip_middle": "mid_hip",
    "thorax": "neck", "hallux": "big_toe", "bigtoe_tip": "big_toe", "big_toe_tip": "big_toe", "little_toe": "small_toe",
    "smalltoe_tip": "small_toe", "toes": "big_toe",
}  # fmt: skip
# What programs put before a name: MediaPipe's PoseLandmark.LEFT_HIP, joint_left_hip.
_BEFORE = frozenset(
    {"pose", "landmark", "landmarks", "keypoint", "keypoints", "joint", "joints", "marker", "kp", "kpt"}
)
_OURS = frozenset(name for skeleton in SKELETONS.values() for name in skeleton.names)
# Points of one side, without the side and as one word -> in words: ``bigtoe`` -> ``big_toe``.
_OF_A_SIDE = {
    name.replace("_", ""): name
    for name in (
        *(ours.partition("_")[2] for ours in sorted(_OURS) if ours.startswith(("left_", "right_"))),
        *(word for word, ours in _WORDS.items() if ours in ("big_toe", "small_toe", "heel")),
    )
}


@lru_cache(maxsize=4096)
def our_name(name: str) -> str:
    """Return gaitlab's name of a keypoint, or the name in snake_case where we have none."""
    words = [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", _apart(name))]
    while len(words) > 1 and words[0] in _BEFORE and not words[1].isdecimal():
        words = words[1:]
    side = _SIDES.get(words[0]) if words else None
    if side is None and len(words) > 1 and words[-1] in _SIDES:
        side, words = _SIDES[words[-1]], words[:-1]
    elif side is not None:
        words = words[1:]
    elif glued := _unglued("".join(words)):
        side, words = glued
    plain = "_".join(words)
    if side is None:
        return _WORDS.get(plain, plain)
    plain = _OF_A_SIDE.get(plain.replace("_", ""), plain)
    return f"{side}_{plain if plain == 'hip' else _WORDS.get(plain, plain)}"


def is_known(name: str) -> bool:
    """Return whether it is a keypoint of one of the skeletons that gaitlab knows."""
    return our_name(name) in _OURS or name.strip().lower() in _OURS


def without_legs(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which of hips, knees and ankles none of the names means, and the names that are of no known point."""
    legs = [f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle")]
    ours = {our_name(name) for name in names}
    return [leg for leg in legs if leg not in ours], [name for name in names if not is_known(name)]


def is_plain(name: str) -> bool:
    """Return whether a name is a spelling of a gaitlab name, not a synonym: ``RBigToe``, but not ``RFoot``."""
    letters = re.sub(r"[^a-z]", "", _apart(name).lower())
    ours = our_name(name).replace("_", "")
    side = next((word for word in ("left", "right") if ours.startswith(word)), "")
    plain = ours.removeprefix(side)
    return letters in {plain, f"{side}{plain}", f"{side[:1]}{plain}", f"{plain}{side}", f"{plain}{side[:1]}"}


def _unglued(word: str) -> tuple[str, list[str]] | None:
    """Return side and point of ``lefthip``, ``rknee`` or ``hipl``; None where it is no point of one side."""
    if word in _WORDS or word in _OURS or word in _OF_A_SIDE:
        return None
    for side in _SIDES:
        for point in (word.removeprefix(side), word.removesuffix(side)):
            if point != word and point in _OF_A_SIDE:
                return _SIDES[side], _OF_A_SIDE[point].split("_")
    return None


def _apart(name: str) -> str:
    """Put a border after the side's letter: ``RHip`` becomes ``R_Hip`` (``LHand``, but not ``Left``).

    What stands before a colon is a subject's name, as Vicon writes it: ``S01:RHip``. A name in capitals throughout has
    its borders elsewhere: ``LEFT_HIP``, and ``LHIP`` has none.
    """
    plain = name.strip().rpartition(":")[2]
    return plain.lower() if plain.isupper() else re.sub(r"^([LRC])(?=[A-Z])", r"\1_", plain)
