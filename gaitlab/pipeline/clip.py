"""One clip of a run: read, measured as gait or as a movement, and described."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gaitlab.analysis.movement import analyze_movement
from gaitlab.analysis.recording import Analysis, analyze_pose, contradicted
from gaitlab.analysis.shop import Shop, classify_feet
from gaitlab.config import Settings
from gaitlab.core.gait import Clock
from gaitlab.core.metric import View
from gaitlab.core.person import Runner
from gaitlab.core.pose import PoseSequence
from gaitlab.pipeline import clock, unused_arguments
from gaitlab.pipeline.description import describe
from gaitlab.pipeline.reading.memory import hand_back
from gaitlab.pipeline.recording import Recording, read_recording
from gaitlab.pipeline.spec import Progress, RecordingSpec
from gaitlab.pipeline.writing import Clip

# The clean clip until it is known whether the face in it is to be hidden.
_BEGUN_CLIP = ".clip.mp4"


@dataclass(frozen=True, slots=True)
class ClipAnalyzer:
    """What the clips of one run have in common."""

    runner: Runner
    settings: Settings
    standing: str | Path | None
    shop: Shop
    athlete: str | None
    label: str | None
    progress: Progress
    unsaid: clock.Unsaid

    def clean_clip(self, folder: Path) -> Path | None:
        """Return where the clean clip of a video is to be written while it is read; None without videos."""
        return folder / _BEGUN_CLIP if self.settings.video.annotate else None

    def clip(self, spec: RecordingSpec) -> Clip:
        """Read and measure one clip."""
        source = read_recording(spec, progress=self.progress)
        hand_back()
        network = "" if spec.keypoints is not None else str(source.model["name"])
        if source.movement:
            self.progress("measuring the movement", 0, 1)
            analysis = analyze_movement(
                source.raw, movement=source.movement, runner=self.runner, settings=_with_scale(self.settings, source),
                view=source.view, network=network, clock=Clock(source.slow_motion, source.clock),
            )  # fmt: skip
        else:
            self.progress("measuring the gait", 0, 1)
            source, analysis = self._gait(spec, source, network)
            if source.mistaken:
                analysis = contradicted(analysis, source.mistaken)
        info = describe(
            source, analysis, self.settings, runner=self.runner, athlete=self.athlete, label=self.label,
            keypoints=spec.keypoints,
        )  # fmt: skip
        if self.shop.profile is not None and source.view == "rear" and not source.movement:
            seen = analysis.trial.rearfoot_source
            info["shop_profile"] = classify_feet(self.shop.profile, analysis.summary, source=seen)
        return Clip(source, analysis, info, Path(spec.video or spec.keypoints or "").name)

    def _gait(self, spec: RecordingSpec, source: Recording, network: str) -> tuple[Recording, Analysis]:
        """Measure a clip as gait, and how fast it plays."""
        measure = partial(
            analyze_pose, runner=self.runner, settings=_with_scale(self.settings, source), view=source.view,
            standing=self._standing(spec, source), dot_sd_px=source.dot_sd_px,
            network=network,
            camera=source.camera.camera if source.camera is not None else "",
            picture_px=None if source.video is None else (source.video.width, source.video.height),
        )  # fmt: skip
        return clock.measured(
            source, unsaid=self.unsaid,
            measure=lambda of, at: measure(of.raw, on_ground=of.on_ground, clock=at),
        )  # fmt: skip

    def _standing(self, spec: RecordingSpec, source: Recording) -> PoseSequence | None:
        """Return the keypoints of the runner standing still as seen in a rear view, where there is such a recording."""
        if source.view == "side" or self.standing is None:
            return None
        # In a close-up the dots are all there is; else they lie as the moving runner showed them.
        still = beside(
            spec, Path(self.standing), view="rear", fps=source.raw.fps, stands=True, rotate_deg=spec.rotate_deg,
            dots="auto" if source.dots_alone else None,
        )  # fmt: skip
        layout = source.layout if still.video is not None else None
        return read_recording(still, progress=self.progress, layout=layout).raw


def beside(
    spec: RecordingSpec,
    path: Path,
    *,
    view: View,
    fps: float,
    dots: str | Path | None = None,
    heels: bool = False,
    stands: bool = False,
    rotate_deg: int = 0,
) -> RecordingSpec:
    """Return how another recording of the runner is read: with the same network, or from a file of keypoints.

    Parameters
    ----------
    fps : float
        frame rate of the first recording, for keypoints whose file does not say theirs.
    """
    from_file = unused_arguments.holds_keypoints(path)
    return RecordingSpec(
        video=None if from_file else path,
        view=view,
        keypoints=path if from_file else None,
        keypoints_format=spec.keypoints_format,
        fps=None if from_file else spec.fps,
        fps_otherwise=spec.fps or fps,
        model=spec.model,
        models_dir=spec.models_dir,
        person=spec.person,
        dots=dots,
        heels=heels,
        stands=stands,
        rotate_deg=0 if from_file else rotate_deg,
    )


def _with_scale(settings: Settings, source: Recording) -> Settings:
    """Return the settings with the scale of a file whose unit is a length, unless a known length is entered."""
    if source.metres_per_px is None or settings.calibration.known_length_m:
        return settings
    known = replace(settings.calibration, known_length_m=1.0, known_length_px=1.0 / source.metres_per_px)
    return replace(settings, calibration=known)
