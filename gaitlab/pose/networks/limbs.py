"""Limbs of the part affinity fields and their channels, after OpenPose's ``poseParameters.cpp``.

A limb is (from, to, channel of x); y is the channel after it, counted from the first channel after the heatmaps.
"""

from __future__ import annotations

from collections.abc import Mapping

Limb = tuple[int, int, int]

_COCO_18: tuple[Limb, ...] = (
    (1, 2, 12), (1, 5, 20), (2, 3, 14), (3, 4, 16), (5, 6, 22), (6, 7, 24), (1, 8, 0), (8, 9, 2), (9, 10, 4),
    (1, 11, 6), (11, 12, 8), (12, 13, 10), (1, 0, 28), (0, 14, 30), (14, 16, 34), (0, 15, 32), (15, 17, 36),
    (2, 16, 18), (5, 17, 26),
)  # fmt: skip
_MPI_15: tuple[Limb, ...] = tuple(
    (a, b, 2 * number)
    for number, (a, b) in enumerate(
        ((0, 1), (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (1, 14), (14, 8), (8, 9), (9, 10), (14, 11),
         (11, 12), (12, 13))
    )
)  # fmt: skip
_BODY_25: tuple[Limb, ...] = (
    (1, 8, 0), (1, 2, 14), (1, 5, 22), (2, 3, 16), (3, 4, 18), (5, 6, 24), (6, 7, 26), (8, 9, 6), (9, 10, 2),
    (10, 11, 4), (8, 12, 8), (12, 13, 10), (13, 14, 12), (1, 0, 30), (0, 15, 32), (15, 17, 36), (0, 16, 34),
    (16, 18, 38), (2, 17, 20), (5, 18, 28), (14, 19, 40), (19, 20, 42), (14, 21, 44), (11, 22, 46), (22, 23, 48),
    (11, 24, 50),
)  # fmt: skip

LIMBS: Mapping[str, tuple[Limb, ...]] = {"coco_18": _COCO_18, "mpi_15": _MPI_15, "body_25": _BODY_25}
# Limbs that only add a free candidate to a known person, e.g. one who looks away: from the shoulder to the ear.
CONFIRMING: Mapping[str, frozenset[tuple[int, int]]] = {
    "coco_18": frozenset({(2, 16), (5, 17)}),
    "mpi_15": frozenset(),
    "body_25": frozenset({(2, 17), (5, 18)}),
}
