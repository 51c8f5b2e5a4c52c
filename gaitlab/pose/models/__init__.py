"""Catalogue, search paths, download and verification of pose networks."""
