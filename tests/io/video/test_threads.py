"""A thread that dies of whatever it may is told where it is waited for; nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from gaitlab.core.errors import OutputError
from gaitlab.io.video import writer as writing
from gaitlab.io.video.camera import Live
from gaitlab.io.video.reader import Video, open_video
from gaitlab.io.video.writer import VideoWriter
from tests.io.video.make import make_video, picture

TIMES_S = [n / 30 for n in range(31)]
FAULTS = [MemoryError(), KeyError("x"), ZeroDivisionError(), SystemExit(3), KeyboardInterrupt()]


def raised(block: Callable[[], object]) -> BaseException | None:
    """Return what a block raises; a block that hangs fails after ten seconds instead."""
    found: list[BaseException | None] = []

    def run() -> None:
        try:
            block()
        except BaseException as error:  # noqa: BLE001 - it is what is looked at
            found.append(error)
        else:
            found.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it waits for ever"
    return found[0]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_a_fault_in_the_decoding_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def broken(*_: object) -> NoReturn:
        raise fault

    monkeypatch.setattr(Video, "_upright", broken)
    with open_video(make_video(tmp_path / "a.mp4", TIMES_S)) as video:
        assert raised(lambda: list(video.frames())) is fault


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_a_fault_in_the_encoding_thread_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def broken(*_: object) -> NoReturn:
        raise fault

    def write() -> None:
        with VideoWriter(tmp_path / "b.mp4", fps=30) as writer:
            for number in range(40):
                writer.write(picture(number % 30), number / 30)

    monkeypatch.setattr(writing, "_even", broken)
    assert raised(write) is fault
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_in_the_last_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end mark is taken by then: there is nothing left to be waited for."""
    whole = VideoWriter._encode_all

    def full(self: VideoWriter, path: Path) -> NoReturn:
        whole(self, path)
        raise OSError(28, "No space left on device")

    def write() -> None:
        with VideoWriter(tmp_path / "b.mp4", fps=30) as writer:
            writer.write(picture(1), 0.0)

    monkeypatch.setattr(VideoWriter, "_encode_all", full)
    assert isinstance(raised(write), OutputError)
    assert list(tmp_path.iterdir()) == []


def test_whoever_looks_at_the_frames_may_fail_and_the_video_closes(tmp_path: Path) -> None:
    def look() -> None:
        with open_video(make_video(tmp_path / "a.mp4", TIMES_S)) as video:
            for _ in video.frames():
                raise KeyError("progress")

    before = threading.active_count()
    assert isinstance(raised(look), KeyError)
    assert threading.active_count() == before


@pytest.mark.parametrize("keep", [False, True])
def test_what_was_begun_is_kept_only_of_a_recording(tmp_path: Path, keep: bool) -> None:
    path = tmp_path / "b.mp4"

    def write() -> None:
        with VideoWriter(path, fps=30, keep_begun=keep) as writer:
            for number in range(5):
                writer.write(picture(number), number / 30)
            raise KeyError("x")

    assert isinstance(raised(write), KeyError)
    assert [p.name for p in tmp_path.iterdir()] == (["b.mp4"] if keep else [])
    if keep:
        with open_video(path) as video:
            assert video.info.frames == 5


def test_a_fault_of_whoever_records_a_camera_is_told(tmp_path: Path) -> None:
    def broken(frame: Any) -> NoReturn:
        raise ZeroDivisionError

    def watch() -> None:
        with Live(make_video(tmp_path / "a.mp4", TIMES_S), on_frame=broken) as live:
            live.newest()

    assert isinstance(raised(watch), ZeroDivisionError)


def test_large_pictures_wait_one_at_a_time() -> None:
    from gaitlab.io.video.reader import frames_held

    assert frames_held(3840, 2160) <= 2
    assert frames_held(640, 480) == 6
    assert np.all([frames_held(w, w) >= 1 for w in (1, 1000, 20000)])
