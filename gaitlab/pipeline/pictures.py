"""The pictures of a session: the annotated video, the clean clip for the page, the stills of the key moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gaitlab.analysis.recording import Analysis
from gaitlab.config import EMBED, ReportSettings, VideoSettings
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pieces import Pieces
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import FROM_BEHIND
from gaitlab.io.session.session import Session
from gaitlab.io.video.annotate import Annotation, frame_shown
from gaitlab.io.video.clip import CRF, clip_size, shrunk
from gaitlab.io.video.faces import face_circles, hide_face
from gaitlab.io.video.follow import SMALL_SHARE, follow_window, height_share
from gaitlab.io.video.reader import Image, Video, VideoInfo, open_video
from gaitlab.io.video.stills import Shot, take_stills
from gaitlab.io.video.writer import VideoWriter
from gaitlab.report import key_moments, write_report
from gaitlab.report.shared.brand import language_of

ANNOTATED, CLIP, STILLS = "annotated.mp4", "clip.mp4", "the stills of the key moments"
VIDEOS = (ANNOTATED, CLIP)


@dataclass(frozen=True, slots=True)
class _Film:
    """A video in the making: where it goes, and what is made of a frame for it."""

    name: str
    writer: VideoWriter
    made_of: Callable[[Image, float], Image]


def write_videos(
    source: VideoInfo,
    folder: Path,
    analysis: Analysis,
    *,
    video_time_s: np.ndarray,
    settings: VideoSettings,
    clean: Path | None = None,
    pieces: Pieces,
    progress: Callable[[str, int, int], None],
) -> None:
    """Write ``annotated.mp4`` and ``clip.mp4`` (clean, at most 720 lines) into a session folder, each whole or not.

    Parameters
    ----------
    source : VideoInfo
        the analysed video; its pictures are turned as they were for the analysis.
    video_time_s : np.ndarray
        (frame,) time of each analysed frame in it; in slow motion it is not the true time.
    settings : VideoSettings
        what the annotated video looks like, and whether the runner's face is hidden in both.
    clean : Path | None, optional
        the clean clip, if it was written during the analysis: it becomes ``clip.mp4``, and is drawn on unless the
        video itself shows more that is wanted. If the face is to be hidden, it is removed.
    pieces : Pieces
        takes what goes wrong with either, which does not harm the other.
    progress : Callable[[str, int, int], None]
        called as ``progress(stage, done, total)``.
    """
    try:
        if clean is not None and not settings.blur_face:
            clean = clean.replace(folder / CLIP)
        with pieces.attempt(*VIDEOS):
            follows = _follows(analysis, source, settings.follow)
            from_clip = clean is not None and _suffices(source, lines=settings.height, follows=follows)
            opened = open_video(clean) if clean is not None and from_clip else _again(source)
            with opened as video:
                times_s = video_time_s - video_time_s[0] if from_clip else video_time_s
                pose = _scaled(analysis.shown, source, (video.info.width, video.info.height))
                hide = _face_hidden(pose, times_s, fps=video.info.fps) if settings.blur_face else None
                films = []
                if clean is None or hide is not None:
                    with pieces.attempt(CLIP):
                        writer = VideoWriter(folder / CLIP, fps=video.info.fps, crf=CRF)
                        films.append(_Film(CLIP, writer, lambda image, time_s: shrunk(image)))
                with pieces.attempt(ANNOTATED):  # last: it draws into the frame itself
                    films.append(
                        _annotated(folder, analysis, pose, video.info, times_s, follows=follows, settings=settings)
                    )
                _film(video, films, times_s, hide=hide, pieces=pieces, progress=progress)
    finally:
        if clean is not None and settings.blur_face:
            clean.unlink(missing_ok=True)


def _suffices(source: VideoInfo, *, lines: int, follows: bool) -> bool:
    """Whether the clean clip has all pixels that the annotated video needs.

    A window that enlarges the runner, and more lines than the clip has, need the video's own.
    """
    has = clip_size(source.width, source.height)[1]
    return has >= source.height - 1 or (not follows and 0 < lines <= has)


def _again(source: VideoInfo) -> Video:
    """Open the analysed video once more."""
    return open_video(source.path, rotate_deg=source.rotate_deg, fps=source.told_fps)


def _scaled(pose: PoseSequence, source: VideoInfo, size: tuple[int, int]) -> PoseSequence:
    """Return a pose in the pixels of the video resized to a width and height, px."""
    return replace(pose, xy=(pose.xy + 0.5) * (size[0] / source.width, size[1] / source.height) - 0.5)


def _without(pose: PoseSequence, points: Sequence[str]) -> PoseSequence:
    """Return a pose without some points of either side."""
    left_out = [name.partition("_")[2] in points for name in pose.skeleton.names]
    return replace(pose, xy=np.where(np.array(left_out)[:, None], np.nan, pose.xy))


def _annotated(
    folder: Path,
    analysis: Analysis,
    pose: PoseSequence,
    read: VideoInfo,
    times_s: np.ndarray,
    *,
    follows: bool,
    settings: VideoSettings,
) -> _Film:
    """Return the annotated video, made of the images of a video that was ``read`` with the ``pose`` in its pixels."""
    writer = VideoWriter(folder / ANNOTATED, fps=read.fps, crf=settings.crf)
    lines = settings.height or read.height
    size = clip_size(read.width, read.height, max_lines=lines)
    window = follow_window(pose, width=read.width, height=read.height) if follows else None
    smaller = window is None and settings.height and read.height > lines
    pose = pose if analysis.trial.view == "rear" else _without(pose, FROM_BEHIND)
    annotation = Annotation(
        _scaled(pose, read, size) if smaller else pose,
        times_s,
        captions=_captions(analysis),
        contacts=_contacts(analysis, times_s),
        fps=read.fps,
        window=window,
    )
    if smaller:
        return _Film(ANNOTATED, writer, lambda image, time_s: annotation.drawn(shrunk(image, max_lines=lines), time_s))
    return _Film(ANNOTATED, writer, annotation.drawn)


def _film(
    video: Video,
    films: Sequence[_Film],
    video_time_s: np.ndarray,
    *,
    hide: Callable[[Image, float], None] | None,
    pieces: Pieces,
    progress: Callable[[str, int, int], None],
) -> None:
    """Make all films in one pass over the video: what is decoded once need not be decoded again."""
    start_s, end_s = float(video_time_s[0]), float(video_time_s[-1]) + 0.5 / video.info.fps
    whole = False
    try:
        for done, frame in enumerate(video.frames(start_s, end_s), start=1):
            if hide is not None:  # where this goes wrong nothing may be shown
                hide(frame.image, frame.time_s)
            for film in films:
                if pieces.made(film.name):
                    with pieces.attempt(film.name):
                        film.writer.write(film.made_of(frame.image, frame.time_s), frame.time_s - start_s)
            if not any(pieces.made(film.name) for film in films):
                break
            progress("drawing the video", done, len(video_time_s))
        whole = True
    finally:
        for film in films:
            with pieces.attempt(film.name):
                film.writer.close(keep=whole and pieces.made(film.name))


def write_page(
    session: Session,
    *,
    settings: ReportSettings,
    pieces: Pieces,
    progress: Callable[[str, int, int], None],
) -> None:
    """Write report.html with the session's clip, and stills of the key moments taken from it, where there is one."""
    clip = session.clip
    stills: dict[str, bytes] = {}
    if clip is not None:
        progress("taking the stills", 0, 1)
        with pieces.attempt(STILLS):
            stills = _stills(session, clip, pieces)
    progress("writing the page", 0, 1)
    write_report(
        session, stills=stills, clip=clip, embed_video=EMBED[settings.embed_video], units=settings.units,
        findings=settings.findings, pieces=pieces, language=language_of(session, settings.language),
    )  # fmt: skip


def _stills(session: Session, clip: Path, pieces: Pieces) -> dict[str, bytes]:
    """Return key -> JPEG of the key moments, taken from the clip."""
    with open_video(clip) as video:
        source, pose = session.info["video"], session.pose
        # The clip begins with the first analysed frame, and may hold more frames than were analysed.
        clip_s = (pose.time_s - pose.time_s[0]) * float(source.get("slow_motion", 1.0))
        half_frame_s = 0.5 / video.info.fps
        moments = {
            moment.key: moment
            for moment in key_moments(session)
            if clip_s[moment.frame] <= video.timestamps_s[-1] + half_frame_s
        }
        across, down = video.info.width / source["width"], video.info.height / source["height"]
        shots = {
            key: Shot(float(clip_s[moment.frame]), scaled_box(moment.box_px, across, down, video.info))
            for key, moment in moments.items()
        }
        names = {
            key: f"the still of the {moment.side} {moment.event.replace('_', ' ')}" for key, moment in moments.items()
        }
        return take_stills(video, shots, attempt=lambda key: pieces.attempt(names[key]))


def scaled_box(
    box_px: tuple[int, int, int, int], across: float, down: float, size: VideoInfo
) -> tuple[int, int, int, int]:
    """Return a box (left, top, right, bottom) in a picture made smaller, kept in it.

    Parameters
    ----------
    across, down : float
        by how much width and height were changed; even sizes make them differ.
    size : VideoInfo
        of the smaller picture.
    """
    left, right = (min(max(round(edge * across), 0), size.width) for edge in box_px[::2])
    top, bottom = (min(max(round(edge * down), 0), size.height) for edge in box_px[1::2])
    return left, top, right, bottom


def _face_hidden(pose: PoseSequence, times_s: np.ndarray, *, fps: float) -> Callable[[Image, float], None]:
    circles = face_circles(pose)

    def hide(image: Image, time_s: float) -> None:
        hide_face(image, circles[frame_shown(times_s, time_s, fps=fps)])

    return hide


def _follows(analysis: Analysis, source: VideoInfo, follow: str) -> bool:
    """Whether the annotated video follows the runner."""
    small = height_share(analysis.shown, height=source.height) < SMALL_SHARE
    return follow == "yes" or (follow == "auto" and small)


def _captions(analysis: Analysis) -> dict[str, tuple[str, np.ndarray]]:
    values = analysis.trial.angles.values_deg
    if analysis.trial.dots_alone or analysis.trial.legs_alone:
        return {side: (f"{side} heel to shank", values[f"{side}_rearfoot_deg"]) for side in BOTH_SIDES}
    if analysis.trial.movement:
        return _movement_captions(values)
    if analysis.trial.view == "rear":
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


def _movement_captions(values: Mapping[str, np.ndarray]) -> dict[str, tuple[str, np.ndarray]]:
    """Return what is written over a movement: the knees and the trunk, as the view shows them."""
    knee = "knee_flexion" if "left_knee_flexion_deg" in values else "knee_projection"
    trunk = "trunk_lean" if "trunk_lean_deg" in values else "trunk_side_lean"
    said = {"knee_flexion": "knee", "knee_projection": "knee projection"}[knee]
    legs: dict[str, tuple[str, np.ndarray]] = {
        side: (f"{side} {said}", values[f"{side}_{knee}_deg"]) for side in BOTH_SIDES
    }
    return {**legs, "trunk": (trunk.replace("_", " "), values[f"{trunk}_deg"])}


def _contacts(analysis: Analysis, times_s: np.ndarray) -> dict[str, list[tuple[float, float]]]:
    """Return the contacts on the clock of the video that is drawn on; events are known in true time."""
    to_video = np.polyfit(analysis.raw.time_s, times_s, 1)
    if analysis.trial.movement:
        return {
            side: [
                (float(np.polyval(to_video, one.start_s)), float(np.polyval(to_video, one.end_s)))
                for one in analysis.trial.counted(side)
            ]
            for side in BOTH_SIDES
        }
    return {
        side: sorted(
            (float(np.polyval(to_video, c.foot_strike_s)), float(np.polyval(to_video, c.toe_off_s)))
            for c in analysis.trial.events.of(side)
            if np.isfinite(c.toe_off_s)
        )
        for side in BOTH_SIDES
    }
