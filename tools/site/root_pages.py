"""Pages that lie at the root of the repository, where everybody looks for them, and belong to the site too."""

from __future__ import annotations

import re
from pathlib import Path

_PAGES = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}


def pages(root: Path) -> dict[str, str]:
    """Return their place in the site's sources to their text, links turned to where they lead from there."""
    return {place: _from_docs((root / name).read_text(encoding="utf-8")) for name, place in _PAGES.items()}


def _from_docs(text: str) -> str:
    for name, place in _PAGES.items():
        text = text.replace(f"]({name}", f"]({place}")
    text = re.sub(r"\]\(docs/", "](", text).replace("](README.md", "](index.md")
    return f"---\nhide: [toc]\n---\n\n{text}"  # the map of the rooms is wide
