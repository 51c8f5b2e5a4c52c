"""Tape dots in close-ups of the lower legs from behind, where no body is seen: found, told apart and followed."""
