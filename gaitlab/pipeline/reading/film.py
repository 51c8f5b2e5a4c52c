"""What is read of a film in one pass: keypoints from a network or a file, and what its pictures show beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.analysis import warnings
from gaitlab.analysis.framing import within_picture
from gaitlab.core.errors import InputError, NobodyError, argument
from gaitlab.core.pose import FloatArray, PoseSequence, Step, frame_rate_hz
from gaitlab.kinematics.plausibility import check_body, check_posture
from gaitlab.kinematics.view import view_of
from gaitlab.metrics import MOVEMENTS
from gaitlab.pipeline.reading.keypoint_file import file_facts, is_gait, read_film_keypoints
from gaitlab.pipeline.spec import Progress, RecordingSpec

if TYPE_CHECKING:
    from gaitlab.core.person import Body
    from gaitlab.core.skeleton import Skeleton
    from gaitlab.io.video.clip import CleanClip
    from gaitlab.io.video.reader import Frame, Video, VideoInfo
    from gaitlab.markers.clicks import Clicks
    from gaitlab.markers.dots import DotCollector
    from gaitlab.markers.heel_registration import EdgeCollector
    from gaitlab.markers.layout import Layout
    from gaitlab.markers.patches import Picture
    from gaitlab.markers.spots import Spots
    from gaitlab.markers.watch import LegWatch
    from gaitlab.pipeline.reading.repeated import Repeated, RepeatedPictures
    from gaitlab.pose.depth import Depth, FirstSeconds
    from gaitlab.pose.follow import Followed
    from gaitlab.pose.networks.estimator import PoseEstimator
    from gaitlab.scene.film import FilmWatch
    from gaitlab.scene.motion import CameraMotion
    from gaitlab.scene.shots import Shot

_LOOKED_AT_BEHIND = 2  # frames that those who look at pictures may lag behind the network


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What was read of a film, on its own clock: keypoints, their source, and what was seen of the pictures.

    ``unreadable`` frames are in the file but cannot be decoded. ``dots_seen`` and ``heel_pictures`` are those of each
    frame, where they were looked for; ``dot_sd_px`` follows from the dots. ``camera`` is its motion and ``shots`` are
    what the film is spliced from, where its pictures were looked at.
    """

    raw: PoseSequence
    facts: dict[str, Any]
    notes: tuple[str, ...]
    pictures: RepeatedPictures
    followed: Followed | None = None
    unreadable: int = 0
    dots_seen: list[Spots] | None = None
    heel_pictures: list[tuple[Picture, ...]] | None = None
    dot_sd_px: Mapping[str, FloatArray] | None = None
    camera: CameraMotion | None = None
    shots: Sequence[Shot] = ()


def given_film(spec: RecordingSpec, opened: Video, *, dots: bool, progress: Progress) -> Film:
    """Read the keypoints of a film from a file, and look at its pictures only for dots or heels.

    Given keypoints are taken at their word: the frames they were found in were there.
    """
    from gaitlab.markers.watch import collectors
    from gaitlab.pipeline.reading.repeated import RepeatedPictures

    read = read_film_keypoints(spec, opened)
    raw, pictures = read.pose, RepeatedPictures()
    # Dots from a keypoint file take precedence over images.
    heels = spec.heels and "left_heel_top" not in raw.skeleton
    heels = heels and not (spec.heels_unless_side and view_of(raw).view == "side")
    for_dots, for_heels = collectors(raw.skeleton, dots=dots, heels=heels)
    if collector := for_dots or for_heels:
        _collect(spec, opened, raw, collector, pictures, progress=progress)
    return Film(
        raw, file_facts(read), read.notes, pictures,
        dots_seen=for_dots.seen if for_dots else None, heel_pictures=for_heels.seen if for_heels else None,
    )  # fmt: skip


class _OutOfDepthError(Exception):
    """The network is out of its depth, and another is there to be taken."""

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self.depth = depth


def found_film(
    spec: RecordingSpec, opened: Video, *, dots: bool, dots_told: bool, slow_motion: float, progress: Progress
) -> Film:
    """Find the keypoints of a film with the network, which looks at every picture.

    Where no network is named and the best one installed is out of its depth in the first seconds, the next best takes
    its place, if there is one and it finds somebody. From behind none does: the lines of heels and calves are the own
    network's alone.
    """
    from gaitlab.pose.depth import out_of_depth, told
    from gaitlab.pose.models.catalogue import best_other, known_model, to_install
    from gaitlab.pose.networks.estimator import load_estimator

    def by(estimator: PoseEstimator, *, judged: bool = False) -> Film:
        return _film_by(
            estimator, spec, opened, dots=dots, dots_told=dots_told, slow_motion=slow_motion, progress=progress,
            judged=judged,
        )  # fmt: skip

    def by_other(name: str, why: str) -> Film:
        """Return what another network finds; where it finds nobody, what the first one finds."""
        try:
            found = by(load_estimator(name, models_dir=spec.models_dir))
        except InputError as error:
            lost = "found nobody" if isinstance(error, NobodyError) else "found nobody who can be measured"
            why = f"{why}; '{name}' {lost}"
            return _why(by(estimator), why, (why,))
        return _why(found, why, (f"{why}; '{name}' was taken instead, because no network was asked for",))

    free = spec.model == "auto"
    estimator = load_estimator(None if free else spec.model, models_dir=spec.models_dir)
    other = best_other(estimator.name, models_dir=spec.models_dir)
    may_change = other is not None and free and not spec.stands
    try:
        film = by(estimator, judged=may_change and spec.view != "rear")
        why = "the best that is installed" if free else "asked for"
    except _OutOfDepthError as found:
        if other is None:  # never judged then
            raise
        return by_other(other.name, told(found.depth, estimator.name))
    depth = None if spec.stands else out_of_depth(film.raw, estimator.name)
    if depth is None:
        larger = known_model(estimator.name).light_for
        small = f"the network '{estimator.name}' is made for live pictures: for a report '{larger}' sees better"
        return _why(film, why, (small,) if larger else ())
    name = other.name if other is not None else to_install(estimator.name)
    install = "" if other is not None else f"`gaitlab models install {name}`, then "
    # The folder of this session exists, and is not to be lost to the one it is held against.
    again = f"the same command with `--model {name}` and another folder (`-o`)"
    advice = f"see whether another does better: {install}{again}"
    return _why(film, why, (f"{told(depth, estimator.name)}; {advice}",))


def _why(film: Film, why: str, notes: tuple[str, ...]) -> Film:
    """Return a film with the reason for its network, and what is said of it first."""
    return replace(film, facts={**film.facts, "why": why}, notes=(*notes, *film.notes))


def _film_by(
    estimator: PoseEstimator,
    spec: RecordingSpec,
    opened: Video,
    *,
    dots: bool,
    dots_told: bool,
    slow_motion: float,
    progress: Progress,
    judged: bool,
) -> Film:
    """Find the keypoints of a film with one network; _OutOfDepthError if it is ``judged`` and out of its depth."""
    from gaitlab.markers.watch import collectors
    from gaitlab.pipeline.reading.repeated import RepeatedPictures
    from gaitlab.pose.depth import FirstSeconds
    from gaitlab.scene.film import FilmWatch

    for_dots, for_heels = collectors(estimator.skeleton, dots=dots, heels=spec.heels)
    watch = _watch(spec, for_dots or for_heels, estimator.skeleton, told=dots_told)
    pictures, scene = RepeatedPictures(), FilmWatch(width=opened.info.width, height=opened.info.height)
    first = FirstSeconds(estimator.name, estimator.skeleton) if judged else None
    with clean_clip(spec, opened.info) as clean:
        raw, followed = _estimate(
            opened,
            estimator,
            spec,
            watch,
            pictures,
            scene,
            clean,
            first=first,
            slow_motion=slow_motion,
            progress=progress,
        )
    looked = watch is not None and watch.collector is not None
    raw, cut = within_picture(raw, width=opened.info.width, height=opened.info.height)
    return Film(
        raw, {**estimator.model, "points": len(estimator.skeleton)},
        (*check_body(raw, opened.info.path, from_file=False, gait=is_gait(spec, raw)), *cut), pictures, followed,
        unreadable=opened.count(spec.start_s, spec.end_s) - len(raw), dots_seen=for_dots.seen if for_dots else None,
        heel_pictures=for_heels.seen if for_heels and looked else None,
        camera=scene.background.motion(), shots=scene.shots.found(raw.time_s, raw),
    )  # fmt: skip


def with_dots(film: Film, *, clicks: Clicks | None, layout: Layout | None) -> tuple[Film, Layout | None]:
    """Return a film with its tape dots as keypoints, where they were looked for, and how they lie."""
    if film.dots_seen is None:
        return film, None
    from gaitlab.markers.dots import track_dots

    dots = track_dots(film.raw, film.dots_seen, clicks=clicks, layout=layout)
    return replace(film, raw=dots.pose, dot_sd_px=dots.sd_px), dots.layout


def each_once(film: Film, *, slow_motion: float) -> tuple[Film, FloatArray, tuple[str, ...]]:
    """Leave out pictures that repeat the one before, where many do; say so, and when the film shows the others, s."""
    raw, repeated = film.raw, film.pictures.found(film.raw.time_s)
    if repeated is None:
        return film, raw.time_s, ()
    once = replace(_of_frames(film, repeated.new), raw=of_new(raw, repeated))
    told = warnings.repeated(repeated.new, fps=repeated.fps * slow_motion, even=repeated.even)
    return once, raw.time_s[repeated.new], told


def one_shot(film: Film, shown_s: FloatArray) -> tuple[Film, FloatArray, tuple[str, ...]]:
    """Keep the shot of a spliced film that shows the runner for longest; say so, and when it shows its frames, s."""
    if len(film.shots) < 2:
        return film, shown_s, ()
    from gaitlab.scene.shots import longest, spliced

    taken = longest(film.shots, shown_s, seen=np.any(np.isfinite(film.raw.xy[..., 0]), axis=1))
    kept = (shown_s >= taken.start_s) & (shown_s <= taken.end_s)
    return _of_frames(film, kept), shown_s[kept], spliced(film.shots, taken)


def _of_frames(film: Film, kept: np.ndarray) -> Film:
    """Return some frames of a film, (frame,) bool."""
    raw, sd_px, heels, camera = film.raw, film.dot_sd_px, film.heel_pictures, film.camera
    return replace(
        film, raw=replace(raw, xy=raw.xy[kept], score=raw.score[kept], time_s=raw.time_s[kept]),
        dot_sd_px=None if sd_px is None else {name: sd[kept] for name, sd in sd_px.items()},
        heel_pictures=None if heels is None else list(compress(heels, kept)),
        camera=None if camera is None else camera.part(kept, raw.time_s[kept]),
    )  # fmt: skip


def of_new(raw: PoseSequence, repeated: Repeated) -> PoseSequence:
    """Return the keypoints of the new pictures, when they were taken."""
    # Of an uneven film the rate of the new ones is not their number a second: with this it gives the film's again.
    shown_times = raw.fps / frame_rate_hz(repeated.times_s)
    step = Step("repeated pictures", {"shown_times": shown_times}, {"frames_left_out": int((~repeated.new).sum())})
    return raw.after(step, xy=raw.xy[repeated.new], score=raw.score[repeated.new], time_s=repeated.times_s)


def clean_clip(spec: RecordingSpec, info: VideoInfo) -> AbstractContextManager[CleanClip | None]:
    """Return the writer of the clean clip, if one is asked for."""
    if spec.clean_clip is None:
        return nullcontext()
    from gaitlab.io.video.clip import CleanClip

    return CleanClip(spec.clean_clip, info)


def _watch(
    spec: RecordingSpec, collector: DotCollector | EdgeCollector | None, skeleton: Skeleton, *, told: bool
) -> LegWatch | None:
    if collector is None:
        return None
    from gaitlab.markers.watch import LegWatch

    return LegWatch(collector, skeleton, unless_side=spec.heels_unless_side, dots_told=told)


def _collect(
    spec: RecordingSpec,
    opened: Video,
    raw: PoseSequence,
    collector: DotCollector | EdgeCollector,
    pictures: RepeatedPictures,
    *,
    progress: Progress,
) -> None:
    """Show a collector the frames of a video whose keypoints are given, each with its own, also where some are lost."""
    for frame in opened.frames(spec.start_s, spec.end_s):
        number = int(np.searchsorted(raw.time_s, frame.time_s - 1e-6))
        for _ in range(min(number, len(raw)) - len(collector.seen)):
            collector.miss()
        pictures.see(frame.image)
        if number < len(raw):
            collector.see(frame.image, raw.xy[number])
        progress("looking at the lower legs", number + 1, len(raw))
    for _ in range(len(raw) - len(collector.seen)):
        collector.miss()


def _estimate(
    opened: Video,
    estimator: PoseEstimator,
    spec: RecordingSpec,
    watch: LegWatch | None,
    pictures: RepeatedPictures,
    scene: FilmWatch,
    clean: CleanClip | None,
    *,
    first: FirstSeconds | None = None,
    slow_motion: float = 1.0,
    progress: Progress,
) -> tuple[PoseSequence, Followed]:
    """Find the runner in every frame, and show it to those who look at the pictures; the times are the film's.

    ``first`` judges the network: _OutOfDepthError where it is out of its depth.
    """
    from gaitlab.io.parallel import Beside
    from gaitlab.pose.follow import follow_runner
    from gaitlab.pose.scout import check_for_somebody

    check_for_somebody(opened, estimator, start_s=spec.start_s, end_s=spec.end_s, front_refused=spec.front_refused)
    info = opened.info
    total = opened.count(spec.start_s, spec.end_s)
    done = 0
    # Whether that person appears is known only at the end; the progress line says from the start who is awaited.
    stage = "finding the person" if spec.person < 0 else f"looking for person {spec.person}"

    def look(seen: tuple[Frame, Body | None]) -> None:
        frame, body = seen
        pictures.see(frame.image)
        scene.see(frame, None if body is None else body.box)
        if clean is not None:
            clean.see(frame)
        if watch is not None:
            watch.see(frame.image, frame.time_s / slow_motion, None if body is None else body.xy)

    def on_frame(frame: Frame, body: Body | None) -> None:
        nonlocal done, stage
        done += 1
        if first is not None and (depth := first.see(frame.time_s / slow_motion, body)) is not None:
            raise _OutOfDepthError(depth)
        beside.give((frame, body))
        if body is not None:
            stage = "finding the person"
        progress(stage, done, total)

    # None of them is waited for by the network, which looks at the next frame meanwhile.
    with Beside(look, waiting=_LOOKED_AT_BEHIND) as beside:
        followed = follow_runner(
            opened.frames(spec.start_s, spec.end_s, small=None if clean is None else clean.size),
            estimator,
            person=None if spec.person < 0 else spec.person,
            slow_motion=slow_motion,
            gait=spec.movement not in MOVEMENTS,
            on_frame=on_frame,
        )
        if first is not None and (depth := first.end()) is not None:
            raise _OutOfDepthError(depth)
    if followed.pose is None:
        raise NobodyError(
            f"no person found in '{info.path}' by {estimator.name}; expected a person seen whole"
            f"{' from the side or from behind' if spec.front_refused else ''}, "
            f"try another network with {argument('model')} or another part "
            f"with {argument('start_s')} and {argument('end_s')}"
        )
    check_posture(followed.pose, info.path, rotate_deg=info.rotate_deg)
    return followed.pose, followed
