"""Loading a pose network by name; what every network can do."""

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
    """Finds people in pictures.

    Attributes
    ----------
    name : str
        of the network.
    skeleton : Skeleton
        of its keypoints.
    model : dict[str, Any]
        facts about it for session.json.
    look_every_s : float
        how often `everybody` is worth its price while somebody is followed.
    """

    name: str
    skeleton: Skeleton
    model: dict[str, Any]
    look_every_s: float

    def everybody(self, image: Image) -> list[Body]:
        """Return all people of the picture, the surest first."""
        ...

    def one(self, image: Image, box: FloatArray, guess: Body) -> Body | None:
        """Return one person looked for round ``box`` (left, top, right, bottom px), expected at ``guess``."""
        ...

    def heatmaps(self, image: Image) -> tuple[FloatArray, Window]:
        """Return the (keypoint, row, column) confidence 0..1 and the part of the picture that it covers."""
        ...


def _legs_and_feet(found: InstalledModel) -> PoseEstimator:
    legs, feet = found.parts
    return LegsAndFeet(found.name, OpenPose(legs), BlazePose(feet))


# What each decoder of the catalogue is made by.
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
        of the catalogue; None takes the best one installed.
    models_dir : Path | None, optional
        a folder to look into first.
    checked : bool, optional
        whether its files must be those that the catalogue knows; a network in the making is not yet.

    Raises
    ------
    ModelError
        unknown, not installed, damaged, or of no use to this OpenCV.
    """
    found = find_model(name, models_dir=models_dir) if name is not None else default_model(models_dir)
    if checked:
        check_network(found)
    return DECODERS[found.model.decoder](found)
