"""Video in and out, frame by frame: reading with true timestamps, writing H.264, drawing poses."""
