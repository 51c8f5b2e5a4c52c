"""What was read by eye of squats and jumps contradicts neither itself nor the clips."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_ROOT = Path(__file__).resolve().parent
_READINGS = json.loads((_ROOT / "data" / "movements" / "readings.json").read_text(encoding="utf-8"))
_CLIPS: dict[str, Any] = _READINGS["clips"]
each_clip = pytest.mark.parametrize("name", _CLIPS)


@each_clip
def test_repetitions_follow_each_other_within_the_clip(name: str) -> None:
    clip = _CLIPS[name]
    for one in clip.get("repetitions", []):
        first, last = one["deepest_between"]
        assert 0 <= one["start"] < first <= one["deepest"] <= last < (one["end"] or clip["frames"])
        assert (one["end"] or 0) < clip["frames"]
    for before, after in pairwise(clip.get("repetitions", [])):
        assert after["number"] == before["number"] + 1
        assert before["end"] < after["start"]
    for low, high in zip(clip.get("lows", []), clip.get("highs", []), strict=False):
        assert low < high


def test_jacks_are_hops_apart_and_together_by_turns() -> None:
    for person in _CLIPS["jumping_jack"]["people"].values():
        hops = person["hops"]
        assert all(hop["take_off"] < hop["landing"] < 250 for hop in hops)
        for before, after in pairwise(hops):
            assert before["landing"] < after["take_off"]
            assert {before["feet_at_take_off"], after["feet_at_take_off"]} == {"apart", "together"}
        together = [hop["take_off"] for hop in hops if hop["feet_at_take_off"] == "together"]
        assert np.diff(together).mean() == pytest.approx(person["period_frames"], abs=0.05)
        assert len(together) == person["jacks_begun"]


@each_clip
def test_a_clip_at_hand_is_the_one_that_was_read(name: str) -> None:
    from gaitlab.io.video.reader import open_video

    clip = _CLIPS[name]
    video = _ROOT.parents[1] / "shared" / "data" / clip["file"]
    if not video.is_file():
        pytest.skip("the clip is not at hand")
    assert hashlib.sha256(video.read_bytes()).hexdigest() == clip["sha256"]
    with open_video(video) as opened:
        assert opened.info.fps == pytest.approx(clip["fps"])
        assert sum(1 for _ in opened.frames()) == clip["frames"]
