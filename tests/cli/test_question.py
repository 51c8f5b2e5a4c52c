"""The question about slow motion: asked where somebody can answer, answered by a rate, by Enter, or not at all."""

from __future__ import annotations

import io
import sys

import pytest

from gaitlab.cli.common import ask_capture_rate, asker, capture_rate
from gaitlab.cli.progress import Progress


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("\n", 120.0),
        ("240\n", 240.0),
        ("240 fps\n", 240.0),
        ("4x\n", 120.0),
        ("2.5 X\n", 75.0),
        ("8\n", 240.0),
        ("?\n", None),
        ("soon\n", None),
        ("0\n", None),
        ("x\n", None),
        ("", None),
    ],
)
def test_an_answer(
    typed: str, rate: float | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert ask_capture_rate(42.0, [120.0, 100.0], 30.0) == rate
    said = capsys.readouterr().err
    assert "42 steps/min" in said
    assert "plays 30 frames a second" in said
    assert (
        "4 times slower than life (120 frames a second), or 3.33 times slower than life (100 frames a second)" in said
    )
    assert ("times are left out" in said) == (rate is None)


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    streams = ("stdin", "stdout", "stderr")
    for missing in (*streams, None):
        for name in streams:
            monkeypatch.setattr(sys, name, io.StringIO() if name == missing else Terminal())
        assert (asker(Progress(io.StringIO())) is None) == (missing is not None)


def test_a_rate_or_a_word_for_it() -> None:
    assert (capture_rate(None), capture_rate("240"), capture_rate("auto")) == (None, 240.0, "auto")
