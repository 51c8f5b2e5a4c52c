"""Changes between sessions, tested against their uncertainty."""

from gaitlab.stats.sessions import compare
from gaitlab.stats.treatment import notes
from gaitlab.stats.trends import trends

__all__ = ["compare", "notes", "trends"]
