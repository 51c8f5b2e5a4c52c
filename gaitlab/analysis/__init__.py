"""Analysis of raw keypoints: events, angles and metrics, without file access."""
