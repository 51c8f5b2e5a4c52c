"""Who is who from frame to frame, and which of them is the runner."""
