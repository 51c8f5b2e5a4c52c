"""Everything that touches a file: video, keypoints, sessions, exports."""
