"""Fitted constants of the event models, each written by its benchmark."""
