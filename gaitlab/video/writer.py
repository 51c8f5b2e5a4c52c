"""Writing H.264 that plays everywhere: yuv420p, fast start, the frame times one asks for."""

from __future__ import annotations

import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from gaitlab.errors import OutputError
from gaitlab.video.reader import Image

_TIME_BASE = Fraction(1, 90_000)
_FRAMES_WAITING = 6


class VideoWriter:
    """Encodes pictures in a thread of its own; use it as a context manager.

    Pictures of an odd width or height grow by one repeated row or column, for the format knows only even sizes.

    Args:
        path: the file to write; what was there is replaced.
        fps: nominal rate, for players that ask; frames keep the times they are given.
        crf: quality, 0 (lossless) to 51; 23 is the encoder's usual.

    Raises:
        OutputError: when the file cannot be written.
    """

    def __init__(self, path: str | Path, *, fps: float, crf: int = 23, preset: str = "veryfast") -> None:
        self._path = Path(path)
        self._fps = fps
        self._options = {"crf": str(crf), "preset": preset}
        self._waiting: queue.Queue[tuple[Image, float] | None] = queue.Queue(maxsize=_FRAMES_WAITING)
        self._failure: Exception | None = None
        self._worker = threading.Thread(target=self._encode, name="gaitlab-encode", daemon=True)

    def __enter__(self) -> VideoWriter:
        self._worker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._waiting.put(None)
        self._worker.join()
        if kind is None:
            self._raise_failure()

    def write(self, image: Image, time_s: float) -> None:
        """Append one (height, width, 3) BGR picture shown from ``time_s`` on; times must rise."""
        self._raise_failure()
        self._waiting.put((image, time_s))

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise OutputError(f"cannot write the video '{self._path}': {self._failure}") from self._failure

    def _encode(self) -> None:
        """Encode until the end mark; after a failure keep emptying the queue so that the producer never hangs."""
        try:
            self._encode_all()
        except (av.FFmpegError, OSError, ValueError) as error:
            self._failure = error
            while self._waiting.get() is not None:
                pass

    def _encode_all(self) -> None:
        item = self._waiting.get()
        if item is None:
            return
        with av.open(str(self._path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream: Any = container.add_stream("libx264", rate=Fraction(self._fps).limit_denominator(1001))
            stream.options = self._options
            stream.pix_fmt = "yuv420p"
            stream.codec_context.time_base = _TIME_BASE
            while item is not None:
                image, time_s = item
                image = _even(image)
                if not stream.codec_context.is_open:
                    stream.height, stream.width = image.shape[:2]
                picture = av.VideoFrame.from_ndarray(image, format="bgr24")
                picture.pts = round(time_s / _TIME_BASE)
                picture.time_base = _TIME_BASE
                container.mux(stream.encode(picture))
                item = self._waiting.get()
            container.mux(stream.encode(None))


def _even(image: Image) -> Image:
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(image)
