"""Tracking of people from frame to frame, and selection of the runner."""
