"""Differences between sessions in recording and processing, and their consequences for comparisons.

A difference between sessions can be attributed to the runner, the shoe or the training only if nothing else differs.
Other differences are reported in the same sentences in Python (`notes`), in the terminal and in the report, and metrics
that they invalidate are not compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.text import plain_name
from gaitlab.metrics import METRICS
from gaitlab.metrics.network_errors import OF_CONTACTS
from gaitlab.metrics.quality import camera_warnings, grave_warnings, limits_of
from gaitlab.stats.naming import letter, told

if TYPE_CHECKING:
    from gaitlab.io.session.session import Session

# The content of a session.json, and a row of a summary.csv.
Info = Mapping[str, Any]
Row = Mapping[str, Any]

# Relative difference of two belt speeds that is within their uncertainty.
_SAME_SPEED = 0.03
_SAME_RATE = 0.1
# Repeatability of the belt's slope: twice its SD over force-plate trials recorded level (0.4 degrees).
_SAME_SLOPE_DEG = 1.0
_KMH, _MPH = 3.6, 3600 / 1609.344
_LEVELLED = ", ".join(spec.label.lower() for spec in METRICS.values() if spec.levelled)
_UNKNOWN = "not known"


def notes(sessions: Sequence[Session], *, names: Sequence[str] | None = None) -> list[str]:
    """Return a sentence for every difference in recording or processing, and every weakness, of some sessions.

    Parameters
    ----------
    sessions : Sequence[Session]
        the sessions.
    names : Sequence[str] | None, optional
        what each is called in the sentences; None calls them by letters, ``A`` for the first.
    """
    infos = [session.info for session in sessions]
    called = list(names) if names is not None else [letter(n) for n in range(len(infos))]
    askew = [f"{name}: {why}" for name, info in zip(called, infos, strict=True) for why in camera_warnings(info)]
    return [*grave(sessions, names=called), *askew, *_unlike(infos, called), *_thin(infos, called)]


def grave(sessions: Sequence[Session], *, names: Sequence[str] | None = None) -> list[str]:
    """Return the warnings of sessions whose numbers must not be relied on; ``names`` as of `notes`."""
    called = list(names) if names is not None else [letter(n) for n in range(len(sessions))]
    pairs = zip(called, sessions, strict=True)
    return [f"{name}: {why}" for name, session in pairs for why in grave_warnings(session.info)]


def clips_of(session: Session) -> tuple[Info, ...]:
    """Return the descriptions of a session's clips: its own, and the other view of the same run if there is one."""
    other = session.companion
    return (session.info, other.info) if other is not None else (session.info,)


def clip_of(clips: Sequence[Info], metric: str) -> Info:
    """Return the description of the clip in which a metric was measured."""
    spec = METRICS.get(metric)
    return next((info for info in clips if spec is not None and info["view"] in spec.views), clips[0])


def vertical_differs(a: Info, b: Info) -> bool:
    """Return whether the verticals of two sessions differ, e.g. if only one of them was levelled.

    The remaining slope of the belt is compared. With ``calibration.level`` off in both, the slope is that of the
    treadmill, and the vertical of the image is valid.
    """
    if "rear" in (a["view"], b["view"]) or _level(a) == _level(b) == "off":
        return False
    (belt_a, tilt_a), (belt_b, tilt_b) = _slope(a), _slope(b)
    if math.isnan(belt_a) or math.isnan(belt_b):
        return abs(tilt_a - tilt_b) > _SAME_SLOPE_DEG
    return abs((belt_a - tilt_a) - (belt_b - tilt_b)) > _SAME_SLOPE_DEG


def same_faults(a: Info, b: Info) -> bool:
    """Return whether the keypoints of two sessions have the same systematic errors: same network, same view."""
    return all(a.get(name) == b.get(name) for name in ("view", "facing")) and network_of(a) == network_of(b)


def network_of(info: Info) -> str:
    """Return the source of the keypoints: a network, with its weights where they are known, or the format of a file."""
    return f"{_network(info)} {info['model'].get('weights', '')}".strip()


def network_part(*rows: Row) -> float:
    """Return the half-width of the network's error of a value, or of a difference of two; NaN if not measured."""
    return float(np.linalg.norm([float(row.get("network_error", "nan")) for row in rows]))


def spoiled(metric: str, a: tuple[Info, Row], b: tuple[Info, Row]) -> str:
    """Return why the measurements of a metric in two sessions cannot be compared, or an empty string.

    Parameters
    ----------
    metric : str
        name of the metric.
    a, b : tuple[Info, Row]
        the content of session.json and the metric's row of the summary.
    """
    (info_a, row_a), (info_b, row_b) = a, b
    spec = METRICS.get(metric)
    # A constant delay of all foot strikes does not change their rhythm.
    rhythm = spec is not None and not spec.needs and spec.systematic is None
    if not rhythm and network_of(info_a) != network_of(info_b) and math.isnan(network_part(row_a, row_b)):
        return "seen by different networks, and nobody measured how far they are apart in it"
    if spec is not None and spec.proxy_label and [row_a["label"], row_b["label"]].count(spec.proxy_label) == 1:
        return "a stand-in in one of them, the heel's own line in the other"
    if metric in OF_CONTACTS and {_setting(info_a), _setting(info_b)} == {"overground", "treadmill"}:
        return "contacts come out shorter overground than on a treadmill, by how much is not known"
    if spec is not None and spec.levelled and vertical_differs(info_a, info_b):
        return f"measured against another vertical ({_levelling(info_a)}; {_levelling(info_b)})"
    return ""


# Description of each circumstance of a session.


def _athlete(info: Info) -> str:
    return plain_name(info["athlete"] or "")


def _view(info: Info) -> str:
    return str(info["view"])


def _activity(info: Info) -> str:
    return str(info["activity"]) if info["activity"] != "ambiguous" else _UNKNOWN


def _setting(info: Info) -> str:
    """Return where somebody moved; sessions from before the camera was looked at are of treadmills."""
    before = _UNKNOWN if "camera" in info else "treadmill"
    return _UNKNOWN if info["view"] == "rear" else str(info.get("setting", before))


def _follows(info: Info) -> str:
    """Return what the camera did about somebody who moved over the ground."""
    if _setting(info) != "overground":
        return _UNKNOWN
    return "camera follows" if info.get("camera") == "following" else "camera stays in its place"


def _near(info: Info) -> str:
    return str(info["facing"]) if info["view"] != "rear" else ""


def _network(info: Info) -> str:
    model = info["model"]
    names = ("name", "format") if info.get("keypoints") else ("name",)
    return " ".join(str(model[name]) for name in names if model.get(name))


def _scale_source(info: Info) -> str:
    return str(info["calibration"]["source"] or "none")


def _smoothing(info: Info) -> str:
    method, cutoff_hz = _smoothed(info)
    return f"{method} at {cutoff_hz:.3g} Hz" if cutoff_hz else method


def _smoothed(info: Info) -> tuple[str, float]:
    """Return the smoothing method and the effective cut-off, Hz; 0 without smoothing."""
    steps = [step["parameters"] for step in info["quality"].get("history", ()) if step["step"] == "smoothing"]
    if not steps:
        return _UNKNOWN, 0.0
    last = steps[-1]
    return str(last["method"]), float(last.get("effective_cutoff_hz", last.get("cutoff_hz")) or 0.0)


def _rearfoot(info: Info) -> str:
    return str(info.get("rearfoot_source") or "")


def _version(info: Info) -> str:
    return str(info["gaitlab_version"])


def _levelling(info: Info) -> str:
    belt_deg, tilt_deg = _slope(info)
    if math.isnan(belt_deg):
        return "not levelled, slope of the belt not measured"
    return f"levelled by {tilt_deg:+.1f}°" if tilt_deg == belt_deg else f"not levelled, belt at {belt_deg:+.1f}°"


def _clock(info: Info) -> str:
    """Return what is assumed of the clock, or that it is not known; empty where the times are those of life."""
    clock = info.get("clock", {})
    words = {"assumed": f"{clock.get('slow_motion', 1.0):.3g} times slow motion assumed", "unknown": "slow motion"}
    return words.get(clock.get("source", ""), "true time")


def _speed(info: Info) -> str:
    speed_mps = _speed_mps(info)
    return f"{speed_mps * _KMH:.1f} km/h ({speed_mps * _MPH:.1f} mph)" if speed_mps else _UNKNOWN


def _speed_mps(info: Info) -> float:
    return float(info["runner"]["belt_speed_mps"] or info["calibration"]["belt_speed_mps"] or 0.0)


def _level(info: Info) -> str:
    return str(info.get("settings", {}).get("calibration", {}).get("level", "auto"))


def _slope(info: Info) -> tuple[float, float]:
    """Return the slope of the belt (NaN if unknown) and the rotation by which the image was levelled, degrees."""
    belt, tilt = (info["calibration"].get(name) for name in ("belt_deg", "tilt_deg"))
    return float("nan") if belt is None else float(belt), float(tilt or 0.0)


# Tests whether a circumstance differs between sessions.


def _other_words(describe: Callable[[Info], str]) -> Callable[[Sequence[Info]], bool]:
    return lambda infos: len({describe(info) for info in infos}) > 1


def _other_known(describe: Callable[[Info], str]) -> Callable[[Sequence[Info]], bool]:
    return lambda infos: len({describe(info) for info in infos} - {"", _UNKNOWN}) > 1  # unknown is not different


def _clock_unsure(infos: Sequence[Info]) -> bool:
    return any(_clock(info) != "true time" for info in infos)


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
    """A circumstance that should be the same in all sessions.

    Attributes
    ----------
    describe : Callable[[Info], str]
        returns its description for a session.
    differs : Callable[[Sequence[Info]], bool]
        returns whether it differs between sessions.
    sentence : str
        message if it differs; ``{told}`` is replaced by the descriptions.
    """

    describe: Callable[[Info], str]
    differs: Callable[[Sequence[Info]], bool]
    sentence: str


_CIRCUMSTANCES: tuple[_Circumstance, ...] = (
    _Circumstance(
        _athlete, _other_known(_athlete),
        "These are different people: what differs may be the person, not the shoe or the training.",
    ),
    _Circumstance(
        _view, _other_words(_view),
        "They were filmed from different sides ({told}): only what both show is compared, and times from behind are "
        "known less well.",
    ),
    _Circumstance(_activity, _other_known(_activity), "They do not do the same ({told})."),
    _Circumstance(
        _setting, _other_known(_setting),
        "Not all are overground, or on a treadmill ({told}): what differs may be the ground, and the speed is known in "
        "another way.",
    ),
    _Circumstance(
        _follows, _other_known(_follows),
        "The cameras do not do the same ({told}): of one that follows, speed and lengths on the ground are known less "
        "well.",
    ),
    _Circumstance(
        _speed, _apart(_speed_mps, _SAME_SPEED), "The speeds differ ({told}): most numbers change with speed."
    ),
    _Circumstance(
        _clock, _clock_unsure,
        "How slow a film plays was told by its strides alone ({told}): times, speeds and stiffness rest on that or are "
        "missing.",
    ),
    _Circumstance(
        lambda info: f"{float(info['fps']):.4g}", _apart(lambda info: float(info["fps"]), _SAME_RATE),
        "The frame rates differ ({told} frames a second): times are known less well, and peaks are lower, at the lower "
        "one.",
    ),
    _Circumstance(
        _near, _other_known(_near),
        "The person faces different ways ({told}): another leg is the near one, which is measured better.",
    ),
    _Circumstance(
        _network, _other_words(_network),
        "The keypoints come from different networks ({told}): they place joints differently, which looks like a "
        "change.",
    ),
    _Circumstance(
        lambda info: f"weights {info['model'].get('weights', 'not noted')}",
        lambda infos: len({_network(info) for info in infos}) < len({network_of(info) for info in infos}),
        "The network looked with other weights, or with ones that were not noted ({told}): it may place joints "
        "differently, which looks like a change; analyse the older films again before trusting a difference.",
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
        "The tracks were smoothed differently ({told}): the stronger smoothing lowers peaks and moves times.",
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


def _unlike(infos: Sequence[Info], called: Sequence[str]) -> Iterator[str]:
    for circumstance in _CIRCUMSTANCES:
        if circumstance.differs(infos):
            described = [circumstance.describe(info) for info in infos]
            yield circumstance.sentence.format(told=told(called, described))


def _thin(infos: Sequence[Info], called: Sequence[str]) -> Iterator[str]:
    """Yield a note on sessions with few gait cycles or repetitions; those without any have a warning of their own.

    Every movement has its own number that is enough.
    """
    for movement in dict.fromkeys(map(_movement, infos)):
        enough, few = 0.0, [""] * len(infos)
        for number, info in enumerate(infos):
            if _movement(info) == movement:
                enough = limits_of("repetitions" if movement else "accepted_cycles_a_side", info).good
                few[number] = str(count) if 0 < (count := _counted(info)) < enough else ""
        if not any(few):
            continue
        if movement:
            yield f"Few repetitions ({told(called, few)}): {enough:.0f} or more make a stable mean."
        else:
            yield f"Few gait cycles a side ({told(called, few)}): {enough:.0f} or more make a stable mean."


def _movement(info: Info) -> str:
    """Return the key of a session's movement; empty for gait."""
    return str(info.get("movement", {}).get("name", ""))


def _counted(info: Info) -> int:
    """Return the repetitions of a movement, or the gait cycles of the leg that has fewer, as `quality` grades them."""
    accepted = [int(info["quality"]["cycles_accepted"].get(side, 0)) for side in BOTH_SIDES]
    return max(accepted) if _movement(info) else min(accepted)
