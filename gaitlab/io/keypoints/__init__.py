"""Keypoint files of other programs: one table of formats, one function."""

from __future__ import annotations

from gaitlab.io.keypoints.read import FORMATS, read_keypoints

__all__ = ["FORMATS", "read_keypoints"]
