"""The form of a film: one table of fields, which reads what was typed and says beside each field what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab.core.errors import GaitlabError, InputError
from gaitlab.core.text import check_said
from gaitlab.core.units import FRAME_RATE, HEIGHT, MASS, ROTATIONS, SPEED, TIME, Quantity, marks, parse

# Reads what was typed, which is not empty.
Read = Callable[[str], Any]
MOST_CHARACTERS = 300
_MOST_PEOPLE = 999


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    Attributes
    ----------
    name : str
        its name in the form.
    label : str
        what the page calls it.
    argument : str
        the argument of `gaitlab.analyze`, or the setting, that it gives; empty for what concerns the page only.
    read : Read
        returns the value of the argument.
    hint : str
        a line below it.
    choices : Mapping[str, str]
        value to words, where one is chosen; a choice of ``yes`` alone is a box to tick.
    more : bool
        whether it is among those that are needed rarely.
    example : str
        what may be typed.
    """

    name: str
    label: str
    argument: str
    read: Read
    hint: str = ""
    choices: Mapping[str, str] | None = None
    more: bool = False
    example: str = ""

    @property
    def ticked(self) -> bool:
        """Whether it is a box to tick."""
        return self.choices is not None and set(self.choices) == {"yes"}


def _text(what: str) -> Read:
    def read(text: str) -> str:
        check_said(text, what)
        return text

    return read


def _quantity(kind: Quantity) -> Read:
    return lambda text: parse(text, kind)


def _number(kind: Quantity) -> Read:
    """Return what reads a number with or without its unit, where only one unit is possible."""
    (unit,) = kind.factors

    def read(text: str) -> float:
        return parse(text if text.lower().endswith(unit) else f"{text} {unit}", kind)

    return read


def _whole(low: int, high: int) -> Read:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or len(text) > 4 or not low <= int(text) <= high:
            raise InputError(f"expected a whole number from {low} to {high}, not {text[:20]!r}")
        return int(text)

    return read


def _marks(text: str) -> str:
    marks(text)
    return text


def _yes(text: str) -> bool:
    return text == "yes"


FIELDS: tuple[Field, ...] = (
    Field("athlete", "Athlete", "athlete", _text("athlete's name"), "Sessions of one name make a trend."),
    Field("label", "Label", "label", _text("label"), "What tells this session from others.", example="shoe A"),
    Field("speed", "Belt speed", "belt_speed_mps", _quantity(SPEED), "Gives the best scale.", example="10 km/h"),
    Field("height", "Height", "height_m", _quantity(HEIGHT), "The second best scale.", example="178 cm"),
    Field("mass", "Mass", "mass_kg", _quantity(MASS), "Needed for stiffness only.", example="70 kg"),
    Field(
        "view", "View", "view", str, "Where the camera stands.",
        choices={"auto": "As the film shows it", "side": "From the side", "rear": "From behind"},
    ),
    Field("person", "Runner", "pose.person", _whole(0, _MOST_PEOPLE), "Several people are seen: click the runner."),
    Field(
        "keep", "The athlete agrees that the film is kept", "", _yes,
        "Without it the film is deleted once it is analysed; the report keeps its short clip.", choices={"yes": "yes"},
    ),
    Field(
        "blur_face", "Hide the face", "video.blur_face", _yes, "In every picture and video of the report.",
        choices={"yes": "yes"},
    ),
    Field(
        "capture_fps", "Filmed at", "capture_fps", _number(FRAME_RATE),
        "True frames a second of a slow-motion film; empty takes what the file says.", more=True, example="240",
    ),
    Field(
        "dots", "Tape dots", "dots", str, "On heels and calves, from behind. Of lower legs alone: find them.",
        more=True, choices={"": "None", "auto": "Find them", "clicks": "As clicked"},
    ),
    Field(
        "setting", "Where", "setting", str, more=True,
        choices={"auto": "As the film shows it", "treadmill": "Treadmill", "overground": "Overground"},
    ),
    Field(
        "distance", "Marks on the path", "distance", _marks,
        "Overground: how far two marks are apart, and the x of both in the first picture.", more=True,
        example="5 m:120,980",
    ),
    Field(
        "facing", "Faces", "facing", str, "Which way the runner looks.", more=True,
        choices={"auto": "As the film shows it", "left": "Left", "right": "Right"},
    ),
    Field("start", "From", "start_s", _number(TIME), "First second to use.", more=True, example="2.5"),
    Field("end", "Until", "end_s", _number(TIME), "Last second to use.", more=True, example="22"),
    Field(
        "rotate", "Turn the picture", "rotate", _whole(0, 270), "Clockwise, for a film that lies on its side.",
        more=True, choices={str(degrees): f"{degrees}°" for degrees in ROTATIONS},
    ),
    Field(
        "units", "Units of the report", "report.units", str, more=True,
        choices={"metric": "Metric", "imperial": "Imperial"},
    ),
    Field(
        "language", "Language of the report", "report.language", str, more=True,
        choices={
            "auto": "As the shop's file says, else English", "en": "English", "de": "Deutsch", "fr": "Français",
            "es": "Español",
        },
    ),
    Field(
        "findings", "Findings", "report.findings", str, "For whom they are written.", more=True,
        choices={
            "coach": "A coach", "clinic": "A clinic", "shop": "A shop", "research": "Research", "off": "Leave them out",
        },
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
_LABELS = {field.argument: field.label for field in FIELDS if field.argument}


def label_of(argument: str) -> str:
    """Return what the page calls an argument of `gaitlab.analyze` or a setting, for an error's words."""
    return f"“{_LABELS[argument]}”" if argument in _LABELS else argument


def tidied(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into known fields, without blanks around it and without what was left empty."""
    known = {name: str(said[name]).strip() for name in BY_NAME if isinstance(said.get(name), str)}
    return {name: text for name, text in known.items() if text}


def read_form(said: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a form.

    Parameters
    ----------
    said : Mapping[str, str]
        field to what was typed, see `tidied`.

    Returns
    -------
    values : dict[str, Any]
        argument of `gaitlab.analyze`, or setting, to its value, for the fields that could be read.
    wrong : dict[str, str]
        field to what is wrong with it, one line.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, text in said.items():
        field = BY_NAME[name]
        try:
            if field.choices is not None and text not in field.choices:
                raise InputError(f"expected one of {', '.join(field.choices.values())}, not {text[:20]!r}")
            value = field.read(text)
        except GaitlabError as error:
            wrong[name] = error.worded(label_of)
        else:
            if field.argument:
                values[field.argument] = value
    if not wrong and values.get("end_s") is not None and values["end_s"] <= values.get("start_s", 0.0):
        wrong["end"] = f"the end ({values['end_s']:g} s) must come after the beginning ({values.get('start_s', 0):g} s)"
    if "pose.person" in values and (values.get("start_s") or values.get("rotate")):
        wrong.setdefault("person", "who is clicked is numbered from the beginning of the film as it is: take one back")
    return values, wrong
