"""From keypoints to angles and metres: planar geometry, without files or images."""
