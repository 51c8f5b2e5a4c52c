"""What every page is built of: numbers as text, curves, charts, media."""
