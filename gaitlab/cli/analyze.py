"""``gaitlab analyze`` and ``gaitlab batch``: one video, or many, become session folders with reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gaitlab.cli.common import (
    ConfigOption,
    EmbedVideo,
    Findings,
    Force,
    Language,
    ModelsDir,
    Output,
    Pdf,
    SetOption,
    Units,
    asker,
    capture_rate,
    finish,
    page_assignments,
    printed,
    progress_bar,
    settings_of,
)
from gaitlab.cli.printing import say

if TYPE_CHECKING:
    from gaitlab.apps.batch import Outcome


def analyze(
    video: Annotated[Path | None, typer.Argument(help="The video; may be left out with --keypoints.")] = None,
    movement: Annotated[
        str, typer.Option(help="What the person does: run, walk, squat, ... or auto, see docs/movements.md.")
    ] = "auto",
    view: Annotated[str, typer.Option(help="What the camera sees: side, rear, front (no gait) or auto.")] = "auto",
    speed: Annotated[str | None, typer.Option(help="Belt speed with its unit, e.g. '10 km/h'.")] = None,
    height: Annotated[str | None, typer.Option(help="The runner's height, e.g. '178 cm' or 5'11\".")] = None,
    mass: Annotated[str | None, typer.Option(help="The runner's mass, e.g. '70 kg'.")] = None,
    distance: Annotated[
        str | None, typer.Option(help="Overground: two marks on the path and their x in px, e.g. '5 m:120,980'.")
    ] = None,
    athlete: Annotated[str | None, typer.Option(help="A name for the report.")] = None,
    label: Annotated[str | None, typer.Option(help="What tells this session from others, e.g. 'shoe A'.")] = None,
    facing: Annotated[str, typer.Option(help="Which way the runner faces: left, right or auto.")] = "auto",
    setting: Annotated[
        str, typer.Option(help="Where the runner moves: treadmill, overground (through the picture) or auto.")
    ] = "auto",
    level: Annotated[
        str | None, typer.Option(help="Is the belt's slope in the picture camera roll? on, off or auto.")
    ] = None,
    capture_fps: Annotated[
        str | None, typer.Option(help="True frame rate of a slow-motion video, or auto: the likeliest by its strides.")
    ] = None,
    start: Annotated[float | None, typer.Option(help="First second to use.")] = None,
    end: Annotated[float | None, typer.Option(help="Last second to use.")] = None,
    rotate: Annotated[int, typer.Option(help="Turn the pictures clockwise first: 0, 90, 180 or 270 degrees.")] = 0,
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    person: Annotated[int | None, typer.Option(help="Follow this person, as numbered in session.json.")] = None,
    models_dir: ModelsDir = None,
    keypoints: Annotated[Path | None, typer.Option(help="Keypoints from a file instead of a network.")] = None,
    keypoints_format: Annotated[
        str, typer.Option("--format", help="Format of --keypoints; auto looks into it.")
    ] = "auto",
    fps: Annotated[float | None, typer.Option(help="Frame rate of keypoints or raw video that do not say it.")] = None,
    layout: Annotated[str | None, typer.Option(help="Order of keypoints without names, e.g. body_25b.")] = None,
    axes: Annotated[str | None, typer.Option(help="Axes of --keypoints to the right and up, e.g. xz or x-y.")] = None,
    picture: Annotated[
        str | None, typer.Option(help="The picture's size, for keypoints that are shares of it: 1920x1080.")
    ] = None,
    dots: Annotated[
        str | None, typer.Option(help="Tape dots of a rear view: auto, or a file from 'gaitlab dots'.")
    ] = None,
    standing: Annotated[Path | None, typer.Option(help="The runner standing still: the zero of a rear view.")] = None,
    profile: Annotated[
        Path | None, typer.Option(help="A shop's file (TOML): head of the page, words for inward rolling.")
    ] = None,
    with_: Annotated[Path | None, typer.Option("--with", help="The other view of the same run.")] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    output: Output = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Write no videos.")] = False,
    blur_face: Annotated[bool, typer.Option("--blur-face", help="Hide the face in all pictures and videos.")] = False,
    units: Units = None,
    language: Language = None,
    findings: Findings = None,
    embed_video: EmbedVideo = None,
    pdf: Pdf = False,
    force: Force = False,
) -> None:
    """Analyse a video (or keypoints) and write a session folder with a report."""
    from gaitlab.config import parse_assignment
    from gaitlab.pipeline.run import analyze as run
    from gaitlab.pipeline.unused_arguments import check_settings

    assignments = set_ or []
    assignments += ["video.annotate=false"] if no_video else []
    assignments += ["video.blur_face=true"] if blur_face else []
    assignments += [f"pose.person={person}"] if person is not None else []
    assignments += [f"calibration.level={level}"] if level is not None else []
    assignments += page_assignments(units, embed_video, findings, language)
    settings = settings_of(config, assignments)
    check_settings(
        (parse_assignment(text)[0] for text in assignments), {"video": video, "keypoints": keypoints, "with_": with_}
    )
    if pdf:
        from gaitlab.apps.paper import find_browser

        find_browser()  # whether there is one is said now, not after minutes
    with progress_bar() as progress:
        session = run(
            video,
            movement=movement,
            view=view,
            athlete=athlete,
            label=label,
            distance=distance,
            facing=facing,
            setting=setting,
            capture_fps=capture_rate(capture_fps),
            start_s=start,
            end_s=end,
            rotate=rotate,
            model=model,
            models_dir=models_dir,
            keypoints=keypoints,
            keypoints_format=keypoints_format,
            fps=fps,
            layout=layout,
            axes=axes,
            picture=picture,
            dots=dots,
            standing=standing,
            profile=profile,
            with_=with_,
            settings=settings,
            output=output,
            force=force,
            progress=progress,
            on_slow_motion=asker(progress),
            **_quantities(speed, height, mass),
        )
    if pdf:
        printed(session)
    finish(session)


def batch(
    videos: Annotated[
        list[Path] | None, typer.Argument(help="Videos, or folders of them.", metavar="VIDEO|FOLDER...")
    ] = None,
    list_: Annotated[
        Path | None,
        typer.Option(
            "--list", help="A CSV file: video, view, movement, speed, height, mass, athlete, label, facing, rotate, ..."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Videos at once [default: one a core].")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a dask.distributed cluster to use instead.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the sessions.")] = Path("reports"),
    view: Annotated[str, typer.Option(help="What the camera sees: side, rear or auto.")] = "auto",
    speed: Annotated[
        str | None, typer.Option(help="Belt speed with its unit, e.g. '10 km/h', unless the list says.")
    ] = None,
    height: Annotated[str | None, typer.Option(help="Height, e.g. '178 cm', unless the list says.")] = None,
    mass: Annotated[str | None, typer.Option(help="Mass, e.g. '70 kg', unless the list says.")] = None,
    facing: Annotated[str, typer.Option(help="Which way the runners face: left, right or auto.")] = "auto",
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    models_dir: ModelsDir = None,
    profile: Annotated[
        Path | None, typer.Option(help="A shop's file (TOML): its [brand] heads every page, its words sort rear views.")
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Write no videos.")] = False,
    language: Language = None,
    config: ConfigOption = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting.")] = None,
) -> None:
    """Analyse many videos: sessions, one table, one page; a second run does what is missing or changed."""
    from gaitlab.analysis.shop import read_shop
    from gaitlab.apps.batch import jobs_of_list, jobs_of_videos, run_batch

    said = {
        "view": view,
        "facing": facing,
        **_quantities(speed, height, mass),
        "model": model,
        "models_dir": str(models_dir) if models_dir else None,
        "profile": str(profile) if profile else None,
    }
    if profile is not None:
        read_shop(profile)  # a fault in it is told before the first video
    options = {name: value for name, value in said.items() if value is not None}
    assignments = (set_ or []) + (["video.annotate=false"] if no_video else [])
    settings = settings_of(config, assignments + page_assignments(None, None, language=language))
    jobs = (jobs_of_videos(videos, options) if videos else []) + (jobs_of_list(list_, options) if list_ else [])
    with progress_bar() as progress:
        outcomes = run_batch(
            jobs,
            output=output,
            settings=settings,
            workers=workers,
            scheduler=scheduler,
            on_outcome=_tell,
            progress=progress,
        )
    say(output / "results.csv")
    say(output / "index.html")
    # As `gaitlab analyze` ends for each of them, and for a video that failed.
    if any(outcome.status not in ("done", "kept") for outcome in outcomes):
        raise typer.Exit(1)


def _tell(outcome: Outcome) -> None:
    where = f": {outcome.folder}" if outcome.folder else ""
    reason = f": {outcome.reason}" if outcome.reason else ""
    say(f"{outcome.status:>10}  {outcome.job.source}{where}{reason}")


def _quantities(speed: str | None, height: str | None, mass: str | None) -> dict[str, float | None]:
    """Return what is known of the runner in SI units by the names of `gaitlab.analyze`; None where nothing was said."""
    from gaitlab.core.units import HEIGHT, MASS, SPEED, parse

    said = {"belt_speed_mps": (speed, SPEED), "height_m": (height, HEIGHT), "mass_kg": (mass, MASS)}
    return {name: None if text is None else parse(text, quantity) for name, (text, quantity) in said.items()}
