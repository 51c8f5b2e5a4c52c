"""Loading of pose networks by name, and the interface of all networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.reader import Image
from gaitlab.pose.models.catalogue import InstalledModel, default_model, find_model
from gaitlab.pose.models.checksums import check_network
from gaitlab.pose.networks.blazepose import BlazePose
from gaitlab.pose.networks.combined import LegsAndFeet
from gaitlab.pose.networks.openpose import OpenPose
from gaitlab.pose.networks.runner import RunnerNetwork
from gaitlab.pose.networks.window import Window


class PoseEstimator(Protocol):
    """Interface of a pose network.

    Attributes
    ----------
    name : str
        name of the network.
    skeleton : Skeleton
        its keypoints.
    model : dict[str, Any]
        description for session.json.
    detection_interval_s : float
        recommended interval between calls of `detect_people` while a person is tracked, s.
    """

    name: str
    skeleton: Skeleton
    model: dict[str, Any]
    detection_interval_s: float

    def detect_people(self, image: Image, *, least_height_px: float = 0.0, unsure: bool = False) -> list[Body]:
        """Return all people in the image, by decreasing score.

        Parameters
        ----------
        image : Image
            (height, width, 3) BGR.
        least_height_px : float, optional
            height of people, px, below which they need not be found, which may save time.
        unsure : bool, optional
            whether a network that tells people from other things by its score returns less sure ones too: of a single
            picture, where nobody is found in the next one.
        """
        ...

    def detect_person(self, image: Image, box: FloatArray, guess: Body, *, mirrored: bool | None = None) -> Body | None:
        """Return the person around ``box`` who is most similar to ``guess``; None if there is none.

        Parameters
        ----------
        image : Image
            (height, width, 3) BGR.
        box : FloatArray
            (4,) expected left, top, right, bottom, px.
        guess : Body
            expected keypoints.
        mirrored : bool | None, optional
            whether a network that is averaged with its answer to the mirror image looks at the image only (False), at
            its mirror image only (True), or at both (None); others look at the image.
        """
        ...

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        """Return the (keypoint, row, column) confidence, 0 to 1, and the part of the image that it covers."""
        ...


def _legs_and_feet(found: InstalledModel) -> PoseEstimator:
    legs, feet = found.parts
    return LegsAndFeet(found.name, OpenPose(legs), BlazePose(feet))


# Decoder of the catalogue to its constructor.
DECODERS: Mapping[str, Callable[[InstalledModel], PoseEstimator]] = {
    "openpose": OpenPose,
    "runner": RunnerNetwork,
    "blazepose": BlazePose,
    "legs-and-feet": _legs_and_feet,
}


def load_estimator(name: str | None, *, models_dir: Path | None = None, checked: bool = True) -> PoseEstimator:
    """Load a pose network.

    Parameters
    ----------
    name : str | None
        name in the catalogue; None selects the best one installed.
    models_dir : Path | None, optional
        folder searched first.
    checked : bool, optional
        whether its files must match the catalogue's checksums; False for a network under development.

    Raises
    ------
    ModelError
        if the network is unknown, not installed, damaged, or unsupported by this OpenCV.
    """
    found = find_model(name, models_dir=models_dir) if name is not None else default_model(models_dir)
    if checked:
        check_network(found)
    return DECODERS[found.model.decoder](found)
