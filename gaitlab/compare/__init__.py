"""What changed between sessions, and whether it is more than noise."""

from gaitlab.compare.sessions import compare

__all__ = ["compare"]
