"""What the server answers, a file a group of addresses."""
