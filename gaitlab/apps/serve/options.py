"""What the server is started with, and where it keeps what is its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

GIGABYTE = 1_000_000_000
# Hidden, so that nothing in it is taken for a session.
_OWN = ".gaitlab-serve"


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the server.

    Attributes
    ----------
    directory : Path
        the folder of sessions.
    port : int
        port to listen on; 0 takes a free one.
    lan : bool
        whether other machines of the network may connect, with a code.
    workers : int
        analyses at a time.
    largest_bytes : int
        size limit of an uploaded film.
    camera : int | Path | None
        a video file in place of the cameras, or the only camera that is offered; None offers those that are there.
    model : str | None
        the pose network; None takes the best one installed.
    profile : Path | None
        the file of a shop whose brand heads every report.
    """

    directory: Path
    port: int = 8765
    lan: bool = False
    workers: int = 1
    largest_bytes: int = 4 * GIGABYTE
    camera: int | Path | None = None
    model: str | None = None
    profile: Path | None = None

    @property
    def own(self) -> Path:
        """The hidden folder of queue, cache and what was deleted."""
        return self.directory / _OWN
