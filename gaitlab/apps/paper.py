"""The report on paper: a PDF that an installed browser prints, without a window and without the network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.files import whole_file
from gaitlab.io.session.contents import PDF

# Browsers that print a page from the command line, by the names of their commands; the first one found is taken.
_COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge", "brave-browser",
)  # fmt: skip
# Where they lie when they are not on the path.
_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
        r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
    ),
}
_FLAGS = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-pdf-header-footer",
    # The charts are drawn after the page has loaded; this is time as the page counts it.
    "--virtual-time-budget=20000",
)  # fmt: skip
_LONGEST_S = 120.0
# With this fragment a page prints its whole glossary (``report/static/theme.js``), which is done where it needs no more
# pages than these.
_WHOLE_GLOSSARY, _MOST_PAGES = "#whole-glossary", 4
_PAGE = re.compile(rb"/Type\s*/Page\b")


def write_pdf(folder: Path, path: Path | None = None) -> Path:
    """Print a session's report, and return the file.

    Parameters
    ----------
    folder : Path
        the session's folder, with its ``report.html``.
    path : Path | None, optional
        the PDF; None is ``report.pdf`` in the folder.

    Raises
    ------
    InputError
        if there is no report, or no browser to print it.
    OutputError
        if the browser does not print it, or the file cannot be written.
    """
    page = folder / "report.html"
    if not page.is_file():
        raise InputError(f"'{folder}' has no report.html to print; make it with: gaitlab report '{folder}'")
    return print_page(page, path or folder / PDF)


def print_page(page: Path, path: Path) -> Path:
    """Print a page that gaitlab wrote, and return the PDF.

    Raises
    ------
    InputError
        if there is no browser to print it.
    OutputError
        if the browser does not print it, or the file cannot be written.
    """
    browser = find_browser()
    with whole_file(path) as partial, tempfile.TemporaryDirectory(dir=path.parent, prefix=".print-") as profile:
        address, pdf, own = page.resolve().as_uri(), partial.resolve(), Path(profile).resolve()
        _print(browser, address + _WHOLE_GLOSSARY, pdf, own)
        if len(_PAGE.findall(pdf.read_bytes())) > _MOST_PAGES and b'id="glossary"' in page.read_bytes():
            _print(browser, address, pdf, own)
    return path


def find_browser() -> str:
    """Return the command of an installed browser that prints pages.

    Raises
    ------
    InputError
        if there is none.
    """
    found = next(_browsers(), None)
    if found is None:
        raise InputError(
            "a PDF is printed by Chromium, Google Chrome or Microsoft Edge, and none was found; install one, or open "
            "report.html in any browser and print it there"
        )
    return found


def _browsers() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _COMMANDS))
    for place in map(os.path.expandvars, _PLACES.get(sys.platform, ())):
        if Path(place).is_file():
            yield place


def _print(browser: str, address: str, pdf: Path, profile: Path) -> None:
    command = [browser, *_FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", address]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # without which it does not start as root, e.g. in a container
    failure = f"'{Path(browser).name}' could not print '{address}'"
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"{failure} within {_LONGEST_S:.0f} s; open it in a browser and print it there") from error
    if not pdf.is_file() or not pdf.read_bytes().startswith(b"%PDF"):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = f": {said[-1][:200]}" if said else ""
        raise OutputError(f"{failure} (exit code {done.returncode}){why}; open it in a browser and print it there")
