"""Memory between two stages of an analysis: what the last one freed goes back to the system before the next begins."""

from __future__ import annotations

import ctypes
import sys


def hand_back() -> None:
    """Give freed memory back; pictures are large, and C libraries keep what was freed for more of the same size.

    Only glibc keeps so much of it (200 MB after a film of 4K), and only there can it be told.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
