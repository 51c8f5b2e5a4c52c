"""Sessions side by side on one page: what changed, and whether it is more than noise."""

from gaitlab.report.comparison.page import write_comparison

__all__ = ["write_comparison"]
