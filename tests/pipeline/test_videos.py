"""The two videos of a session: written while the film is read where that suffices, and from the film where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from gaitlab.apps.demo import demo_clip
from gaitlab.core.errors import OutputError
from gaitlab.core.skeleton import FROM_BEHIND
from gaitlab.io.session.session import Session
from gaitlab.io.video.reader import Image, open_video
from gaitlab.io.video.writer import VideoWriter
from gaitlab.pipeline.run import analyze

START_S, END_S, LINES = 0.5, 2.6, 960


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration clip with more lines than a report's clip has, at half its rate."""
    path = tmp_path_factory.mktemp("film") / "run.mp4"
    with open_video(demo_clip()[0]) as video, VideoWriter(path, fps=30) as writer:
        for number, frame in enumerate(video.frames(end_s=3.0)):
            if number % 2 == 0:
                shown = cv2.resize(frame.image, (854, LINES), interpolation=cv2.INTER_CUBIC)
                writer.write(np.asarray(shown, dtype=np.uint8), frame.time_s)
    return path


def analysed(film: Path, target: Path, **settings: Any) -> Session:
    return analyze(
        film, view="side", facing="right", start_s=START_S, end_s=END_S, output=target, model="runner",
        settings={f"video.{name}": value for name, value in settings.items()},
    )  # fmt: skip


def frames(path: Path) -> tuple[list[float], list[Image]]:
    with open_video(path) as video:
        seen = list(video.frames())
    return [frame.time_s for frame in seen], [frame.image for frame in seen]


def unlike(one: Image, other: Image) -> float:
    """Return the mean difference of two images, grey levels, at the size of the first."""
    same = cv2.resize(other, (one.shape[1], one.shape[0]), interpolation=cv2.INTER_AREA)
    return float(np.abs(one.astype(float) - same).mean())


def off_limb(point: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """Return how far a point lies from a limb, px; nothing is drawn of a limb that is not seen."""
    if not np.isfinite([point, start, end]).all():
        return np.inf
    along = end - start
    share = np.clip((point - start) @ along / max(along @ along, 1e-9), 0, 1)
    return float(np.linalg.norm(point - start - share * along))


def test_the_clip_is_the_film_and_the_drawing_lies_on_the_runner(film: Path, tmp_path: Path) -> None:
    session = analysed(film, tmp_path / "a")
    shown_s, clip = frames(session.folder / "clip.mp4")
    drawn_s, drawn = frames(session.folder / "annotated.mp4")
    with open_video(film) as video:
        original = list(video.frames(START_S, END_S))
    assert shown_s == drawn_s
    assert shown_s == pytest.approx([frame.time_s - original[0].time_s for frame in original], abs=1e-4)
    assert clip[0].shape == drawn[0].shape == (720, 640, 3)
    assert unlike(clip[30], original[30].image) + 1 < unlike(clip[30], original[33].image)
    assert not list(session.folder.glob(".*"))
    # Where the drawing differs from the clip, beside captions and contacts, there are the points of that frame.
    change = np.abs(drawn[30].astype(int) - clip[30]).max(axis=2) > 60
    change[:130], change[-60:] = False, False
    points = session.pose.xy[30] * (640 / 854, 720 / LINES)
    rows, columns = np.nonzero(change)
    changed = np.column_stack([columns, rows])
    away = [np.linalg.norm(changed - point, axis=1).min() for point in points[np.isfinite(points[:, 0])]]
    assert np.median(away) < 4
    # The lines of heel and calf are those of a view from behind: where they lie beside the skeleton nothing is drawn.
    names, edges = session.pose.skeleton.names, session.pose.skeleton.edges
    limbs = [points[[names.index(a), names.index(b)]] for a, b in edges]
    loose = [point for name, point in zip(names, points, strict=True) if name.endswith(FROM_BEHIND)]
    loose = [point for point in loose if np.isfinite(point).all()]
    beside = [point for point in loose if min(off_limb(point, *limb) for limb in limbs) > 8]
    assert len(beside) > 0
    assert all(np.linalg.norm(changed - point, axis=1).min() > 1.5 for point in beside)
    low, high = np.nanmin(points, axis=0) - 20, np.nanmax(points, axis=0) + 20
    assert np.mean(np.all((changed > low) & (changed < high), axis=1)) > 0.95


def test_a_hidden_face_is_in_no_file_and_all_lines_come_from_the_film(film: Path, tmp_path: Path) -> None:
    session = analysed(film, tmp_path / "a", blur_face=True, height=0)
    assert {path.name for path in session.folder.glob("*.mp4")} == {"clip.mp4", "annotated.mp4"}
    assert not list(session.folder.glob(".*"))
    _, clip = frames(session.folder / "clip.mp4")
    _, drawn = frames(session.folder / "annotated.mp4")
    assert (clip[0].shape[0], drawn[0].shape[0]) == (720, LINES)
    with open_video(film) as video:
        original = [frame.image for frame in video.frames(START_S, END_S)]
    x, y = (session.pose.point("nose")[30] * 720 / LINES).round().astype(int)
    face = np.s_[y - 20 : y + 20, x - 20 : x + 20]
    plain = cv2.resize(original[30], (clip[0].shape[1], 720), interpolation=cv2.INTER_AREA)
    assert unlike(clip[30][face], plain[face]) > 5
    beside = np.s_[300:700, :200]
    assert unlike(clip[30][beside], plain[beside]) < 3


def test_a_clip_that_cannot_be_written_while_the_film_is_read_is_made_from_it_later(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, refused = VideoWriter.write, []

    def once(self: VideoWriter, image: Image, time_s: float) -> None:
        if self._path.name.startswith("."):
            refused.append(time_s)
            raise OutputError("no room")
        write(self, image, time_s)

    monkeypatch.setattr(VideoWriter, "write", once)
    session = analysed(film, tmp_path / "a", height=480)
    assert len(refused) == 1
    assert "not_made" not in session.info or not session.info["not_made"]
    _, clip = frames(session.folder / "clip.mp4")
    _, drawn = frames(session.folder / "annotated.mp4")
    assert (clip[0].shape[0], drawn[0].shape[0]) == (720, 480)
