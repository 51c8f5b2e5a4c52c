"""Schema of session.json: one table of its entries, checked once on reading."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from gaitlab.core.errors import InputError
from gaitlab.core.gait import ClockSource
from gaitlab.core.metric import View
from gaitlab.core.text import LANGUAGES, printable
from gaitlab.io.session.contents import COMPANIONS
from gaitlab.metrics import MOVEMENTS
from gaitlab.metrics.quality import GRADES

# Larger than any valid number of a session; beyond it, drawing and summation fail.
LARGEST = 1e12
LARGEST_BYTES = 50_000_000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """Type of an entry: a description for errors, and a test."""

    words: str
    fits: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value >= 1 / LARGEST


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _or_null(kind: Kind) -> Kind:
    return Kind(f"{kind.words} or null", lambda value: value is None or kind.fits(value))


def _list_of(kind: Kind) -> Kind:
    return Kind(f"a list, each {kind.words}", lambda value: isinstance(value, list) and all(map(kind.fits, value)))


def _object_of(kind: Kind) -> Kind:
    return Kind(
        f"an object, each entry {kind.words}",
        lambda value: isinstance(value, dict) and all(map(kind.fits, value.values())),
    )


def _one_of(*choices: str) -> Kind:
    return Kind(" or ".join(f"'{choice}'" for choice in choices), lambda value: _is_text(value) and value in choices)


TEXT = Kind("text", _is_text)
NUMBER = Kind("a number", _is_number)
POSITIVE = Kind("a number above 0", _is_positive)
COUNT = Kind("a whole number from 0 on", _is_count)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
OBJECT = Kind("an object", lambda value: isinstance(value, dict))
SIDE = _one_of("left", "right")
_GRADE = _one_of(*GRADES)
# Name of a quality check to the details its sentence needs in addition to the value.
_CHECKED = {
    "accepted_cycles_a_side": ("left", "right"), "share_of_cycles_accepted": ("total",), "share_filled": (), "fps": (),
    "share_of_leg_points_seen": ("point",), "share_of_swaps": ("count",), "scale_disagreement": (),
    "repetitions": ("accepted", "rejected"),
}  # fmt: skip


def _is_check(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("name") not in _CHECKED or not _GRADE.fits(value.get("grade")):
        return False
    found, number = value.get("found"), POSITIVE if value["name"] == "fps" else NUMBER
    return number.fits(value.get("value")) and isinstance(found, dict) and set(_CHECKED[value["name"]]) <= set(found)


VIEW = _one_of(*get_args(View))

# Path of an entry to its type. ``?`` is optional; ``[]`` is each element of a list; entries below null are not checked.
ENTRIES: Mapping[str, Kind] = {
    "gaitlab_version": TEXT,
    "athlete": _or_null(TEXT),
    "label": _or_null(TEXT),
    "recorded_at": _or_null(TEXT),
    "dated_by?": _or_null(TEXT),
    "view": VIEW,
    "facing": _or_null(TEXT),
    "setting?": _one_of("treadmill", "overground"),
    "camera?": _or_null(_one_of("fixed", "hand-held", "following")),
    "camera_drift_px?": _or_null(NUMBER),
    "activity": _one_of("running", "walking", "ambiguous", *MOVEMENTS),
    "movement?": OBJECT,
    "movement.name": _one_of(*MOVEMENTS),
    "movement.taken_for": TEXT,
    "fps": POSITIVE,
    "duration_s": NUMBER,
    "runner": OBJECT,
    "runner.belt_speed_mps": _or_null(POSITIVE),
    "runner.height_m": _or_null(POSITIVE),
    "runner.mass_kg": _or_null(POSITIVE),
    "video": _or_null(OBJECT),
    "video.name": TEXT,
    "video.width": POSITIVE,
    "video.height": POSITIVE,
    "video.fps": _or_null(NUMBER),
    "video.variable_frame_rate?": FLAG,
    "video.slow_motion?": POSITIVE,
    "clock?": OBJECT,
    "clock.slow_motion": POSITIVE,
    "clock.source": _one_of(*get_args(ClockSource)),
    "keypoints": _or_null(OBJECT),
    "keypoints.name": TEXT,
    "model": OBJECT,
    "model.name?": TEXT,
    "model.format?": TEXT,
    "model.weights?": TEXT,
    "model.why?": TEXT,
    "rearfoot_source?": _or_null(TEXT),
    "settings": OBJECT,
    "settings.calibration?": OBJECT,
    "settings.calibration.level?": _one_of("auto", "on", "off"),
    "calibration": OBJECT,
    "calibration.metres_per_px": _or_null(POSITIVE),
    "calibration.source": _or_null(TEXT),
    "calibration.check": _object_of(_or_null(POSITIVE)),
    "calibration.belt_speed_mps": _or_null(POSITIVE),
    "calibration.belt_deg?": _or_null(NUMBER),
    "calibration.tilt_deg": _or_null(NUMBER),
    "calibration.tilt_source?": _or_null(TEXT),
    "quality": OBJECT,
    "quality.cycles_accepted": _object_of(COUNT),
    "quality.cycles_accepted.left": COUNT,
    "quality.cycles_accepted.right": COUNT,
    "quality.cycles_rejected": _object_of(COUNT),
    "quality.repetitions_accepted?": COUNT,
    "quality.single_steps?": _object_of(COUNT),
    "quality.share_of_frames_seen": _object_of(NUMBER),
    "quality.points_filled?": COUNT,
    "quality.swaps_mended?": COUNT,
    "quality.history?": _list_of(OBJECT),
    "quality.history[].step": TEXT,
    "quality.history[].parameters": OBJECT,
    "quality.history[].parameters.method?": TEXT,
    "quality.history[].parameters.cutoff_hz?": NUMBER,
    "quality.history[].parameters.effective_cutoff_hz?": _or_null(NUMBER),
    "warnings": _list_of(TEXT),
    "not_made?": _object_of(TEXT),
    "others_seen?": _or_null(_list_of(OBJECT)),
    "with?": OBJECT,
    "with.folder": _one_of(*COMPANIONS.values()),
    "with.name": TEXT,
    "with.view": VIEW,
    "brand?": OBJECT,
    "brand.name": TEXT,
    "brand.contact": TEXT,
    "brand.colour": TEXT,
    "brand.language?": _one_of(*LANGUAGES),
    "shop_profile?": OBJECT,
    "shop_profile.name": TEXT,
    "shop_profile.source": TEXT,
    "shop_profile.less_up_to_deg": NUMBER,
    "shop_profile.more_from_deg": NUMBER,
    "shop_profile.feet": _list_of(OBJECT),
    "shop_profile.feet[].side": SIDE,
    "shop_profile.feet[].word": TEXT,
    "shop_profile.feet[].shoes": TEXT,
    "shop_profile.feet[].reason": TEXT,
    "shop_profile.feet[].n": COUNT,
    "shop_profile.feet[].mean_deg": _or_null(NUMBER),
    "shop_profile.feet[].uncertainty_deg": _or_null(NUMBER),
}
# Entries that earlier layouts lack, present after conversion to the current one.
ENTRIES_OF_TODAY: Mapping[str, Kind] = {
    "settings.report?": OBJECT,
    "settings.report.units?": _one_of("metric", "imperial"),
    "settings.report.language?": _one_of("auto", *LANGUAGES),
    "settings.report.embed_video?": _one_of("auto", "yes", "no"),
    "asymmetry": _list_of(OBJECT),
    "asymmetry[].metric": TEXT,
    "asymmetry[].difference": _or_null(NUMBER),
    "asymmetry[].interval?": _or_null(NUMBER),
    "asymmetry[].network_error?": _or_null(NUMBER),
    "asymmetry[].told_from?": _or_null(NUMBER),
    "asymmetry[].beyond_noise": FLAG,
    "asymmetry[].comparable?": FLAG,
    "quality.verdict": OBJECT,
    "quality.verdict.grade": _GRADE,
    "quality.verdict.sentence": TEXT,
    "quality.verdict.checks": _list_of(Kind("one of a recording's checks, whole", _is_check)),
    "with.quality": OBJECT,
    "with.quality.verdict": OBJECT,
    "with.quality.verdict.grade": _GRADE,
    "with.quality.verdict.sentence": TEXT,
}
_MISSING = object()


def read_object(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file that contains an object.

    Raises
    ------
    InputError
        if the file is unreadable, too large, or contains something else.
    """
    try:
        if (size := path.stat().st_size) > LARGEST_BYTES:
            raise ValueError(f"{size} bytes are more than any session has")
        content = json.loads(path.read_text(encoding="utf-8"))
        # JSON can contain lone surrogates, which no file can hold.
        json.dumps(content, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"'{path}' is not a session's description: {_reason(error)}") from error
    if not isinstance(content, dict):
        raise InputError(f"'{path}' is not a session's description: expected a JSON object, not {_shown(content)}")
    return content


def check_entries(content: Mapping[str, Any], path: Path, entries: Mapping[str, Kind]) -> None:
    """Raise InputError if an entry of a session.json is missing or of another type."""
    for place, kind in entries.items():
        optional = place.endswith("?")
        for value, where in _values(content, place.removesuffix("?").replace("[]", ".[]").split("."), ""):
            if value is _MISSING and optional:
                continue
            if value is _MISSING or not kind.fits(value):
                came = "but it is missing" if value is _MISSING else f"not {_shown(value)}"
                raise InputError(f"'{path}' is damaged: {where} should be {kind.words}, {came}; analyse again")


def _values(value: Any, steps: list[str], where: str) -> Iterator[tuple[Any, str]]:
    """Yield each value at a path with the name of its position; nothing below a null or missing entry."""
    if not steps:
        yield value, where
    elif steps[0] == "[]":
        for number, inner in enumerate(value if isinstance(value, list) else ()):
            yield from _values(inner, steps[1:], f"{where}[{number}]")
    elif isinstance(value, dict):
        inner = value.get(steps[0], _MISSING)
        if inner is not _MISSING or len(steps) == 1:
            yield from _values(inner, steps[1:], f"{where}.{steps[0]}" if where else steps[0])


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error.strerror if isinstance(error, OSError) else error)


def _shown(value: Any) -> str:
    text = printable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
