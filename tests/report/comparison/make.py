"""Sessions to compare: the invented runner of the report's tests, with strides and values of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.statistics import t_quantile
from gaitlab.io.session.session import Session
from gaitlab.io.session.tables import write_table
from gaitlab.metrics import METRICS
from tests.report.make import make_film, make_session, pose, value

# A spread of ± 1 % of a unit over 12 cycles, as it comes out of no runner.
SPREAD = np.array([1.0, 1, -1, 1, -1, -1, 1, -1, -1, 1, 1, -1])


def make(
    folder: Path,
    *,
    values: dict[str, float],
    strike_s: float = 0.1,
    stride_s: float = 0.7,
    clip: bool = False,
    spread: float = 1.0,
    **info: Any,
) -> Session:
    """Write a session whose metrics have these means, and whose left foot strikes at ``strike_s + n stride_s``."""
    summary = []
    rows = []
    for name, mean in values.items():
        spec = METRICS[name]
        sides = ("left", "right") if spec.per_side else ("both",)
        for side in sides:
            sd = float(np.std(spread * SPREAD, ddof=1))
            half = t_quantile(0.975, len(SPREAD) - 1) * sd / np.sqrt(len(SPREAD))
            summary.append(value(name, side, mean, uncertainty=half))
            # Of a metric of both legs every other cycle is of the other one.
            own = [side if side != "both" else ("left", "right")[i % 2] for i in range(len(SPREAD))]
            found = zip(own, (mean + spread * SPREAD).tolist(), strict=True)
            rows += [(name, s, i, 0.35 * i, v, spec.unit) for i, (s, v) in enumerate(found)]
    session = make_session(folder, summary=summary, video=clip, **info)
    write_table(folder / "cycles.csv", ("metric", "side", "cycle", "time_s", "value", "unit"), rows)
    contacts = sorted(
        (round(start_s, 4), side)
        for offset_s, side in ((strike_s, "left"), (strike_s + stride_s / 2, "right"))
        for start_s in np.arange(offset_s, 3.7, stride_s).tolist()
    )
    write_table(
        folder / "events.csv",
        ("side", "foot_strike_s", "toe_off_s", "foot_strike_sd_s", "toe_off_sd_s", "accepted", "reason"),
        [(side, start_s, start_s + 0.25, 0.005, 0.005, True, "") for start_s, side in contacts],
    )
    if clip:
        make_film(folder / "clip.mp4", pose(4.0))
    return session
