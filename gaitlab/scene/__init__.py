"""What the camera and the film do: motion of the background, cuts."""
