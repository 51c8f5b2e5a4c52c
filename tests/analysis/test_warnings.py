"""Which slow motion was assumed, in words."""

from __future__ import annotations

import pytest

from gaitlab.analysis.warnings import resized, slow_motion


@pytest.mark.parametrize(
    ("noted", "said", "words"),
    [
        (240.0, None, ("240 frames a second were taken and plays 30", "8 times slower than life", "entered: 30")),
        (240.0, 120.0, ("240 frames a second were taken; 120 were entered", "4 times slower than life")),
        (240.0, 240.0, ()),
        (30.0, None, ()),
        (None, 240.0, ()),
        (None, None, ()),
    ],
)
def test_a_slow_motion_that_was_assumed_is_said_with_its_factor(
    noted: float | None, said: float | None, words: tuple[str, ...]
) -> None:
    told = slow_motion(plays_fps=30.0, noted_fps=noted, said_fps=said)
    assert len(told) == bool(words)
    assert all(word in told[0] for word in words)


def test_a_factor_says_where_it_comes_from() -> None:
    (told,) = slow_motion(plays_fps=60.0, noted_fps=240.0, said_fps=None, key="com.android.capture.fps")
    assert "240 frames a second were taken (com.android.capture.fps) and plays 60, so it is 4 times slower" in told


def test_a_change_of_size_is_said_once() -> None:
    assert resized(None) == ()
    assert "changes at 2.50 s" in resized(2.5)[0]
