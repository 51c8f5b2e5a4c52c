"""Gait and running analysis from ordinary video.

    import gaitlab
    session = gaitlab.analyze("run.mp4", belt_speed_mps=2.8, height_m=1.78)
    session.summary

Importing does nothing but this: each name of ``__all__`` is loaded when it is first used.
"""

from __future__ import annotations

from gaitlab._version import __version__ as __version__

__all__ = [
    "GaitlabError",
    "PoseSequence",
    "Session",
    "Settings",
    "add_note",
    "analyze",
    "athlete_report",
    "compare",
    "compute_angles",
    "compute_metrics",
    "detect_contacts",
    "estimate_poses",
    "load_keypoints",
    "load_sessions",
    "open_session",
    "preprocess",
    "trends",
    "validate",
]

# Type checkers take it for true. The module `typing` costs more than all else here, and a command that is being
# started must soon be able to answer Ctrl-C.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from gaitlab.apps.validate import validate
    from gaitlab.config import Settings
    from gaitlab.core.errors import GaitlabError
    from gaitlab.core.pose import PoseSequence
    from gaitlab.io.session.session import Session, open_session
    from gaitlab.io.session.sessions import load_sessions
    from gaitlab.pipeline.changes import add_note
    from gaitlab.pipeline.run import analyze
    from gaitlab.report.athlete import athlete_report
    from gaitlab.stats import compare, trends
    from gaitlab.steps import (
        compute_angles,
        compute_metrics,
        detect_contacts,
        estimate_poses,
        load_keypoints,
        preprocess,
    )
else:  # out of a type checker's sight: for it there is no other name than these
    # Where each name is at home.
    _HOMES = {
        "GaitlabError": "core.errors",
        "PoseSequence": "core.pose",
        "Session": "io.session.session",
        "Settings": "config",
        "add_note": "pipeline.changes",
        "analyze": "pipeline.run",
        "athlete_report": "report.athlete",
        "compare": "stats",
        "compute_angles": "steps",
        "compute_metrics": "steps",
        "detect_contacts": "steps",
        "estimate_poses": "steps",
        "load_keypoints": "steps",
        "load_sessions": "io.session.sessions",
        "open_session": "io.session.session",
        "preprocess": "steps",
        "trends": "stats",
        "validate": "apps.validate",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'gaitlab' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(f"gaitlab.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
