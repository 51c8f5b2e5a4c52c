"""The page that compares sessions, with changes tested against their uncertainty."""

from gaitlab.report.comparison.page import write_comparison

__all__ = ["write_comparison"]
