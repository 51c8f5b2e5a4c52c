"""The wiring: a video or a file of keypoints in, a session folder out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gaitlab.analysis.shop import Shop, read_shop
from gaitlab.config import Settings, with_values
from gaitlab.core import units
from gaitlab.core.errors import InputError, argument, shown
from gaitlab.core.metric import View
from gaitlab.core.person import Runner
from gaitlab.core.text import check_said, folder_name
from gaitlab.io.notes import keep_notes, read_notes
from gaitlab.io.session.contents import COMPANIONS
from gaitlab.io.session.folder import check_free, whole_folder
from gaitlab.io.session.session import Session
from gaitlab.metrics import MOVEMENTS
from gaitlab.pipeline import arguments, clock, unused_arguments
from gaitlab.pipeline.clip import ClipAnalyzer, beside
from gaitlab.pipeline.progress import WholeProgress
from gaitlab.pipeline.spec import AUTO, GAITS, Progress, RecordingSpec
from gaitlab.pipeline.writing import Clip, write_session

VIEWS = ("side", "rear", "front", "auto")
MOVES = (AUTO, *GAITS, *MOVEMENTS)
# What else people call a view.
_ALSO_CALLED = {
    "back": "rear", "behind": "rear", "posterior": "rear", "lateral": "side", "sagittal": "side",
    "frontal": "front", "anterior": "front",
}  # fmt: skip
_OTHER: dict[View, View] = {"side": "rear", "rear": "side", "front": "side"}
FACINGS = ("auto", "left", "right")
SETTINGS = ("auto", "treadmill", "overground")


def analyze(
    video: str | Path | None = None,
    *,
    movement: str = "auto",
    view: str = "auto",
    belt_speed_mps: float | None = None,
    height_m: float | None = None,
    mass_kg: float | None = None,
    distance: str | None = None,
    athlete: str | None = None,
    label: str | None = None,
    facing: str = "auto",
    setting: str = "auto",
    capture_fps: float | str | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    rotate: int = 0,
    model: str | None = None,
    models_dir: str | Path | None = None,
    keypoints: str | Path | None = None,
    keypoints_format: str = "auto",
    fps: float | None = None,
    layout: str | None = None,
    axes: str | None = None,
    picture: str | None = None,
    dots: str | Path | None = None,
    standing: str | Path | None = None,
    profile: str | Path | None = None,
    with_: str | Path | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    output: str | Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
    on_slow_motion: clock.Ask | None = None,
) -> Session:
    """Analyse one recording and write its session folder.

    Parameters
    ----------
    video : str | Path | None, optional
        the video; optional if ``keypoints`` are given.
    movement : str, optional
        what the person does: ``run`` or ``walk``, ``squat`` and the others of ``gaitlab.metrics.MOVEMENTS``, or
        ``auto``: gait, unless the keypoints clearly show another of them; ``session.info["movement"]`` says why.
    view : str, optional
        camera view: ``side``, ``rear``, ``front`` (not of gait), or ``auto`` to estimate it from the keypoints;
        arguments that apply to rear views only imply ``rear``.
    belt_speed_mps : float | None, optional
        speed of the treadmill's belt, m/s.
    height_m : float | None, optional
        the runner's height, m.
    mass_kg : float | None, optional
        the runner's mass, kg.
    distance : str | None, optional
        overground only: how far two marks on the runner's path are apart and the x of both in the first picture, px,
        e.g. ``5 m:120,980``; it gives the scale.
    athlete : str | None, optional
        a name for the report.
    label : str | None, optional
        label that distinguishes this session from others, e.g. ``shoe A``.
    facing : str, optional
        ``left`` or ``right`` in the picture, or ``auto``.
    setting : str, optional
        side view only: ``treadmill``, ``overground`` (the runner moves through the picture), or ``auto``.
    capture_fps : float | str | None, optional
        true frame rate of a slow-motion recording, Hz; ``auto`` takes the likeliest where the strides are those of slow
        motion, and calls the times assumed. By default times are left out there.
    start_s : float | None, optional
        first second of the video to use.
    end_s : float | None, optional
        last second of the video to use.
    rotate : int, optional
        clockwise rotation of the images before analysis: 0, 90, 180 or 270 degrees; also applied to the standing
        recording.
    model : str | None, optional
        the pose network; None takes the setting ``pose.model``.
    models_dir : str | Path | None, optional
        a folder of networks to look into first.
    keypoints : str | Path | None, optional
        a file of keypoints that replaces the network.
    keypoints_format : str, optional
        format of that file; ``auto`` detects it from the contents.
    fps : float | None, optional
        frame rate of the keypoints, Hz, if their file does not contain it.
    layout : str | None, optional
        the order of keypoints whose file does not name them, e.g. ``body_25b``.
    axes : str | None, optional
        which axes of the keypoints point to the right and up, e.g. ``xz`` or ``x-y``.
    picture : str | None, optional
        image size in px, e.g. ``1920x1080``, for normalised coordinates.
    dots : str | Path | None, optional
        rear view only: tape dots on heels and calves, detected automatically (``auto``) or at the positions in a file
        written by `gaitlab dots`.
    standing : str | Path | None, optional
        rear view only: a video or file of keypoints of the runner standing still, the zero of the rearfoot angle.
    profile : str | Path | None, optional
        a shop's file: its classification of rearfoot eversion, and its name, contact, colour and logo for the head of
        the report, see ``configs/shop_profile.toml``.
    with_ : str | Path | None, optional
        the other view of the same run, a video or a file of keypoints: both make one session.
    settings : Settings | Mapping[str, Any] | None, optional
        a `Settings`, or a dictionary such as ``{"smoothing.method": "kalman"}``.
    output : str | Path | None, optional
        the session folder; by default ``reports/NAME`` after the video.
    force : bool, optional
        replace an existing session folder, if it contains only files written by gaitlab and no input; its notes are
        kept.
    progress : Progress | None, optional
        called as ``progress(stage, done, total)`` with the name of the present stage and how much of the whole is done.
    on_slow_motion : Callable[[float, Sequence[float], float], float | None] | None, optional
        called as ``on_slow_motion(cadence, rates, plays_fps)`` where only slow motion explains the strides: steps per
        minute that the recording shows, the frame rates it may have been taken at, Hz, the likeliest first, and that at
        which it plays, Hz. It returns the true rate, or None if it is not known. It is not called where ``capture_fps``
        is given.

    Returns
    -------
    Session
        the session; ``session.info["warnings"]`` lists the warnings.

    Raises
    ------
    GaitlabError
        if an input is invalid; the message is one line, and no incomplete session is left.
    """
    given = locals()
    arguments.check(given, ARGUMENTS, needed=("movement", "view", "facing", "setting", "keypoints_format", "force"))
    arguments.check_span(start_s, end_s)
    chosen = settings if isinstance(settings, Settings) else with_values(Settings(), settings or {})
    if movement in GAITS:
        chosen = replace(chosen, gait=replace(chosen.gait, activity=GAITS[movement]))
    if video is None and keypoints is None:
        raise InputError(f"nothing to analyse: name a video, or a file of keypoints with {argument('keypoints')}")
    unused_arguments.check(given)
    if isinstance(settings, Mapping):
        unused_arguments.check_settings(settings, given)
    check_said(athlete, "athlete's name")
    check_said(label, "label")
    name = Path(video if video is not None else keypoints or "").stem
    target = Path(output) if output is not None else Path("reports") / folder_name(name, label)
    dots_file = None if dots == "auto" else dots
    if force and target.is_dir():
        read_notes(target)  # they are kept, so they must be sound before anything else is done
    check_free(target, force=force, inputs=(video, keypoints, dots_file, standing, profile, with_))
    report = WholeProgress(
        progress or (lambda stage, done, total: None), clips=1 if with_ is None else 2, drawn=chosen.video.annotate
    )

    shop = read_shop(Path(profile)) if profile is not None else Shop(None, None)
    # Whoever has a brand wants it on every page, from whichever side.
    if with_ is None and view == "auto" and (dots or standing or (profile and not shop.brand)):
        view = "rear"
    # Without dots the heels themselves may tell; against another recording's zero they tell nothing.
    heels = standing is None and dots is None
    spec = RecordingSpec(
        video=video, view=view, keypoints=keypoints, keypoints_format=keypoints_format, fps=fps,
        capture_fps=None if isinstance(capture_fps, str) else capture_fps, start_s=start_s, end_s=end_s,
        rotate_deg=rotate, model=model or chosen.pose.model,
        models_dir=Path(models_dir) if models_dir else None, person=chosen.pose.person,
        dots=None if view == "side" else dots, heels=heels and view != "side" and movement not in MOVEMENTS,
        movement=movement,
        layout=layout, axes=axes, picture_px=picture_px(picture),
    )  # fmt: skip
    runner = Runner(
        belt_speed_mps=belt_speed_mps, height_m=height_m, mass_kg=mass_kg, facing=facing, setting=setting,
        marks=None if distance is None else units.marks(distance),
    )  # fmt: skip
    make = ClipAnalyzer(
        runner, chosen, standing=standing, shop=shop, athlete=athlete, label=label, progress=report,
        unsaid=clock.Unsaid(assume=capture_fps == AUTO, ask=on_slow_motion),
    )  # fmt: skip
    # Recordings are read while their folder is in the making, because their clean clips are written meanwhile.
    with whole_folder(target, force=force) as folder:
        main = make.clip(replace(spec, clean_clip=make.clean_clip(folder)))
        other: Clip | None = None
        if with_ is not None:
            second = _OTHER[main.source.view]
            other_spec = beside(
                spec, Path(with_), view=second, fps=main.source.raw.fps, dots=None if second == "side" else dots,
                heels=heels and second != "side",
            )  # fmt: skip
            inside = folder / COMPANIONS[second]
            inside.mkdir()
            other = make.clip(replace(other_spec, clean_clip=make.clean_clip(inside)))
        keep_notes(target, folder)
        write_session(folder, main, other, chosen, brand=shop.brand, progress=report)
        keep_notes(target, folder)  # what was noted while the videos were drawn
    return Session(target)


def _view(name: str, value: object) -> None:
    if value not in VIEWS and (meant := _ALSO_CALLED.get(str(value).lower())):
        raise InputError(f"unknown view '{value}' (did you mean '{meant}'?); known: {', '.join(VIEWS)}")
    arguments.choice(VIEWS)(name, value)


def picture_px(text: str | None) -> tuple[int, int] | None:
    """Return width and height of ``1920x1080``; InputError where it says none."""
    if text is None:
        return None
    sizes = re.fullmatch(r"\s*(\d{2,5})\s*[x×*,]\s*(\d{2,5})\s*", text.lower())
    if sizes is None:
        raise InputError(f"{argument('picture')} must be width and height in pixels, e.g. 1920x1080, not {shown(text)}")
    return int(sizes[1]), int(sizes[2])


def _rotation(name: str, value: object) -> None:
    if type(value) is not int or value not in units.ROTATIONS:
        raise InputError(f"{argument(name)} must be 0, 90, 180 or 270 (degrees, clockwise), not {shown(value)}")


def _capture_rate(name: str, value: object) -> None:
    if isinstance(value, str) and value != AUTO:
        raise InputError(f"{argument(name)} must be a frame rate in frames a second, or auto, not {shown(value)}")
    if value != AUTO:
        units.check(name, value, units.FRAME_RATE)


def _settings(name: str, value: object) -> None:
    if not isinstance(value, Settings | Mapping):
        raise InputError(f"{argument(name)} must be gaitlab.Settings or a dictionary of settings, not {shown(value)}")


def _function(name: str, value: object) -> None:
    if not callable(value):
        raise InputError(f"{argument(name)} must be a function, not {shown(value)}")


# What each argument of `analyze` may be.
ARGUMENTS: Mapping[str, arguments.Check] = {
    "movement": arguments.choice(MOVES),
    "view": _view,
    "rotate": _rotation,
    "facing": arguments.choice(FACINGS),
    "setting": arguments.choice(SETTINGS),
    "belt_speed_mps": arguments.quantity(units.SPEED),
    "height_m": arguments.quantity(units.HEIGHT),
    "mass_kg": arguments.quantity(units.MASS),
    "capture_fps": _capture_rate,
    "fps": arguments.quantity(units.FRAME_RATE),
    "start_s": arguments.quantity(units.TIME),
    "end_s": arguments.quantity(units.TIME),
    **dict.fromkeys(
        ("athlete", "label", "model", "distance", "keypoints_format", "layout", "axes", "picture"), arguments.text
    ),
    **dict.fromkeys(
        ("video", "models_dir", "keypoints", "dots", "standing", "profile", "with_", "output"), arguments.path
    ),
    "settings": _settings,
    "force": arguments.truth,
    "progress": _function,
    "on_slow_motion": _function,
}
