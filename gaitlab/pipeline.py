"""The wiring: a video or a file of keypoints in, a session folder out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab import arguments, notes, units
from gaitlab.analysis import Analysis, Runner, analyze_pose
from gaitlab.config import ReportSettings, Settings, with_values
from gaitlab.core.metric import View
from gaitlab.description import describe
from gaitlab.errors import InputError, shown
from gaitlab.files import whole_file
from gaitlab.kinematics.view import view_of
from gaitlab.metrics import METRICS, asymmetries
from gaitlab.pieces import Pieces, told
from gaitlab.quality import of_clip
from gaitlab.recording import Progress, Recording, Wanted, read_recording
from gaitlab.shop import Profile, read_profile, sort_feet
from gaitlab.store.contents import COMPANIONS
from gaitlab.store.folder import check_free, whole_folder
from gaitlab.store.session import Session
from gaitlab.store.write import write_data, write_json
from gaitlab.text import check_said, folder_name

VIEWS = ("side", "rear", "auto")
# What else people call a view.
_ALSO_CALLED = {
    "back": "rear", "behind": "rear", "posterior": "rear", "lateral": "side", "sagittal": "side",
}  # fmt: skip
# So sure, and what the keypoints show is set against what was said.
_CONTRADICTS = 0.8
_OTHER: dict[View, View] = {"side": "rear", "rear": "side"}
_PAGE = "report.html"
# Two clips of one run whose cadences differ by more than this share are none.
_SAME_CADENCE = 0.02
_KEYPOINT_FILES = (".csv", ".json", ".trc")
FACINGS = ("auto", "left", "right")
ROTATIONS = (0, 90, 180, 270)


def analyze(
    video: str | Path | None = None,
    *,
    view: str = "auto",
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    mass_kg: float | None = None,
    athlete: str | None = None,
    label: str | None = None,
    facing: str = "auto",
    capture_fps: float | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    rotate: int = 0,
    model: str | None = None,
    models_dir: str | Path | None = None,
    keypoints: str | Path | None = None,
    keypoints_format: str = "csv",
    fps: float | None = None,
    dots: str | Path | None = None,
    standing: str | Path | None = None,
    profile: str | Path | None = None,
    with_: str | Path | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    output: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Session:
    """Analyse one recording and write its session folder.

    Args:
        video: the video; may be left out where ``keypoints`` are given.
        view: what the camera sees: ``side``, ``rear``, or ``auto`` to let the keypoints say; what is for the rear view
            alone says it too.
        belt_speed_mps: speed of the treadmill's belt, m/s.
        height_m: the runner's height, m.
        mass_kg: the runner's mass, kg.
        athlete: a name for the report.
        label: what tells this session from others, e.g. ``shoe A``.
        facing: ``left`` or ``right`` in the picture, or ``auto``.
        capture_fps: the true frame rate of a slow-motion video.
        start_s: first second of the video to use.
        end_s: last second of the video to use.
        rotate: turn the video's pictures clockwise by 0, 90, 180 or 270 degrees before anything else, for a film that
            lies on its side; a recording of the runner standing still is turned alike.
        model: the pose network; None takes the setting ``pose.model``.
        models_dir: a folder of networks to look into first.
        keypoints: a file of keypoints that replaces the network.
        keypoints_format: its format.
        fps: frame rate of keypoints whose file does not say it.
        dots: of a rear view: tape dots on heels and calves, found by themselves (``auto``) or where a file that
            `gaitlab dots` made says they are.
        standing: of a rear view: a video, or a file of keypoints, of the runner standing still, the rearfoot's zero.
        profile: a shop's file of words for inward rolling, see ``configs/shop_profile.toml``.
        with_: the other view of the same run, a video or a file of keypoints: both make one session.
        settings: a `Settings`, or a dictionary such as ``{"smoothing.method": "kalman"}``.
        output: the session folder; by default ``reports/NAME`` after the video.
        force: replace the folder if it is a session that holds nothing but what gaitlab wrote, and no input.
        progress: called as ``progress(stage, done, total)``.

    Returns:
        the session; ``session.info["warnings"]`` says what a reader must know.

    Raises:
        GaitlabError: one line that says what was expected, what came and what to do; nothing is left half-written.
    """
    arguments.check(locals(), _ARGUMENTS, needed=("view", "facing", "keypoints_format", "force"))
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InputError(f"the start ({start_s:g} s) must come before the end ({end_s:g} s)")
    chosen = settings if isinstance(settings, Settings) else with_values(Settings(), settings or {})
    if video is None and keypoints is None:
        raise InputError("nothing to analyse: name a video, or keypoints with --keypoints FILE")
    check_said(athlete, "athlete's name")
    check_said(label, "label")
    name = Path(video if video is not None else keypoints or "").stem
    target = Path(output) if output is not None else Path("reports") / folder_name(name, label)
    dots_file = None if dots == "auto" else dots
    check_free(target, force=force, inputs=(video, keypoints, dots_file, standing, profile, with_))
    report = progress or (lambda stage, done, total: None)

    shop = read_profile(Path(profile)) if profile is not None else None
    wanted = Wanted(
        video, keypoints, keypoints_format, fps, capture_fps, start_s, end_s, model or chosen.pose.model,
        Path(models_dir) if models_dir else None, chosen.pose.person, dots,
        rotate_deg=rotate,
    )  # fmt: skip
    if with_ is None:
        _check_rear_only(view, dots=dots, standing=standing, profile=profile)
        if view == "auto" and (dots or standing or profile):
            view = "rear"
    runner = Runner(belt_speed_mps=belt_speed_mps, height_m=height_m, mass_kg=mass_kg, facing=facing)
    make = _Maker(runner, chosen, standing=standing, shop=shop, athlete=athlete, label=label, progress=report)
    main = make.clip(replace(wanted, dots=None) if view == "side" else wanted, view)
    other: _Clip | None = None
    if with_ is not None:
        beside = replace(_beside(wanted, Path(with_), fps=main.source.raw.fps), dots=dots, rotate_deg=0)
        second = _OTHER[main.analysis.view]
        other = make.clip(replace(beside, dots=None) if second == "side" else beside, second)
    with whole_folder(target, force=force) as folder:
        _write_session(folder, main, other, chosen, progress=report)
    return Session(target)


@dataclass(frozen=True, slots=True, eq=False)
class _Clip:
    """One clip: where it came from, what was measured, and what session.json says."""

    source: Recording
    analysis: Analysis
    info: dict[str, Any]
    name: str


@dataclass(frozen=True, slots=True)
class _Maker:
    """What the clips of one run have in common."""

    runner: Runner
    settings: Settings
    standing: str | Path | None
    shop: Profile | None
    athlete: str | None
    label: str | None
    progress: Progress

    def clip(self, wanted: Wanted, view: str) -> _Clip:
        """Read and measure one clip."""
        # Without dots the heels themselves may tell; against another recording's zero they tell nothing.
        heels = view != "side" and wanted.dots is None and self.standing is None
        source = read_recording(replace(wanted, heels=heels, heels_unless_side=view == "auto"), progress=self.progress)
        seen, source = _decided(view, source, wanted)
        if seen == "rear" and source.heel_pictures is not None:
            from gaitlab.rearfoot.edges import with_heel_lines

            source = replace(source, raw=with_heel_lines(source.raw, source.heel_pictures))
        source = replace(source, heel_pictures=None)  # megabytes that nobody needs any more
        standing = None
        if seen == "rear" and self.standing is not None:
            still = _beside(wanted, Path(self.standing), fps=source.raw.fps)
            layout = source.layout if still.video is not None else None
            standing = read_recording(still, progress=self.progress, layout=layout).raw
        analysis = analyze_pose(
            source.raw, runner=self.runner, settings=self.settings, view=seen, standing=standing,
            dot_sd_px=source.dot_sd_px, network="" if wanted.keypoints is not None else str(source.model["name"]),
        )  # fmt: skip
        info = describe(
            source, analysis, self.settings, runner=self.runner, athlete=self.athlete, label=self.label,
            keypoints=wanted.keypoints,
        )  # fmt: skip
        if self.shop is not None and seen == "rear":
            info["shop_profile"] = sort_feet(self.shop, analysis.summary, source=analysis.rearfoot_source)
        return _Clip(source, analysis, info, Path(wanted.video or wanted.keypoints or "").name)


def _decided(view: str, source: Recording, wanted: Wanted) -> tuple[View, Recording]:
    """Return the view, asked for or told by the keypoints, and the recording, doubted where the two disagree.

    A view that is not clear costs nobody the minutes of the network: the likelier one is measured, and said so.

    Raises:
        InputError: a view from the front, where the keypoints were to say.
    """
    seen = view_of(source.raw)
    if view != "auto":
        asked: View = "rear" if view == "rear" else "side"
        if seen.view == asked or seen.score < _CONTRADICTS:
            return asked, source
        return asked, replace(source, doubt=notes.view_contradicted(seen, asked))
    likely: View = "rear" if seen.view == "rear" else "side"
    if not seen.sure:
        return likely, replace(source, notes=(notes.view_unclear(seen, likely), *source.notes))
    if seen.view == "front":
        name = wanted.video if wanted.video is not None else wanted.keypoints
        raise InputError(
            f"'{name}' was filmed from the front (sure to {seen.score:.1f} of 1); gaitlab measures from the side "
            "or from behind, film again or say --view side or --view rear"
        )
    return likely, source


def _beside(wanted: Wanted, path: Path, *, fps: float) -> Wanted:
    """Return how another recording of the runner is read: with the same network, or from a file of keypoints."""
    whole = replace(wanted, start_s=None, end_s=None, capture_fps=None, dots=None)
    if path.suffix.lower() in _KEYPOINT_FILES or os.path.isdir(path):
        return replace(whole, video=None, keypoints=path, fps=wanted.fps or fps, rotate_deg=0)
    return replace(whole, video=path, keypoints=None)


def _check_rear_only(view: str, **options: Any) -> None:
    for name, value in options.items():
        if value is not None and view == "side":
            raise InputError(
                f"--{name} is for the rear view, but this is a side view; say --view rear, or name the rear clip with "
                "--with"
            )


def _write_session(folder: Path, clip: _Clip, other: _Clip | None, settings: Settings, *, progress: Progress) -> None:
    """Write the numbers of both clips, and then what may fail without costing them.

    With another clip of the same run its own session lies within. Both pages show all that belongs to their own clip;
    the numbers stand together on the first.
    """
    _write_numbers(folder, clip, other)
    pieces = Pieces()
    if other is not None:
        inside = folder / COMPANIONS[other.analysis.view]
        inside.mkdir()
        _write_numbers(inside, other, None)
        theirs = Pieces()
        _write_pieces(inside, other, settings, pieces=theirs, progress=progress)
        pieces.add(theirs, of=_companion_name(other.analysis.view))
    _write_pieces(folder, clip, settings, pieces=pieces, progress=progress)


def _write_numbers(folder: Path, clip: _Clip, other: _Clip | None) -> None:
    """Write the data of one clip; with another of the same run, its numbers come along."""
    info, analysis = clip.info, clip.analysis
    summary, cycles = list(analysis.summary), list(analysis.values)
    if other is not None:
        have = {row.metric for row in summary}
        summary += [row for row in other.analysis.summary if row.metric not in have]
        cycles += [value for value in other.analysis.values if value.metric not in have]
        oblique = analysis.calibration.oblique or other.analysis.calibration.oblique
        info = {
            **info,
            "warnings": [
                *info["warnings"], *_cadence_warnings(analysis, other.analysis),
                *(of_clip(other.analysis.view, warning) for warning in other.info["warnings"]),
            ],
            "with": {
                "folder": COMPANIONS[other.analysis.view], "name": other.name,
                "view": other.analysis.view, "quality": other.info["quality"],
            },
            **({"shop_profile": other.info["shop_profile"]} if "shop_profile" in other.info else {}),
            "asymmetry": [asdict(found) for found in asymmetries(tuple(summary), METRICS, oblique=oblique)],
        }  # fmt: skip
    write_data(
        folder, info=info, raw=analysis.raw, pose=analysis.pose, angles=analysis.angles, events=analysis.events,
        summary=tuple(summary), cycles=tuple(cycles),
    )  # fmt: skip


def _write_pieces(folder: Path, clip: _Clip, settings: Settings, *, pieces: Pieces, progress: Progress) -> None:
    """Write the videos and the page of a clip whose numbers are written, and what could not be made into its data."""
    if clip.source.video is not None and settings.video.annotate:
        from gaitlab.pictures import write_videos

        write_videos(
            clip.source.video, folder, clip.analysis, video_time_s=clip.source.video_time_s,
            settings=settings.video, pieces=pieces, progress=progress,
        )  # fmt: skip
    with pieces.attempt(_PAGE):
        _write_page(Session(folder), settings.report, pieces=pieces, progress=progress)
    _tell(folder, pieces)


def _tell(folder: Path, pieces: Pieces) -> None:
    """Bring what session.json says of pieces that could not be made up to date."""
    info = Session(folder).info
    if pieces.lost != info.get("not_made", {}):
        with whole_file(folder / "session.json", failure=f"cannot write into '{folder}'", advice="") as partial:
            write_json(partial, told(info, pieces.lost))


def _companion_name(view: str) -> str:
    return f"the {view} clip"


def _cadence_warnings(first: Analysis, second: Analysis) -> tuple[str, ...]:
    """Say so where two clips cannot be of one run: feet go as fast from every side."""
    cadences = {
        analysis.view: next((row.mean for row in analysis.summary if row.metric == "cadence"), float("nan"))
        for analysis in (first, second)
    }
    one, two = cadences.values()
    if not (np.isfinite(one) and np.isfinite(two)):
        return ("the cadences of the two clips could not be compared: one of them has none",)
    apart = abs(one - two) / ((one + two) / 2)
    if apart <= _SAME_CADENCE:
        return ()
    words = " and ".join(f"{value:.1f} steps/min from the {view}" for view, value in cadences.items())
    return (
        f"the cadences of the two clips differ by {100 * apart:.1f} % ({words}): were they filmed in one run, at one "
        "speed, and is the frame rate of both true?",
    )


def rebuild_report(session: Session, *, settings: ReportSettings | None = None) -> Path:
    """Write report.html anew from the data of a session folder, and return its path.

    Args:
        settings: units and video of the page; None takes those of the analysis.
    """
    from gaitlab.pictures import VIDEOS

    kept = session.info["settings"].get("report", {})
    chosen = settings or ReportSettings(**{name: kept[name] for name in ("units", "embed_video") if name in kept})
    # Videos that could not be made are still not there; everything else gets another chance.
    pieces = Pieces({name: why for name, why in session.info.get("not_made", {}).items() if name in VIDEOS})
    if (other := session.companion) is not None:
        rebuild_report(other, settings=chosen)
        lost = Session(other.folder).info.get("not_made")
        pieces.add(Pieces(lost), of=_companion_name(other.info["view"]))
    _write_page(session, chosen, pieces=pieces)
    _tell(session.folder, pieces)
    return session.report


def _write_page(
    session: Session,
    settings: ReportSettings,
    *,
    pieces: Pieces,
    progress: Progress = lambda stage, done, total: None,
) -> None:
    if session.info["video"]:
        from gaitlab.pictures import write_page

        write_page(session, settings=settings, pieces=pieces, progress=progress)
    else:
        from gaitlab.report import write_report

        write_report(session, units=settings.units, pieces=pieces)


def _view(name: str, value: object) -> None:
    if value == "front":
        raise InputError(
            f"unknown view 'front'; known: {', '.join(VIEWS)}: gaitlab measures from the side or from behind, "
            "film again"
        )
    if value not in VIEWS and (meant := _ALSO_CALLED.get(str(value).lower())):
        raise InputError(f"unknown view '{value}' (did you mean '{meant}'?); known: {', '.join(VIEWS)}")
    arguments.choice(VIEWS)(name, value)


def _rotation(name: str, value: object) -> None:
    if type(value) is not int or value not in ROTATIONS:
        raise InputError(f"{name} must be 0, 90, 180 or 270 (degrees, clockwise), not {shown(value)}")


def _settings(name: str, value: object) -> None:
    if not isinstance(value, Settings | Mapping):
        raise InputError(f"{name} must be gaitlab.Settings or a dictionary of settings, not {shown(value)}")


def _function(name: str, value: object) -> None:
    if not callable(value):
        raise InputError(f"{name} must be a function, not {shown(value)}")


# What each argument of `analyze` may be.
_ARGUMENTS: Mapping[str, arguments.Check] = {
    "view": _view,
    "rotate": _rotation,
    "facing": arguments.choice(FACINGS),
    "belt_speed_mps": arguments.quantity(units.SPEED),
    "height_m": arguments.quantity(units.HEIGHT),
    "mass_kg": arguments.quantity(units.MASS),
    "capture_fps": arguments.quantity(units.FRAME_RATE),
    "fps": arguments.quantity(units.FRAME_RATE),
    "start_s": arguments.quantity(units.TIME),
    "end_s": arguments.quantity(units.TIME),
    **dict.fromkeys(("athlete", "label", "model", "keypoints_format"), arguments.text),
    **dict.fromkeys(
        ("video", "models_dir", "keypoints", "dots", "standing", "profile", "with_", "output"), arguments.path
    ),
    "settings": _settings,
    "force": arguments.truth,
    "progress": _function,
}
