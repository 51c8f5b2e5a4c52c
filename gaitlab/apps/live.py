"""Live view of skeleton and angles of a runner in front of a camera."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.person import Body, drawable
from gaitlab.core.pose import PoseSequence
from gaitlab.io.video.camera import Live
from gaitlab.io.video.drawing import SIDE_COLOURS, draw_caption, draw_pose
from gaitlab.io.video.reader import Frame, Image
from gaitlab.io.video.writer import VideoWriter
from gaitlab.kinematics.calibration import facing
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.pose.follow import PersonTracker
from gaitlab.pose.models.catalogue import first_installed, lighter
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator

_CAMERA_FPS = 30
_TRIED = 5  # pictures by which a network's time is taken
_MEMORY_FRAMES = 60  # frames for the majority vote on the direction the runner faces
_TEXT_SIZE = 0.6  # smaller than in videos: many lines, and a larger screen
_SHOWN = {"knee_flexion": "knee", "hip_flexion": "hip", "shank": "shank"}


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """Statistics of a live session: images received, images processed, and the network's median time for one."""

    taken: int
    seen: int
    network_ms: float


def network_for_live(
    name: str | None = None,
    *,
    models_dir: Path | None = None,
    time_ms: Callable[[PoseEstimator], float] | None = None,
) -> tuple[PoseEstimator, str]:
    """Return the network for a live session, and why it is not the best one: empty where it is, or was asked for.

    Parameters
    ----------
    name : str | None, optional
        name in the catalogue; None selects the best one installed if this machine runs it as fast as a camera delivers,
        otherwise its smaller variant.
    models_dir : Path | None, optional
        folder searched first.
    time_ms : Callable[[PoseEstimator], float] | None, optional
        measures a network's time for one image, ms; None measures it on blank images.

    Raises
    ------
    ModelError
        if the network is unknown, not installed or damaged.
    """
    estimator = load_estimator(name, models_dir=models_dir)
    light = first_installed(lighter(estimator.name), models_dir=models_dir) if name is None else None
    if light is None:
        return estimator, ""
    took_ms, camera_ms = (time_ms or picture_ms)(estimator), 1000 / _CAMERA_FPS
    if took_ms <= camera_ms:
        return estimator, ""
    return load_estimator(light.name, models_dir=models_dir), (
        f"'{estimator.name}' takes {took_ms:.0f} ms a picture here, where a camera leaves {camera_ms:.0f}: "
        f"'{light.name}' was taken; --model {estimator.name} takes the larger one all the same"
    )


def picture_ms(estimator: PoseEstimator) -> float:
    """Return a network's median time for one person in one image, ms, on blank images."""
    image = np.full((720, 1280, 3), 128, dtype=np.uint8)
    box = np.array([540.0, 110.0, 740.0, 610.0])
    guess = Body(np.full((len(estimator.skeleton), 2), np.nan), np.zeros(len(estimator.skeleton)))
    times_ms = []
    for _ in range(_TRIED + 1):
        start = time.perf_counter()
        estimator.detect_person(image, box, guess)
        times_ms.append(1000 * (time.perf_counter() - start))
    return float(np.median(times_ms[1:]))  # the first one sets the network up


def run_live(
    source: int | Path,
    estimator: PoseEstimator,
    show: Callable[[Image], bool],
    *,
    fps: float | None = None,
    record: Path | None = None,
    seconds: float | None = None,
) -> LiveCounts:
    """Show the newest image with skeleton, joint angles and the network's time until stopped.

    Parameters
    ----------
    source : int | Path
        number of a camera, or a video file.
    estimator : PoseEstimator
        the pose network.
    show : Callable[[Image], bool]
        displays an image and returns whether to continue.
    fps : float | None, optional
        frame rate of a raw stream, which has no clock, Hz.
    record : Path | None, optional
        video file for all images without annotation, for a later analysis.
    seconds : float | None, optional
        time limit, s.

    Raises
    ------
    InputError
        if the source is unreadable.
    OutputError
        if the recording cannot be written.
    """
    tracker = PersonTracker(estimator)
    recent: deque[tuple[Frame, Body]] = deque(maxlen=_MEMORY_FRAMES)
    times_ms: list[float] = []
    with ExitStack() as stack:
        writer = stack.enter_context(VideoWriter(record, fps=30, keep_begun=True)) if record is not None else None
        keep = (lambda frame: writer.write(frame.image, frame.time_s)) if writer else (lambda frame: None)
        live = stack.enter_context(Live(source, fps=fps, on_frame=keep))
        while (frame := live.newest()) is not None:
            start = time.perf_counter()
            tracker.see(frame)
            times_ms.append(1000 * (time.perf_counter() - start))
            body = tracker.current
            if body is not None:
                recent.append((frame, body))
            image = frame.image.copy()
            draw_live(image, body, estimator, recent=recent, network_ms=times_ms[-1])
            if not show(image) or (seconds is not None and frame.time_s >= seconds):
                break
    return LiveCounts(live.taken, len(times_ms), float(np.median(times_ms)) if times_ms else float("nan"))


def draw_live(
    image: Image,
    body: Body | None,
    estimator: PoseEstimator,
    *,
    recent: deque[tuple[Frame, Body]],
    network_ms: float,
) -> None:
    """Draw the body, its angles and the network's time into an image, in place."""
    draw_caption(image, f"{estimator.name}  {network_ms:.0f} ms", -1, size=_TEXT_SIZE)
    if body is None:
        draw_caption(image, "nobody in sight", 0, size=_TEXT_SIZE)
        return
    draw_pose(image, drawable(body, estimator.skeleton).xy, estimator.skeleton)
    row = 0
    for name, degrees in live_angles(recent, estimator).items():
        if np.isfinite(degrees):
            colour = SIDE_COLOURS.get(name.partition(" ")[0])
            draw_caption(image, f"{name}  {degrees:.0f} deg", row, colour=colour, size=_TEXT_SIZE)
            row += 1


def live_angles(recent: deque[tuple[Frame, Body]], estimator: PoseEstimator) -> Mapping[str, float]:
    """Return angles by name (``left knee``), degrees, of the newest body, facing as the majority of recent bodies."""
    pose = PoseSequence(
        np.stack([body.xy for _, body in recent]),
        np.stack([body.score for _, body in recent]),
        np.array([frame.time_s for frame, _ in recent]),
        estimator.skeleton,
    )
    forward, _ = facing(pose)
    newest = PoseSequence(pose.xy[-1:], pose.score[-1:], pose.time_s[-1:], pose.skeleton)
    values = sagittal_angles(newest, forward=forward).values_deg
    angles = {f"{s} {word}": float(values[f"{s}_{key}_deg"][0]) for key, word in _SHOWN.items() for s in BOTH_SIDES}
    return angles | {"trunk lean": float(values["trunk_lean_deg"][0])}
