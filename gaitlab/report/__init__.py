"""The report a coach hands over: one page that opens offline, for reading in a minute or digging in an hour."""

from gaitlab.report.session.keyframes import Moment, key_moments
from gaitlab.report.session.page import write_report

__all__ = ["Moment", "key_moments", "write_report"]
