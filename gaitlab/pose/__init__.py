"""Keypoints from pictures and from other programs' files: networks, decoding, following one runner, importers."""
