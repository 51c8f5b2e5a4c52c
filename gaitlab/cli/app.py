"""The commands: thin over the Python calls, one line an error, progress while one waits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaitlab.cli import batch, dots, models
from gaitlab.cli.endings import run
from gaitlab.cli.printing import say
from gaitlab.core.errors import InputError, argument

if TYPE_CHECKING:
    from gaitlab.config import Settings
    from gaitlab.io.session.session import Session

app = typer.Typer(
    name="gaitlab",
    help="Gait and running analysis from ordinary video.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models.app, name="models")
app.command()(batch.batch)
app.command()(dots.dots)

Force = Annotated[bool, typer.Option("--force", help="Replace the output folder if gaitlab wrote all that is in it.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The session folder [default: reports/NAME].")]
ModelsDir = Annotated[Path | None, typer.Option(help="A folder of pose networks to look into first.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting, e.g. smoothing.method=kalman.")
]
Units = Annotated[str | None, typer.Option(help="Units of the report: metric or imperial.")]
EmbedVideo = Annotated[
    bool | None,
    typer.Option("--embed-video/--no-embed-video", help="Put the clip into the report [default: where under 15 MB]."),
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")]


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    if version:
        from gaitlab import __version__

        say(__version__)
        raise typer.Exit()


@app.command()
def analyze(
    video: Annotated[Path | None, typer.Argument(help="The video; may be left out with --keypoints.")] = None,
    view: Annotated[str, typer.Option(help="What the camera sees: side, rear or auto.")] = "auto",
    speed: Annotated[str | None, typer.Option(help="Belt speed with its unit, e.g. '10 km/h'.")] = None,
    height: Annotated[str | None, typer.Option(help="The runner's height, e.g. '178 cm' or 5'11\".")] = None,
    mass: Annotated[str | None, typer.Option(help="The runner's mass, e.g. '70 kg'.")] = None,
    athlete: Annotated[str | None, typer.Option(help="A name for the report.")] = None,
    label: Annotated[str | None, typer.Option(help="What tells this session from others, e.g. 'shoe A'.")] = None,
    facing: Annotated[str, typer.Option(help="Which way the runner faces: left, right or auto.")] = "auto",
    level: Annotated[
        str | None, typer.Option(help="Is the belt's slope in the picture camera roll? on, off or auto.")
    ] = None,
    capture_fps: Annotated[float | None, typer.Option(help="True frame rate of a slow-motion video.")] = None,
    start: Annotated[float | None, typer.Option(help="First second to use.")] = None,
    end: Annotated[float | None, typer.Option(help="Last second to use.")] = None,
    rotate: Annotated[int, typer.Option(help="Turn the pictures clockwise first: 0, 90, 180 or 270 degrees.")] = 0,
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    person: Annotated[int | None, typer.Option(help="Follow this person, as numbered in session.json.")] = None,
    models_dir: ModelsDir = None,
    keypoints: Annotated[Path | None, typer.Option(help="Keypoints from a file instead of a network.")] = None,
    keypoints_format: Annotated[str, typer.Option("--format", help="Format of --keypoints.")] = "csv",
    fps: Annotated[float | None, typer.Option(help="Frame rate of keypoints whose file does not say it.")] = None,
    dots: Annotated[
        str | None, typer.Option(help="Tape dots of a rear view: auto, or a file from 'gaitlab dots'.")
    ] = None,
    standing: Annotated[Path | None, typer.Option(help="The runner standing still: the zero of a rear view.")] = None,
    profile: Annotated[Path | None, typer.Option(help="A shop's words for inward rolling (TOML).")] = None,
    with_: Annotated[Path | None, typer.Option("--with", help="The other view of the same run.")] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    output: Output = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Write no videos.")] = False,
    blur_face: Annotated[bool, typer.Option("--blur-face", help="Hide the face in all pictures and videos.")] = False,
    units: Units = None,
    embed_video: EmbedVideo = None,
    force: Force = False,
) -> None:
    """Analyse a video (or keypoints) and write a session folder with a report."""
    from gaitlab.core.units import HEIGHT, MASS, SPEED, parse
    from gaitlab.pipeline.run import analyze as run

    assignments = set_ or []
    assignments += ["video.annotate=false"] if no_video else []
    assignments += ["video.blur_face=true"] if blur_face else []
    assignments += [f"pose.person={person}"] if person is not None else []
    assignments += [f"calibration.level={level}"] if level is not None else []
    settings = _settings(config, assignments + _page_assignments(units, embed_video))
    quantities = {
        "belt_speed_mps": parse(speed, SPEED) if speed is not None else None,
        "height_m": parse(height, HEIGHT) if height is not None else None,
        "mass_kg": parse(mass, MASS) if mass is not None else None,
    }
    with _progress() as progress:
        session = run(
            video,
            view=view,
            athlete=athlete,
            label=label,
            facing=facing,
            capture_fps=capture_fps,
            start_s=start,
            end_s=end,
            rotate=rotate,
            model=model,
            models_dir=models_dir,
            keypoints=keypoints,
            keypoints_format=keypoints_format,
            fps=fps,
            dots=dots,
            standing=standing,
            profile=profile,
            with_=with_,
            settings=settings,
            output=output,
            force=force,
            progress=progress,
            **quantities,
        )
    _finish(session)


@app.command()
def demo(output: Output = None, force: Force = False) -> None:
    """Analyse the demonstration clip: the whole way in one command."""
    from gaitlab.apps.demo import demo_session

    with _progress() as progress:
        session = demo_session(output=output or Path("reports") / "demo", force=force, progress=progress)
    _finish(session)


@app.command()
def selftest(
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
) -> None:
    """Can this installation be trusted? The demonstration clip against its known truth."""
    from gaitlab.apps.selftest import run_selftest
    from gaitlab.cli.tables import print_checks

    with _progress() as progress:
        network, checks = run_selftest(model=model, progress=progress)
    print_checks(network, checks)
    failed = sum(not check.passed for check in checks)
    if failed:
        say(f"gaitlab: {failed} of {len(checks)} checks failed: do not trust this installation", err=True)
        raise typer.Exit(2)


@app.command()
def pose(
    sources: Annotated[list[Path], typer.Argument(help="Pictures and videos.", metavar="IMAGE|VIDEO...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write into.")] = Path("poses"),
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    models_dir: ModelsDir = None,
    threshold: Annotated[float, typer.Option(help="Leave out points with a lower score.", min=0, max=1)] = 0.1,
    angles: Annotated[bool, typer.Option("--angles", help="Write the bend of each joint beside it.")] = False,
    numbers: Annotated[bool, typer.Option("--numbers", help="Write each point's number beside it.")] = False,
    heatmaps: Annotated[bool, typer.Option("--heatmaps", help="Write the network's confidence maps too.")] = False,
) -> None:
    """Find everybody in pictures and videos: skeletons and keypoints, no gait."""
    from gaitlab.apps.pose_images import DrawOptions, estimate_poses
    from gaitlab.pose.networks.estimator import load_estimator

    estimator = load_estimator(model, models_dir=models_dir)
    options = DrawOptions(threshold=threshold, angles=angles, numbers=numbers, heatmaps=heatmaps)
    with _progress() as progress:
        for found in estimate_poses(sources, estimator, output, options=options, progress=progress):
            where = ", ".join(str(path) for path in found.written)
            people = f"{found.people} {'person' if found.people == 1 else 'people'}"
            say(f"{found.source}: {people}, {found.network_ms:.0f} ms: {where}")


@app.command()
def live(
    camera: Annotated[str, typer.Argument(help="Number of a camera, or a video file in its place.")] = "0",
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    models_dir: ModelsDir = None,
    record: Annotated[Path | None, typer.Option(help="Keep the pictures, undrawn, in this video.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop after so long.")] = None,
) -> None:
    """Show skeleton and joint angles as they happen; q or closing the window ends it."""
    from gaitlab.apps.live import run_live
    from gaitlab.apps.window import Window
    from gaitlab.pose.networks.estimator import load_estimator

    estimator = load_estimator(model, models_dir=models_dir)
    window = Window(f"gaitlab live - {estimator.name}")

    def show(image: Any) -> bool:
        window.show(image)
        return not window.closed

    try:
        counts = run_live(
            int(camera) if camera.isdigit() else Path(camera), estimator, show, record=record, seconds=seconds
        )
    finally:
        window.close()
    say(f"{counts.taken} pictures, {counts.seen} of them seen by the network at {counts.network_ms:.0f} ms each")
    if record is not None:
        say(record)


@app.command()
def report(
    session: Annotated[Path, typer.Argument(help="A session folder.")],
    units: Units = None,
    embed_video: EmbedVideo = None,
) -> None:
    """Rebuild report.html from a session folder."""
    from gaitlab.config import Settings, with_values
    from gaitlab.core.pieces import sentences
    from gaitlab.io.session.session import Session, open_session
    from gaitlab.metrics.quality import grave_warnings
    from gaitlab.pipeline.writing import rebuild_report

    opened = open_session(session)
    kept = {f"report.{name}": value for name, value in opened.info["settings"].get("report", {}).items()}
    changed = dict(assignment.split("=") for assignment in _page_assignments(units, embed_video))
    settings = with_values(Settings(), kept | changed)
    page = rebuild_report(opened, settings=settings.report)
    for warning in grave_warnings(opened.info):
        say(f"WARNING: {warning}", err=True)
    not_made = Session(session).info.get("not_made", {})
    for sentence in sentences(not_made):
        say(f"note: {sentence}", err=True)
    say(page)
    if not_made:
        raise typer.Exit(1)


@app.command()
def compare(
    sessions: Annotated[list[Path], typer.Argument(help="Two or more session folders; all against the first.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a page with videos, curves and tables: FILE.html.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file too.")] = None,
    units: Annotated[str, typer.Option(help="Units of the page: metric or imperial.")] = "metric",
    embed_video: Annotated[
        bool, typer.Option("--embed-video/--no-embed-video", help="Put the videos into the page.")
    ] = True,
) -> None:
    """Say what changed between sessions, and whether it is more than noise."""
    from gaitlab.cli.tables import print_comparison, with_options
    from gaitlab.stats import compare as run
    from gaitlab.stats.sessions import opened as open_all
    from gaitlab.stats.treatment import grave

    if output is None and (units != "metric" or not embed_video):
        name = "units" if units != "metric" else "embed_video"
        raise InputError(f"{argument(name)} is of the page, but none is asked for; name it with {argument('output')}")
    opened = open_all(sessions)
    table = run(opened)
    if output is not None:
        from gaitlab.report.comparison import write_comparison

        write_comparison(opened, output, units=units, embed_video=embed_video)
    print_comparison(table)
    gravest = grave(opened)
    for note in table.attrs["notes"]:
        say(f"{'WARNING' if note in gravest else 'note'}: {with_options(note)}", err=True)
    if csv is not None:
        _write_csv(table, csv)
    if output is not None:
        say(output)


@app.command()
def export(
    session: Annotated[Path, typer.Argument(help="A session folder.")],
    format_: Annotated[
        str | None, typer.Option("--format", help="trc, mot, c3d, csv or parquet [default: as -o ends].")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file [default: SESSION.FORMAT].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write keypoints, angles and contacts for OpenSim, Mokka, R and others."""
    from gaitlab.io.export import export_session
    from gaitlab.io.session.session import open_session

    path, note = export_session(open_session(session), format=format_, output=output, force=force)
    if note:
        say(f"note: {note}", err=True)
    say(path)


@app.command()
def sessions(
    directory: Annotated[Path, typer.Argument(help="Where to look.")] = Path("reports"),
    csv: Annotated[Path | None, typer.Option(help="Write every session's summary to this file.")] = None,
) -> None:
    """List the sessions of a directory; exit 1 where a damaged one is left out."""
    from gaitlab.cli.tables import print_sessions
    from gaitlab.io.session.sessions import find_sessions, summaries_of

    skipped: list[str] = []
    found = list(find_sessions(directory, skip=skipped.append))
    print_sessions(found)
    if csv is not None:
        _write_csv(summaries_of(found, skip=skipped.append), csv)
    for why in skipped:
        say(f"gaitlab: skipped: {why}", err=True)
    if skipped:
        raise typer.Exit(1)


@app.command()
def config(config: ConfigOption = None, set_: SetOption = None) -> None:
    """Print every setting with its default (or as given), as TOML."""
    from gaitlab.config import as_toml

    say(as_toml(_settings(config, set_ or [])), lines=True)


def _page_assignments(units: str | None, embed_video: bool | None) -> list[str]:
    """Return the settings of the page that were given as options."""
    words = [f"report.units={units}"] if units is not None else []
    return words + ([f"report.embed_video={'yes' if embed_video else 'no'}"] if embed_video is not None else [])


def _settings(config: Path | None, assignments: list[str]) -> Settings:
    from gaitlab.config import Settings, parse_assignment, read_settings, with_values

    settings = read_settings(config) if config is not None else Settings()
    return with_values(settings, dict(parse_assignment(text) for text in assignments))


def _progress() -> Any:
    from gaitlab.cli.progress import Progress

    return Progress(sys.stderr)


def _finish(session: Session) -> None:
    """Print the table, the warnings and where the report lies.

    Exit 1 where the video supports no gait metrics, or a piece of the session could not be made.
    """
    from gaitlab.cli.tables import print_summary, rejected_lines, warning_lines

    print_summary(session)
    for line in (*warning_lines(session), *rejected_lines(session)):
        say(line, err=True)
    say(session.report if session.report.is_file() else session.folder)
    if not any(session.info["quality"]["cycles_accepted"].values()):
        raise typer.Exit(1)
    if session.info.get("not_made"):
        raise typer.Exit(1)


def _write_csv(table: Any, path: Path) -> None:
    from gaitlab.io.cells import as_cells
    from gaitlab.io.files import whole_file
    from gaitlab.io.session.contents import check_no_session_file

    check_no_session_file(path)
    with whole_file(path) as partial:
        as_cells(table).to_csv(partial, index=False)


def main() -> None:
    """Run the command line, see `cli_endings` for the exit codes."""
    run(app)
