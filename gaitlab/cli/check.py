"""``gaitlab demo``, ``selftest`` and ``config``: does it work here, can it be trusted, how is it set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaitlab.cli.common import ConfigOption, Force, Output, SetOption, finish, progress_bar, settings_of
from gaitlab.cli.printing import say


def demo(output: Output = None, force: Force = False) -> None:
    """Analyse the demonstration clip: the whole way in one command."""
    from gaitlab.apps.demo import demo_session

    with progress_bar() as progress:
        session = demo_session(output=output or Path("reports") / "demo", force=force, progress=progress)
    finish(session)


def selftest(
    model: Annotated[str | None, typer.Option(help="Pose network, see 'gaitlab models list'.")] = None,
) -> None:
    """Can this installation be trusted? The demonstration clip against its known truth."""
    from gaitlab.apps.selftest import run_selftest
    from gaitlab.cli.tables import print_checks

    with progress_bar() as progress:
        network, checks = run_selftest(model=model, progress=progress)
    print_checks(network, checks)
    failed = sum(not check.passed for check in checks)
    if failed:
        say(f"gaitlab: {failed} of {len(checks)} checks failed: do not trust this installation", err=True)
        raise typer.Exit(2)


def config(config: ConfigOption = None, set_: SetOption = None) -> None:
    """Print every setting with its default (or as given), as TOML."""
    from gaitlab.config import as_toml

    say(as_toml(settings_of(config, set_ or [])), lines=True)
