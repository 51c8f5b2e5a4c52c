"""Live images: from a camera, or from a video file played in real time.

The consumer always receives the newest image; images in between are dropped, so that no delay accumulates.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.io.video.reader import Frame, open_video

_UNTIL_FIRST_PICTURE_S = 10.0


def _from_camera(number: int) -> Iterator[Frame]:
    camera = cv2.VideoCapture(number)
    if not camera.isOpened():
        raise InputError(f"camera {number} cannot be opened; is it connected, and used by no other program?")
    start_s = time.monotonic()
    try:
        while True:
            there, image = camera.read()
            if not there:
                return
            yield Frame(time.monotonic() - start_s, np.asarray(image, dtype=np.uint8))
    finally:
        camera.release()


def _from_file(path: Path, fps: float | None) -> Iterator[Frame]:
    start_s = time.monotonic()
    with open_video(path, fps=fps) as video:
        for frame in video.frames():
            time.sleep(max(frame.time_s - (time.monotonic() - start_s), 0.0))
            yield frame


class Live:
    """Source of the newest image; use it as a context manager.

    Parameters
    ----------
    source : int | Path
        number of a camera, or a video file.
    fps : float | None, optional
        frames a second of a raw stream, which has no clock.
    on_frame : Callable[[Frame], None], optional
        called in the reading thread with every image, dropped ones included (to record them).

    Attributes
    ----------
    taken : int
        number of images read so far.
    """

    def __init__(
        self,
        source: int | Path,
        *,
        fps: float | None = None,
        on_frame: Callable[[Frame], None] = lambda frame: None,
    ) -> None:
        self._source = source
        self._fps = fps
        self._on_frame = on_frame
        self._newest: Frame | None = None
        self._failure: BaseException | None = None
        self._ended = False
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._worker = threading.Thread(target=self._read, name="gaitlab-camera", daemon=True)
        self.taken = 0

    def __enter__(self) -> Live:
        self._worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._worker.join()

    def newest(self) -> Frame | None:
        """Wait for an image that was not returned yet and return it; None when the source has ended.

        Raises
        ------
        InputError
            if the source cannot be read, or gives no image for ten seconds. Other exceptions of the reading thread,
            including those of ``on_frame``, are raised here unchanged.
        """
        with self._news:
            if not self._news.wait_for(lambda: self._newest is not None or self._ended, _UNTIL_FIRST_PICTURE_S):
                raise InputError(f"no picture came from {self._source} for {_UNTIL_FIRST_PICTURE_S:.0f} s")
            if self._failure is not None:
                raise self._failure
            frame, self._newest = self._newest, None
            return frame

    def _read(self) -> None:
        try:
            frames = (
                _from_camera(self._source) if isinstance(self._source, int) else _from_file(self._source, self._fps)
            )
            for frame in frames:
                self._on_frame(frame)
                with self._news:
                    self.taken += 1
                    self._newest = frame
                    self._news.notify()
                if self._stop.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - raised again in `newest`
            self._failure = error
        finally:
            with self._news:
                self._ended = True
                self._news.notify()
