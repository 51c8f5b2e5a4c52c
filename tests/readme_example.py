"""The README's worked example: what `gaitlab demo` prints, written by it and held against it.

python -m tests.readme_example      # write the example anew
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
_EXAMPLE = re.compile(r"(<!-- example -->\n```\n).*?(```\n)", re.S)
_NUMBER = re.compile(r"[-+]?\d+(?:\.(\d+))?")
# Another processor or OpenCV moves a mean by the last digit, or a hundredth; a wrong number is further off.
_LAST_DIGITS, _SHARE = 2.0, 0.02


def printed(folder: Path) -> str:
    """Return what `gaitlab demo` prints, run as a newcomer runs it: in an empty folder, with the default network."""
    command = [sys.executable, "-c", "from gaitlab.cli.app import main; main()", "demo"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=True)
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def example() -> str:
    """Return the example as the README shows it."""
    found = _EXAMPLE.search(README.read_text(encoding="utf-8"))
    assert found, "the README has no <!-- example --> with a block after it"
    return found[0].removeprefix(found[1]).removesuffix(found[2])


def differences(shown: str, found: str) -> list[str]:
    """Return the lines that differ by more than the last digits of their numbers, as shown and as found."""
    lines, others = shown.splitlines(), found.splitlines()
    if len(lines) != len(others):
        return [f"{len(lines)} lines are shown, {len(others)} were printed"]
    return [f"{a}\n{b}" for a, b in zip(lines, others, strict=True) if not _alike(a, b)]


def _alike(a: str, b: str) -> bool:
    words = [re.sub(r"[\s━─]+", " ", _NUMBER.sub("#", line)) for line in (a, b)]
    return words[0] == words[1] and all(
        abs(float(x[0]) - float(y[0])) <= max(_LAST_DIGITS * 10.0 ** -len(x[1] or ""), _SHARE * abs(float(x[0])))
        for x, y in zip(_NUMBER.finditer(a), _NUMBER.finditer(b), strict=True)
    )


def main() -> None:
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        anew = printed(Path(folder))
    README.write_text(_EXAMPLE.sub(lambda part: part[1] + anew + part[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
