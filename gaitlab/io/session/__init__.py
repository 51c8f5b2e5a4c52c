"""The session folder: everything an analysis found, in files that people and programs can read."""
