"""Whatever goes wrong in a still, a video, a chart or the page costs that piece only, and is told."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gaitlab.core.errors import OutputError
from gaitlab.core.pieces import Pieces, told
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.video import annotate, stills
from gaitlab.pipeline import pictures
from gaitlab.pipeline.run import analyze
from gaitlab.pipeline.writing import rebuild_report
from gaitlab.report.session import figures
from tests.report.make import make_film, make_session, pose

DATA = {"session.json", "keypoints.npz", "angles.csv", "events.csv", "cycles.csv", "summary.csv"}


def breaks(error: BaseException) -> Any:
    """Return a function of any arguments that raises."""

    def broken(*_: object, **__: object) -> NoReturn:
        raise error

    return broken


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A film of half a second with its keypoints."""
    folder, sequence = tmp_path_factory.mktemp("recording"), pose(0.5)
    with (folder / "run.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", "keypoint", "x_px", "y_px", "score"])
        for frame, points in enumerate(sequence.xy):
            for name, (x, y) in zip(sequence.skeleton.names, points, strict=True):
                writer.writerow([frame, name, x, y, 0.9])
    return {"video": make_film(folder / "run.mp4", sequence), "keypoints": folder / "run.csv"}


def analysed(recording: dict[str, Path], target: Path) -> Session:
    return analyze(**recording, view="side", output=target)  # type: ignore[arg-type]


def files(session: Session) -> set[str]:
    return {path.name for path in session.folder.iterdir()}


@pytest.mark.parametrize(
    ("where", "name", "error", "lost", "cause"),
    [
        (pictures, "shrunk", KeyError("x"), "clip.mp4", "a fault in gaitlab, KeyError: 'x'"),
        (annotate, "draw_pose", MemoryError(), "annotated.mp4", "not enough memory"),
        (pictures, "write_report", OSError(28, "No space left on device"), "report.html", "no space left on device"),
    ],
)
def test_a_fault_costs_one_piece_and_is_told(
    recording: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    where: Any, name: str, error: Exception, lost: str, cause: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(where, name, breaks(error))
    session = analysed(recording, tmp_path / "run")
    assert files(session) == (DATA | {"annotated.mp4", "clip.mp4", "report.html"}) - {lost}
    sentence = f"{lost} could not be made ({cause}); what was measured is kept"
    assert session.info["not_made"] == {lost: cause}
    assert session.info["warnings"].count(sentence) == 1
    if lost != "report.html":
        assert f"{sentence[0].upper()}{sentence[1:]}".replace("'", "&#39;") in session.report.read_text()


def test_an_interruption_is_no_fault_and_leaves_nothing(
    recording: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (KeyboardInterrupt(), SystemExit(3)):
        monkeypatch.setattr(annotate, "draw_pose", breaks(error))
        with pytest.raises(type(error)):
            analysed(recording, tmp_path / "run")
        assert list(tmp_path.iterdir()) == []


def test_a_full_disk_while_the_data_are_written_is_an_error(
    recording: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaitlab.pipeline.writing.write_data", breaks(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match="No space left"):
        analysed(recording, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def shown(tmp_path: Path) -> Session:
    """A session with cycles and a clip, so that its page has charts and stills."""
    session = make_session(tmp_path / "run", video=True)
    shutil.copy(session.folder / "annotated.mp4", session.folder / "clip.mp4")
    return open_session(session.folder)


def test_one_still_and_one_chart_are_lost_alone_and_come_back_with_the_fault_mended(
    shown: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, drawn = stills._cut, figures._cycle_figure
    count = 0

    def one_still(image: Any, shot: Any, key: str) -> Any:
        return breaks(ZeroDivisionError("still"))() if key == "left_toe_off" else cut(image, shot, key)

    def one_chart(content: Any, spec: Any, curves: Any) -> Any:
        nonlocal count
        count += 1
        return breaks(ZeroDivisionError("chart"))() if count == 1 else drawn(content, spec, curves)

    with monkeypatch.context() as broken:
        broken.setattr(stills, "_cut", one_still)
        broken.setattr(figures, "_cycle_figure", one_chart)
        page = rebuild_report(shown).read_text()
    lost = set(open_session(shown.folder).info["not_made"])
    chart = next(name for name in lost if name.startswith("the chart"))
    assert lost == {"the still of the left toe off", chart}
    assert "The still of the left toe off could not be made" in page
    assert page.count('data-chart="chart-') == count - 1 + 1  # all but one, and that of the time

    whole = rebuild_report(open_session(shown.folder)).read_text()
    info = open_session(shown.folder).info
    assert info["not_made"] == {}
    assert not any("could not be made" in warning for warning in info["warnings"])
    assert whole.count('data-chart="chart-') == count + 1


def test_what_cannot_be_made_when_a_page_is_made_anew_keeps_what_was_measured(
    shown: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = json.loads((shown.folder / "session.json").read_text())
    monkeypatch.setattr(pictures, "open_video", breaks(ValueError("no")))
    rebuild_report(shown)
    after = json.loads((shown.folder / "session.json").read_text())
    assert list(after["not_made"]) == [pictures.STILLS]
    assert after["calibration"] == before["calibration"]


def test_one_cause_is_one_sentence_and_what_was_told_before_goes() -> None:
    pieces = Pieces()
    with pieces.attempt("a", "b"):
        raise OSError(28, "No space left on device")
    with pieces.attempt("c"):
        raise ValueError("odd\nsecond line")
    first = told({"warnings": ["measured"]}, pieces.lost)
    assert first["warnings"] == [
        "measured",
        "a and b could not be made (no space left on device); what was measured is kept",
        "c could not be made (a fault in gaitlab, ValueError: odd); what was measured is kept",
    ]
    assert told(first, {})["warnings"] == ["measured"]


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (720, 1280), (359, 641)])
def test_boxes_of_upright_films_stay_inside_the_clip(width: int, height: int) -> None:
    from types import SimpleNamespace

    from gaitlab.io.video.clip import clip_size

    size = SimpleNamespace(**dict(zip(("width", "height"), clip_size(width, height), strict=True)))
    across, down = size.width / width, size.height / height
    box = pictures.scaled_box((0, 0, width, height), across, down, size)  # type: ignore[arg-type]
    assert box == (0, 0, size.width, size.height)
    # 404 px, not the 405 that the height's ratio makes of 1080.
    right = pictures.scaled_box((width - 100, 0, width, height), across, down, size)  # type: ignore[arg-type]
    assert right[2] == size.width
