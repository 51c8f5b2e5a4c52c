"""From keypoints to angles and metres: planar geometry, no files, no pictures."""
