"""How soon the local page answers: 20 clients browse its library, idle and while one analysis runs.

    python -m benchmarks.serve_load [--clients 20] [--seconds 15] [--sessions 50]

Each client asks for a page, thinks for as long as somebody who clicks through, and asks for the next. Printed are the
median and the 95th percentile of the answers' times, idle and with an analysis, and the ratio of the two.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from gaitlab.apps.demo import demo_clip, demo_session

_PAGES = ("/", "/library", "/library?q=session%201", "/athlete?name=Demo%20runner", "/films", "/static/app.css")
# Somebody reads a page for a second or two before the next click.
_THINKS_S = (0.5, 1.5)


def main() -> None:
    """Print both rows and the ratio."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--clients", type=int, default=20)
    options.add_argument("--seconds", type=float, default=15.0)
    options.add_argument("--sessions", type=int, default=50)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        reports = Path(place) / "reports"
        _library(reports, chosen.sessions)
        command = [sys.executable, "-m", "gaitlab", "serve", str(reports), "--port", "0", "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            port = int(re.findall(r"127\.0\.0\.1:(\d+)", server.stdout.readline())[0])
            try:
                _until(lambda: _ask(port, "GET", "/")[0] == 200)
                idle = _browse(port, chosen.clients, chosen.seconds)
                job = _analyse(port)
                busy = _browse(port, chosen.clients, chosen.seconds)
                state = _state(port, job)
            finally:
                server.terminate()
    for name, times_ms in (("idle", idle), ("one analysis runs", busy)):
        median, p95 = np.percentile(times_ms, [50, 95])
        print(f"{name:>18}: {len(times_ms)} answers, median {median:.0f} ms, p95 {p95:.0f} ms")
    print(f"ratio of p95 to idle: {np.percentile(busy, 95) / np.percentile(idle, 95):.1f}; the analysis was {state}")


def _library(reports: Path, count: int) -> None:
    """Make so many sessions: copies of the demonstration's."""
    demo_session(output=reports / "session-0", annotate=False)
    for number in range(1, count):
        copy = reports / f"session-{number}"
        shutil.copytree(reports / "session-0", copy)
        info = json.loads((copy / "session.json").read_text(encoding="utf-8"))
        info |= {"label": f"session {number}", "recorded_at": f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}"}
        (copy / "session.json").write_text(json.dumps(info), encoding="utf-8")


def _analyse(port: int) -> str:
    """Begin an analysis of the demonstration clip, and return its id once it runs."""
    body = _ask(port, "GET", "/")[1].decode()
    token = re.findall(r'name="token" content="([^"]+)"', body)[0]
    headers = {"Origin": f"http://127.0.0.1:{port}", "X-Gaitlab-Token": token, "X-Film-Name": "run.mp4"}
    job = str(json.loads(_ask(port, "PUT", "/films", demo_clip()[0].read_bytes(), headers)[1])["id"])
    _until(lambda: _state(port, job) == "draft")
    _ask(port, "POST", f"/films/{job}", b'{"speed": "3 m/s"}', headers)
    _until(lambda: _state(port, job) == "running")
    return job


def _state(port: int, job: str) -> str:
    jobs = json.loads(_ask(port, "GET", "/films")[1])["jobs"]
    return next((str(one["state"]) for one in jobs if one["id"] == job), "")


def _browse(port: int, clients: int, seconds: float) -> list[float]:
    """Return the times of all answers to so many clients, ms."""
    times_ms: list[float] = []
    end_s = time.monotonic() + seconds

    def click(seed: int) -> None:
        dice = random.Random(seed)
        time.sleep(dice.uniform(0, _THINKS_S[1]))
        while time.monotonic() < end_s:
            began_s = time.perf_counter()
            status, _ = _ask(port, "GET", dice.choice(_PAGES))
            assert status == 200
            times_ms.append(1000 * (time.perf_counter() - began_s))
            time.sleep(dice.uniform(*_THINKS_S))

    threads = [threading.Thread(target=click, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times_ms


def _ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionError:
        return 0, b""
    finally:
        connection.close()


def _until(true: object) -> None:
    assert callable(true)
    while not true():
        time.sleep(0.1)


if __name__ == "__main__":
    main()
