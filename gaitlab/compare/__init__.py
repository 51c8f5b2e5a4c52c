"""What changed between sessions, and whether it is more than noise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from gaitlab.compare.sessions import compare
from gaitlab.compare.trends import trends

if TYPE_CHECKING:
    import pandas as pd

    from gaitlab.store.session import Session

__all__ = ["compare", "trends"]


class _CallableRoom(ModuleType):
    """``gaitlab.compare`` is the name of this room and of its one function: Python binds the room, so it calls it."""

    def __call__(self, sessions: Sequence[Session]) -> pd.DataFrame:
        return compare(sessions)


sys.modules[__name__].__class__ = _CallableRoom
