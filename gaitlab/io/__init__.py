"""Input and output: video, keypoints, sessions, exports."""
