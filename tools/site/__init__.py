"""The documentation site: what mkdocs adds to the pages of `docs/`; used by `make docs` alone, never by the package."""
