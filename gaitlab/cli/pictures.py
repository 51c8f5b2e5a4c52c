"""``gaitlab pose``, ``live``, ``dots``: what is seen in pictures, by camera and user; ``serve``: a page for all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gaitlab.cli.common import ModelsDir, progress_bar
from gaitlab.cli.printing import say


def pose(
    sources: Annotated[list[Path], typer.Argument(help="Pictures and videos.", metavar="IMAGE|VIDEO...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write into.")] = Path("poses"),
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    models_dir: ModelsDir = None,
    threshold: Annotated[float, typer.Option(help="Leave out points with a lower score.", min=0, max=1)] = 0.1,
    angles: Annotated[bool, typer.Option("--angles", help="Write the bend of each joint beside it.")] = False,
    numbers: Annotated[bool, typer.Option("--numbers", help="Write each point's number beside it.")] = False,
    fps: Annotated[float | None, typer.Option(help="Frame rate of raw videos, which do not say it.")] = None,
    heatmaps: Annotated[bool, typer.Option("--heatmaps", help="Write the network's confidence maps too.")] = False,
) -> None:
    """Find everybody in pictures and videos: skeletons and keypoints, no gait."""
    from gaitlab.apps.pose_images import DrawOptions, draw_all_poses
    from gaitlab.pose.networks.estimator import load_estimator

    estimator = load_estimator(model, models_dir=models_dir)
    options = DrawOptions(threshold=threshold, angles=angles, numbers=numbers, heatmaps=heatmaps)
    with progress_bar() as progress:
        for found in draw_all_poses(sources, estimator, output, options=options, fps=fps, progress=progress):
            where = ", ".join(str(path) for path in found.written)
            people = f"{found.people} {'person' if found.people == 1 else 'people'}"
            say(f"{found.source}: {people}, {found.network_ms:.0f} ms: {where}")


def live(
    camera: Annotated[str, typer.Argument(help="Number of a camera, or a video file in its place.")] = "0",
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    models_dir: ModelsDir = None,
    fps: Annotated[float | None, typer.Option(help="Frame rate of a raw video, which does not say it.")] = None,
    record: Annotated[Path | None, typer.Option(help="Keep the pictures, undrawn, in this video.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop after so long.")] = None,
) -> None:
    """Show skeleton and joint angles as they happen; q or closing the window ends it."""
    from gaitlab.apps.live import network_for_live, run_live
    from gaitlab.apps.window import Window

    estimator, why_light = network_for_live(model, models_dir=models_dir)
    if why_light:
        say(why_light, err=True)
    window = Window(f"gaitlab live - {estimator.name}")

    def show(image: Any) -> bool:
        window.show(image)
        return not window.closed

    try:
        counts = run_live(
            int(camera) if camera.isdigit() else Path(camera), estimator, show, fps=fps, record=record, seconds=seconds
        )
    finally:
        window.close()
    say(f"{counts.taken} pictures, {counts.seen} of them seen by the network at {counts.network_ms:.0f} ms each")
    if record is not None:
        say(record)


def dots(
    video: Annotated[Path, typer.Argument(help="A rear view with tape dots on heels and calves.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file [default: VIDEO.dots.json].")] = None,
    at: Annotated[float | None, typer.Option(help="Begin with the frame at this second [default: the middle].")] = None,
    rotate: Annotated[int, typer.Option(help="Turn the pictures clockwise, as for 'gaitlab analyze'.")] = 0,
    fps: Annotated[float | None, typer.Option(help="Frame rate of a raw stream, which does not say it.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Click where the tape dots are: two on each calf, two on each heel. The file is for analyze --dots FILE."""
    from gaitlab.markers.click_page import take_clicks

    def opened(address: str) -> None:
        say(f"click the dots on this page: {address}")
        if browser:
            import webbrowser

            webbrowser.open(address)

    target = output or video.with_name(f"{video.stem}.dots.json")
    say(take_clicks(video, target, at_s=at, rotate_deg=rotate, fps=fps, opened=opened))


def serve(
    directory: Annotated[Path, typer.Argument(help="The folder of sessions.")] = Path("reports"),
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8765,
    lan: Annotated[
        bool, typer.Option("--lan", help="Let phones and others of the network connect, with a one-time code.")
    ] = False,
    workers: Annotated[int, typer.Option(help="Analyses at once.")] = 1,
    limit: Annotated[float, typer.Option(help="Largest film that is taken, GB.", min=0.001, max=1000)] = 4.0,
    camera: Annotated[
        str | None, typer.Option(help="Number of the only camera to offer, or a video file in its place.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
    profile: Annotated[
        Path | None, typer.Option(help="A shop's file (TOML) whose [brand] heads the reports: name, colour, logo.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open a page of this machine: drop videos, follow the queue, look into the library; nothing leaves it."""
    from gaitlab.apps.serve.options import GIGABYTE, Options
    from gaitlab.apps.serve.run import serve as run

    def opened(address: str, network: str) -> None:
        say(f"gaitlab is at {address} (Ctrl-C ends it; what is queued goes on with the next start)")
        if network:
            say(f"for others of the network: {network} (the code is on the page “Phone”)")
        if browser:
            import threading
            import webbrowser

            threading.Timer(0.5, webbrowser.open, (address,)).start()

    place = None if camera is None else int(camera) if camera.isdigit() else Path(camera)
    run(
        Options(
            directory.absolute(), port=port, lan=lan, workers=workers, largest_bytes=round(limit * GIGABYTE),
            camera=place, model=model, profile=None if profile is None else profile.absolute(),
        ),
        opened=opened,
    )  # fmt: skip
