"""Reports: self-contained HTML pages that open offline."""

from gaitlab.report.session.keyframes import Moment, key_moments
from gaitlab.report.session.page import write_report

__all__ = ["Moment", "key_moments", "write_report"]
