"""The progress of a whole analysis: one share that only grows, and is right where the stages take what they took."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gaitlab.pipeline import progress as module
from gaitlab.pipeline.progress import PARTS, WholeProgress

FRAMES, FRAME_S = 300, 0.04


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list whose only entry is the time, s."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def shares(clock: list[float], *, clips: int, drawn: bool) -> list[tuple[float, float]]:
    """Return (seconds passed, share told) of an analysis with frames that take as long as those of a slow machine."""
    told: list[tuple[float, float]] = []
    whole = WholeProgress(
        lambda stage, done, total: told.append((clock[0] - 100.0, done / total)), clips=clips, drawn=drawn
    )
    for _ in range(clips):
        for done in range(1, FRAMES + 1):
            clock[0] += FRAME_S
            whole("finding the person", done, FRAMES)
        whole("measuring the gait", 0, 1)
        clock[0] += 1.6
    for _ in range(clips):
        if drawn:
            for done in range(1, FRAMES + 1):
                clock[0] += 0.004
                whole("drawing the video", done, FRAMES)
        whole("writing the page", 0, 1)
        clock[0] += 0.6
    told.append((clock[0] - 100.0, 1.0))
    return told


@pytest.mark.parametrize(("clips", "drawn"), [(1, True), (1, False), (2, True)])
def test_the_share_never_falls_and_ends_near_the_whole(clock: list[float], clips: int, drawn: bool) -> None:
    told = shares(clock, clips=clips, drawn=drawn)
    assert all(later >= earlier for (_, earlier), (_, later) in pairwise(told))
    assert told[-2][1] > 0.9
    assert all(0 <= share < 1 for _, share in told[:-1])


def test_the_time_left_is_true_as_soon_as_a_few_frames_are_done(clock: list[float]) -> None:
    told = shares(clock, clips=1, drawn=True)
    whole_s = told[-1][0]
    for passed_s, share in told[60:-1]:
        left_s = passed_s / share * (1 - share)
        assert left_s == pytest.approx(whole_s - passed_s, rel=0.15, abs=0.6)
    # Frames take 40 ms here, not the 15 ms that were expected: after 60 of them that is known.
    assert told[60][0] / told[60][1] == pytest.approx(whole_s, rel=0.15)


def test_a_call_of_unknown_extent_does_no_harm() -> None:
    told: list[int] = []
    whole = WholeProgress(lambda stage, done, total: told.append(done), clips=1, drawn=False)
    for stage in ("looking at the heels", "measuring the gait", "measuring the gait", "reading", "writing the page"):
        whole(stage, 0, 1)
    assert told == sorted(told)
    assert told[-1] < PARTS
