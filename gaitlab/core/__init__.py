"""Types that every package shares; no file access."""
