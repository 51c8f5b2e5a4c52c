"""Two runners in one picture, seen by our own network: one is followed, and the other one's number follows that one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from gaitlab.analysis.warnings import who_was_followed
from gaitlab.apps.demo import demo_clip
from gaitlab.io.video.reader import Frame, open_video
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import load_estimator


def two_runners(*, seconds: float = 0.6) -> Iterator[Frame]:
    """The demonstration's runner twice, side by side, 30 frames a second."""
    with open_video(demo_clip()[0]) as video:
        for number, frame in enumerate(video.frames(0.0, seconds)):
            if number % 2 == 0:
                yield Frame(frame.time_s, np.hstack([frame.image, frame.image]))


def test_the_number_of_the_other_one_follows_the_other_one() -> None:
    estimator = load_estimator("runner")
    chosen = follow_runner(two_runners(), estimator)
    assert len(chosen.others) == 1
    number = chosen.others[0]["person"]
    (told,) = who_was_followed(chosen, width=1280)
    assert told.startswith("2 people were seen; followed: person ")
    assert f"others: {number} (" in told
    asked = follow_runner(two_runners(), estimator, person=number)
    assert asked.person == number
    # The same runner in the same frames, half a picture away.
    ankles = [f.pose.point("left_ankle")[:, 0] for f in (chosen, asked) if f.pose is not None]
    assert np.nanmedian(np.abs(ankles[0] - ankles[1])) == pytest.approx(640, abs=4)
