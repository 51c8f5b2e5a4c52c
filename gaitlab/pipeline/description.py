"""Content of session.json for one recording: source, known values, methods and quality."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab._version import __version__
from gaitlab.analysis.recording import Analysis, quality
from gaitlab.config import Settings
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.events.signals import SHORTEST_S
from gaitlab.io.session.session import SCHEMA_VERSION
from gaitlab.metrics import METRICS, asymmetries
from gaitlab.metrics.quality import graded
from gaitlab.pipeline.recording import Recording

if TYPE_CHECKING:
    from gaitlab.io.video.reader import VideoInfo

_PACKAGE = Path(__file__).resolve().parents[1]


def describe(
    source: Recording,
    analysis: Analysis,
    settings: Settings,
    *,
    runner: Runner,
    athlete: str | None,
    label: str | None,
    keypoints: str | Path | None,
) -> dict[str, Any]:
    """Return the content of session.json.

    Parameters
    ----------
    source : Recording
        the recording as read.
    analysis : Analysis
        results of the analysis.
    settings : Settings
        settings of the analysis.
    runner : Runner
        known properties of the runner.
    athlete, label : str | None
        names for the report.
    keypoints : str | Path | None
        file of the keypoints; None if a network detected them.
    """
    calibration = analysis.trial.calibration
    video = source.video
    dated = recording_date(video, keypoints)
    doubt = source.mistaken or source.nobody or analysis.doubt
    found = {
        "schema_version": SCHEMA_VERSION,
        "gaitlab_version": __version__,
        "athlete": athlete,
        "label": label,
        "recorded_at": dated[0],
        "dated_by": dated[1],
        "view": analysis.trial.view,
        "facing": analysis.facing,
        **({} if source.movement or _too_short(analysis, runner) else {"setting": analysis.trial.setting}),
        "camera": analysis.trial.camera or None,
        "camera_drift_px": _drift_px(source, analysis),
        "activity": source.movement or analysis.trial.events.activity,
        **({"movement": {"name": source.movement, "taken_for": source.taken_for}} if source.movement else {}),
        "rearfoot_source": analysis.trial.rearfoot_source or None,
        "runner": {
            "belt_speed_mps": runner.belt_speed_mps,
            "height_m": runner.height_m,
            "mass_kg": runner.mass_kg,
            "marks": None if runner.marks is None else asdict(runner.marks),
        },
        "clock": {"slow_motion": source.slow_motion, "source": source.clock},
        "video": None if video is None else {**_describe_video(video), "slow_motion": source.slow_motion},
        "keypoints": None if keypoints is None else {"name": Path(keypoints).name},
        "fps": analysis.trial.pose.fps,
        "duration_s": _lasts_s(analysis.trial.pose),
        "model": source.model,
        "settings": settings.as_dict(),
        "calibration": {
            "metres_per_px": calibration.metres_per_px,
            "source": calibration.scale_source or None,
            "check": dict(calibration.scales),
            "belt_speed_mps": calibration.belt_speed_mps,
            "belt_speed_px_per_s": calibration.belt.speed_px_per_s,
            "leg_px": calibration.leg_px,
            "belt_deg": calibration.belt.slope_deg,
            "belt_sd_deg": calibration.belt.slope_sd_deg,
            "tilt_deg": calibration.tilt_deg,
            "tilt_source": calibration.tilt_source,
            "facing_agreement": calibration.facing_agreement,
        },
        "quality": {
            **quality(analysis),
            **({"doubt": doubt} if (doubt := source.mistaken or source.nobody or analysis.doubt) else {}),
        },
        "asymmetry": [
            asdict(found)
            for found in asymmetries(
                analysis.summary, METRICS, oblique=calibration.oblique, unlike=analysis.trial.unlike
            )
        ],
        "others_seen": source.others,
        "warnings": [
            *([video.remark] if video is not None and video.remark else []),
            *source.notes,
            *analysis.warnings,
        ],
    }
    return graded(found)


def _too_short(analysis: Analysis, runner: Runner) -> bool:
    """Return whether a recording is too short for steps, and so to tell whether somebody stays in place."""
    time_s = analysis.raw.time_s
    short = float(time_s[-1] - time_s[0]) < SHORTEST_S[analysis.trial.view]
    return short and not analysis.trial.events.contacts and runner.setting == "auto"


def _drift_px(source: Recording, analysis: Analysis) -> float | None:
    """Return how far positions on the ground drift over a pass that the camera follows, px; None if it does not."""
    travel = analysis.trial.travel
    if source.camera is None or travel is None or analysis.trial.camera != "following":
        return None
    drift_px = source.camera.ground_drift_px[travel.frames]
    return float(drift_px[-1] - drift_px[0]) if np.isfinite(drift_px).all() else None


def _lasts_s(pose: PoseSequence) -> float:
    """Return how long a recording lasts, s, its last frame included: also where pictures that repeat were left out."""
    return float(pose.time_s[-1] - pose.time_s[0]) + 1 / pose.fps


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
        "grain_s": video.grain_s,
        "rotation": video.rotation_deg,
        "rotate": video.rotate_deg,
        "mirrored": video.mirrored,
        "sample_aspect": video.sample_aspect,
        "deinterlaced": f"fields, {video.fields_of} first" if video.fields_of else None,
        "tone_mapped": video.light or None,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recording_date(video: VideoInfo | None, keypoints: str | Path | None) -> tuple[str | None, str | None]:
    """Return a recording's date and where it is from: the ``video`` says it, or it is when the ``file`` was written.

    The clips that come with gaitlab have none: their files are as old as the installation.
    """
    if video is not None and video.recorded_at:
        return video.recorded_at, "video"
    path = video.path if video is not None else Path(keypoints) if keypoints is not None else None
    if path is None or path.resolve().is_relative_to(_PACKAGE):
        return None, None
    modified = path.stat().st_mtime
    return datetime.fromtimestamp(modified, tz=UTC).isoformat(timespec="seconds"), "file"
