"""Reading of a film and of keypoint files."""
