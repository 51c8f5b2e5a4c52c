"""The page of one athlete: all sessions over the dates, what changed since last time, and notes."""

from gaitlab.report.athlete.page import athlete_report

__all__ = ["athlete_report"]
