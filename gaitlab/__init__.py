"""Gait and running analysis from ordinary video.

    import gaitlab
    session = gaitlab.analyze("run.mp4", belt_speed_mps=2.8, height_m=1.78)
    session.summary

Importing does nothing but this: each name of ``__all__`` is loaded when it is first used.
"""

from __future__ import annotations

from gaitlab._version import __version__ as __version__

__all__ = ["GaitlabError", "Session", "Settings", "analyze", "compare", "load_sessions", "open_session", "trends"]

# Type checkers take it for true. The module `typing` costs more than all else here, and a command that is being
# started must soon be able to answer Ctrl-C.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from gaitlab.config import Settings
    from gaitlab.core.errors import GaitlabError
    from gaitlab.io.session.session import Session, open_session
    from gaitlab.io.session.sessions import load_sessions
    from gaitlab.pipeline.run import analyze
    from gaitlab.stats import compare, trends
else:  # out of a type checker's sight: for it there is no other name than these

    def __getattr__(name: str) -> object:
        match name:
            case "GaitlabError":
                from gaitlab.core.errors import GaitlabError

                return GaitlabError
            case "Session":
                from gaitlab.io.session.session import Session

                return Session
            case "Settings":
                from gaitlab.config import Settings

                return Settings
            case "analyze":
                from gaitlab.pipeline.run import analyze

                return analyze
            case "compare":
                from gaitlab.stats import compare

                return compare
            case "load_sessions":
                from gaitlab.io.session.sessions import load_sessions

                return load_sessions
            case "open_session":
                from gaitlab.io.session.session import open_session

                return open_session
            case "trends":
                from gaitlab.stats import trends

                return trends
        raise AttributeError(f"module 'gaitlab' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
