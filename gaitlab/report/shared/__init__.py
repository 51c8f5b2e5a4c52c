"""Components shared by all pages: number formatting, curves, charts, media."""
