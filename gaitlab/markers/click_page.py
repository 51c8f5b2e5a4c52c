"""Local web page that shows one frame of a video and records eight clicks: the positions of the dots.

The server listens on the loopback address under a secret path contained in the printed link, and stops when the file is
written.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cv2

from gaitlab.core.errors import InputError, OutputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.units import ROTATIONS
from gaitlab.io.reading import parse_json
from gaitlab.io.video.reader import open_video
from gaitlab.markers.clicks import clicks_from, write_clicks
from gaitlab.markers.layout import DOTS

_HERE = Path(__file__).resolve().parent
# What is put into the page, or served beside one of the same content.
PARTS = {"STYLE": "click_page.css", "PART": "click_page_part.html", "SCRIPT": "click_page.js"}
_LARGEST_ANSWER = 100_000
# No content from other sources is loaded.
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
)


def take_clicks(
    video: Path,
    target: Path,
    *,
    at_s: float | None = None,
    rotate_deg: int = 0,
    fps: float | None = None,
    opened: Callable[[str], None] = lambda address: None,
) -> Path:
    """Serve the page until the clicks are saved, and return the file.

    Parameters
    ----------
    video : Path
        the video.
    target : Path
        file for the clicks.
    at_s : float | None, optional
        time of the frame shown first, s; None is the middle of the video.
    rotate_deg : int, optional
        clockwise rotation of the images, as in the analysis.
    fps : float | None, optional
        frame rate of a raw stream, which has no clock, Hz.
    opened : Callable[[str], None], optional
        called with the address when the page is available.

    Raises
    ------
    InputError
        if the video is unreadable, or the time is outside it.
    OutputError
        if the file cannot be written.
    """
    if not target.parent.is_dir():
        raise OutputError(f"cannot write the dots to '{target}': the folder '{target.parent}' does not exist")
    data = click_data(video, at_s=at_s, rotate_deg=rotate_deg, fps=fps)
    times_s = data["times_s"]
    page = (_HERE / "click_page.html").read_text(encoding="utf-8").replace("@DATA@", script_data(data))
    for mark in PARTS:
        page = page.replace(f"@{mark}@", page_part(mark))
    secret = secrets.token_urlsafe(16)
    saved = threading.Event()

    def picture(number: int) -> bytes:
        return click_frame(video, times_s[number], rotate_deg=rotate_deg, fps=fps)

    handler = _handler(f"/{secret}/", page.encode(), picture, target, saved)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    worker = threading.Thread(target=server.serve_forever, name="gaitlab-dots", daemon=True)
    worker.start()
    try:
        opened(f"http://127.0.0.1:{server.server_address[1]}/{secret}/")
        while not saved.wait(0.2):  # a timeout, so that Ctrl-C is handled
            pass
    finally:
        server.shutdown()
        server.server_close()
    return target


def page_part(mark: str) -> str:
    """Return one of `PARTS`."""
    return (_HERE / PARTS[mark]).read_text(encoding="utf-8")


def script_data(data: dict[str, Any]) -> str:
    """Return JSON that cannot close the script element it lies in."""
    return json.dumps(data).replace("<", "\\u003c")


def click_data(
    video: Path,
    *,
    at_s: float | None = None,
    rotate_deg: int = 0,
    fps: float | None = None,
    place: str = "",
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the page's script knows: the picture's size, the times of all frames, the dots and the frame shown.

    Parameters
    ----------
    video : Path
        the video.
    at_s : float | None, optional
        time of the frame shown first, s; None is the middle of the video.
    rotate_deg : int, optional
        clockwise rotation of the images.
    fps : float | None, optional
        frame rate of a raw stream, Hz.
    place : str, optional
        beginning of the addresses of ``frame`` and ``save``; by default they lie beside the page.
    headers : dict[str, str] | None, optional
        headers that come with the answer of the page.

    Raises
    ------
    InputError
        if the video is unreadable, or the time is outside it.
    """
    if rotate_deg not in ROTATIONS:
        raise InputError(f"rotate must be 0, 90, 180 or 270 (degrees, clockwise), not {rotate_deg}")
    with open_video(video, rotate_deg=rotate_deg, fps=fps) as film:
        info, times_s = film.info, [round(float(t), 6) for t in film.timestamps_s]
    if at_s is not None and not 0 <= at_s <= info.duration_s:
        raise InputError(f"the video lasts {info.duration_s:.2f} s; --at must be a time in it, not {at_s:g} s")
    wanted_s = info.duration_s / 2 if at_s is None else at_s
    first = min(range(len(times_s)), key=lambda number: abs(times_s[number] - wanted_s))
    return {
        "width": info.width, "height": info.height, "times_s": times_s, "frame": first, "sides": BOTH_SIDES,
        "dots": DOTS, "place": place, "headers": headers or {},
    }  # fmt: skip


def click_frame(video: Path, time_s: float, *, rotate_deg: int = 0, fps: float | None = None) -> bytes:
    """Return the frame at a time, s, as JPEG of full size; InputError if there is none."""
    with open_video(video, rotate_deg=rotate_deg, fps=fps) as film:
        for frame in film.frames(start_s=max(time_s - 1e-4, 0.0)):
            return bytes(cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1])
    raise InputError(f"there is no frame at {time_s:.3f} s")


def _handler(
    root: str, page: bytes, picture: Callable[[int], bytes], target: Path, saved: threading.Event
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", _POLICY)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def _refuse(self, status: int, words: str) -> None:
            self._answer(status, "text/plain; charset=utf-8", words.encode())

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == root:
                self._answer(200, "text/html; charset=utf-8", page)
            elif address.path == f"{root}frame":
                try:
                    body = picture(int(parse_qs(address.query)["number"][0]))
                except (KeyError, ValueError, IndexError, InputError) as error:
                    self._refuse(404, f"no such frame: {error}")
                else:
                    self._answer(200, "image/jpeg", body)
            else:
                self._refuse(404, "nothing here")

        def do_POST(self) -> None:
            said = self.headers.get("Content-Length", "")
            length = int(said) if said.isdecimal() and len(said) < 10 else 0
            if self.path != f"{root}save" or not 0 < length <= _LARGEST_ANSWER:
                self._refuse(404, "nothing here")
                return
            try:
                content = parse_json(self.rfile.read(length), "the page's answer")
                write_clicks(clicks_from(content.value, where=content.file), target)
            except (InputError, OutputError) as error:
                self._refuse(400, str(error))
                return
            self._refuse(200, f"Saved to {target}. This page can be closed.")
            saved.set()

        def log_message(self, *_: Any) -> None:
            """Do not log requests to the terminal."""

    return Handler
