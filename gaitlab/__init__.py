"""Gait and running analysis from ordinary video.

    import gaitlab
    session = gaitlab.analyze("run.mp4", belt_speed_mps=2.8, height_m=1.78)
    session.summary

Importing does nothing but this: each name below is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from gaitlab.compare import compare, trends
    from gaitlab.config import Settings
    from gaitlab.errors import GaitlabError
    from gaitlab.pipeline import analyze
    from gaitlab.store.session import Session, open_session
    from gaitlab.store.sessions import load_sessions

_HOMES = {
    "GaitlabError": "gaitlab.errors",
    "Session": "gaitlab.store.session",
    "Settings": "gaitlab.config",
    "analyze": "gaitlab.pipeline",
    "compare": "gaitlab.compare",
    "load_sessions": "gaitlab.store.sessions",
    "open_session": "gaitlab.store.session",
    "trends": "gaitlab.compare",
}

__all__ = ["GaitlabError", "Session", "Settings", "analyze", "compare", "load_sessions", "open_session", "trends"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gaitlab' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
