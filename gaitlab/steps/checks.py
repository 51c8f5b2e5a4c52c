"""Validation of arguments shared by the steps, including settings and view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gaitlab.config import Settings, with_values
from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.gait import Angles, GaitEvents
from gaitlab.core.metric import View
from gaitlab.core.pose import PoseSequence
from gaitlab.kinematics.plausibility import check_anybody
from gaitlab.kinematics.view import view_of
from gaitlab.pipeline import arguments
from gaitlab.pipeline.run import ARGUMENTS


def _pose(name: str, value: object) -> None:
    if not isinstance(value, PoseSequence):
        raise InputError(f"{argument(name)} must be a PoseSequence, as load_keypoints returns, not {shown(value)}")
    check_anybody(value)


def _instance(kind: type, maker: str) -> arguments.Check:
    def check(name: str, value: object) -> None:
        if not isinstance(value, kind):
            raise InputError(f"{argument(name)} must be {kind.__name__}, as {maker} returns, not {shown(value)}")

    return check


_CHECKS: Mapping[str, arguments.Check] = {
    **ARGUMENTS,
    "pose": _pose,
    "events": _instance(GaitEvents, "detect_contacts"),
    "angles": _instance(Angles, "compute_angles"),
}


def checked(given: Mapping[str, Any]) -> tuple[Settings, View]:
    """Check the arguments of a step; return its settings and the requested or estimated view."""
    arguments.check(given, _CHECKS, needed=("pose", "view", "facing", "setting"))
    settings, view = given["settings"], given["view"]
    chosen = settings if isinstance(settings, Settings) else with_values(Settings(), settings or {})
    if view == "side":
        return chosen, "side"
    seen = view_of(given["pose"])
    if view == "auto" and seen.unclear_legs:
        raise InputError(
            "the keypoints show legs only, and feet and knees do not tell clearly whether from behind or from the "
            f"front; if it was filmed from behind, say {argument('view')} rear, else film again from behind"
        )
    if seen.view == "front" and not seen.unclear_legs and (view == "rear" or seen.sure):
        raise InputError(
            "the keypoints are of a runner seen from the front; gaitlab measures from the side or from behind: film "
            f"again, or say {argument('view')} side if it is a film from the side after all"
        )
    return chosen, "rear" if "rear" in (view, seen.view) else "side"
