"""Pose estimation in images and videos without gait: skeletons, limb angles, confidence maps, OpenPose's JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.person import Body, drawable
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.video.drawing import draw_caption, draw_pose, draw_text
from gaitlab.io.video.reader import Image, open_video
from gaitlab.io.video.writer import VideoWriter
from gaitlab.pose.networks.estimator import PoseEstimator
from gaitlab.pose.still import confidence_maps, limb_angles, read_image, write_openpose_json

_TEXT_SIZE = 0.6  # smaller than in videos
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class PictureResult:
    """Result for one file: files written, largest number of people in an image, and the network's time."""

    source: Path
    written: tuple[Path, ...]
    people: int
    network_ms: float


@dataclass(frozen=True, slots=True)
class DrawOptions:
    """What to draw: keypoints from a confidence of ``threshold``; optionally angles, numbers and confidence maps."""

    threshold: float = 0.1
    angles: bool = False
    numbers: bool = False
    heatmaps: bool = False


def draw_all_poses(
    sources: Sequence[Path],
    estimator: PoseEstimator,
    folder: Path,
    *,
    options: DrawOptions,
    fps: float | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Iterator[PictureResult]:
    """Estimate the poses of all people in images and videos; write drawings, and keypoints as OpenPose JSON.

    Parameters
    ----------
    sources : Sequence[Path]
        images (by their suffix) or videos.
    folder : Path
        output folder for ``NAME.png`` or ``NAME.mp4``, ``NAME_…_keypoints.json`` (a video's in ``NAME_json``), and with
        ``options.heatmaps`` ``NAME_heatmaps.png`` or ``.mp4``.
    estimator : PoseEstimator
        the pose network.
    options : DrawOptions
        what to draw.
    fps : float | None, optional
        frame rate of raw streams, which have no clock, Hz.
    progress : Callable[[str, int, int], None], optional
        called as ``progress(stage, done, total)``.

    Raises
    ------
    InputError
        if a source is unreadable, or two have the same name.
    OutputError
        if the folder is not writable.
    """
    names = [source.stem for source in sources]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"two of the files are called '{twice}'; their results would overwrite each other")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder '{folder}': {error.strerror}; choose another with -o") from error
    for source in sources:
        if source.suffix.lower() in _PICTURES:
            yield _picture(source, estimator, folder, options)
        else:
            yield _video(source, estimator, folder, options, fps, progress)


def _picture(source: Path, estimator: PoseEstimator, folder: Path, options: DrawOptions) -> PictureResult:
    image = read_image(source)
    bodies, network_ms = _bodies(image, estimator, options)
    written = [write_openpose_json(folder, source.stem, bodies, estimator.skeleton)]
    if options.heatmaps:
        maps = draw_maps(image, estimator)
        written.append(_write_image(folder / f"{source.stem}_heatmaps.png", maps))
    draw_people(image, bodies, estimator, options=options, network_ms=network_ms)
    written.insert(0, _write_image(folder / f"{source.stem}.png", image))
    return PictureResult(source, tuple(written), len(bodies), network_ms)


def _video(
    source: Path,
    estimator: PoseEstimator,
    folder: Path,
    options: DrawOptions,
    fps: float | None,
    progress: Callable[[str, int, int], None],
) -> PictureResult:
    target, maps_target = folder / f"{source.stem}.mp4", folder / f"{source.stem}_heatmaps.mp4"
    if target.exists() and target.samefile(source):
        raise OutputError(f"'{target}' is the video itself; choose another folder with -o")
    times_ms: list[float] = []
    most = 0
    with ExitStack() as stack:
        video = stack.enter_context(open_video(source, fps=fps))
        drawn = stack.enter_context(VideoWriter(target, fps=video.info.fps))
        mapped = stack.enter_context(VideoWriter(maps_target, fps=video.info.fps)) if options.heatmaps else None
        for number, frame in enumerate(video.frames()):
            bodies, network_ms = _bodies(frame.image, estimator, options)
            times_ms.append(network_ms)
            most = max(most, len(bodies))
            json_folder = folder / f"{source.stem}_json"
            write_openpose_json(json_folder, source.stem, bodies, estimator.skeleton, frame=number)
            if mapped is not None:
                mapped.write(draw_maps(frame.image, estimator), frame.time_s)
            draw_people(frame.image, bodies, estimator, options=options, network_ms=network_ms)
            drawn.write(frame.image, frame.time_s)
            progress(source.name, number + 1, video.info.frames)
    written = (target, folder / f"{source.stem}_json", *((maps_target,) if options.heatmaps else ()))
    return PictureResult(source, written, most, float(np.median(times_ms)) if times_ms else float("nan"))


def _bodies(image: Image, estimator: PoseEstimator, options: DrawOptions) -> tuple[list[Body], float]:
    """Return all people, without keypoints below the threshold, and the network's time, ms."""
    start = time.perf_counter()
    bodies = estimator.detect_people(image, unsure=True)
    network_ms = 1000 * (time.perf_counter() - start)
    return [body.without(body.score >= options.threshold) for body in bodies], network_ms


def draw_people(
    image: Image, bodies: Sequence[Body], estimator: PoseEstimator, *, options: DrawOptions, network_ms: float
) -> None:
    """Draw skeletons and the optional content into an image, in place."""
    skeleton = estimator.skeleton
    for found in bodies:
        body = drawable(found, skeleton)
        draw_pose(image, body.xy, skeleton)
        if options.numbers:
            for number, point in enumerate(body.xy):
                draw_text(image, str(number), point)
        if options.angles:
            _draw_angles(image, body, skeleton)
    draw_caption(image, f"{estimator.name}  {network_ms:.0f} ms", -1, size=_TEXT_SIZE)


def _draw_angles(image: Image, body: Body, skeleton: Skeleton) -> None:
    """Draw the flexion angle of each joint next to it."""
    for angle in limb_angles(body, skeleton):
        if angle.kind == "joint":
            draw_text(image, f"{angle.value_deg:.0f}", body.point(skeleton, angle.name))


def draw_maps(image: Image, estimator: PoseEstimator) -> Image:
    """Return the darkened image overlaid with the largest confidence of all keypoints."""
    strongest = confidence_maps(estimator, image).max(axis=0)
    coloured = cv2.applyColorMap(np.round(255 * strongest).astype(np.uint8), cv2.COLORMAP_INFERNO)
    share = strongest[..., None] ** 0.5
    blended: Image = np.round(image * (0.6 - 0.6 * share) + coloured * share).clip(0, 255).astype(np.uint8)
    return blended


def _write_image(path: Path, image: Image) -> Path:
    done, data = cv2.imencode(path.suffix, image)
    if not done:
        raise OutputError(f"the picture '{path}' cannot be encoded")
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise OutputError(f"cannot write '{path}': {error.strerror}") from error
    return path
