"""How sessions were filmed and measured, where they differ in it, and what that spoils: one table for every reader.

A difference between sessions is the runner's, the shoe's or the training's only if nothing else differs. What else does
is told in the same sentences in Python (`notes`), in the terminal and at the top of the page, and what it makes
meaningless is not compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.metrics import METRICS
from gaitlab.metrics.quality import LIMITS, grave_warnings

if TYPE_CHECKING:
    from gaitlab.io.session.session import Session

# The content of a session.json, and a row of a summary.csv.
Info = Mapping[str, Any]
Row = Mapping[str, Any]

# Two belt speeds nearer than this are the same within how well they are known.
_SAME_SPEED = 0.03
_SAME_RATE = 0.1
# How well the slope of one belt is found again, twice its scatter over force-plate trials filmed level (0.4 degrees).
_SAME_SLOPE_DEG = 1.0
_KMH, _MPH = 3.6, 3600 / 1609.344
_LEVELLED = ", ".join(spec.label.lower() for spec in METRICS.values() if spec.levelled)
_UNKNOWN = "not known"


def letter(number: int) -> str:
    """Return what a session is called by its place: ``A``, ``B``, … ``Z``, ``AA``."""
    before, here = divmod(number, len(ascii_uppercase))
    return (letter(before - 1) if before else "") + ascii_uppercase[here]


def notes(sessions: Sequence[Session]) -> list[str]:
    """Return a sentence for everything beside the runner that differs between sessions, or makes them weak.

    Sessions are called by their letters, ``A`` for the first.
    """
    infos = [session.info for session in sessions]
    return [*grave(sessions), *_unlike(infos), *_thin(infos)]


def grave(sessions: Sequence[Session]) -> list[str]:
    """Return what forbids to build on the numbers of one of the sessions."""
    return [f"{letter(n)}: {why}" for n, session in enumerate(sessions) for why in grave_warnings(session.info)]


def clips_of(session: Session) -> tuple[Info, ...]:
    """Return what is said of a session's clips: of its own, and of the other view of the same run where it has one."""
    other = session.companion
    return (session.info, other.info) if other is not None else (session.info,)


def clip_of(clips: Sequence[Info], metric: str) -> Info:
    """Return what is said of the clip that showed a metric."""
    spec = METRICS.get(metric)
    return next((info for info in clips if spec is not None and info["view"] in spec.views), clips[0])


def vertical_differs(a: Info, b: Info) -> bool:
    """Whether angles against the vertical are measured against another one: levelled in one of them alone.

    What counts is the slope of the belt that is left standing. Where both were told that it is none of the camera's
    (``calibration.level`` off) it is the treadmill's, and the picture's own vertical holds.
    """
    if "rear" in (a["view"], b["view"]) or _level(a) == _level(b) == "off":
        return False
    (belt_a, tilt_a), (belt_b, tilt_b) = _slope(a), _slope(b)
    if math.isnan(belt_a) or math.isnan(belt_b):
        return abs(tilt_a - tilt_b) > _SAME_SLOPE_DEG
    return abs((belt_a - tilt_a) - (belt_b - tilt_b)) > _SAME_SLOPE_DEG


def same_faults(a: Info, b: Info) -> bool:
    """Whether the points of two sessions have the same faults: found by one network, from one side."""
    return all(a.get(name) == b.get(name) for name in ("view", "facing")) and network_of(a) == network_of(b)


def network_of(info: Info) -> str:
    """Return what found the keypoints: a network, or the kind of file they came from."""
    model = info["model"]
    names = ("name", "format") if info.get("keypoints") else ("name",)
    return " ".join(str(model[name]) for name in names if model.get(name))


def network_part(*rows: Row) -> float:
    """Return the half-width of what a network adds to a value, or two to a difference; NaN where nobody measured it."""
    return float(np.linalg.norm([float(row.get("network_error", "nan")) for row in rows]))


def spoiled(metric: str, a: tuple[Info, Row], b: tuple[Info, Row]) -> str:
    """Return why a metric cannot be compared as it was measured in two sessions; empty where it can.

    Parameters
    ----------
    metric : str
        its name.
    a, b : tuple[Info, Row]
        the content of session.json and the metric's row of the summary.
    """
    (info_a, row_a), (info_b, row_b) = a, b
    spec = METRICS.get(metric)
    # A network that sees every foot strike late by as much still tells their rhythm.
    rhythm = spec is not None and not spec.needs and spec.systematic is None
    if not rhythm and network_of(info_a) != network_of(info_b) and math.isnan(network_part(row_a, row_b)):
        return "seen by different networks, and nobody measured how far they are apart in it"
    if spec is not None and spec.proxy_label and [row_a["label"], row_b["label"]].count(spec.proxy_label) == 1:
        return "a stand-in in one of them, the heel's own line in the other"
    if spec is not None and spec.levelled and vertical_differs(info_a, info_b):
        return f"measured against another vertical ({_levelling(info_a)}; {_levelling(info_b)})"
    return ""


# What the sessions say of a circumstance: in words each.


def _athlete(info: Info) -> str:
    return str(info["athlete"] or "")


def _view(info: Info) -> str:
    return str(info["view"])


def _activity(info: Info) -> str:
    return str(info["activity"]) if info["activity"] != "ambiguous" else _UNKNOWN


def _near(info: Info) -> str:
    return str(info["facing"]) if info["view"] != "rear" else ""


def _scale_source(info: Info) -> str:
    return str(info["calibration"]["source"] or "none")


def _smoothing(info: Info) -> str:
    method, cutoff_hz = _smoothed(info)
    return f"{method} at {cutoff_hz:.3g} Hz" if cutoff_hz else method


def _smoothed(info: Info) -> tuple[str, float]:
    """Return the method and the cut-off that came of it; 0 where nothing was smoothed."""
    steps = [step["parameters"] for step in info["quality"].get("history", ()) if step["step"] == "smoothing"]
    if not steps:
        return _UNKNOWN, 0.0
    told = steps[-1]
    return str(told["method"]), float(told.get("effective_cutoff_hz", told.get("cutoff_hz")) or 0.0)


def _rearfoot(info: Info) -> str:
    return str(info.get("rearfoot_source") or "")


def _version(info: Info) -> str:
    return str(info["gaitlab_version"])


def _levelling(info: Info) -> str:
    belt_deg, tilt_deg = _slope(info)
    if math.isnan(belt_deg):
        return "not levelled, slope of the belt not measured"
    return f"levelled by {tilt_deg:+.1f}°" if tilt_deg == belt_deg else f"not levelled, belt at {belt_deg:+.1f}°"


def _speed(info: Info) -> str:
    speed_mps = _speed_mps(info)
    return f"{speed_mps * _KMH:.1f} km/h ({speed_mps * _MPH:.1f} mph)" if speed_mps else _UNKNOWN


def _rate(info: Info) -> str:
    return f"{float(info['fps']):.4g}"


def _speed_mps(info: Info) -> float:
    return float(info["runner"]["belt_speed_mps"] or info["calibration"]["belt_speed_mps"] or 0.0)


def _level(info: Info) -> str:
    return str(info.get("settings", {}).get("calibration", {}).get("level", "auto"))


def _slope(info: Info) -> tuple[float, float]:
    """Return the slope of the belt, NaN where unknown, and by how much of it the picture was turned, degrees."""
    belt, tilt = (info["calibration"].get(name) for name in ("belt_deg", "tilt_deg"))
    return float("nan") if belt is None else float(belt), float(tilt or 0.0)


# Whether it is another one. Each is asked of all sessions at once.


def _other_words(told: Callable[[Info], str]) -> Callable[[Sequence[Info]], bool]:
    return lambda infos: len({told(info) for info in infos}) > 1


def _other_known(told: Callable[[Info], str]) -> Callable[[Sequence[Info]], bool]:
    return lambda infos: len({told(info) for info in infos} - {"", _UNKNOWN}) > 1  # nothing known is no difference


def _apart(number: Callable[[Info], float], share: float) -> Callable[[Sequence[Info]], bool]:
    def apart(infos: Sequence[Info]) -> bool:
        known = [value for info in infos if (value := number(info)) > 0]
        return len(known) > 1 and max(known) / min(known) - 1 > share

    return apart


def _another_vertical(infos: Sequence[Info]) -> bool:
    return any(vertical_differs(infos[0], info) for info in infos[1:])


def _turned_otherwise(infos: Sequence[Info]) -> bool:
    slopes = [belt for info in infos if info["view"] != "rear" and not math.isnan(belt := _slope(info)[0])]
    return len(slopes) > 1 and max(slopes) - min(slopes) > _SAME_SLOPE_DEG and not _another_vertical(infos)


def _smoothed_otherwise(infos: Sequence[Info]) -> bool:
    known = [smoothed for info in infos if (smoothed := _smoothed(info))[0] != _UNKNOWN]
    if not known:
        return False
    lowest_hz, highest_hz = (pick(cutoff_hz for _, cutoff_hz in known) for pick in (min, max))
    return len({method for method, _ in known}) > 1 or highest_hz > (1 + _SAME_RATE) * lowest_hz


@dataclass(frozen=True, slots=True)
class _Circumstance:
    """Something that should be the same in all sessions.

    Attributes
    ----------
    told : Callable[[Info], str]
        how it is in one of them, in words.
    unlike : Callable[[Sequence[Info]], bool]
        whether it is not the same in all.
    sentence : str
        what that means; ``{told}`` are the words of each.
    """

    told: Callable[[Info], str]
    unlike: Callable[[Sequence[Info]], bool]
    sentence: str


_CIRCUMSTANCES: tuple[_Circumstance, ...] = (
    _Circumstance(
        _athlete, _other_known(_athlete),
        "These are different runners: what differs may be the runner, not the shoe or the training.",
    ),
    _Circumstance(
        _view, _other_words(_view),
        "They were filmed from different sides ({told}): only what both show is compared, and times from behind are "
        "known less well.",
    ),
    _Circumstance(_activity, _other_known(_activity), "They do not do the same ({told})."),
    _Circumstance(
        _speed, _apart(_speed_mps, _SAME_SPEED), "The belt speeds differ ({told}): most numbers change with speed."
    ),
    _Circumstance(
        _rate, _apart(lambda info: float(info["fps"]), _SAME_RATE),
        "The frame rates differ ({told} frames a second): times are known less well, and peaks are lower, at the lower "
        "one.",
    ),
    _Circumstance(
        _near, _other_known(_near),
        "The runner faces different ways ({told}): another leg is the near one, which is measured better.",
    ),
    _Circumstance(
        network_of, _other_words(network_of),
        "The keypoints come from different networks ({told}): they place joints differently, which looks like a "
        "change.",
    ),
    _Circumstance(
        _levelling, _another_vertical,
        f"The pictures were not levelled alike ({{told}}), so these are not compared: {_LEVELLED}. That needs the same "
        "levelling of all: on where the camera was held askew, off where the treadmill is inclined.",
    ),
    _Circumstance(
        _levelling, _turned_otherwise,
        "The belt slopes differently in the pictures ({told}): the camera was held or the treadmill inclined "
        f"otherwise. If it is the treadmill, these are off by as much: {_LEVELLED}.",
    ),
    _Circumstance(
        _smoothing, _smoothed_otherwise,
        "The tracks were smoothed differently ({told}): the stronger smoothing lowers peaks and moves foot strikes.",
    ),
    _Circumstance(
        _scale_source, _other_words(_scale_source),
        "The scales come from different sources ({told}): lengths may differ for that reason.",
    ),
    _Circumstance(
        _rearfoot, _other_known(_rearfoot),
        "The rearfoot was seen by different means ({told}), which are not equally exact.",
    ),
    _Circumstance(
        _version, _other_words(_version),
        "Different versions of gaitlab measured them ({told}): analyse the older ones again before trusting a "
        "difference.",
    ),
)  # fmt: skip


def _unlike(infos: Sequence[Info]) -> Iterator[str]:
    for circumstance in _CIRCUMSTANCES:
        if circumstance.unlike(infos):
            told = [circumstance.told(info) for info in infos]
            yield circumstance.sentence.format(told=", ".join(f"{letter(n)} {words}" for n, words in enumerate(told)))


def _thin(infos: Sequence[Info]) -> Iterator[str]:
    """Say which sessions have few gait cycles; one without any says so itself."""
    fewest = [min(info["quality"]["cycles_accepted"].get(side, 0) for side in BOTH_SIDES) for info in infos]
    enough = LIMITS["accepted_cycles_a_side"].good
    few = [f"{letter(n)} {count}" for n, count in enumerate(fewest) if 0 < count < enough]
    if few:
        yield f"Few gait cycles a side ({', '.join(few)}): {enough:.0f} or more make a stable mean."
