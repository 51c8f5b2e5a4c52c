"""``python -m gaitlab`` is the command ``gaitlab``."""

from __future__ import annotations

from gaitlab.cli.signals import leave_at_once


def main() -> None:
    """Run the command line, and end quietly when a signal comes while it is still being loaded."""
    leave_at_once()
    from gaitlab.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
