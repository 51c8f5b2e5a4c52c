"""Keypoint files of other programs: one table of formats, one function."""

from __future__ import annotations

from gaitlab.io.keypoints.formats import FORMATS
from gaitlab.io.keypoints.read import Import, import_keypoints, read_keypoints

__all__ = ["FORMATS", "Import", "import_keypoints", "read_keypoints"]
