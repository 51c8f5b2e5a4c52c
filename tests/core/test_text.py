"""Text that somebody else wrote does no harm where it goes, and comes back as it was."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.core.errors import InputError
from gaitlab.core.text import check_said, folder_name, from_cell, is_number, printable, to_cell, whole_characters
from gaitlab.io.session.tables import read_table, write_table

HARMFUL = ["=cmd|'/C calc'!A0", "+1+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("one\ntwo\r", "one\\ntwo\\r"),
        ("abc\u202egpj.exe", "abc\\u202egpj.exe"),
        ("caf\udce9", "caf\\xe9"),
        ("Zoë Šimůnek 李 ±·–", "Zoë Šimůnek 李 ±·–"),
    ],
)
def test_what_steers_a_terminal_is_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_printed_steers(text: str) -> None:
    shown = printable(text, keep="\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    shown.encode()


@pytest.mark.parametrize("text", HARMFUL)
def test_no_text_is_a_formula(text: str) -> None:
    assert to_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-3.2", "+49", "-1e-05", "0", "12.", "plain", "a=b", "'quoted'", "", "x\t="])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert to_cell(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n a1.e＝")) | st.text())
def test_what_goes_into_a_cell_comes_back(text: str) -> None:
    cell = to_cell(text)
    assert from_cell(cell) == whole_characters(text)
    assert is_number(cell) or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_tables_come_back_from_disk_with_their_texts(tmp_path: Path) -> None:
    texts = [*HARMFUL, "'=1", "''", "'", 'a "quoted", one', "caf\udce9"]
    write_table(tmp_path / "t.csv", ("=name", "value"), [(text, -3.25) for text in texts])
    rows = read_table(tmp_path / "t.csv")
    assert [row["=name"] for row in rows] == [whole_characters(text) for text in texts]
    assert {row["value"] for row in rows} == {"-3.25"}
    with (tmp_path / "t.csv").open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+@\t\r\n" and cell]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("run", None), "run"),
        (("run", "shoe A"), "run-shoe-A"),
        (("run", "../../x"), "run-..-..-x"),
        (("CON", None), "session-CON"),
        (("aux.old", ""), "session-aux.old"),
        (("console", None), "console"),
        (("...", None), "session"),
        (("caf\udce9\n\x1b[0m", None), "caf-0m"),
    ],
)
def test_a_folders_name(parts: tuple[str | None, ...], name: str) -> None:
    assert folder_name(*parts) == name


def test_long_names_are_shortened_and_stay_apart() -> None:
    first, second = (folder_name("ü" * 130, end) for end in ("a", "b"))
    assert first != second
    assert all(len(name.encode()) <= 120 and name.startswith("üüü") for name in (first, second))


@pytest.mark.parametrize("text", ["a\nb", "\x1b[1m", "\x9b", "a\u202eb", "caf\udce9", "x" * 301])
def test_names_and_labels_that_would_spoil_a_page_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="the label") as caught:
        check_said(text, "label")
    assert len(str(caught.value).splitlines()) == 1


def test_names_and_labels_of_all_the_world_are_taken() -> None:
    for text in (None, "", "Zoë", "李", "=1+1", "../../x", "CON", "می‌خواهم", "👩‍🚀"):
        check_said(text, "label")
