"""Types and words that every room shares; knows no files."""
