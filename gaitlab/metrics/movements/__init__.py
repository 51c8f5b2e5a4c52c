"""Movements that are no gait: one file each, with how its repetitions are found, its metrics and its page's texts."""
