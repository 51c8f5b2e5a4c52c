"""The pictures of a session: the annotated video, the clean clip for the page, the stills of the key moments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from gaitlab.analysis import Analysis
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.report import key_moments, write_report
from gaitlab.store.session import Session
from gaitlab.video.annotate import annotate
from gaitlab.video.clip import CRF, shrunk
from gaitlab.video.faces import face_circles, hide_face
from gaitlab.video.reader import Image, VideoInfo, open_video
from gaitlab.video.stills import Shot, take_stills
from gaitlab.video.writer import VideoWriter


def write_videos(
    source: VideoInfo,
    folder: Path,
    analysis: Analysis,
    *,
    video_time_s: np.ndarray,
    crf: int,
    blur_face: bool,
    progress: Callable[[str, int, int], None],
) -> None:
    """Write ``annotated.mp4`` and ``clip.mp4`` (clean, at most 720 lines) into a session folder.

    Args:
        source: the analysed video; its pictures are turned as they were for the analysis.
        video_time_s: (frame,) time of each analysed frame in it; in slow motion it is not the true time.
        crf: quality of the annotated video.
        blur_face: hide the runner's face in both.
        progress: called as ``progress(stage, done, total)``.
    """
    hide = _face_hidden(analysis, video_time_s) if blur_face else None
    with (
        open_video(source.path, rotate_deg=source.rotate_deg) as video,
        VideoWriter(folder / "clip.mp4", fps=video.info.fps, crf=CRF) as clip,
    ):

        def keep_clean(image: Image, time_s: float) -> None:
            # One pass over the video makes both: what is decoded once need not be decoded again.
            if hide is not None:
                hide(image, time_s)
            clip.write(shrunk(image), time_s - float(video_time_s[0]))

        annotate(
            video,
            folder / "annotated.mp4",
            analysis.pose,
            video_time_s=video_time_s,
            captions=_captions(analysis),
            contacts=_contacts(analysis, video_time_s),
            crf=crf,
            change=keep_clean,
            on_frame=_counter("drawing the video", len(analysis.pose), progress),
        )


def write_page(session: Session, *, units: str, embed_video: bool | None) -> None:
    """Write report.html with the session's clip, and stills of the key moments taken from it, where there is one."""
    clip = session.clip
    if clip is None:
        write_report(session, units=units)
        return
    with open_video(clip) as video:
        scale = video.info.height / session.info["video"]["height"]
        times_s = video.timestamps_s
        shots = {
            moment.key: Shot(float(times_s[moment.frame]), _scaled(moment.box_px, scale))
            for moment in key_moments(session)
            if moment.frame < len(times_s)
        }
        stills = take_stills(video, shots)
    write_report(session, stills=stills, clip=clip, embed_video=embed_video, units=units)


def _scaled(box_px: tuple[int, int, int, int], scale: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(edge * scale) for edge in box_px)
    return left, top, right, bottom


def _face_hidden(analysis: Analysis, video_time_s: np.ndarray) -> Callable[[Image, float], None]:
    circles = face_circles(analysis.pose)

    def hide(image: Image, time_s: float) -> None:
        frame = int(np.argmin(np.abs(video_time_s - time_s)))
        hide_face(image, circles[frame])

    return hide


def _captions(analysis: Analysis) -> dict[str, tuple[str, np.ndarray]]:
    values = analysis.angles.values_deg
    if analysis.view == "rear":
        return {
            "left": ("left hip adduction", values["left_hip_adduction_deg"]),
            "right": ("right hip adduction", values["right_hip_adduction_deg"]),
            "trunk": ("pelvic drop", values["pelvic_drop_deg"]),
        }
    return {
        "left": ("left knee", values["left_knee_flexion_deg"]),
        "right": ("right knee", values["right_knee_flexion_deg"]),
        "trunk": ("trunk lean", values["trunk_lean_deg"]),
    }


def _contacts(analysis: Analysis, video_time_s: np.ndarray) -> dict[str, list[tuple[float, float]]]:
    """Return the contacts on the video's own clock; events are known in true time."""
    to_video = np.polyfit(analysis.raw.time_s, video_time_s, 1)
    return {
        side: [
            (float(np.polyval(to_video, c.foot_strike_s)), float(np.polyval(to_video, c.toe_off_s)))
            for c in analysis.events.of(side)
        ]
        for side in BOTH_SIDES
    }


def _counter(stage: str, total: int, progress: Callable[[str, int, int], None]) -> Callable[[], None]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        progress(stage, done, total)

    return count
