"""The analysis of one film in its process: its session, what was asked on the way, and one line at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gaitlab.apps.serve.jobs.look import write_strip
from gaitlab.apps.serve.jobs.process import Line
from gaitlab.core.pieces import sentences
from gaitlab.io.files import whole_file
from gaitlab.io.session.session import Session, open_session
from gaitlab.io.session.write import write_json
from gaitlab.pipeline.run import analyze
from gaitlab.pipeline.writing import rebuild_report


def analyse(line: Line, film: Path, name: str, target: Path, values: Mapping[str, Any]) -> None:
    """Analyse a film into a session folder, and tell ``done`` with what it lacks.

    Parameters
    ----------
    line : Line
        the line to the server.
    film : Path
        the film.
    name : str
        what the film was called where it came from.
    target : Path
        the session folder. One that is there was finished before a server was stopped, and is not made again.
    values : Mapping[str, Any]
        arguments of `gaitlab.analyze`; names with a dot are settings.
    """
    session = open_session(target) if target.exists() else _analysed(line, film, target, values)
    if session.info["video"]["name"] != name:
        _name_film(session, film, name)
    line.tell("done", lacks(Session(target)))


def _analysed(line: Line, film: Path, target: Path, values: Mapping[str, Any]) -> Session:
    def asked(cadence: float, rates: Sequence[float], plays_fps: float) -> float | None:
        question = {"cadence": round(cadence, 1), "rates": [round(rate, 2) for rate in rates], **write_strip(film)}
        answer = line.ask(question)
        return None if answer is None else float(answer)

    return analyze(
        film,
        output=target,
        settings={key: value for key, value in values.items() if "." in key},
        progress=line.progress,
        on_slow_motion=asked,
        **{key: value for key, value in values.items() if "." not in key},
    )


def lacks(session: Session) -> str:
    """Return why a session has no gait metrics or what could not be made of it, as the terminal says; else ""."""
    quality = session.info["quality"]
    if not any((*quality["cycles_accepted"].values(), *quality.get("single_steps", {}).values())):
        return "; ".join(session.warnings) or "the film supports no gait metrics"
    return "; ".join(sentences(session.info.get("not_made", {})))


def _name_film(session: Session, film: Path, name: str) -> None:
    """Give the film the name that it had, in the session and on its page: here it lies under another."""
    info = session.info
    warnings = [
        warning.replace(f"'{film}'", f"'{name}'").replace(f"'{film.name}'", f"'{name}'") for warning in info["warnings"]
    ]
    with whole_file(session.folder / "session.json", advice="is the disk full?") as partial:
        write_json(partial, {**info, "warnings": warnings, "video": {**info["video"], "name": name}})
    rebuild_report(Session(session.folder))
