"""Reading of a recording: keypoints of a film or of a file on the true clock, the view, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.analysis import warnings
from gaitlab.analysis.claims import contradiction
from gaitlab.core.errors import InputError, argument
from gaitlab.core.gait import ClockSource
from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.events.slow_motion import plays_fps
from gaitlab.kinematics.view import FROM, view_of, view_of_feet
from gaitlab.metrics import MOVEMENTS
from gaitlab.metrics.movements.recognise import Recognised, recognise
from gaitlab.pipeline.reading.close_up import body_or_dots
from gaitlab.pipeline.reading.film import each_once, given_film, of_new, one_shot, with_dots
from gaitlab.pipeline.reading.keypoint_file import file_facts, part_of, read_file
from gaitlab.pipeline.spec import AUTO, GAITS, Progress, RecordingSpec, check_clock, read_clicks_of
from gaitlab.signal.missing import missing_frames

if TYPE_CHECKING:
    from gaitlab.io.video.reader import VideoInfo
    from gaitlab.markers.layout import Layout
    from gaitlab.scene.motion import CameraMotion

# A film whose file notes a rate that is higher by less than this is no slow motion.
_NOTED = 1.02


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Raw keypoints, the view, the video (or None), the network or file they came from, and the clock of the video.

    ``notes`` say what was assumed: the view where it is not clear, whose keypoints they are where several people were
    seen, and which slow motion. ``slow_motion`` is how many times slower than life the recording plays, ``clock`` how
    that is known. ``dot_sd_px`` and
    ``layout`` are those of tape dots, where they were looked for. ``clean_clip`` is the file that was asked for, if it
    could be written and shows no more than was measured. ``camera`` is its motion in the frames of ``raw``, where the
    pictures were looked at. ``nobody`` says that the one who was followed is nobody who runs or walks.
    ``metres_per_px`` is known of points in a file whose unit is a length. ``movement`` is a key of `MOVEMENTS`, empty
    for gait, and ``taken_for`` why it was taken for that; empty where it was said. ``mistaken`` says that it clearly
    shows no gait, though that was said.
    """

    raw: PoseSequence
    view: View
    video: VideoInfo | None
    video_time_s: np.ndarray
    model: dict[str, Any]
    others: list[dict[str, Any]]
    slow_motion: float = 1.0
    notes: tuple[str, ...] = ()
    dot_sd_px: Mapping[str, FloatArray] | None = None
    layout: Layout | None = None
    clean_clip: Path | None = None
    camera: CameraMotion | None = None
    clock: ClockSource = "film"
    nobody: str = ""
    metres_per_px: float | None = None
    movement: str = ""
    taken_for: str = ""
    mistaken: str = ""

    @property
    def on_ground(self) -> PoseSequence | None:
        """The raw keypoints in coordinates in which the ground stands still; None where the camera is not known."""
        from gaitlab.scene.motion import on_ground

        known = self.camera is not None and self.camera.camera != "unknown"
        return on_ground(self.raw, self.camera) if self.camera is not None and known else None

    @property
    def dots_alone(self) -> bool:
        """Whether tape dots were followed in a close-up, where no body is seen."""
        return self.dot_sd_px is not None and self.layout is None


def read_recording(spec: RecordingSpec, *, progress: Progress, layout: Layout | None = None) -> Recording:
    """Get raw keypoints from the video or from the file, on the true clock.

    Parameters
    ----------
    layout : Layout | None, optional
        dots as another recording of the same runner showed them; then ``spec.dots`` is not asked.

    Raises
    ------
    GaitlabError
        whatever cannot be read, or does not belong together.
    """
    if spec.video is None:
        return _of_file(spec)
    from gaitlab.io.video.reader import open_video

    with open_video(spec.video, rotate_deg=spec.rotate_deg, fps=spec.fps) as opened:
        info = opened.info
        check_clock(spec, info)
        slow_motion = (spec.capture_fps or info.capture_fps or info.fps) / info.fps
        # What is wrong with a file of clicks is said before the network works for minutes.
        clicks = read_clicks_of(spec, info) if layout is None else None
        looks, told = layout is not None or spec.dots is not None, layout is not None or clicks is not None
        if spec.keypoints is not None:
            film = given_film(spec, opened, dots=looks, progress=progress)
        else:
            film = body_or_dots(spec, opened, dots=looks, dots_told=told, slow_motion=slow_motion, progress=progress)
        notes = (*info.remarks, *warnings.resized(opened.resized_s))
    film, dots = with_dots(film, clicks=clicks, layout=layout)
    missing = missing_frames(film.raw.time_s)
    film, shown_s, repeated = each_once(film, slow_motion=slow_motion)
    film, shown_s, spliced = one_shot(film, shown_s)
    raw = replace(film.raw, time_s=film.raw.time_s / slow_motion)  # gait happens in true time
    moves = _movement_of(spec, raw)
    view, unclear = _view_of(spec, raw, moves)
    if view == "rear" and not moves.movement and film.heel_pictures is not None:
        from gaitlab.markers.heel_registration import with_heel_lines

        progress("looking at the heels", 0, 1)
        raw = with_heel_lines(raw, film.heel_pictures)
    followed = film.followed
    return Recording(
        raw, view, info if spec.capture_fps is None else replace(info, remark=""),  # of the rate that was not asked for
        shown_s, film.facts, followed.others if followed else [], slow_motion,
        notes=(
            *warnings.taken_for(moves.movement, moves.why),
            *unclear,
            *notes,
            *spliced,
            *repeated,
            *warnings.damaged(missing, unreadable=film.unreadable, lacking_s=info.lacking_s),
            *(warnings.who_was_followed(followed, width=info.width) if followed else ()),
            *warnings.slow_motion(
                plays_fps=info.fps, noted_fps=info.capture_fps, said_fps=spec.capture_fps, key=info.capture_key
            ),
            *film.notes,
        ),
        dot_sd_px=film.dot_sd_px, layout=dots,
        clean_clip=_whole_clip(spec.clean_clip, spliced=bool(spliced)),
        camera=None if film.camera is None else replace(film.camera, time_s=raw.time_s),
        clock="entered" if spec.capture_fps else "noted" if slow_motion > _NOTED else "film",
        nobody=warnings.nobody_runs(followed) if followed and not moves.movement else "",
        movement=moves.movement, taken_for=moves.why, mistaken=_mistaken(spec, raw),
    )  # fmt: skip


def _of_file(spec: RecordingSpec) -> Recording:
    """Read keypoints without their video."""
    if spec.dots is not None:
        raise InputError("tape dots are tracked in a video, but only keypoints are given; name the video too")
    found = read_file(spec)
    raw = part_of(found.pose, spec)
    once: tuple[str, ...] = ()
    if not spec.stands:  # who stands still repeats themselves
        raw, once = _rows_once(raw)
    shown_s, slow_motion = raw.time_s, 1.0
    if spec.capture_fps is not None:
        slow_motion = spec.capture_fps / plays_fps(raw)
        raw = replace(raw, time_s=shown_s / slow_motion)
    moves = _movement_of(spec, raw)
    view, unclear = _view_of(spec, raw, moves)
    notes = (*warnings.taken_for(moves.movement, moves.why), *unclear, *found.notes, *once)
    return Recording(
        raw, view, None, shown_s, file_facts(found), [], slow_motion, notes=notes,
        clock="film" if spec.capture_fps is None else "entered", metres_per_px=found.metres_per_px,
        movement=moves.movement, taken_for=moves.why, mistaken=_mistaken(spec, raw),
    )  # fmt: skip


def _rows_once(raw: PoseSequence) -> tuple[PoseSequence, tuple[str, ...]]:
    """Return the keypoints without rows that repeat others, and a note if there were any."""
    from gaitlab.pipeline.reading.repeated import repeated_rows

    repeated = repeated_rows(raw)
    if repeated is None:
        return raw, ()
    return of_new(raw, repeated), warnings.repeated(repeated.new, fps=repeated.fps, rows=True)


def _whole_clip(clip: Path | None, *, spliced: bool) -> Path | None:
    """Return the clean clip, if it was written; that of a spliced film shows too much, and is removed."""
    if clip is None or not clip.is_file():
        return None
    if spliced:
        clip.unlink()
        return None
    return clip


def _movement_of(spec: RecordingSpec, raw: PoseSequence) -> Recognised:
    """Return the movement that was asked for, or that the keypoints clearly show; none of it for gait."""
    if spec.movement in MOVEMENTS:
        return Recognised(spec.movement)
    return recognise(raw) if spec.movement == AUTO else Recognised("")


def _mistaken(spec: RecordingSpec, raw: PoseSequence) -> str:
    """Return that a film that was said to be one of gait clearly shows something else; empty where it does not."""
    seen = recognise(raw) if spec.movement in GAITS else Recognised("")
    return warnings.mistaken(seen.movement, seen.why, said=spec.movement) if seen.movement else ""


def _movements_view(spec: RecordingSpec, raw: PoseSequence, movement: str) -> tuple[View, tuple[str, ...]]:
    """Return the requested or estimated view of a movement, and a warning if the estimate is uncertain.

    What the keypoints show is never refused: by the folder somebody can judge whether they are right.

    Raises
    ------
    InputError
        the movement is not measured from where was said.
    """
    views = MOVEMENTS[movement].views
    seen = view_of_feet(raw)
    # Somebody who is narrow and takes no step stands sideways: gait is not told so, other movements are.
    narrow = seen.view == "side" and seen.score == 0.0
    wanted = seen.view if spec.view == AUTO else spec.view
    view = next((one for one in views if one == wanted), None)
    sure = spec.view != AUTO or (view is not None and (seen.sure or narrow))
    if view is None and sure:
        whence, first = " or ".join(FROM[one] for one in views), views[0]
        raise InputError(
            f"'{spec.video or spec.keypoints}' was filmed from {FROM[wanted]}, but {movement} is measured from "
            f"{whence}: film again, or say {argument('view')} {first} if it is a film from {FROM[first]} after all"
        )
    view = view or views[0]
    # What was said is measured; where the film looks more like another view, though not surely, that is told too.
    unlike = spec.view == "side" and seen.view != "side" and not contradiction(raw, view="side", facing=AUTO, seen=seen)
    return view, (warnings.view_unclear(seen, view),) if unlike or not sure else ()


def _view_of(spec: RecordingSpec, raw: PoseSequence, told: Recognised) -> tuple[View, tuple[str, ...]]:
    """Return the requested or estimated view, and a warning if the estimate is uncertain.

    If the view is not clear, the more likely one is measured and a note says so, instead of refusing after the
    minutes of inference.

    Raises
    ------
    InputError
        a view from the front, where the keypoints were to say, or of legs only that may be one.
    """
    if told.movement:
        return _movements_view(spec, raw, told.movement)
    if spec.view in ("side", "rear"):
        return "rear" if spec.view == "rear" else "side", ()
    seen = view_of(raw)
    if spec.view == "front":
        from gaitlab.pose.scout import refused_front

        raise refused_front(spec.video if spec.video is not None else spec.keypoints, seen)
    if seen.unclear_legs:
        from gaitlab.pose.scout import refused_legs

        raise refused_legs(spec.video if spec.video is not None else spec.keypoints, seen)
    likely: View = "rear" if seen.view == "rear" else "side"
    if not seen.sure:
        return likely, (warnings.view_unclear(seen, likely),)
    if seen.view == "front":
        from gaitlab.pose.scout import refused_front

        raise refused_front(spec.video if spec.video is not None else spec.keypoints, seen)
    return likely, ()
