"""Filters and repairs for tracks: arrays in, arrays out, nothing of bodies or files.

Every function takes ``values`` of shape (frame,) or (frame, …) with NaN where nothing was measured, and the frame
times in seconds; each stretch without NaN is treated for itself.
"""
