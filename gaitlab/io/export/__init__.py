"""Sessions for other tools: keypoints, angles and contacts for OpenSim, Mokka, R and whoever reads a table."""

from gaitlab.io.export.write import FORMATS, export_session

__all__ = ["FORMATS", "export_session"]
