"""The session folder: all results of an analysis, in files readable by people and programs."""
