"""Export of sessions: keypoints, angles and contacts for OpenSim, Mokka, R and other readers of tables."""

from gaitlab.io.export.write import FORMATS, export_session

__all__ = ["FORMATS", "export_session"]
