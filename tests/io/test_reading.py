"""Files that users wrote: read within limits, values taken by kind, and one line for whatever is wrong."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from gaitlab.analysis.shop import read_shop
from gaitlab.apps.batch.jobs import jobs_of_list
from gaitlab.config import Settings, as_toml, parse_assignment, read_settings, with_values
from gaitlab.core.errors import GaitlabError, InputError, SettingsError, one_of, shown
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.io.reading import Entry, parse_json, parse_toml, read_json, read_rows, read_text
from gaitlab.io.resources import resource_folder
from gaitlab.markers.clicks import Clicks, read_clicks
from gaitlab.markers.layout import DOTS
from tests.io.keypoints.mutations import damaged

DEEP = "[" * 100_000 + "]" * 100_000
POINTS = {side: {dot: (10.0 + i, 20.0) for i, dot in enumerate(DOTS)} for side in BOTH_SIDES}
CLICKS = Clicks(640, 720, 1.5, POINTS)  # type: ignore[arg-type]
LIST = "video,speed,height,fps,athlete\n" + 'a.mp4,10 km/h,178 cm,60,Ada\nb.mp4,,"5\'11""",,Bo\n' * 5


# Name of a kind of file -> a sound one and its reader.
FILES: dict[str, tuple[object, Callable[[Path], object]]] = {
    "settings": (as_toml(Settings()), read_settings),
    "profile": ((resource_folder("configs") / "shop_profile.toml").read_text(), read_shop),
    "clicks": (CLICKS.as_dict(), read_clicks),
    "list": (LIST, jobs_of_list),
}


@pytest.mark.parametrize("kind", FILES)
def test_damaged_files_end_in_a_value_or_one_line(tmp_path: Path, kind: str) -> None:
    content, read = FILES[kind]
    dice, path, refused = random.Random(kind), tmp_path / "file", 0
    for _ in range(150):
        path.write_bytes(damaged(json.loads(json.dumps(content)), dice))
        try:
            read(path)
        except GaitlabError as error:
            said = str(error)
            refused += 1
        else:
            said = ""
        assert len(said.splitlines()) <= 1
        assert len(said) < 900
    assert refused > 20


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_settings, f"[smoothing]\nmethod = {DEEP}"),
        (read_shop, f"[profile]\nname = {DEEP}"),
        (read_clicks, DEEP),
        (read_clicks, json.dumps(CLICKS.as_dict()).replace("1.5", DEEP)),
    ],
)
def test_nesting_without_end_is_said(tmp_path: Path, read: Callable[[Path], object], text: str) -> None:
    path = tmp_path / "deep"
    path.write_text(text)
    with pytest.raises(InputError, match="nested too deeply"):
        read(path)


def test_a_deep_assignment_is_a_wrong_value() -> None:
    key, value = parse_assignment(f"smoothing.method={DEEP}")
    with pytest.raises(SettingsError, match=r"not '\[+'… .200000 characters."):
        with_values(Settings(), {key: value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, True, None, [8], {"a": 8}, "8"])
def test_a_setting_is_never_what_is_no_number(value: object) -> None:
    with pytest.raises(SettingsError, match=r"'smoothing\.cutoff_hz' must be a number from 1 to 60, or 0, not "):
        with_values(Settings(), {"smoothing.cutoff_hz": value})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time_s": float("inf")}, "time_s: expected a number from 0 to 86400, not inf"),
        ({"time_s": True}, "time_s: expected a number from 0 to 86400, not true"),
        ({"time_s": -1}, "time_s: expected a number"),
        ({"video": {"width": float("inf"), "height": 720}}, r"video\.width: expected a whole number from 1"),
        ({"video": 7}, "video: expected a table with the field 'width', not 7"),
        ({"points": []}, "points: expected a table with the field 'left', not a list of 0"),
    ],
)
def test_wrong_clicks_say_where(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "dots.json"
    path.write_text(json.dumps(CLICKS.as_dict() | change))
    with pytest.raises(
        InputError, match=rf"dots\.json', {said}.*so it is no file of dots; make one with `gaitlab dots"
    ):
        read_clicks(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("min_steps = 7", "min_steps = true", r"profile\.min_steps: expected a whole number from 0 to 10000, not true"),
        ("min_steps = 7", "min_steps = 7.0", r"profile\.min_steps: expected a whole number"),
        ("more_from_deg = 16.3", "more_from_deg = inf", r"profile\.more_from_deg: expected a number from -90 to 90"),
        ("less_up_to_deg = 10.5", "less_up_to_deg = nan", r"profile\.less_up_to_deg: expected a number from -90 to 90"),
        ('less = "cushioned"', "less = [1]", r"shoes\.less: expected a text, not a list of 1"),
        ('name = "Example shop"', 'name = " "', r"profile\.name: expected a text, not ' '"),
    ],
)
def test_a_profile_of_wrong_kinds_says_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (resource_folder("configs") / "shop_profile.toml").read_text()
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=said):
        read_shop(path)


def test_what_is_no_ordinary_file_of_text_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot read the list '/dev/zero': it is no ordinary file"):
        read_text(Path("/dev/zero"), "list")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="it is no ordinary file; choose another"):
        read_text(tmp_path / "pipe", "list", advice="choose another")
    with pytest.raises(InputError, match="it is a folder"):
        read_json(tmp_path, "list")
    with pytest.raises(InputError, match="cannot read the list 'none': No such file"):
        read_text(Path("none"), "list")
    with pytest.raises(InputError, match="cannot read the list"):
        read_text(Path("a\0b"), "list")
    with pytest.raises(InputError, match="cannot read the list"):
        read_text(Path("x" * 5000), "list")
    (tmp_path / "latin").write_bytes("Füße".encode("latin-1"))
    with pytest.raises(InputError, match=r"is not UTF-8 text \(byte 0xfc\)"):
        read_text(tmp_path / "latin", "list")
    with pytest.raises(InputError, match=r"is not UTF-8 text \(byte 0xfc\)"):
        list(read_rows(tmp_path / "latin", "list"))
    monkeypatch.setattr("gaitlab.io.reading.LARGEST_BYTES", 3)
    with pytest.raises(InputError, match="has more than 0 MB; is it the right file"):
        read_text(tmp_path / "latin", "list")


def test_rows_know_their_lines_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('\ufeffa,b\n\n , \n"1, one" , "2\nlines"\n', encoding="utf-8")
    assert list(read_rows(path, "list")) == [(1, ["a", "b"]), (5, ["1, one", "2\nlines"])]


def test_entries_tell_file_and_place() -> None:
    entry = parse_json('{"people": [{"points": [1, null, 2.5], "rows": [[1, 2], [3, 4]]}], "odd name": 1}', "'f'")
    person = entry.field("people").entries()[0]
    numbers = person.field("points").numbers()
    assert (numbers[0], numbers[2]) == (1.0, 2.5)
    assert numbers[1] != numbers[1]
    assert person.field("rows").rows(2) == [1, 2, 3, 4]
    assert person.field("rows").where == "'f', people[0].rows"
    assert entry.fields()["odd name"].where == "'f', 'odd name'"
    with pytest.raises(InputError, match=r"^'f', people\[0\] has no field 'x'$"):
        person.field("x")
    with pytest.raises(
        InputError, match=r"^'f', people\[0\]\.rows\[0\]: expected a list of 3 numbers, not a list of 2$"
    ):
        person.field("rows").rows(3)
    assert not Entry({"a": None}, "'f'").has("a")
    assert parse_toml("a = 1", "it").field("a").whole(0, 2) == 1


def test_what_is_shown_of_a_value_is_short_and_in_one_line() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    values = ["a\nb\x1b[31m", "x" * 10_000, 10**5000, nested, {"a": 1}, None, True, 1.5, {1, 2}, "\ud800"]
    words = [shown(value) for value in values]
    assert all(len(word) < 100 and word.isprintable() for word in words)
    assert words[2:9] == [
        "a number of about 5001 digits", "a list of 1", "a table", "nothing", "true", "1.5", "a set",
    ]  # fmt: skip
    assert one_of("view", "x" * 10_000, ["side"]).endswith("known: side")
