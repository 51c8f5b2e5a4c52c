"""Live: a file in the camera's place, a real window on a virtual screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gaitlab.apps.live import network_for_live, picture_ms
from gaitlab.core.errors import InputError
from gaitlab.io.video.camera import Live
from gaitlab.io.video.reader import open_video
from tests.io.video.make import make_video, number_of


@pytest.fixture
def screen() -> Iterator[str]:
    """A virtual screen of its own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (apt-get install xvfb)")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        yield f":{pipe.readline().strip()}"
    server.terminate()
    server.wait()


def test_who_is_slow_gets_the_newest_picture_and_the_rest_is_dropped(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", [n / 30 for n in range(31)])
    recorded: list[int] = []
    seen: list[int] = []
    start_s = time.monotonic()
    with Live(path, on_frame=lambda frame: recorded.append(number_of(frame.image))) as live:
        while (frame := live.newest()) is not None:
            seen.append(number_of(frame.image))
            assert time.monotonic() - start_s - frame.time_s < 0.5, "the picture is old"
            time.sleep(0.12)
    assert recorded == list(range(31))
    assert seen == sorted(set(seen))
    assert 4 <= len(seen) <= 12
    assert time.monotonic() - start_s > 0.9, "a file in a camera's place plays at its own speed"


def test_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    with Live(tmp_path / "none.mp4") as live, pytest.raises(InputError, match="no such file"):
        live.newest()


def test_a_camera_that_is_not_there() -> None:
    with Live(97) as live, pytest.raises(InputError, match="camera 97 cannot be opened"):
        live.newest()


@pytest.mark.shared
def test_the_command_draws_and_records(tmp_path: Path, shared: Path, screen: str) -> None:
    clip, kept = shared / "data/treadmill_side/male_side.mp4", tmp_path / "kept.mp4"
    command = [sys.executable, "-m", "gaitlab", "live", str(clip), "--model", "runner-baseline", "--seconds", "4"]
    result = subprocess.run(
        [*command, "--record", str(kept)], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "DISPLAY": screen},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    taken, seen = (int(result.stdout.split()[i]) for i in (0, 2))
    assert taken >= seen >= 3
    with open_video(kept) as video, open_video(clip) as source:
        assert video.info.frames >= 100
        np.testing.assert_allclose(video.timestamps_s, source.timestamps_s[: video.info.frames], atol=1e-3)


def test_without_a_screen_the_error_is_one_line(tmp_path: Path, shared: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    command = [sys.executable, "-m", "gaitlab", "live", "x.mp4", "--model", "runner-baseline"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 2
    assert "a window needs a screen" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_python_without_tkinter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from gaitlab.apps.window import Window

    monkeypatch.setitem(sys.modules, "tkinter", None)
    with pytest.raises(InputError, match="apt-get install python3-tk"):
        Window("gaitlab")


@pytest.mark.parametrize(("took_ms", "name"), [(40.0, "runner-fast"), (20.0, "runner")])
def test_a_slow_machine_takes_the_light_network(took_ms: float, name: str) -> None:
    estimator, why = network_for_live(time_ms=lambda _: took_ms)
    assert estimator.name == name
    expected = (
        "'runner' takes 40 ms a picture here, where a camera leaves 33: 'runner-fast' was taken; --model runner takes "
        "the larger one all the same"
    )
    assert why == (expected if name == "runner-fast" else "")


def test_a_network_that_was_asked_for_is_taken_however_slow() -> None:
    estimator, why = network_for_live("runner", time_ms=lambda _: 400.0)
    assert (estimator.name, why) == ("runner", "")
    assert 0 < picture_ms(estimator) < 5000
