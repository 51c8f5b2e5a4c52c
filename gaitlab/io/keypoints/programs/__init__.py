"""What single programs write: motion capture, OpenSim, DeepLabCut, SLEAP, movement, YOLO, MediaPipe."""
