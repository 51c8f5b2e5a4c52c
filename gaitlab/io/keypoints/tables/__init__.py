"""What all tables of keypoints have in common: their heading, times, numbers of frames, and whose rows they are."""
