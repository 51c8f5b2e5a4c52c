"""Filters, outlier detection and gap filling for tracks, on plain arrays.

Functions take ``values`` of shape (frame,) or (frame, …), with NaN for missing samples, and the frame times in
seconds. Each stretch without NaN is processed independently.
"""
