"""Jumps, squats, standing up, cycling and others with exact truth; `points.film_points` needs no renderer."""
