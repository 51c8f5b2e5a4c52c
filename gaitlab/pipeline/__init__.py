"""The wiring: a video or a file of keypoints in, a session folder out."""
