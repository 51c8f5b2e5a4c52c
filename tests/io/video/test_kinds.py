"""Every kind of video that cameras and programs write gives whole, upright frames of square pixels at true times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorTrc

from gaitlab.core.errors import InputError
from gaitlab.io.video.contents import has_clock
from gaitlab.io.video.reader import open_video
from tests.io.video.make import make_video, number_of, picture

FPS, FRAMES = 60, 30


def encode(
    path: Path,
    images: Sequence[np.ndarray],
    *,
    codec: str = "libx264",
    options: Mapping[str, str] | None = None,
    pix_fmt: str = "yuv420p",
    fps: int = FPS,
    sample_aspect: Fraction | None = None,
    trc: ColorTrc | None = None,
) -> Path:
    """Write pictures, one a frame, in the container that the file's ending says."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps, options=dict(options or {"crf": "10"}))
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        if trc is not None:
            stream.codec_context.color_trc = trc
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def numbered(count: int = FRAMES, *, width: int = 64, height: int = 48) -> list[np.ndarray]:
    return [picture(number, width=width, height=height) for number in range(count)]


def numbers(path: Path, start_s: float | None = None, *, fps: float | None = None) -> tuple[list[int], np.ndarray]:
    with open_video(path, fps=fps) as video:
        frames = list(video.frames(start_s))
        assert {frame.image.shape for frame in frames} == {(video.info.height, video.info.width, 3)}
    return [number_of(frame.image) for frame in frames], np.array([frame.time_s for frame in frames])


B_FRAMES = {"crf": "10", "bf": "3", "b-adapt": "0", "g": "12"}
KINDS = {
    "avi": ("a.avi", "libx264", B_FRAMES),
    "asf": ("a.asf", "libx264", B_FRAMES),
    "flv": ("a.flv", "libx264", B_FRAMES),
    "mkv": ("a.mkv", "libx264", B_FRAMES),
    "mov": ("a.mov", "libx264", B_FRAMES),
    "one key frame": ("a.ts", "libx264", {"crf": "10", "g": "1000"}),
    "camcorder": ("a.mts", "libx264", B_FRAMES),
    "open groups": ("a.ts", "libx264", {"crf": "10", "x264-params": "open-gop=1:keyint=10:bframes=3"}),
    "mpeg-2 stream": ("a.ts", "mpeg2video", {"bf": "2", "g": "12", "b": "4000000"}),
    "mpeg-2 program": ("a.mpg", "mpeg2video", {"bf": "2", "g": "12", "b": "4000000"}),
    "mpeg-4": ("a.avi", "mpeg4", {"bf": "2", "g": "12", "b": "4000000"}),
    "webm": ("a.webm", "libvpx-vp9", {"b": "4000000", "deadline": "realtime", "cpu-used": "8"}),
    "motion jpeg": ("a.avi", "mjpeg", {"q": "2"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_comes_once_in_its_place_wherever_one_begins(tmp_path: Path, kind: str) -> None:
    name, codec, options = KINDS[kind]
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = encode(tmp_path / name, numbered(), codec=codec, options=options, pix_fmt=pix_fmt)
    found, times_s = numbers(path)
    assert found == list(range(FRAMES))
    np.testing.assert_allclose(times_s, np.arange(FRAMES) / FPS, atol=1e-4)
    with open_video(path) as video:
        assert (video.info.frames, video.info.variable_frame_rate) == (FRAMES, False)
        assert video.info.fps == pytest.approx(FPS, rel=1e-5)
    assert numbers(path, 0.25)[0] == list(range(15, FRAMES))


@pytest.mark.parametrize(("name", "codec"), [("a.h264", "libx264"), ("a.hevc", "libx265"), ("a.m2v", "mpeg2video")])
def test_a_raw_stream_needs_its_rate(tmp_path: Path, name: str, codec: str) -> None:
    options = {"x265-params": "log-level=none:qp=8"} if codec == "libx265" else dict(B_FRAMES)
    path = encode(tmp_path / name, numbered(), codec=codec, options=options)
    assert not has_clock(path)
    with pytest.raises(InputError, match="does not say when its pictures were taken; give its frame rate with"):
        open_video(path)
    found, times_s = numbers(path, 0.5, fps=30.0)
    assert len(found) == 15
    np.testing.assert_allclose(times_s, np.arange(15, 30) / 30, atol=1e-9)
    assert has_clock(make_video(tmp_path / "b.mp4", [0, 0.1]))


@pytest.mark.parametrize(
    ("aspect", "size"), [(Fraction(4, 3), (85, 48)), (Fraction(1, 2), (64, 96)), (Fraction(1001, 1000), (64, 48))]
)
def test_pixels_become_square(tmp_path: Path, aspect: Fraction, size: tuple[int, int]) -> None:
    path = encode(tmp_path / "a.mp4", numbered(), sample_aspect=aspect)
    with open_video(path) as video:
        assert (video.info.width, video.info.height) == size
        frames = list(video.frames())
    assert [number_of(frame.image) for frame in frames] == list(range(FRAMES))
    # The white corner is a quarter of the picture each way, whatever shape its pixels had.
    white = frames[0].image[..., 0] > 128
    assert white.any(axis=0).sum() == pytest.approx(size[0] / 4, abs=1.5)
    assert white.any(axis=1).sum() == pytest.approx(size[1] / 4, abs=1.5)


def placed(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write the a, b, c, d of an mp4's track matrix."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    at += (1 + 3) + (20 if data[at] == 0 else 32) + 8 + 8
    a, b, c, d = (65536 * value for value in matrix)
    data[at : at + 36] = b"".join(
        (value & 0xFFFFFFFF).to_bytes(4, "big") for value in (a, b, 0, c, d, 0, 0, 0, 0x40000000)
    )
    path.write_bytes(bytes(data))
    return path


UPRIGHT = ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0))
MIRRORED = ((-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0))


@pytest.mark.parametrize(("a", "b", "c", "d"), UPRIGHT + MIRRORED)
def test_the_track_matrix_turns_and_mirrors(tmp_path: Path, a: int, b: int, c: int, d: int) -> None:
    path = placed(encode(tmp_path / "a.mp4", numbered(2)), (a, b, c, d))
    with open_video(path) as video:
        image = next(iter(video.frames())).image
        info = video.info
    assert image.shape[:2] == (info.height, info.width)
    assert info.mirrored == (a * d - b * c < 0)
    assert len(info.remarks) == info.mirrored
    # The matrix takes the white corner's direction from the middle, (-1, -1), to a x + c y, b x + d y.
    right, down = -a - c > 0, -b - d > 0
    corner = image[-8:, :] if down else image[:8, :]
    assert (corner[:, -8:] if right else corner[:, :8]).mean() > 200
    assert np.mean(image > 128) < 0.1


@pytest.mark.parametrize(("width", "height"), [(63, 48), (64, 47), (63, 47)])
def test_odd_sizes_stay(tmp_path: Path, width: int, height: int) -> None:
    path = encode(tmp_path / "a.mp4", numbered(width=width, height=height), pix_fmt="yuv444p")
    with open_video(path) as video:
        assert (video.info.width, video.info.height) == (width, height)
    assert numbers(path)[0] == list(range(FRAMES))


def test_ten_bits(tmp_path: Path) -> None:
    options = {"x265-params": "log-level=none:qp=8"}
    path = encode(tmp_path / "a.mp4", numbered(), codec="libx265", options=options, pix_fmt="yuv420p10le")
    found, times_s = numbers(path)
    assert found == list(range(FRAMES))
    np.testing.assert_allclose(times_s, np.arange(FRAMES) / FPS, atol=1e-4)


@pytest.mark.parametrize(
    ("trc", "light", "white"),
    # White of 203 cd/m2 is 0.581 of the range in PQ and 0.75 in HLG, and is shown at 0.87 of what a screen can.
    [(ColorTrc.SMPTE2084, "pq", 148), (ColorTrc.ARIB_STD_B67, "hlg", 191)],
)
def test_a_high_dynamic_range_is_mapped_to_ordinary_light(
    tmp_path: Path, trc: ColorTrc, light: str, white: int
) -> None:
    images = [np.full((48, 64, 3), level, dtype=np.uint8) for level in (0, white // 2, white, 255)]
    path = encode(tmp_path / "a.mp4", images, pix_fmt="yuv420p10le", trc=trc)
    with open_video(path) as video:
        levels = [float(frame.image.mean()) for frame in video.frames()]
        assert video.info.light == light
    assert levels[0] < 3
    assert levels[3] > 252
    assert levels[2] == pytest.approx(0.87 * 255, abs=6)
    assert levels[0] < levels[1] < levels[2]


def moving(position: int) -> np.ndarray:
    """A bright bar in a dark picture, whose left edge tells the number."""
    image = np.full((96, 128, 3), 16, dtype=np.uint8)
    image[:, 4 * position : 4 * position + 12] = 235
    return image


def left_edge(image: np.ndarray) -> int:
    return round(float(np.argmax(image[48, :, 0] > 125)) / 4)


@pytest.mark.parametrize(("name", "codec"), [("a.mts", "libx264"), ("a.ts", "mpeg2video")])
@pytest.mark.parametrize("first", ["top", "bottom"])
def test_both_fields_of_an_interlaced_picture_are_frames(tmp_path: Path, name: str, codec: str, first: str) -> None:
    woven = []
    for number in range(0, 28, 2):
        image, later = moving(number), moving(number + 1)
        rows = slice(1, None, 2) if first == "top" else slice(0, None, 2)
        image[rows] = later[rows]
        woven.append(image)
    order = {"top": "tff", "bottom": "bff"}[first]
    options = {"crf": "8", "x264-params": f"{order}=1"}
    if codec == "mpeg2video":
        options = {"flags": "+ilme+ildct", "b": "8000000", "bf": "0", "top": str(int(first == "top"))}
    path = encode(tmp_path / name, woven, codec=codec, options=options, fps=25)
    with open_video(path) as video:
        info = video.info
        frames = list(video.frames())
        part = list(video.frames(0.22))
    assert info.fields_of == first
    assert (info.frames, round(info.fps, 3), len(frames)) == (28, 50, 28)
    assert [left_edge(frame.image) for frame in frames] == list(range(28))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(28) / 50, atol=1e-6)
    assert [left_edge(frame.image) for frame in part] == list(range(11, 28))


def test_pictures_of_one_moment_are_no_fields(tmp_path: Path) -> None:
    path = encode(
        tmp_path / "a.mts", [moving(number) for number in range(20)], options={"crf": "8", "x264-params": "tff=1"}
    )
    with open_video(path) as video:
        assert (video.info.fields_of, video.info.frames) == ("", 20)


def test_recordings_behind_each_other_and_of_two_sizes(tmp_path: Path) -> None:
    one = encode(tmp_path / "one.ts", numbered(), options=B_FRAMES)
    other = encode(tmp_path / "other.ts", numbered(width=32, height=32), options=B_FRAMES)
    path = tmp_path / "both.ts"
    path.write_bytes(one.read_bytes() + other.read_bytes())
    with open_video(path) as video:
        frames = list(video.frames())
        later = [frame.time_s for frame in video.frames(0.75)]
        assert video.resized_s == pytest.approx(0.5, abs=0.02)
        assert "starts anew at 0.50 s" in " ".join(video.info.remarks)
        assert video.info.fps == pytest.approx(FPS, rel=1e-3)
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(60) / FPS, atol=1e-4)
    assert later[0] == pytest.approx(0.75)
    # The square of the second is as high as the first picture and stands in its middle.
    assert frames[-1].image[:, :7].max() < 20
    assert frames[-1].image[:10, 10:18].mean() > 200


def test_a_file_that_begins_without_a_key_frame(tmp_path: Path) -> None:
    options = {"crf": "10", "g": "12", "bf": "0", "sc_threshold": "0"}
    whole = encode(tmp_path / "a.ts", numbered(), options=options).read_bytes()
    path = tmp_path / "cut.ts"
    with av.open(str(tmp_path / "a.ts")) as container:
        third = [packet.pos for packet in container.demux(video=0) if packet.size][3]
    path.write_bytes(whole[: 188 * 3] + whole[third:])
    found, times_s = numbers(path)
    assert found == list(range(12, FRAMES))
    np.testing.assert_allclose(times_s, np.arange(len(found)) / FPS, atol=1e-4)
    with open_video(path) as video:
        assert video.info.frames == len(found)
        assert "the first 0.15 s of the video (9 frames) cannot be decoded" in " ".join(video.info.remarks)


# Of the files of `shared/data/cases`: rate, frames, size.
CASES = {
    "v01_sar_4_3.mp4": (60, 480, (640, 720)),
    "v02_mirror_matrix.mp4": (60, 480, (640, 720)),
    "v03_h264_b_frames.avi": (60, 480, (640, 720)),
    "v04_raw.h264": (60, 480, (640, 720)),
    "v07_one_keyframe.ts": (60, 480, (640, 720)),
    "v07b_camcorder_gop30.mts": (60, 480, (640, 720)),
    "v09_slow_60fps_ms_clock.mkv": (60, 958, (640, 720)),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_files_that_were_read_wrongly(shared: Path, name: str) -> None:
    fps, frames, size = CASES[name]
    with open_video(shared / "data" / "cases" / name, fps=60 if name.endswith("h264") else None) as video:
        info = video.info
        assert (round(info.fps, 3), info.variable_frame_rate) == (fps, False)
        assert (info.frames, (info.width, info.height)) == (frames, size)
        found = [frame.time_s for frame in video.frames()]
        np.testing.assert_allclose(found, np.arange(frames) / fps, atol=1e-6)
        assert len(list(video.frames(2.0))) == frames - 120


@pytest.mark.parametrize("ending", ["mkv", "avi", "mp4", "mov", "ts"])
@pytest.mark.parametrize("first_s", [0.0, 3.0, -0.5])
def test_a_whole_video_lacks_nothing_wherever_its_clock_begins(tmp_path: Path, ending: str, first_s: float) -> None:
    """A start before 0 is an edit list, which leaves frames out on purpose; AVI counts empty frames too."""
    clip = begun_at(tmp_path / f"a.{ending}", max(first_s, 0.0) if ending in ("mkv", "avi", "ts") else first_s)
    with open_video(clip) as opened:
        assert opened.info.lacking_s == 0
        assert opened.info.frames == (75 if first_s < 0 and ending in ("mp4", "mov") else 90)


@pytest.mark.parametrize(("ending", "first_s"), [("mkv", 0.0), ("mkv", 3.0), ("mp4", 0.0)])
def test_a_video_that_was_cut_off_lacks_its_end_wherever_its_clock_begins(
    tmp_path: Path, ending: str, first_s: float
) -> None:
    """Of 3 s: whatever frames are there, and what is lacking, are the whole."""
    clip = begun_at(tmp_path / f"a.{ending}", first_s, options={"movflags": "faststart"} if ending == "mp4" else {})
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    with open_video(clip) as opened:
        assert opened.info.lacking_s > 0.5
        assert opened.info.duration_s + opened.info.lacking_s == pytest.approx(3.0, abs=0.05)


def begun_at(path: Path, first_s: float, *, options: dict[str, str] | None = None) -> Path:
    """3 s at 30 frames a second, without frames that are shown in another order, whose first is at that time."""
    tick = Fraction(1, 90_000)
    with av.open(str(path), "w", options={"avoid_negative_ts": "disabled", **(options or {})}) as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = tick
        stream.options = {"g": "10", "bf": "0"}
        for number in range(90):
            frame = av.VideoFrame.from_ndarray(picture(number % 30), format="bgr24")
            frame.pts, frame.time_base = round((first_s + number / 30) / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
