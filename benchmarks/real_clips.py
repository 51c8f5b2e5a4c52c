"""Setting, camera and contacts of the real clips, beside what was read in them by eye.

    python -m benchmarks.real_clips [DIR] [--min-score 0.3]

Every clip of `tests/data/contacts_by_eye.json` that is seen from the side is analysed as anybody would, with the true
rate of slow motion; one that shows several paces is analysed pace by pace. What was read is a frame, the first in which
the foot touches the ground or no longer does, and the event lies up to a frame before it. So two counts are printed:
events found within a thirtieth of a second of the film of that frame, and those whose own first frame is within one of
it. The bias is from the middle of the frame interval. The readings rest on one reader; nothing is fitted to them. A
force plate calls 50 N the end of a contact; the eye sees a toe that touches until some ms later, and in a blurred
picture longer still.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.truth import DEFAULT_FOLDER
from gaitlab.analysis.recording import Analysis, analyze_pose
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.config import Settings, with_values
from gaitlab.core.errors import GaitlabError
from gaitlab.core.gait import Contact
from gaitlab.core.person import Runner
from gaitlab.pipeline.recording import Recording, read_recording
from gaitlab.pipeline.spec import RecordingSpec
from tests.by_eye import ReadClip, clips

WITHIN_S = 1 / 30
EVENTS = ("strike", "toe_off")
EYE_ON_RENDERED = Path(__file__).resolve().parents[1] / "tests" / "data" / "eye_on_rendered.json"
Key = tuple[str, str]  # gait and event
_MARGIN_S = 0.02  # so that a cut is not part of a passage


@dataclass(frozen=True, slots=True)
class Hits:
    """Contacts that were read in a part of a clip, how many were hit, and errors of those found within 0.2 s.

    ``hit`` counts times within a thirtieth of a second of the frame that was read, ``same_frame`` those whose own first
    frame is.
    """

    read: int
    hit: int
    same_frame: int
    errors_s: tuple[float, ...]


def parts(clip: ReadClip) -> Iterator[tuple[float | None, float | None]]:
    """Yield start and end, s, of what is analysed: the whole clip, or each of its passages."""
    if len(clip.passages) == 1:
        yield None, None
        return
    for passage in clip.passages:
        if not passage.gait.startswith("drill"):
            yield passage.first / clip.fps + _MARGIN_S, (passage.last + 1) / clip.fps - _MARGIN_S


def hits(clip: ReadClip, source: Recording, found: Analysis, event: str) -> Hits:
    """Compare the contacts found with those read, ``event`` is ``strike`` or ``toe_off``."""
    first_s, last_s = source.video_time_s[[0, -1]]
    read, hit, same_frame, errors = 0, 0, 0, []
    for contact in clip.contacts:
        told = getattr(contact, event)
        if told is None or not first_s <= told.frame / clip.fps <= last_s:
            continue
        read += 1
        same = [c for c in found.trial.events.contacts if contact.side in (c.side, "unknown")]
        times_s = np.array([_at_s(c, event) for c in same])
        shown_s = np.interp(times_s[np.isfinite(times_s)], source.raw.time_s, source.video_time_s)
        off_s = shown_s - told.frame / clip.fps
        if len(off_s):
            nearest_s = float(off_s[np.argmin(np.abs(off_s))])
            hit += abs(nearest_s) <= WITHIN_S + 1e-6
            first_frame = np.ceil((told.frame / clip.fps + nearest_s) * clip.fps - 1e-6)
            same_frame += abs(first_frame - told.frame) / clip.fps <= WITHIN_S + 1e-6
            errors += [nearest_s + 0.5 / clip.fps] if abs(nearest_s) < 0.2 else []
    return Hits(read, hit, same_frame, tuple(errors))


def _at_s(contact: Contact, event: str) -> float:
    return contact.foot_strike_s if event == "strike" else contact.toe_off_s


def line(
    clip: ReadClip, start_s: float | None, end_s: float | None, folder: Path, settings: Settings,
    told: dict[Key, list[Hits]],
) -> str:  # fmt: skip
    """Analyse a part of a clip, return what is said of it, and add its contacts to those of its gait."""
    span = "" if start_s is None else f" {start_s:.1f}-{end_s:.1f} s"
    name = f"{clip.file.removesuffix('.mp4')}{span}"
    slow = clip.slow_motion_factor
    spec = RecordingSpec(
        video=folder / clip.file, view="side", start_s=start_s, end_s=end_s,
        capture_fps=slow * clip.fps if slow > 1 else None,
    )  # fmt: skip
    try:
        source = read_recording(spec, progress=lambda *_: None)
        found = analyze_pose(
            source.raw, runner=Runner(), settings=settings, on_ground=source.on_ground,
            camera=source.camera.camera if source.camera is not None else "",
            picture_px=(source.video.width, source.video.height) if source.video is not None else None,
        )  # fmt: skip
    except GaitlabError as error:
        return f"{name:<42} refused: {error}"
    cells = [f"{name:<42} {found.trial.setting} ({clip.setting})", f"{found.trial.camera or '-'} ({clip.camera})"]
    for event in EVENTS:
        of_part = hits(clip, source, found, event)
        told.setdefault((clip.gait, event), []).append(of_part)
        cells.append(counted(event, [of_part]))
    return "; ".join(cells)


def counted(event: str, parts: Sequence[Hits]) -> str:
    """Return how many contacts of some parts were hit, and how far off they are on average."""
    errors_ms = [1000 * error_s for part in parts for error_s in part.errors_s]
    off = f"{np.mean(errors_ms):+.0f} (SD {np.std(errors_ms):.0f}) ms" if errors_ms else "-"
    hit, same, read = (sum(getattr(part, name) for part in parts) for name in ("hit", "same_frame", "read"))
    return f"{event} {hit}, by frames {same}, of {read}, {off}"


def eye_on_known_times() -> dict[str, list[float]]:
    """Return what the eye's readings of the demonstration clip are off by, s: read less true, by event."""
    truth = load_truth(demo_clip()[1])
    read = json.loads(EYE_ON_RENDERED.read_text(encoding="utf-8"))
    shown_s = read["shown_every"] * float(np.median(np.diff(truth.time_s)))
    errors: dict[str, list[float]] = {}
    for event, name, field in (("strike", "strikes", "foot_strike_s"), ("toe_off", "toe_offs", "toe_off_s")):
        for side, frames in read[name].items():
            true_s = np.array([getattr(contact, field) for contact in truth.contacts if contact.side == side])
            for frame in frames:
                # Like everywhere here: the middle between the picture before and the one that was noted.
                at_s = truth.time_s[frame] - shown_s / 2
                errors.setdefault(event, []).append(float(at_s - true_s[np.argmin(np.abs(true_s - at_s))]))
    return errors


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER.parent)
    parser.add_argument("--min-score", type=float, default=Settings().tracks.min_score, help="see tracks.min_score")
    options = parser.parse_args()
    settings = with_values(Settings(), {"tracks.min_score": options.min_score})
    told: dict[Key, list[Hits]] = {}
    print("what is found (what was read by eye)")
    for clip in clips():
        if clip.seen_from == "behind":
            continue
        for start_s, end_s in parts(clip):
            print(line(clip, start_s, end_s, options.folder, settings, told), flush=True)
    known = "; ".join(
        f"{event} {1000 * np.mean(errors_s):+.0f} (SD {1000 * np.std(errors_s, ddof=1):.0f}) ms, n {len(errors_s)}"
        for event, errors_s in eye_on_known_times().items()
    )
    print(f"{'the eye on the demonstration clip':<42} {known}")
    for gait in dict.fromkeys(gait for gait, _ in told):
        print(f"{gait:<42} {'; '.join(counted(event, told[gait, event]) for event in EVENTS)}")


if __name__ == "__main__":
    main()
