"""What changed between sessions, and whether it is more than noise."""

from gaitlab.stats.sessions import compare
from gaitlab.stats.treatment import notes
from gaitlab.stats.trends import trends

__all__ = ["compare", "notes", "trends"]
