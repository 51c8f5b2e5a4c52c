"""What a session is held against: motion capture, force plates, events, angles, labels."""
