"""How a command ends: its exit code, and one line where it did not do what it was asked for.

0 done; 1 done, but with something left out, which is said: gait metrics, a video or page that is made of them, a
damaged session of a list, a video of a batch; 2 wrong use or bad input; 70 a bug of gaitlab, or no memory left; 130
interrupted; 143 ended by the system.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from gaitlab.cli.printing import say, to_error_stream
from gaitlab.cli.signals import StoppedError, unwinding
from gaitlab.core.errors import GaitlabError

# Of the exit codes of old (sysexits.h), the one that says that the program itself is at fault.
_BUG = 70
_PACKAGE = Path(__file__).resolve().parents[1]
# Argument in Python -> what the command line calls it, where that is not its name behind two dashes.
_CALLED = {
    "video": "VIDEO", "belt_speed_mps": "--speed", "height_m": "--height", "mass_kg": "--mass", "start_s": "--start",
    "end_s": "--end", "keypoints_format": "--format", "with_": "--with", "offset_s": "--offset",
    "threshold_n": "--threshold",
    "video.annotate": "--no-video (video.annotate)", "video.blur_face": "--blur-face (video.blur_face)",
    "report.embed_video": "--embed-video (report.embed_video)",
}  # fmt: skip
# What a command leaves behind that is stopped by a signal; all others leave nothing.
_LEFT = {
    "batch": "finished sessions are kept, the same command does the rest",
    "pose": "what was finished until then is kept",
    "live": "what was recorded until then is kept",
    "serve": "what is queued goes on with the next start",
}


def run(app: Callable[..., Any]) -> None:
    """Run the command line with the program's arguments, and end the program."""
    debug = "--debug" in sys.argv
    to_error_stream(debug=debug)
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        with unwinding():
            app(args=arguments, prog_name="gaitlab")
    except GaitlabError as error:
        _end(error.worded(option_of), error, code=2, debug=debug)
    except StoppedError as stopped:
        left = _LEFT.get(next(iter(arguments), ""), "nothing half-written is left")
        say(f"gaitlab: {stopped.how}; {left}", err=True)
        sys.exit(stopped.code)
    except MemoryError as error:
        said = "there is not enough memory for this; take a part of it, e.g. with --start and --end"
        _end(said, error, code=_BUG, debug=debug)
    except Exception as error:  # noqa: BLE001 - what nobody foresaw must not look like a result
        said = f"this is a bug of gaitlab, please report it: {_where(error)}; --debug shows the traceback"
        _end(said, error, code=_BUG, debug=debug)


def option_of(argument: str) -> str:
    """Return the option of the command line that gives an argument of a Python call, or a setting (``video.crf``)."""
    plain = f"--set {argument}" if "." in argument else f"--{argument.replace('_', '-')}"
    return _CALLED.get(argument, plain)


def _end(said: str, error: Exception, *, code: int, debug: bool) -> NoReturn:
    """Say why in one line (after the traceback, where it was asked for), and end."""
    if debug:
        say("".join(traceback.format_exception(error)), err=True, lines=True)
    say(f"gaitlab: {said}", err=True)
    sys.exit(code)


def _where(error: Exception) -> str:
    """Return what went wrong and the last line of gaitlab that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    last = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)][-1]
    place = Path(last.filename).relative_to(_PACKAGE)
    return f"{type(error).__name__} in {place}, line {last.lineno} ({str(error)[:200]})"
