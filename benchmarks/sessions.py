"""How long `gaitlab.load_sessions` takes, and how much memory, over thousands of session folders.

    python benchmarks/sessions.py --count 10000

The folders are copies of one real shape: a session.json and a summary.csv of the usual size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from gaitlab.io.session.tables import TABLES, write_table
from gaitlab.metrics import METRICS

_COLUMNS = (
    "metric", "label", "side", "n", "mean", "sd", "uncertainty", "unit", "reference_low", "reference_high",
    "reference_source", "missing_reason", "note", "variation_percent",
)  # fmt: skip
_LOAD = """
import resource, sys, time
import gaitlab
began = time.monotonic()
before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
table = gaitlab.load_sessions(sys.argv[1])
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.monotonic() - began, len(table), used.ru_maxrss / 1024, used.ru_utime + used.ru_stime - before)
"""


def make_sessions(directory: Path, count: int) -> None:
    """Write ``count`` session folders of realistic size."""
    info = {
        "schema_version": 1, "athlete": "", "label": "shoe A", "recorded_at": "2026-05-04T10:00:00+00:00",
        "view": "side",
        "quality": {"history": [{"step": "smooth", "parameters": {"cutoff_hz": [10.0] * 25}}] * 30},
    }  # fmt: skip
    source = "46 runners on treadmills at 2.5 m/s, markers; mean ± SD"
    for number in range(count):
        folder = directory / f"athlete-{number % 97:02d}" / f"session-{number:05d}"
        folder.mkdir(parents=True)
        (folder / "session.json").write_text(json.dumps({**info, "athlete": f"athlete {number % 97}"}, indent=2))
        rows = [
            (name, spec.label, side, 15 + number % 5, 100.123456 + number % 7, 1.234567, 0.765432, spec.unit,
             90, 110, source, "", "far leg: partly hidden, less exact", 1.234567)
            for name, spec in METRICS.items()
            for side in (("left", "right") if spec.per_side else ("both",))
        ]  # fmt: skip
        write_table(folder / "summary.csv", _COLUMNS, rows)
        for name in ("cycles", "events", "angles"):
            write_table(folder / f"{name}.csv", list(TABLES[name]), [])
        np.savez(folder / "keypoints.npz", time_s=np.arange(3.0))


def main() -> None:
    """Print a line a size: first load, load with the index, rows, memory, and the processor's share of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10000)
    most = parser.parse_args().count
    print("sessions    rows   first_s   again_s   peak_MB  cpu_first_s  cpu_again_s")
    for count in (most // 10, most * 3 // 10, most):
        with tempfile.TemporaryDirectory() as folder:
            make_sessions(Path(folder), count)
            first, again = (_load(folder) for _ in range(2))
        print(
            f"{count:8d} {first[1]:7.0f} {first[0]:9.2f} {again[0]:9.2f} {max(first[2], again[2]):9.0f}"
            f" {first[3]:12.2f} {again[3]:12.2f}",
            flush=True,
        )


def _load(folder: str) -> tuple[float, ...]:
    result = subprocess.run([sys.executable, "-c", _LOAD, folder], capture_output=True, text=True, check=True)
    return tuple(float(word) for word in result.stdout.split())


if __name__ == "__main__":
    began = time.monotonic()
    main()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"in all {time.monotonic() - began:.0f} s, this script itself {own:.0f} MB")
