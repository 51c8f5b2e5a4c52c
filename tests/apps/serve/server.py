"""The real server in a process of its own, as the command starts it, and who asks it over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gaitlab.apps.demo import demo_clip
from tests.report.make import make_session

CLIP = demo_clip()[0]
# A second and a half of the clip: enough for a session.
SHORT = {"end": "1.5", "view": "side", "athlete": "Ada", "speed": "3 m/s", "units": "metric"}
_PATIENCE_S = 240.0


class Server:
    """`gaitlab serve` on a free port; use it as a context manager."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._log = (folder.parent / f"{folder.name}.log").open("a+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gaitlab", "serve", str(folder), "--port", "0", "--no-browser", *options],
            stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, f"{line}\n{self.log()}"
        self.port = int(found[1])
        self.host = f"127.0.0.1:{self.port}"
        self.address = f"http://{self.host}"
        self.until(lambda: self.get("/")[0] == 200)
        self.token = re.search(r'name="token" content="([^"]+)"', self.get("/")[1].decode())[1]  # type: ignore[index]

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.close()

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._process.kill()
        self._process.wait()

    def log(self) -> str:
        """Return what it wrote to the error stream."""
        self._log.seek(0)
        return self._log.read()

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Return status, body and headers of an answer; a header that is "" is not sent."""
        sent = {"Host": self.host, "Origin": self.address, "X-Gaitlab-Token": getattr(self, "token", "")}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of a page."""
        try:
            return self.ask("GET", path)[:2]
        except ConnectionError:
            return 0, b""

    def say(self, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        """Ask as the page does, and return status and what was answered."""
        status, body, _ = self.ask(method, path, json.dumps(content or {}).encode())
        try:
            return status, json.loads(body)
        except ValueError:
            return status, body.decode()

    def upload(self, content: bytes, name: str = "run.mp4") -> str:
        """Upload a film and return its id."""
        status, body, _ = self.ask("PUT", "/films", content, X_Film_Name=quote(name))
        assert status == 201, body
        return str(json.loads(body)["id"])

    def job(self, job: str) -> dict[str, Any]:
        """Return what the queue says of a film; empty where it is not in it."""
        jobs = json.loads(self.get("/films")[1])["jobs"]
        return next((one for one in jobs if one["id"] == job), {})

    def card(self, job: str) -> str:
        """Return what the page shows of a film."""
        return str(json.loads(self.get(f"/films/{job}")[1])["html"])

    def until(self, true: Callable[[], bool], *, every_s: float = 0.1) -> None:
        """Wait until something is true."""
        last_s = time.monotonic() + _PATIENCE_S
        while not true():
            assert time.monotonic() < last_s, f"never became true\n{self.log()}"
            assert self._process.poll() is None, self.log()
            time.sleep(every_s)

    def until_state(self, job: str, *states: str) -> str:
        """Wait until a film is in one of some states, and return it."""
        self.until(lambda: self.job(job).get("state") in states)
        return str(self.job(job)["state"])


def library_of(folder: Path, count: int, **more: Any) -> list[Path]:
    """Make so many sessions, one a day of 2026, quickly: all are copies of the first."""
    first = folder / "session-000"
    first.mkdir(parents=True)
    make_session(first, **{"athlete": "Ada", "label": "session 0", "recorded_at": "2026-01-01T10:00:00", **more})
    made = [first]
    for number in range(1, count):
        copy = folder / f"session-{number:03d}"
        shutil.copytree(first, copy)
        info = json.loads((copy / "session.json").read_text())
        day = f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}"
        info |= {"label": f"session {number}", "recorded_at": f"{day}T10:00:00"}
        (copy / "session.json").write_text(json.dumps(info))
        os.utime(copy / "session.json", (1.7e9 + number, 1.7e9 + number))
        made.append(copy)
    return made
