"""Signals where `os.kill` is no way to send one: Windows ends the process at once, whatever the number."""

from __future__ import annotations

import subprocess
import sys

# A destructor cannot raise, so the signal that came in one has to be sent again.
WINDOWS = """
import os, signal, time
del signal.pthread_kill
os.kill = lambda process, number: os._exit(number)
from gaitlab.cli.signals import StoppedError, unwinding

class Destroyed:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

try:
    with unwinding():
        Destroyed()
        for _ in range(500):
            time.sleep(0.01)
except StoppedError as stopped:
    print(stopped.how)
"""


def test_a_lost_signal_comes_again_without_ending_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", WINDOWS], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr
