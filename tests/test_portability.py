"""What only POSIX has is asked for before it is used: every module loads without it."""

from __future__ import annotations

import subprocess
import sys

# As Windows has it: no such modules, no hangup, no masks of signals. The batch decides by these, not by a name.
WINDOWS = """
import importlib, pkgutil, signal, sys
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty"):
    sys.modules[name] = None
for name in ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGALRM", "pthread_sigmask", "alarm", "setitimer"):
    if hasattr(signal, name):
        delattr(signal, name)
import gaitlab
found = [m.name for m in pkgutil.walk_packages(gaitlab.__path__, "gaitlab.") if not m.name.endswith("__main__")]
for name in found:
    importlib.import_module(name)
from gaitlab.apps.batch import processes
from gaitlab.cli.signals import leave_at_once, leave_to_system, unwinding
assert processes._ENDING == set()
leave_at_once()
with unwinding():
    pass
leave_to_system()
print(len(found))
"""


def test_every_module_loads_without_what_only_posix_has() -> None:
    done = subprocess.run([sys.executable, "-c", WINDOWS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 200
