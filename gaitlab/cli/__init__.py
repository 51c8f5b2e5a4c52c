"""The commands, one file a group, thin over the Python calls."""
