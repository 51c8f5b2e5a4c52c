"""All settings with default, meaning and allowed range: dataclasses, read from TOML."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, SettingsError, nearest, shown
from gaitlab.core.text import LANGUAGES
from gaitlab.io.reading import parse_toml, read_toml


def _setting(
    default: Any,
    doc: str,
    *,
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    off: float | None = None,
) -> Any:
    """Declare a setting; ``off`` is a value outside ``low`` to ``high`` that disables it."""
    return field(default=default, metadata={"doc": doc, "choices": choices, "low": low, "high": high, "off": off})


@dataclass(frozen=True, slots=True)
class PoseSettings:
    """[pose]"""

    model: str = _setting(
        "auto",
        "pose network, see `gaitlab models list`; auto takes the best one installed, and the next where that is out of "
        "its depth",
    )
    person: int = _setting(
        -1, "which person to follow, as numbered in session.json; -1 chooses the runner", low=-1, high=999
    )


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """[tracks]"""

    min_score: float = _setting(
        0.3, "points with a lower score count as not seen, but for those that surer ones bear out", low=0.0, high=1.0
    )
    outlier_threshold: float = _setting(3.0, "standard deviations that make a jump an outlier", low=2.0, high=20.0)
    outlier_floor: float = _setting(0.02, "jumps below this share of the leg length are none", low=0.005, high=0.5)


@dataclass(frozen=True, slots=True)
class SmoothingSettings:
    """[smoothing]"""

    method: str = _setting(
        "savitzky-golay", "how tracks are smoothed", choices=("savitzky-golay", "butterworth", "kalman", "none")
    )
    cutoff: str = _setting(
        "fixed", "fixed takes cutoff_hz; residual lets the data choose (Winter)", choices=("fixed", "residual")
    )
    cutoff_hz: float = _setting(
        0.0, "frequency at which 0.707 of an amplitude is left; 0: 12 from behind, 10 from the side",
        low=1.0, high=60.0, off=0.0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GaitSettings:
    """[gait]"""

    activity: str = _setting("auto", "what the person does", choices=("auto", "running", "walking"))
    min_cycles: int = _setting(7, "accepted cycles a side under which every value is marked as thin", low=1, high=100)


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """[calibration]"""

    level: str = _setting(
        "auto",
        "whether a side view is turned until the belt is level; auto: where it slopes by 4 degrees or less",
        choices=("auto", "on", "off"),
    )
    known_length_m: float = _setting(
        0.0, "length in metres of something in the runner's plane, e.g. the deck; 0: none", low=0.05, high=10.0, off=0.0
    )
    known_length_px: float = _setting(
        0.0, "how long that is in the picture, in pixels; 0: none", low=10.0, high=20000.0, off=0.0
    )


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """[video]"""

    annotate: bool = _setting(True, "write annotated.mp4 and the clip of the report")
    crf: int = _setting(23, "quality of annotated.mp4: 0 (best, large) to 51", low=0, high=51)
    height: int = _setting(720, "most lines of annotated.mp4; 0: as many as the video has", low=0, high=8640)
    follow: str = _setting(
        "auto", "whether annotated.mp4 follows the runner; auto: who fills less than half of the picture's height",
        choices=("auto", "yes", "no"),
    )  # fmt: skip
    blur_face: bool = _setting(False, "hide the runner's face in every picture and video that is written")


# Values of the setting ``report.embed_video`` for the report; None decides by size.
EMBED: dict[str, bool | None] = {"auto": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """[report]"""

    units: str = _setting("metric", "units of lengths and speeds on the page", choices=("metric", "imperial"))
    language: str = _setting(
        "auto", "language of the page; auto: that of the profile's [brand], else English", choices=("auto", *LANGUAGES)
    )
    findings: str = _setting(
        "coach", "for whom findings are written, or off: what is shown of them and how",
        choices=("coach", "clinic", "shop", "research", "off"),
    )  # fmt: skip
    embed_video: str = _setting(
        "auto", "whether the clip lies inside the page; auto: where it is under 15 MB", choices=("auto", "yes", "no")
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; see `gaitlab config` for them as TOML with comments."""

    pose: PoseSettings = field(default_factory=PoseSettings)
    tracks: TrackSettings = field(default_factory=TrackSettings)
    smoothing: SmoothingSettings = field(default_factory=SmoothingSettings)
    gait: GaitSettings = field(default_factory=GaitSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    video: VideoSettings = field(default_factory=VideoSettings)
    report: ReportSettings = field(default_factory=ReportSettings)

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return the settings as section to name to value."""
        return dataclasses.asdict(self)


def known_settings() -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """Yield ``section.name`` and its field for every setting."""
    for section in dataclasses.fields(Settings):
        for entry in dataclasses.fields(section.default_factory):  # type: ignore[arg-type]
            yield f"{section.name}.{entry.name}", entry


# Integers of a file, which may be of any size, are limited to this before conversion to float.
_HUGE = 10**300


def _checked(key: str, value: Any, entry: dataclasses.Field[Any]) -> Any:
    """Return ``value`` in the setting's type; SettingsError if it is not allowed."""
    wanted = type(entry.default)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(min(max(value, -_HUGE), _HUGE))
    if type(value) is not wanted:
        raise SettingsError(f"setting '{key}' must be {_words(entry)}, not {shown(value)}")
    choices, low, high, off = (entry.metadata[k] for k in ("choices", "low", "high", "off"))
    if choices and value not in choices:
        raise SettingsError(
            f"setting '{key}' must be {_words(entry)}, not {shown(value)}{nearest(str(value), choices)}"
        )
    # In this form of the condition, NaN is outside every range.
    if low is not None and not (low <= value <= high or value == off):
        raise SettingsError(f"setting '{key}' must be {_words(entry)}, not {shown(value)}")
    return value


def _words(entry: dataclasses.Field[Any]) -> str:
    choices, low, high, off = (entry.metadata[k] for k in ("choices", "low", "high", "off"))
    if choices:
        return "one of " + ", ".join(choices)
    kind = {"float": "a number", "int": "a whole number", "bool": "true or false", "str": "a text"}
    word = kind[type(entry.default).__name__]
    if low is None:
        return word
    return f"{word} from {low:g} to {high:g}" + ("" if off is None else f", or {off:g}")


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return settings with ``section.name`` keys replaced.

    Raises
    ------
    SettingsError
        for an unknown setting (the closest existing one is named) or a value that is not allowed.
    """
    known = dict(known_settings())
    for key, value in values.items():
        if key not in known:
            raise SettingsError(
                f"unknown setting {shown(key)}{nearest(str(key), known)}; `gaitlab config` prints all of them"
            )
        section, name = key.split(".")
        changed = dataclasses.replace(getattr(settings, section), **{name: _checked(key, value, known[key])})
        settings = dataclasses.replace(settings, **{section: changed})
    return settings


def parse_assignment(text: str) -> tuple[str, Any]:
    """Read ``section.name=value`` as given to ``--set``; the value is a TOML value or a bare word."""
    key, equals, value = text.partition("=")
    if not equals:
        raise SettingsError(f"--set takes section.name=value, e.g. smoothing.method=kalman, not '{text}'")
    try:
        return key.strip(), parse_toml(f"value = {value}", f"--set {key.strip()}").value["value"]
    except InputError:
        return key.strip(), value.strip()


def read_settings(path: str | Path, base: Settings | None = None) -> Settings:
    """Return the settings of a TOML file, with ``base`` (by default the defaults) for those not in it.

    Raises
    ------
    InputError
        if the file is missing or not TOML.
    SettingsError
        for an unknown setting or a value that is not allowed.
    """
    path = Path(path)
    content = read_toml(path, "settings file")
    values: dict[str, Any] = {}
    for section, entries in content.value.items():
        if not isinstance(entries, dict):
            raise SettingsError(
                f"{shown(section)} in '{path}' stands outside a section; settings look like [smoothing]"
            )
        values.update({f"{section}.{name}": value for name, value in entries.items()})
    return with_values(base or Settings(), values)


def as_toml(settings: Settings) -> str:
    """Return all settings as commented TOML that `read_settings` reads back."""
    lines: list[str] = []
    section = ""
    values = settings.as_dict()
    for key, entry in known_settings():
        here, name = key.split(".")
        if here != section:
            lines += [*([""] if lines else []), f"[{here}]"]
            section = here
        lines.append(f"# {entry.metadata['doc']} ({_words(entry)})")
        lines.append(f"{name} = {_toml_value(values[here][name])}")
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
