"""Reading and writing with real files."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.video.reader import open_video
from gaitlab.io.video.writer import VideoWriter
from tests.io.video.make import make_video, number_of, picture, turn

STEADY_S = [n / 30 for n in range(20)]


def test_frames_come_in_order_with_their_times(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", STEADY_S)) as video:
        frames = list(video.frames())
        info = video.info
        np.testing.assert_allclose(video.timestamps_s, STEADY_S, atol=1e-4)
    assert [number_of(f.image) for f in frames] == list(range(20))
    np.testing.assert_allclose([f.time_s for f in frames], STEADY_S, atol=1e-4)
    assert (info.width, info.height, info.frames) == (64, 48, 20)
    assert info.fps == pytest.approx(30, rel=1e-4)
    assert info.duration_s == pytest.approx(20 / 30, rel=1e-3)
    assert not info.variable_frame_rate


def test_variable_frame_rate_is_seen_and_its_times_are_kept(tmp_path: Path) -> None:
    times_s = list(np.cumsum([0] + [1 / 30, 1 / 30, 2 / 30] * 6))
    with open_video(make_video(tmp_path / "a.mp4", times_s)) as video:
        assert video.info.variable_frame_rate
        np.testing.assert_allclose([f.time_s for f in video.frames()], times_s, atol=1e-4)


def test_a_late_start_counts_from_the_first_frame(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", [5 + t for t in STEADY_S])) as video:
        assert next(iter(video.frames())).time_s == 0.0


def test_a_part_of_the_video(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", STEADY_S)) as video:
        part = list(video.frames(start_s=5 / 30, end_s=14 / 30))
        assert [number_of(f.image) for f in part] == list(range(5, 15))
        again = list(video.frames())
        assert len(again) == 20


@pytest.mark.parametrize(("degrees", "corner"), [(90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_rotation_metadata_turns_the_picture_upright(tmp_path: Path, degrees: int, corner: tuple[int, int]) -> None:
    with open_video(turn(make_video(tmp_path / "a.mp4", STEADY_S), degrees)) as video:
        image = next(iter(video.frames())).image
        info = video.info
    assert image.shape[:2] == (info.height, info.width)
    assert info.rotation_deg % 180 == degrees % 180
    assert (info.width, info.height) == ((64, 48) if degrees == 180 else (48, 64))
    # The white upper left corner of the coded picture, turned clockwise.
    spots = {
        (y, x): int(image[5 * (1 + 2 * y) if y == 0 else -5, 5 if x == 0 else -5].mean())
        for y in (0, -1)
        for x in (0, -1)
    }
    assert max(spots, key=spots.get) == corner


@pytest.mark.parametrize("degrees", [0, 90])
@pytest.mark.parametrize("asked", [90, 180, 270])
def test_a_rotation_that_is_asked_for_adds_to_the_container_s(tmp_path: Path, degrees: int, asked: int) -> None:
    path = make_video(tmp_path / "a.mp4", STEADY_S)
    with open_video(turn(path, degrees) if degrees else path) as video:
        upright = next(iter(video.frames(0.3))).image
    with open_video(path, rotate_deg=asked) as video:
        image = next(iter(video.frames(0.3))).image
        info = video.info
    # Clockwise, as in a photo viewer: the upper left corner comes to the upper right after 90 degrees.
    assert (image == np.rot90(upright, -asked // 90)).all()
    assert image.shape[:2] == (info.height, info.width)
    assert (info.rotation_deg % 180, info.rotate_deg) == (degrees, asked)


def test_a_key_frame_is_the_one_before_and_is_turned(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", STEADY_S), rotate_deg=90) as video:
        frame = video.key_frame(15.5 / 30)
        assert frame is not None
        assert frame.time_s == pytest.approx(10 / 30)
        assert frame.image.shape == (64, 48, 3)
        assert len(list(video.frames())) == 20


def test_the_capture_rate_a_phone_wrote_down(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", STEADY_S, metadata={"com.android.capture.fps": "240.0"})
    with open_video(path) as video:
        assert video.info.capture_fps == 240.0


@pytest.mark.parametrize("key", ["com.android.capture.fps", "com.apple.quicktime.capture-fps"])
@pytest.mark.parametrize("rate", ["inf", "1e-300", "nan", "-240", "0", "15", "2001", "fast", ""])
def test_a_capture_rate_that_cannot_be_is_told_and_not_believed(tmp_path: Path, key: str, rate: str) -> None:
    with open_video(make_video(tmp_path / "a.mp4", STEADY_S, metadata={key: rate})) as video:
        assert video.info.capture_fps is None
        assert (video.info.remark == "") == (rate == "")  # an empty tag is none in the file
        if rate:
            assert f"taken at '{rate}' frames a second ({key})" in video.info.remark
            assert "can only be 30 to 2000: it was ignored" in video.info.remark


@pytest.mark.parametrize("rate", ["30", "29.97", "2000"])
def test_a_capture_rate_from_that_of_the_file_on_can_be(tmp_path: Path, rate: str) -> None:
    with open_video(make_video(tmp_path / "a.mp4", STEADY_S, metadata={"com.android.capture.fps": rate})) as video:
        assert (video.info.capture_fps, video.info.remark) == (float(rate), "")


def test_an_abandoned_reader_ends_its_thread(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", [n / 30 for n in range(31)])) as video:
        frames = video.frames()
        next(frames)
        frames.close()
        assert len(list(video.frames())) == 31


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p / "none.mp4", "no such file"),
        (lambda p: p, "is a folder"),
        (
            lambda p: (p / "text.mp4").write_text("hello, I am not a video") and p / "text.mp4",
            "not a video that can be read",
        ),
        (lambda p: (p / "empty.mp4").write_bytes(b"") or p / "empty.mp4", "not a video that can be read"),
        (
            lambda p: (p / "drawing.mp4").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>") and p / "drawing.mp4",
            "no decoder for what it holds",
        ),
    ],
)
def test_what_is_no_video(tmp_path: Path, make, said: str) -> None:
    with pytest.raises(InputError) as caught:
        open_video(make(tmp_path))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_truncated_video(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", STEADY_S)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError):
        open_video(path)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="has no video in it"):
        open_video(path)


@pytest.mark.parametrize(("width", "height"), [(64, 48), (63, 48), (64, 47), (63, 47)])
def test_writing_keeps_times_and_never_crops(tmp_path: Path, width: int, height: int) -> None:
    times_s = [0, 0.02, 0.08, 0.1, 0.25]
    path = tmp_path / "b.mp4"
    with VideoWriter(path, fps=30) as writer:
        for number, time_s in enumerate(times_s):
            writer.write(picture(number, width=width, height=height), time_s)
    with open_video(path) as video:
        frames = list(video.frames())
        assert (video.info.width, video.info.height) == (width + width % 2, height + height % 2)
    np.testing.assert_allclose([f.time_s for f in frames], times_s, atol=1e-4)
    assert [number_of(f.image) for f in frames] == [0, 1, 2, 3, 4]
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "fast start: the index comes first"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="cannot write the video"),
        VideoWriter(tmp_path / "no" / "b.mp4", fps=30) as writer,
    ):
        for number in range(20):
            writer.write(picture(number), number / 30)


def test_a_written_picture_keeps_its_colours(tmp_path: Path) -> None:
    colours = np.array([[30, 60, 200], [200, 90, 40], [60, 180, 70], [128, 128, 128]], dtype=np.uint8)  # BGR
    image = np.repeat(np.repeat(colours[None], 64, axis=0), 32, axis=1)
    path = tmp_path / "colours.mp4"
    with VideoWriter(path, fps=30, crf=10) as writer:
        for number in range(5):
            writer.write(image, number / 30)
    with open_video(path) as video:
        back = next(iter(video.frames())).image
    middle = back[32, 16::32].astype(int)
    assert np.abs(middle - colours).max() <= 4
