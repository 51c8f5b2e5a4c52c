"""Ctrl-C, and the end that a system asks for: what is at work is unwound, so that nothing half is left, in one line.

Loaded before anything else of the command line, so it loads next to nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager

TYPE_CHECKING = False  # type checkers take it for true; `typing` would be loaded for nothing
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# A hangup is that of the terminal; Windows has none.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_SIGNALS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
# While work is unwound, an impatient second one must not stop that; one that was lost in a library may come again.
_PATIENCE_S = 2.0
_AGAIN_S = 0.02


class StoppedError(BaseException):
    """A signal, by a name that no library takes for its own.

    Attributes
    ----------
    number : int
        the signal's.
    code
        what the process exits with: 130 for Ctrl-C, 143 where the system ends it.
    how
        ``interrupted`` or ``ended``.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.code = 128 + number
        self.how = "interrupted" if number == signal.SIGINT else "ended"


def leave_at_once() -> None:
    """While nothing is at work but imports, let a signal end the process: those would show where they were."""

    def leave(number: int, frame: FrameType | None) -> None:
        stopped = StoppedError(number)
        os.write(2, f"gaitlab: {stopped.how}; nothing was written\n".encode())
        os._exit(stopped.code)

    _handle(leave)


@contextmanager
def unwinding() -> Iterator[None]:
    """Let a signal raise StoppedError wherever the process is, and leave the block as nothing else."""
    came: list[StoppedError] = []
    last_s = -_PATIENCE_S

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal last_s
        before_s, last_s = last_s, time.monotonic()
        if last_s - before_s >= _PATIENCE_S:
            came.append(StoppedError(number))
            raise came[-1]

    def lost(what: sys.UnraisableHookArgs) -> None:
        """Python ran something of its own (a destructor, say) that cannot raise: the signal has to come again."""
        nonlocal last_s
        if not isinstance(what.exc_value, StoppedError):
            sys.__unraisablehook__(what)
            return
        last_s = -_PATIENCE_S
        threading.Timer(_AGAIN_S, _send, (what.exc_value.number,)).start()

    sys.unraisablehook = lost
    try:
        _handle(stop)
        yield
    except Exception as error:
        if came:  # what a library made of it, whose own way out was cut off halfway
            raise came[-1] from error
        raise
    finally:
        leave_to_system()


def _send(number: int) -> None:
    """Send this process a signal, so that a call it waits in is interrupted too where the system can do that."""
    if hasattr(signal, "pthread_kill"):
        os.kill(os.getpid(), number)
    else:  # on Windows `os.kill` ends the process at once, and nothing is unwound
        signal.raise_signal(number)


def leave_to_system() -> None:
    """When all is done, let a signal end the process without a word."""
    _handle(signal.SIG_DFL)


def _handle(how: object) -> None:
    for number in _SIGNALS:
        # nohup asks that the end of the terminal be ignored.
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, how)  # type: ignore[arg-type]
