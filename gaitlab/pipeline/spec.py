"""Which recording is analysed and how it is read, and whether its video can be read so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gaitlab.core.errors import InputError, argument

if TYPE_CHECKING:
    from gaitlab.io.video.reader import VideoInfo
    from gaitlab.markers.clicks import Clicks

# What the gaits are called as a movement -> the setting ``gait.activity``.
GAITS: Mapping[str, str] = {"run": "running", "walk": "walking"}
# What `capture_fps` may be instead of a number: the likeliest rate is taken.
AUTO = "auto"
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
    written while the video is read; None for none. ``movement`` is what the person does, ``auto`` to tell it from the
    keypoints; empty where nobody asks.
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
    movement: str = ""

    @property
    def front_refused(self) -> bool:
        """Whether a film from the front is of no use: one of gait, unless it may be of something else."""
        return self.view in ("auto", "rear") and not self.stands and self.movement in ("", *GAITS)

    @property
    def heels_unless_side(self) -> bool:
        """Whether heels are looked for only as long as the runner may be seen from behind."""
        return self.view == "auto"


def check_clock(spec: RecordingSpec, info: VideoInfo) -> None:
    """Refuse a single picture, and times and rates that the video cannot have.

    Raises
    ------
    InputError
        one picture, a start beyond its end, or a true frame rate below the one it plays at.
    """
    from gaitlab.io.video.contents import SAME_RATE

    if info.frames == 1:
        raise InputError(
            f"'{info.path}' is one picture; expected a film of a few seconds (`gaitlab pose` finds people in pictures)"
        )
    if spec.start_s is not None and spec.start_s >= info.duration_s:
        raise InputError(
            f"{argument('start_s')} ({spec.start_s:g} s) is beyond the end of '{info.path}' ({info.duration_s:.3f} s)"
        )
    if spec.capture_fps is not None and spec.capture_fps < SAME_RATE * info.fps:
        raise InputError(
            f"{argument('capture_fps')} ({spec.capture_fps:g}) is below the {info.fps:.4g} frames a second of "
            f"'{info.path}'; expected the rate that a slow-motion film was taken at, which is higher than what it plays"
        )


def read_clicks_of(spec: RecordingSpec, info: VideoInfo) -> Clicks | None:
    """Read the file of clicks, if one is named.

    Raises
    ------
    InputError
        no clicks, or those of a video of another size.
    """
    if spec.dots is None or str(spec.dots) == "auto":
        return None
    from gaitlab.markers.clicks import read_clicks

    clicks = read_clicks(Path(spec.dots))
    if (clicks.width, clicks.height) != (info.width, info.height):
        raise InputError(
            f"the dots in '{spec.dots}' were clicked on a video of {clicks.width} x {clicks.height}, but "
            f"'{spec.video}' has {info.width} x {info.height}; click anew with `gaitlab dots {spec.video}`"
        )
    return clicks
