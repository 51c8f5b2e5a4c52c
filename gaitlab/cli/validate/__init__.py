"""``gaitlab validate``."""
