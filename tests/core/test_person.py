"""What is drawn of one person in one image."""

from __future__ import annotations

import numpy as np
import pytest

from gaitlab.core.person import Body, drawable
from gaitlab.core.skeleton import FROM_BEHIND, SKELETONS

RUNNER = SKELETONS["runner_31"]


def seen_from(turned_deg: float) -> Body:
    """Return somebody 1.65 m tall, shoulders 0.34 m and hips 0.19 m apart, filmed so far off the line behind."""
    xy = np.zeros((len(RUNNER), 2))
    xy[RUNNER.index("left_heel")] = 0, 1.65
    for name, apart_m in (("shoulder", 0.34), ("hip", 0.19)):
        for side, sign in (("left", -1), ("right", 1)):
            xy[RUNNER.index(f"{side}_{name}"), 0] = sign * apart_m / 2 * np.cos(np.radians(turned_deg))
    return Body(300 * xy, np.ones(len(xy)))


@pytest.mark.parametrize(("turned_deg", "lines"), [(0, True), (90, False), (180, False)])
def test_lines_of_heel_and_calf_are_drawn_from_behind_only(turned_deg: float, lines: bool) -> None:
    body = seen_from(turned_deg)
    drawn = {name for name, xy in zip(RUNNER.names, drawable(body, RUNNER).xy, strict=True) if np.isfinite(xy).all()}
    of_lines = {name for name in RUNNER.names if name.endswith(FROM_BEHIND)}
    assert drawn == set(RUNNER.names) - (set() if lines else of_lines)


def test_whose_hip_was_not_seen_is_not_taken_for_seen_from_behind() -> None:
    body = seen_from(0)
    body = body.without(np.array([name != "left_hip" for name in RUNNER.names]))
    assert np.isnan(drawable(body, RUNNER).point(RUNNER, "left_heel_top")).all()


def test_other_networks_are_drawn_as_they_are() -> None:
    coco = SKELETONS["coco_18"]
    body = Body(np.ones((len(coco), 2)), np.ones(len(coco)))
    np.testing.assert_array_equal(drawable(body, coco).xy, body.xy)
