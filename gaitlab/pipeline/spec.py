"""Which recording is analysed and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# progress(stage, done, total): called after every frame of a stage.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSpec:
    """Which recording, and how it is to be read; the names are those of `gaitlab.analyze`.

    ``dots`` is ``auto``, the path of a file of clicks, or None for no dots. ``heels`` asks for the lines of the heels
    in a rear view, which pictures of them show without dots. ``stands`` says that the runner stands still, so that
    the view cannot be derived from the movement. ``rotate_deg`` turns the video's pictures before anything else.
    ``fps_otherwise`` is the rate of keypoints that neither ``fps`` nor their file says. ``layout``, ``axes`` and
    ``picture_px`` say what a file of keypoints does not. ``clean_clip`` is the file of the video's clean clip, which is
    written while the video is read; None for none.
    """

    video: str | Path | None
    view: str
    keypoints: str | Path | None = None
    keypoints_format: str = "auto"
    fps: float | None = None
    fps_otherwise: float | None = None
    capture_fps: float | None = None
    start_s: float | None = None
    end_s: float | None = None
    model: str = "auto"
    models_dir: Path | None = None
    person: int = -1
    dots: str | Path | None = None
    heels: bool = False
    stands: bool = False
    rotate_deg: int = 0
    layout: str | None = None
    axes: str | None = None
    picture_px: tuple[int, int] | None = None
    clean_clip: Path | None = None

    @property
    def front_refused(self) -> bool:
        """Whether a film from the front is of no use."""
        return self.view != "side" and not self.stands

    @property
    def heels_unless_side(self) -> bool:
        """Whether heels are looked for only as long as the runner may be seen from behind."""
        return self.view == "auto"
