"""Real video files made by a real encoder, for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

TIME_BASE = Fraction(1, 90_000)


def picture(number: int, *, width: int = 64, height: int = 48) -> np.ndarray:
    """A grey ramp whose brightness tells the frame number (times 8), with a white upper left corner."""
    image = np.full((height, width, 3), min(number * 8, 255), dtype=np.uint8)
    image[: height // 4, : width // 4] = 255
    return image


def number_of(image: np.ndarray) -> int:
    """Read the frame number back from a decoded picture's middle."""
    height, width = image.shape[:2]
    return round(float(image[height // 2 : -4, width // 2 : -4].mean()) / 8)


def make_video(
    path: Path, times_s: Sequence[float], *, width: int = 64, height: int = 48, metadata: dict[str, str] | None = None
) -> Path:
    """Write an mp4 whose n-th frame is `picture(n)` shown at ``times_s[n]``."""
    options = {"movflags": "use_metadata_tags"}
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        stream.options = {"crf": "12", "g": "10"}
        for number, time_s in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(picture(number, width=width, height=height), format="bgr24")
            frame.pts, frame.time_base = round(time_s / TIME_BASE), TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn(path: Path, degrees: int) -> Path:
    """Rewrite the display matrix of an mp4's track header so that players turn it clockwise, as phones do."""
    matrices = {
        90: (0, 0x10000, 0, -0x10000, 0, 0),
        180: (-0x10000, 0, 0, 0, -0x10000, 0),
        270: (0, -0x10000, 0, 0x10000, 0, 0),
    }
    a, b, u, c, d, v = matrices[degrees]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    at += (1 + 3) + (20 if data[at] == 0 else 32) + 8 + 8  # version+flags, times and ids, reserved, layer..reserved
    values = (a, b, u, c, d, v, 0, 0, 0x40000000)
    data[at : at + 36] = b"".join((value & 0xFFFFFFFF).to_bytes(4, "big") for value in values)
    path.write_bytes(bytes(data))
    return path
