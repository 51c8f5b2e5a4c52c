"""Differences between the summaries of sessions, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gaitlab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from gaitlab.store.session import Session

CHANGED, NOISE, UNKNOWN = "changed", "within noise", "not comparable"
_KEY = ["metric", "side", "unit"]


def compare(sessions: Sequence[Session]) -> pd.DataFrame:
    """Compare every session with the first one.

    The interval is the 95 % interval of the difference, the two sessions' uncertainties in quadrature (each holds its
    spread over cycles and what more cycles do not mend: timing, scale). A difference inside it is noise.

    Returns:
        a row a metric, side and later session: ``metric, side, unit, session, a, b, difference, interval, verdict``;
        ``a`` and ``b`` are the means, and ``verdict`` is ``changed``, ``within noise`` or ``not comparable``.

    Raises:
        InputError: for fewer than two sessions.
    """
    import pandas as pd

    if len(sessions) < 2:
        raise InputError(f"comparing takes two sessions or more, not {len(sessions)}")
    first, *others = (session.summary.set_index(_KEY) for session in sessions)
    tables = []
    for session, other in zip(sessions[1:], others, strict=True):
        columns = ["mean", "uncertainty"]
        both = first[columns].add_suffix("_a").join(other[columns].add_suffix("_b"))
        difference = both["mean_b"] - both["mean_a"]
        interval = np.hypot(both["uncertainty_a"], both["uncertainty_b"])
        known = np.isfinite(difference) & np.isfinite(interval)
        verdict = np.where(~known, UNKNOWN, np.where(difference.abs() > interval, CHANGED, NOISE))
        found = {
            "session": str(session.folder), "a": both["mean_a"], "b": both["mean_b"], "difference": difference,
            "interval": interval, "verdict": verdict,
        }  # fmt: skip
        tables.append(pd.DataFrame(found, index=both.index).reset_index())
    return pd.concat(tables, ignore_index=True)
