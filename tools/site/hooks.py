"""What mkdocs calls while it builds the site: pages made of the tool itself join those of `docs/`."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tools.site import gallery, reference, root_pages

_examples: dict[str, gallery.Example] = {}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that no file holds: gallery, reference, and what lies at the root of the repository."""
    root = Path(config.config_file_path).parent
    scripts = Path(config.docs_dir) / "gallery"
    examples = gallery.run_all(scripts, root / config.extra["gallery_folder"])
    _examples.update({example.place: example for example in examples})
    made = {example.place: example.page() for example in examples} | reference.pages() | root_pages.pages(root)
    for place, content in made.items():
        files.append(File.generated(config, place, content=content))
    files.append(File.generated(config, gallery.PLOTLY, content=gallery.plotly_script()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead from the list of scripts, as the repository shows it, to their pages."""
    if page.file.src_uri != "gallery/README.md":
        return markdown
    page.meta["hide"] = ["toc"]
    return markdown.replace(".py):", ".md):")


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put the pictures into their pages, past Markdown, which would take them for text."""
    if page.file.src_uri == "gallery/README.md":
        return gallery.with_previews(html, _examples.values())
    if page.file.src_uri in _examples:
        return html.replace(gallery.PICTURE_GOES_HERE, _examples[page.file.src_uri].picture)
    return html
