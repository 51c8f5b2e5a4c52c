"""What is understood of a film before it is analysed: size, rate, length, slow motion, who is seen, and from where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.apps.serve.jobs.process import Line
from gaitlab.core.errors import GaitlabError, InputError
from gaitlab.core.person import Body
from gaitlab.core.pose import PoseSequence
from gaitlab.io.files import whole_file
from gaitlab.io.video.reader import Image, Video, open_video

if TYPE_CHECKING:
    from gaitlab.pose.networks.estimator import PoseEstimator

STILL, STRIP = "still.jpg", "strip.jpg"
# As many first frames are searched whole by whoever follows the runner, so people are numbered alike here and there.
_NUMBERED_FRAMES = 2
_VIEW_LOOKS = 5
# Pictures of the strip that shows how fast a film plays, its part of the film, s, and their height, px.
STRIP_PICTURES, _STRIP_S, _STRIP_PX = 24, 8.0, 150
_NOTED_FASTER = 1.02


def look(line: Line, film: Path, model: str | None) -> None:
    """Tell what is in a film as it is found out: ``facts``, then ``people`` and ``view``; the first still is written.

    Raises
    ------
    InputError
        if it is no film.
    """
    with open_video(film) as video:
        first = next(iter(video.frames()), None)
        if first is None:
            raise InputError(f"no frame of '{film}' can be decoded; export it again, e.g. as mp4")
        _write_picture(film.with_name(STILL), first.image)
        line.tell("facts", facts(video))
    try:
        from gaitlab.pose.networks.estimator import load_estimator

        estimator = load_estimator(model)
        line.tell("people", _people(film, estimator))
        line.tell("view", _view(film, estimator))
    except GaitlabError as error:  # the film is one, and the analysis will say what it lacks
        line.tell("unseen", str(error))


def facts(video: Video) -> dict[str, Any]:
    """Return what a film's file says."""
    info = video.info
    slow = info.capture_fps / info.fps if info.capture_fps and info.capture_fps > _NOTED_FASTER * info.fps else 1.0
    return {
        "width": info.width,
        "height": info.height,
        "fps": round(info.fps, 3),
        "frames": info.frames,
        "duration_s": round(info.duration_s, 3),
        "variable": info.variable_frame_rate,
        "slow_motion": round(slow, 3),
        "capture_fps": info.capture_fps,
        "recorded_at": info.recorded_at,
        "remarks": [remark for remark in (info.remark, *info.remarks) if remark],
    }


def write_strip(film: Path) -> dict[str, Any]:
    """Write pictures of a film beside each other, and return their number and the seconds between them."""
    with open_video(film) as video:
        info = video.info
        span_s = min(_STRIP_S, info.duration_s)
        begin_s = (info.duration_s - span_s) / 2
        width = max(round(info.width * _STRIP_PX / info.height), 1)
        every_s = span_s / STRIP_PICTURES
        pictures: list[Image] = []
        for frame in video.frames(begin_s, begin_s + span_s):
            if frame.time_s - begin_s >= len(pictures) * every_s and len(pictures) < STRIP_PICTURES:
                pictures.append(_resized(frame.image, (width, _STRIP_PX)))
    _write_picture(film.with_name(STRIP), np.concatenate(pictures, axis=1))
    return {"pictures": len(pictures), "every_s": round(every_s, 4), "width": width, "height": _STRIP_PX}


def _people(film: Path, estimator: PoseEstimator) -> list[dict[str, Any]]:
    """Return number and box (left, top, right, bottom), px, of everybody in the first frames."""
    from gaitlab.pose.follow import PersonTracker

    tracker = PersonTracker(estimator)
    with open_video(film) as video:
        for number, frame in enumerate(video.frames()):
            tracker.see(frame)
            if number + 1 == _NUMBERED_FRAMES:
                break
    return [
        {"person": person, "box": [round(float(edge)) for edge in body.box]} for person, body in tracker.seen_last()
    ]


def _view(film: Path, estimator: PoseEstimator) -> dict[str, Any]:
    """Return the likely view and how sure it is, from a few pictures spread over the film."""
    from gaitlab.kinematics.view import view_of
    from gaitlab.pose.scout import halving, spread_pictures

    with open_video(film) as video:
        pictures = spread_pictures(video, None, None)
    found: dict[int, Body] = {}
    for index in halving(len(pictures))[:_VIEW_LOOKS]:
        people = estimator.detect_people(pictures[index])
        if people:
            found[index] = max(people, key=lambda body: body.total)
    if len(found) < 2:
        return {"view": "", "sure": False}
    order = sorted(found)
    seen = view_of(
        PoseSequence(
            np.array([found[index].xy for index in order]), np.array([found[index].score for index in order]),
            np.array(order, dtype=float), estimator.skeleton,
        )
    )  # fmt: skip
    return {"view": seen.view, "sure": seen.sure}


def _resized(image: Image, size: tuple[int, int]) -> Image:
    import cv2

    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _write_picture(path: Path, image: Image) -> None:
    with whole_file(path, advice="is the disk full?") as partial:
        partial.write_bytes(encoded(image))


def encoded(image: Image, *, most_lines: int = 1080) -> bytes:
    """Return a (height, width, 3) BGR image as JPEG, reduced to so many lines.

    Raises
    ------
    InputError
        if it cannot be encoded.
    """
    import cv2

    height, width = image.shape[:2]
    if height > most_lines:
        image = _resized(image, (max(round(width * most_lines / height), 1), most_lines))
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise InputError("a picture could not be written as JPEG; update opencv-python-headless")
    return bytes(data)
