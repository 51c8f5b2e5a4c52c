"""What changed between sessions, and whether it is more than noise."""

from gaitlab.compare.sessions import compare
from gaitlab.compare.treatment import notes
from gaitlab.compare.trends import trends

__all__ = ["compare", "notes", "trends"]
