"""Pose estimation: networks, their installation and conversion, and tracking of one runner through a clip."""
