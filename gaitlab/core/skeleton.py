"""Keypoint tables of the pose networks in gaitlab's names; left and right are the runner's.

Index orders: OpenPose ``poseParameters.cpp`` (COCO_18, MPI_15, BODY_25, BODY_25B), HALPE_26 and COCO_17 as AlphaPose
and MMPose write them, BLAZEPOSE_33 as MediaPipe numbers its landmarks, H36M_17 as Human3.6M and VideoPose3D number
joints. Points without a gaitlab name keep their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SIDES = ("left", "right")
FROM_BEHIND = ("heel_top", "calf_bottom", "calf_top")  # points of lines that only a view from behind shows
BELOW_THE_KNEE = ("ankle", "heel", "big_toe", "small_toe", *FROM_BEHIND)
_LIMBS = (
    ("neck", "mid_hip"), ("nose", "neck"),
    *((f"{s}_{a}", f"{s}_{b}") for s in SIDES for a, b in (
        ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"),
        ("ankle", "big_toe"), ("heel", "big_toe"), ("big_toe", "small_toe"), ("eye", "ear"))),
    *(("neck", f"{s}_shoulder") for s in SIDES), *(("mid_hip", f"{s}_hip") for s in SIDES),
    *(("nose", f"{s}_eye") for s in SIDES),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skeleton:
    """An ordered set of keypoint names.

    Attributes
    ----------
    name : str
        the table's name, e.g. ``body_25``.
    names : tuple[str, ...]
        keypoint names in index order.
    edges : tuple[tuple[str, str], ...]
        pairs of names that are drawn as limbs; by default those of gaitlab's limb table that the skeleton has.

    Raises
    ------
    ValueError
        if a keypoint is named twice.
    """

    name: str
    names: tuple[str, ...]
    edges: tuple[tuple[str, str], ...] = ()
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {name: i for i, name in enumerate(self.names)}
        if len(index) != len(self.names):
            raise ValueError(f"skeleton '{self.name}' names a keypoint twice")
        object.__setattr__(self, "_index", index)
        if not self.edges:
            edges = tuple((a, b) for a, b in _LIMBS if a in index and b in index)
            object.__setattr__(self, "edges", edges)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def index(self, name: str) -> int:
        """Return the column of ``name``; KeyError if the skeleton lacks it."""
        return self._index[name]

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Column pairs (left, right) of the keypoints that exist on both sides."""
        return tuple(
            (i, self._index["right_" + name[5:]])
            for name, i in self._index.items()
            if name.startswith("left_") and "right_" + name[5:] in self._index
        )

    @property
    def mirrored(self) -> tuple[int, ...]:
        """Column order of the mirrored skeleton: left and right of each pair exchanged."""
        partner = {i: j for left, right in self.pairs for i, j in ((left, right), (right, left))}
        return tuple(partner.get(i, i) for i in range(len(self)))

    @property
    def has_feet(self) -> bool:
        """Whether the skeleton has heel and big toe of both feet."""
        return all(f"{s}_{p}" in self._index for s in SIDES for p in ("heel", "big_toe"))


def _names(text: str) -> tuple[str, ...]:
    """Expand ``r_knee`` to ``right_knee`` in a list of names separated by spaces."""
    full = {"l": "left", "r": "right"}
    return tuple(
        f"{full[w[0]]}_{w[2:]}" if w[:2] in ("l_", "r_") else w for w in text.split()
    )  # fmt: skip


_COCO_18 = (
    "nose neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist r_hip r_knee r_ankle l_hip l_knee l_ankle "
    "r_eye l_eye r_ear l_ear"
)
_BODY_25 = (
    "nose neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist mid_hip r_hip r_knee r_ankle l_hip l_knee "
    "l_ankle r_eye l_eye r_ear l_ear l_big_toe l_small_toe l_heel r_big_toe r_small_toe r_heel"
)
_REARFOOT = "l_heel_top r_heel_top l_calf_bottom r_calf_bottom l_calf_top r_calf_top"
_COCO_17 = (
    "nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip l_knee r_knee "
    "l_ankle r_ankle"
)
_HALPE_BODY_AND_FEET = "head neck mid_hip l_big_toe r_big_toe l_small_toe r_small_toe l_heel r_heel"
_BLAZEPOSE_33 = (
    "nose l_eye_inner l_eye l_eye_outer r_eye_inner r_eye r_eye_outer l_ear r_ear mouth_left mouth_right l_shoulder "
    "r_shoulder l_elbow r_elbow l_wrist r_wrist l_pinky r_pinky l_index r_index l_thumb r_thumb l_hip r_hip l_knee "
    "r_knee l_ankle r_ankle l_heel r_heel l_big_toe r_big_toe"
)  # OpenPose's BODY_25B: as many points as BODY_25, in another order, with the head's top for the middle of the hips.
_BODY_25B = (
    "nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip l_knee r_knee "
    "l_ankle r_ankle upper_neck head l_big_toe l_small_toe l_heel r_big_toe r_small_toe r_heel"
)
_H36M_17 = (
    "mid_hip r_hip r_knee r_ankle l_hip l_knee l_ankle spine neck neck_base head l_shoulder l_elbow l_wrist r_shoulder "
    "r_elbow r_wrist"
)


SKELETONS: dict[str, Skeleton] = {
    skeleton.name: skeleton
    for skeleton in (
        Skeleton("coco_18", _names(_COCO_18)),
        Skeleton(
            "mpi_15",
            _names("head neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist r_hip r_knee r_ankle l_hip "
                   "l_knee l_ankle chest"),
        ),
        Skeleton("body_25", _names(_BODY_25)),
        Skeleton("runner_31", _names(f"{_BODY_25} {_REARFOOT}")),
        Skeleton("coco_17", _names(_COCO_17)),
        Skeleton("halpe_26", _names(f"{_COCO_17} {_HALPE_BODY_AND_FEET}")),
        Skeleton("blazepose_33", _names(_BLAZEPOSE_33)),
        Skeleton("body_25b", _names(_BODY_25B)),
        Skeleton("h36m_17", _names(_H36M_17)),
    )
}  # fmt: skip
