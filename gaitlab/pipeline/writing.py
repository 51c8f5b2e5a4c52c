"""Writing of a session: the tables of one or two recordings, then report and videos."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.analysis.recording import Analysis
from gaitlab.config import ReportSettings, Settings
from gaitlab.core.pieces import Pieces, told
from gaitlab.io.brand import Brand, write_logo
from gaitlab.io.files import whole_file
from gaitlab.io.session.contents import COMPANIONS
from gaitlab.io.session.session import Session
from gaitlab.io.session.write import write_data, write_json
from gaitlab.metrics import METRICS, asymmetries
from gaitlab.metrics.quality import of_clip
from gaitlab.pipeline.reading.memory import hand_back
from gaitlab.pipeline.recording import Recording
from gaitlab.pipeline.spec import Progress

_PAGE = "report.html"
# Two clips of one run whose cadences differ by more than this share are none.
_SAME_CADENCE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One clip: where it came from, what was measured, and what session.json says."""

    source: Recording
    analysis: Analysis
    info: dict[str, Any]
    name: str


def write_session(
    folder: Path,
    clip: Clip,
    other: Clip | None,
    settings: Settings,
    *,
    brand: Brand | None = None,
    progress: Progress,
) -> None:
    """Write the numbers of both clips, and then what may fail without costing them.

    With another clip of the same run its own session lies within. Both pages show all that belongs to their own clip;
    the numbers stand together on the first.
    """
    _write_numbers(folder, clip, other, brand)
    pieces = Pieces()
    if other is not None:
        inside = folder / COMPANIONS[other.analysis.trial.view]
        inside.mkdir(exist_ok=True)
        _write_numbers(inside, other, None, brand)
        theirs = Pieces()
        _write_pieces(inside, other, settings, pieces=theirs, progress=progress)
        pieces.add(theirs, of=_companion_name(other.analysis.trial.view))
    _write_pieces(folder, clip, settings, pieces=pieces, progress=progress)


def _write_numbers(folder: Path, clip: Clip, other: Clip | None, brand: Brand | None) -> None:
    """Write the data of one clip; with another of the same run, its numbers come along."""
    info, analysis, trial = clip.info, clip.analysis, clip.analysis.trial
    summary, cycles = list(analysis.summary), list(analysis.values)
    if other is not None:
        have = {row.metric for row in summary}
        summary += [row for row in other.analysis.summary if row.metric not in have]
        cycles += [value for value in other.analysis.values if value.metric not in have]
        oblique = trial.calibration.oblique or other.analysis.trial.calibration.oblique
        unlike = {**trial.unlike, **other.analysis.trial.unlike}
        info = {
            **info,
            "warnings": [
                *info["warnings"], *_cadence_warnings(analysis, other.analysis),
                *(of_clip(other.analysis.trial.view, warning) for warning in other.info["warnings"]),
            ],
            "with": {
                "folder": COMPANIONS[other.analysis.trial.view], "name": other.name,
                "view": other.analysis.trial.view, "quality": other.info["quality"],
            },
            **({"shop_profile": other.info["shop_profile"]} if "shop_profile" in other.info else {}),
            "asymmetry": [
                asdict(found) for found in asymmetries(tuple(summary), METRICS, oblique=oblique, unlike=unlike)
            ],
        }  # fmt: skip
    if brand is not None:
        write_logo(folder, brand)
        info = {**info, "brand": brand.entry()}
    write_data(
        folder, info=info, raw=analysis.raw, pose=analysis.shown, angles=trial.angles, events=trial.events,
        summary=tuple(summary), cycles=tuple(cycles), repetitions=trial.repetitions,
    )  # fmt: skip


def _write_pieces(folder: Path, clip: Clip, settings: Settings, *, pieces: Pieces, progress: Progress) -> None:
    """Write the videos and the page of a clip whose numbers are written, and what could not be made into its data."""
    if clip.source.video is not None and settings.video.annotate:
        from gaitlab.pipeline.pictures import write_videos

        write_videos(
            clip.source.video, folder, clip.analysis, video_time_s=clip.source.video_time_s,
            settings=settings.video, clean=clip.source.clean_clip, pieces=pieces, progress=progress,
        )  # fmt: skip
        hand_back()
    with pieces.attempt(_PAGE):
        _write_page(Session(folder), settings.report, pieces=pieces, progress=progress)
    _tell(folder, pieces)


def _tell(folder: Path, pieces: Pieces) -> None:
    """Bring what session.json says of pieces that could not be made up to date."""
    info = Session(folder).info
    if pieces.lost != info.get("not_made", {}):
        with whole_file(folder / "session.json", failure=f"cannot write into '{folder}'", advice="") as partial:
            write_json(partial, told(info, pieces.lost))


def _companion_name(view: str) -> str:
    return f"the {view} clip"


def _cadence_warnings(first: Analysis, second: Analysis) -> tuple[str, ...]:
    """Say so where two clips cannot be of one run: feet go as fast from every side."""
    cadences = {
        analysis.trial.view: next((row.mean for row in analysis.summary if row.metric == "cadence"), float("nan"))
        for analysis in (first, second)
    }
    one, two = cadences.values()
    if not (np.isfinite(one) and np.isfinite(two)):
        return ("the cadences of the two clips could not be compared: one of them has none",)
    apart = abs(one - two) / ((one + two) / 2)
    if apart <= _SAME_CADENCE:
        return ()
    words = " and ".join(f"{value:.1f} steps/min from the {view}" for view, value in cadences.items())
    return (
        f"the cadences of the two clips differ by {100 * apart:.1f} % ({words}): were they filmed in one run, at one "
        "speed, and is the frame rate of both true?",
    )


def rebuild_report(session: Session, *, settings: ReportSettings | None = None) -> Path:
    """Write report.html anew from the data of a session folder, and return its path.

    Parameters
    ----------
    settings : ReportSettings | None, optional
        units, language, findings and video of the page; None takes those of the analysis.
    """
    from gaitlab.pipeline.pictures import VIDEOS

    kept = session.info["settings"].get("report", {})
    chosen = settings or ReportSettings(
        **{name: kept[name] for name in ("units", "language", "findings", "embed_video") if name in kept}
    )
    # Videos that could not be made are still not there; everything else gets another chance.
    pieces = Pieces({name: why for name, why in session.info.get("not_made", {}).items() if name in VIDEOS})
    if (other := session.companion) is not None:
        rebuild_report(other, settings=chosen)
        lost = Session(other.folder).info.get("not_made")
        pieces.add(Pieces(lost), of=_companion_name(other.info["view"]))
    _write_page(session, chosen, pieces=pieces)
    _tell(session.folder, pieces)
    return session.report


def _write_page(
    session: Session,
    settings: ReportSettings,
    *,
    pieces: Pieces,
    progress: Progress = lambda stage, done, total: None,
) -> None:
    if session.info["video"]:
        from gaitlab.pipeline.pictures import write_page

        write_page(session, settings=settings, pieces=pieces, progress=progress)
    else:
        from gaitlab.report import write_report
        from gaitlab.report.shared.brand import language_of

        write_report(
            session, units=settings.units, findings=settings.findings, pieces=pieces,
            language=language_of(session, settings.language),
        )  # fmt: skip
