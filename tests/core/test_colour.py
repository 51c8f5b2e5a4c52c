"""Contrast of colours against values worked out by hand, and the promise that text on any of them can be read."""

from __future__ import annotations

import itertools

import pytest

from gaitlab.core.colour import READABLE, contrast, hex_colour, readable_on


def test_black_on_white_is_21_and_a_colour_on_itself_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#3366cc", "#3366cc") == pytest.approx(1)


def test_a_pure_colour_by_its_weight() -> None:
    # Red's luminance is 0.2126, white's 1: 1.05 / 0.2626.
    assert contrast("#ff0000", "#ffffff") == pytest.approx(1.05 / 0.2626)
    assert contrast("#ffffff", "#ff0000") == pytest.approx(1.05 / 0.2626)


def test_text_on_any_ground_can_be_read() -> None:
    steps = ("00", "33", "66", "77", "80", "99", "cc", "ff")
    for parts in itertools.product(steps, repeat=3):
        ground = "#" + "".join(parts)
        assert contrast(readable_on(ground), ground) >= READABLE, ground
    assert (readable_on("#ffff00"), readable_on("#000080")) == ("#000000", "#ffffff")


@pytest.mark.parametrize(
    ("text", "found"),
    [("#1F5FA8", "#1f5fa8"), ("#15a", "#1155aa"), ("1f5fa8", None), ("#12345", None), ("red", None), ("#12345g", None),
     ("#1f5fa8;}", None), ("", None)],
)  # fmt: skip
def test_only_hexadecimal_colours_are_colours(text: str, found: str | None) -> None:
    assert hex_colour(text) == found
