"""The wiring: a video or a file of keypoints in, a session folder out."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import gaitlab
from gaitlab import units
from gaitlab.analysis import Analysis, Runner, analyze_pose, quality
from gaitlab.config import EMBED, ReportSettings, Settings, with_values
from gaitlab.core.pose import PoseSequence
from gaitlab.errors import InputError, ModelError, one_of
from gaitlab.metrics import METRICS, asymmetries
from gaitlab.store.folder import check_free, whole_folder
from gaitlab.store.session import SCHEMA_VERSION, Session
from gaitlab.store.write import write_data

if TYPE_CHECKING:
    from gaitlab.pose.estimator import PoseEstimator
    from gaitlab.video.reader import Video, VideoInfo

_log = logging.getLogger("gaitlab")
VIEWS = ("side", "rear")
# Fetched in this order where no network is installed: both are free for every use.
_DEFAULT_NETWORKS = ("openpose-light+blazepose", "blazepose-full")
FACINGS = ("auto", "left", "right")
# progress(stage, done, total): called after every frame of a stage.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the keypoints came from: the video (or None), the network or file, and the clock of the video.

    ``slow_motion`` is how many times slower than life the video plays.
    """

    raw: PoseSequence
    video: VideoInfo | None
    video_time_s: np.ndarray
    model: dict[str, Any]
    others: list[dict[str, Any]]
    slow_motion: float = 1.0


def analyze(
    video: str | Path | None = None,
    *,
    view: str = "side",
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    mass_kg: float | None = None,
    athlete: str | None = None,
    label: str | None = None,
    facing: str = "auto",
    capture_fps: float | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    model: str | None = None,
    models_dir: str | Path | None = None,
    offline: bool = False,
    keypoints: str | Path | None = None,
    keypoints_format: str = "csv",
    fps: float | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    output: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Session:
    """Analyse one recording and write its session folder.

    Args:
        video: the video; may be left out where ``keypoints`` are given.
        view: what the camera sees: ``side`` or ``rear``.
        belt_speed_mps: speed of the treadmill's belt, m/s.
        height_m: the runner's height, m.
        mass_kg: the runner's mass, kg.
        athlete: a name for the report.
        label: what tells this session from others, e.g. ``shoe A``.
        facing: ``left`` or ``right`` in the picture, or ``auto``.
        capture_fps: the true frame rate of a slow-motion video.
        start_s: first second of the video to use.
        end_s: last second of the video to use.
        model: the pose network; None takes the setting ``pose.model``.
        models_dir: a folder of networks to look into first.
        offline: never download a network; without it, and with none installed, the permissive default is fetched.
        keypoints: a file of keypoints that replaces the network.
        keypoints_format: its format.
        fps: frame rate of keypoints whose file does not say it.
        settings: a `Settings`, or a dictionary such as ``{"smoothing.method": "kalman"}``.
        output: the session folder; by default ``reports/NAME`` after the video.
        force: replace the folder if it is a session.
        progress: called as ``progress(stage, done, total)``.

    Returns:
        the session; ``session.info["warnings"]`` says what a reader must know.

    Raises:
        GaitlabError: one line that says what was expected, what came and what to do; nothing is left half-written.
    """
    chosen = settings if isinstance(settings, Settings) else with_values(Settings(), settings or {})
    _check_choices(view=view, facing=facing, capture_fps=capture_fps, start_s=start_s, end_s=end_s, fps=fps)
    for value, quantity in ((belt_speed_mps, units.SPEED), (height_m, units.HEIGHT), (mass_kg, units.MASS)):
        if value is not None:
            units.check(value, quantity)
    if video is None and keypoints is None:
        raise InputError("nothing to analyse: name a video, or keypoints with --keypoints FILE")
    name = Path(video if video is not None else keypoints or "").stem
    target = Path(output) if output is not None else Path("reports") / _folder_name(name, label)
    check_free(target, force=force)
    report = progress or (lambda stage, done, total: None)

    source = _read_source(
        video,
        keypoints=keypoints,
        keypoints_format=keypoints_format,
        fps=fps,
        capture_fps=capture_fps,
        start_s=start_s,
        end_s=end_s,
        model=model or chosen.pose.model,
        models_dir=Path(models_dir) if models_dir else None,
        offline=offline,
        person=chosen.pose.person,
        progress=report,
    )
    runner = Runner(belt_speed_mps=belt_speed_mps, height_m=height_m, mass_kg=mass_kg, facing=facing)
    analysis = analyze_pose(source.raw, runner=runner, settings=chosen, view="rear" if view == "rear" else "side")
    info = _describe(source, analysis, chosen, runner=runner, athlete=athlete, label=label, keypoints=keypoints)
    with whole_folder(target, force=force) as folder:
        write_data(
            folder,
            info=info,
            raw=analysis.raw,
            pose=analysis.pose,
            angles=analysis.angles,
            events=analysis.events,
            summary=analysis.summary,
            cycles=analysis.values,
        )
        if source.video is not None and chosen.video.annotate:
            from gaitlab.pictures import write_videos

            write_videos(
                source.video.path,
                folder,
                analysis,
                video_time_s=source.video_time_s,
                crf=chosen.video.crf,
                blur_face=chosen.video.blur_face,
                progress=report,
            )
        _write_page(Session(folder), chosen.report)
    return Session(target)


def rebuild_report(session: Session, *, settings: ReportSettings | None = None) -> Path:
    """Write report.html anew from the data of a session folder, and return its path.

    Args:
        settings: units and video of the page; None takes those of the analysis.
    """
    _write_page(session, settings or ReportSettings(**session.info["settings"]["report"]))
    return session.report


def _write_page(session: Session, settings: ReportSettings) -> None:
    from gaitlab.report import write_report

    if not session.info["video"]:
        write_report(session, units=settings.units)
        return
    from gaitlab.pictures import write_page

    write_page(session, units=settings.units, embed_video=EMBED[settings.embed_video])


def _check_choices(
    *,
    view: str,
    facing: str,
    capture_fps: float | None,
    start_s: float | None,
    end_s: float | None,
    fps: float | None,
) -> None:
    if view not in VIEWS:
        raise InputError(one_of("view", view, VIEWS))
    if facing not in FACINGS:
        raise InputError(one_of("facing", facing, FACINGS))
    for option, rate in (("capture fps", capture_fps), ("fps", fps)):
        if rate is not None and not 5 <= rate <= 2000:
            raise InputError(f"{option} must be a frame rate from 5 to 2000, not {rate:g}")
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InputError(f"the start ({start_s:g} s) must come before the end ({end_s:g} s)")


def _folder_name(name: str, label: str | None) -> str:
    """Return a folder name made of a video's name and a label, without anything a file system might mind."""
    text = f"{name}-{label}" if label else name
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "session"


def _read_source(
    video: str | Path | None,
    *,
    keypoints: str | Path | None,
    keypoints_format: str,
    fps: float | None,
    capture_fps: float | None,
    start_s: float | None,
    end_s: float | None,
    model: str,
    models_dir: Path | None,
    offline: bool,
    person: int,
    progress: Progress,
) -> _Source:
    """Get raw keypoints from the video or from the file, on the true clock."""
    if video is None:
        from gaitlab.pose.importers import read_keypoints

        assert keypoints is not None
        raw = read_keypoints(Path(keypoints), format=keypoints_format, fps=fps)
        raw = raw.between(start_s or 0.0, end_s if end_s is not None else np.inf)
        return _Source(raw, None, raw.time_s, {"name": "keypoints from a file", "format": keypoints_format}, [])
    from gaitlab.video.reader import open_video

    with open_video(video) as opened:
        info = opened.info
        if keypoints is not None:
            from gaitlab.pose.importers import read_keypoints

            raw = read_keypoints(Path(keypoints), format=keypoints_format, fps=fps or info.fps)
            if len(raw) != info.frames:
                raise InputError(
                    f"'{keypoints}' has keypoints for {len(raw)} frames, but '{video}' has {info.frames}; "
                    "they must belong together"
                )
            raw = replace(raw, time_s=opened.timestamps_s)
            raw = raw.between(start_s or 0.0, end_s if end_s is not None else np.inf)
            facts: dict[str, Any] = {"name": "keypoints from a file", "format": keypoints_format}
            others: list[dict[str, Any]] = []
        else:
            raw, facts, others = _estimate(
                opened,
                _estimator(model, models_dir=models_dir, offline=offline, progress=progress),
                person=person,
                start_s=start_s,
                end_s=end_s,
                progress=progress,
            )
    video_time_s = raw.time_s
    rate = capture_fps or info.capture_fps
    # A slow-motion file plays its frames at a lower rate than they were taken at; gait happens in true time.
    slow_motion = rate / info.fps if rate is not None else 1.0
    raw = replace(raw, time_s=raw.time_s / slow_motion)
    return _Source(raw, info, video_time_s, facts, others, slow_motion)


def _estimator(model: str, *, models_dir: Path | None, offline: bool, progress: Progress) -> PoseEstimator:
    """Load a network by name, or the best one installed; with none at all, fetch the permissive default first."""
    from gaitlab.pose.catalogue import default_model
    from gaitlab.pose.estimator import load_estimator

    if model != "auto":
        return load_estimator(model, models_dir=models_dir)
    try:
        return load_estimator(default_model(models_dir).name, models_dir=models_dir)
    except ModelError:
        if offline:
            raise
        return load_estimator(_install_default(models_dir, progress), models_dir=models_dir)


def _install_default(models_dir: Path | None, progress: Progress) -> str:
    """Fetch the first of the default networks that can be had, saying so, and return its name."""
    from gaitlab.pose.install import install, install_folder

    troubles = []
    for name in _DEFAULT_NETWORKS:
        _log.warning("no pose network is installed; fetching '%s' into '%s'", name, install_folder(models_dir))
        try:
            install(name, models_dir=models_dir, progress=lambda file, done, total: progress(file, done, total or 0))
        except ModelError as error:
            troubles.append(error)
            _log.warning("%s", error)
        else:
            return name
    raise ModelError(
        f"no pose network is installed and none could be fetched ({' and '.join(_DEFAULT_NETWORKS)} were tried); "
        f"where there is a network, run: gaitlab models install {_DEFAULT_NETWORKS[0]}"
    ) from troubles[0]


def _estimate(
    opened: Video,
    estimator: PoseEstimator,
    *,
    person: int,
    start_s: float | None,
    end_s: float | None,
    progress: Progress,
) -> tuple[PoseSequence, dict[str, Any], list[dict[str, Any]]]:
    from gaitlab.pose.follow import follow_runner

    info = opened.info
    total = _frames_between(info, start_s, end_s)
    done = 0

    def on_frame(*_: Any) -> None:
        nonlocal done
        done += 1
        progress("finding the runner", done, total)

    followed = follow_runner(
        opened.frames(start_s, end_s), estimator, person=None if person < 0 else person, on_frame=on_frame
    )
    if followed.pose is None:
        raise InputError(
            f"no person found in '{info.path}' by {estimator.name}; expected a runner seen whole from the side "
            "or from behind, try another network with --model or another part with --start and --end"
        )
    return followed.pose, estimator.model, followed.others


def _frames_between(info: VideoInfo, start_s: float | None, end_s: float | None) -> int:
    start, end = start_s or 0.0, min(end_s if end_s is not None else np.inf, info.duration_s)
    return max(round((end - start) * info.frames / info.duration_s), 1)


def _describe(
    source: _Source,
    analysis: Analysis,
    settings: Settings,
    *,
    runner: Runner,
    athlete: str | None,
    label: str | None,
    keypoints: str | Path | None,
) -> dict[str, Any]:
    """Return the content of session.json."""
    calibration = analysis.calibration
    video = source.video
    return {
        "schema_version": SCHEMA_VERSION,
        "gaitlab_version": gaitlab.__version__,
        "athlete": athlete,
        "label": label,
        "recorded_at": _recorded_at(video, keypoints),
        "view": analysis.view,
        "facing": analysis.facing,
        "activity": analysis.events.activity,
        "runner": {
            "belt_speed_mps": runner.belt_speed_mps,
            "height_m": runner.height_m,
            "mass_kg": runner.mass_kg,
        },
        "video": None if video is None else {**_describe_video(video), "slow_motion": source.slow_motion},
        "keypoints": None if keypoints is None else {"name": Path(keypoints).name},
        "fps": analysis.pose.fps,
        "duration_s": len(analysis.pose) / analysis.pose.fps,
        "model": source.model,
        "settings": settings.as_dict(),
        "calibration": {
            "metres_per_px": calibration.metres_per_px,
            "source": calibration.scale_source or None,
            "check": dict(calibration.scales),
            "belt_speed_mps": calibration.belt_speed_mps,
            "belt_speed_px_per_s": calibration.belt_speed_px_per_s,
            "leg_px": calibration.leg_px,
            "belt_deg": calibration.belt_deg,
            "tilt_deg": calibration.tilt_deg,
            "tilt_source": calibration.tilt_source,
            "facing_agreement": calibration.facing_agreement,
        },
        "quality": quality(analysis),
        "asymmetry": [asdict(found) for found in asymmetries(analysis.summary, METRICS)],
        "others_seen": source.others,
        "warnings": list(analysis.warnings),
    }


def _describe_video(video: VideoInfo) -> dict[str, Any]:
    return {
        "name": video.path.name,
        "sha256": _sha256(video.path),
        "width": video.width,
        "height": video.height,
        "frames": video.frames,
        "duration_s": video.duration_s,
        "fps": video.fps,
        "variable_frame_rate": video.variable_frame_rate,
        "rotation": video.rotation_deg,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recorded_at(video: VideoInfo | None, keypoints: str | Path | None) -> str | None:
    """Return when the recording was made: as the video says, otherwise when the file was last written."""
    if video is not None and video.recorded_at:
        return video.recorded_at
    path = video.path if video is not None else Path(keypoints) if keypoints is not None else None
    if path is None:
        return None
    modified = path.stat().st_mtime
    return datetime.fromtimestamp(modified, tz=UTC).isoformat(timespec="seconds")
