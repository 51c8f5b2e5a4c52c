"""What uses the pipeline: the demo, the self-test, batches, the camera, pictures without gait."""
