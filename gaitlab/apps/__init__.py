"""Applications of the pipeline: demo, self-test, batches, live camera, still images."""
