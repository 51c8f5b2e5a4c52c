"""Raw keypoints to numbers, without files."""
