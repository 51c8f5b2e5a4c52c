"""Every command and code block of the task pages in `docs/`, run in order as it stands there.

Videos are the demonstration clip's first seconds. Where a page analyses one, its keypoints are laid beside it and given
to the command: the networks are tested elsewhere, and not everybody who runs the tests has them.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.markers.layout import DOTS
from tests.conftest import DemoRun
from tests.io.truth.make import force_of, write_c3d
from tests.readme_example import differences, example
from tests.report.make import FPS as FILM_FPS
from tests.report.make import make_film

DOCS = Path(__file__).resolve().parents[1] / "docs"
# The first repeats what the README says; the others say how things are made, or quote figures of benchmarks that take
# longer than tests may.
OTHERS = {
    "README.md", "accuracy.md", "design-app.md", "model_card.md", "picture_credits.md", "speed.md", "validity.md",
}  # fmt: skip
PAGES = sorted(path for path in DOCS.glob("*.md") if path.name not in OTHERS)
FPS, SECONDS = 60.0, 2.5
MONTHS = {"march": 3, "april": 4, "may": 5}

# The `gaitlab` of the pages: the real one, with the keypoints that lie beside a video.
SHIM = f"""#!{sys.executable}
import csv, sys
from pathlib import Path
from gaitlab.__main__ import main

if __name__ == "__main__":
    if sys.argv[1] == "analyze" and "--keypoints" not in sys.argv:
        sys.argv += ["--keypoints", str(Path(sys.argv[2]).with_suffix(".points"))]
    for option in ("--with", "--standing"):
        if option in sys.argv:
            at = sys.argv.index(option) + 1
            sys.argv[at] = str(Path(sys.argv[at]).with_suffix(".csv"))
    if sys.argv[1] == "batch":
        rows = list(csv.DictReader(open(sys.argv[3])))
        sys.argv[3] = "with-keypoints.csv"
        with open(sys.argv[3], "w", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0], "keypoints"])
            writer.writeheader()
            writer.writerows(row | {{"keypoints": Path(row["video"]).with_suffix(".points")}} for row in rows)
    main()
"""


@cache
def truth():
    return load_truth(demo_clip()[1])


def write_points(path: Path, *, fps: float = FPS) -> int:
    """Write where the true runner's points lie in the picture at so many frames a second; return how many frames."""
    known = truth()
    times_s = np.arange(round(SECONDS * fps)) / fps
    at = np.stack(
        [[np.interp(times_s, known.time_s, axis) for axis in point.T] for point in known.xy_px.swapaxes(0, 1)]
    )  # fmt: skip
    write_rows(path, list(known.names), at.transpose(2, 0, 1))
    return len(times_s)


def write_rear(folder: Path) -> None:
    """Write the points of the rear clip's runner: rear.points of the body alone, rear.csv with those of dots."""
    known = load_truth(demo_clip("rear")[1])
    body = [i for i, name in enumerate(known.names) if name.partition("_")[2] not in DOTS]
    frames = int(np.searchsorted(known.time_s, 8.0 - 1e-6))
    write_rows(folder / "rear.points", [known.names[i] for i in body], known.xy_px[:frames, body])
    write_rows(folder / "rear.csv", list(known.names), known.xy_px[:frames])


def write_lab(path: Path) -> None:
    """What a laboratory measured of the true runner meanwhile: markers and a force plate, at the pace of the film."""
    pytest.importorskip("ezc3d")
    known, slower = truth(), FPS / FILM_FPS
    names = {"hip": "GTR", "knee": "Knee", "ankle": "Ankle", "heel": "Heel.Bottom", "big_toe": "MT1"}
    times_s = np.arange(round(SECONDS * slower * 100)) / 100
    points = {
        f"{side[0].upper()}.{marker}": np.stack(
            [np.interp(times_s, known.time_s * slower, axis) for axis in at.T], axis=1
        )
        for side in ("left", "right")
        for point, marker in names.items()
        for at in [known.points_m[:, known.names.index(f"{side}_{point}")][:, [0, 2, 1]] * [1000, -1000, 1000]]
    }
    contacts = [
        (c.side, c.foot_strike_s * slower, c.toe_off_s * slower)
        for c in known.contacts
        if c.foot_strike_s > 0.05 and c.toe_off_s < SECONDS - 0.05
    ]
    write_c3d(path, times_s, points, force_n=[force_of(contacts, end_s=SECONDS * slower)])


def write_standing(path: Path) -> None:
    """The rear clip's runner on both feet for two seconds: each side as in the middle of one of its stances."""
    known = load_truth(demo_clip("rear")[1])
    xy = known.xy_px[0].copy()
    for contact in known.contacts[2:4]:
        frame = int(np.searchsorted(known.time_s, contact.foot_strike_s + 0.4 * contact.duration_s))
        own = [i for i, name in enumerate(known.names) if name.startswith(contact.side)]
        xy[own] = known.xy_px[frame, own]
    write_rows(path, list(known.names), np.tile(xy, (120, 1, 1)))


def write_rows(path: Path, names: list[str], xy: np.ndarray) -> None:
    """Write a tidy table of (frame, keypoint, 2) px."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame, points in enumerate(xy.round(2).tolist()):
            writer.writerows([frame, name, x, y, 0.9] for name, (x, y) in zip(names, points, strict=True))


def write_video(path: Path, *, fps: float = FPS) -> None:
    """A grey film as long as the points beside it."""
    make_film(path, range(write_points(path.with_suffix(".points"), fps=fps)))  # type: ignore[arg-type]


def prepare(folder: Path, needs: str) -> None:
    """Make what a page says it needs."""
    for name in needs.split():
        film, _, fps = name.partition("@")
        if film == "rear.mp4":
            shutil.copy(demo_clip("rear")[0], folder / film)
            write_rear(folder)
        elif film == "standing.csv":
            write_standing(folder / film)
        elif film.endswith(".mp4"):
            write_video(folder / film, fps=float(fps or FPS))
        elif name == "lab.c3d":
            write_lab(folder / name)
        elif name == "season/":
            write_points(folder / "points.csv")
            for month, number in MONTHS.items():
                os.utime(folder / "points.csv", (1.7e9 + number * 30 * 86400,) * 2)
                gaitlab.analyze(
                    keypoints=folder / "points.csv", fps=60, height_m=1.7 + 0.02 * number, athlete="Ada", label=month,
                    output=folder / "season" / month,
                )  # fmt: skip
        else:
            write_points(folder / name)


def blocks(text: str) -> list[tuple[str, str, str]]:
    """Return (language, code, comments before it) of every fenced block."""
    found = re.findall(r"((?:<!--[^\n]*-->\n)*)```(\w*)\n(.*?)```", text, re.S)
    return [(language, code, before) for before, language, code in found]


def run_block(language: str, code: str, folder: Path) -> str:
    command = {"sh": ["bash", "-e", "-c", code], "python": [sys.executable, "-c", code]}[language]
    environment = {
        **os.environ, "PATH": f"{folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "200",
        "PYTHONWARNINGS": "error::DeprecationWarning:gaitlab",
    }  # fmt: skip
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_block_runs(page: Path, tmp_path: Path) -> None:
    shim = tmp_path / "bin" / "gaitlab"
    shim.parent.mkdir()
    shim.write_text(SHIM)
    shim.chmod(0o755)
    found = blocks(page.read_text())
    assert found
    assert len(found) == page.read_text().count("```") / 2
    for language, code, before in found:
        if "dask " in code or "distributed" in code:
            pytest.importorskip("distributed")
        for needs in re.findall(r"<!-- needs: (.*?) -->", before):
            prepare(tmp_path, needs)
        name = re.search(r"<!-- file: (.*?) -->", before)
        if name is not None:
            (tmp_path / name[1]).write_text(code)
            continue
        run_block(language, code, tmp_path)
    check_results(page.stem, tmp_path)


def check_results(page: str, folder: Path) -> None:
    """What the pages promise beside running."""
    if page == "analyse":
        assert (folder / "reports/run-shoe-A/report.html").is_file()
        assert {path.suffix for path in folder.glob("run*")} >= {".trc", ".mot", ".c3d", ".csv", ".parquet"}
    if page == "languages":
        pages = {
            name: (folder / "reports" / name / "report.html").read_text() for name in ("auf-deutsch", "en-espanol")
        }
        assert '<html lang="fr"' in pages["auf-deutsch"]  # rebuilt
        assert '<html lang="es"' in pages["en-espanol"]
    if page == "compare-shoes":
        assert "</html>" in (folder / "shoes.html").read_text()[-20:]
    if page == "validate":
        assert "</html>" in (folder / "agreement/validation.html").read_text()[-20:]
        strikes = list(csv.DictReader((folder / "study-agreement/events.csv").open()))[2]
        assert int(strikes["n"]) >= 5
        assert abs(float(strikes["bias"])) < 0.02
    if page == "rear-view":
        check_rear(folder / "reports")
    if page == "season":
        assert 'id="trend"' in (folder / "season.html").read_text()
        table = gaitlab.load_sessions(folder / "season")
        assert list(table.groupby("label")["date"].first()[list(MONTHS)].str[:7]) == ["2024-02", "2024-03", "2024-04"]
    if page == "batch":
        for place in ("study", "study-cluster"):
            rows = list(csv.DictReader((folder / place / "results.csv").open()))
            assert {row["status"] for row in rows} == {"done"}
            assert {row["athlete"] for row in rows} == {"P01", "P02"}


def check_rear(reports: Path) -> None:
    """The rear clip's runner rolls by 8 degrees on the left and 13 on the right, from -2 and -3."""
    for name, note in (("rear", "dots"), ("zeroed", "dots"), ("no-dots", "pictures")):
        session = gaitlab.open_session(reports / name)
        rows = session.summary.set_index(["metric", "side"])
        for side, expected_deg in (("left", 8.0), ("right", 13.0)):
            row = rows.loc[("rearfoot_eversion_excursion", side)]
            assert note in row["note"]
            assert abs(row["mean"] - expected_deg) < row["uncertainty"]
        assert np.isfinite(rows.loc[("peak_rearfoot_eversion", "left"), "mean"]) == (name == "zeroed")
    shop = gaitlab.open_session(reports / "shop").info["shop_profile"]
    assert shop["name"] == "Our shop"
    both = gaitlab.open_session(reports / "both")
    assert {"overstride", "pelvic_drop"} <= set(both.summary["metric"])
    assert any("cadences of the two clips differ by 2" in warning for warning in both.info["warnings"])


def test_the_readme_links_every_page() -> None:
    readme = (DOCS.parent / "README.md").read_text()
    for page in PAGES:
        assert f"(docs/{page.name})" in readme, page.name


def test_every_option_the_pages_name_is_there() -> None:
    from typer.main import get_command

    from gaitlab.cli.app import app

    command = get_command(app)
    known = {option for sub in command.commands.values() for p in sub.params for option in (*p.opts, *p.secondary_opts)}  # type: ignore[attr-defined]
    for page in PAGES:
        for option in set(re.findall(r"`(--[\w-]+)", page.read_text())):
            assert option in known, f"{page.name}: {option}"


def test_the_readme_shows_what_a_newcomer_gets(demo_run: DemoRun) -> None:
    assert differences(example(), demo_run.printed) == []


def test_a_wrong_number_or_word_in_the_readme_is_noticed() -> None:
    shown = "│ Cadence │ 167.8 ± 0.8 (n 20) │ steps/min │"
    assert not differences(shown, "│ Cadence   │ 167.9 ± 0.7 (n 20) │ steps/min │")
    assert differences(shown, "│ Cadence │ 172.8 ± 0.8 (n 20) │ steps/min │")
    assert differences(shown, "│ Cadence │ -167.8 ± 0.8 (n 20) │ steps/min │")
    assert differences(shown, "│ Stride │ 167.8 ± 0.8 (n 20) │ steps/min │")
    assert differences(shown, "")
