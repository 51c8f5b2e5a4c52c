"""The sessions of a folder as the page shows them: a list, changes to it, and what is handed over."""
