"""Tape dots on heel counter and calf, found and followed in the picture: the clinical way to the rearfoot angle."""
