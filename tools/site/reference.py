"""The reference: Python from the docstrings, commands, settings and measurements from the tables they are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer.main

import gaitlab
from gaitlab.cli.app import app
from gaitlab.config import Settings, as_toml
from gaitlab.metrics import METRICS
from gaitlab.metrics.spec import MetricSpec

# Rooms whose modules are of use for themselves.
ROOMS = {
    "core": "The types that every room shares",
    "signal": "Filters and repairs for tracks",
    "kinematics": "From keypoints to angles and metres",
    "events": "Foot strikes, toe-offs, gait cycles",
    "metrics": "What is measured in a gait cycle",
}


def pages() -> dict[str, str]:
    """Return all pages of the reference, their place to their text."""
    return {
        "reference/gaitlab.md": _public_names(),
        **{f"reference/{room}.md": _room(room, title) for room, title in ROOMS.items()},
        "reference/commands.md": _commands(),
        "reference/settings.md": _settings(),
        "reference/measurements.md": _measurements(),
    }


def _public_names() -> str:
    names = sorted(gaitlab.__all__, key=lambda name: (isinstance(getattr(gaitlab, name), type), name))
    text = "# `gaitlab`\n\nAll that `import gaitlab` offers. Nothing is loaded before it is used.\n"
    return text + "".join(_public_name(name) for name in names)


def _public_name(name: str) -> str:
    """Return the entry of a name; one that its module is called by too must be looked for inside of that."""
    module = getattr(gaitlab, name).__module__
    place = f"{module}.{name}" if module.endswith(f".{name}") else f"gaitlab.{name}"
    return f"\n::: {place}\n    options:\n      heading: gaitlab.{name}\n      toc_label: {name}\n"


def _room(room: str, title: str) -> str:
    folder = Path(gaitlab.__file__).parent / room
    modules = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    blocks = "\n\n".join(f"::: gaitlab.{room}.{module}" for module in modules)
    return (
        f"# `gaitlab.{room}`\n\n{title}. The names of [`gaitlab`](gaitlab.md) are kept stable; these may change with a "
        f"note in the changelog.\n\n{blocks}\n"
    )


def _commands() -> str:
    command: Any = typer.main.get_command(app)
    text = "# Commands\n\nAs `gaitlab COMMAND --help` prints them.\n"
    return text + "".join(_command(name, command.commands[name]) for name in command.commands)


def _command(name: str, command: Any, level: str = "##") -> str:
    text = f"\n{level} `gaitlab {name}`\n\n{command.help}\n"
    if hasattr(command, "commands"):
        return text + "".join(_command(f"{name} {sub}", command.commands[sub], "###") for sub in command.commands)
    rows = [(_called(parameter), _cell(parameter.help or "")) for parameter in command.params if not parameter.hidden]
    return text + _table(("argument", "meaning"), rows) if rows else text


def _called(parameter: Any) -> str:
    """Return how a parameter is written on the command line."""
    if parameter.param_type_name == "argument":
        return f"`{parameter.make_metavar(None) if parameter.metavar is None else parameter.metavar}`"
    return ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))


def _settings() -> str:
    return (
        "# Settings\n\nAs `gaitlab config` prints them. Write them to a file, change what you need and give it to "
        "`--config`, or change one with `--set smoothing.method=kalman`; in Python, give `gaitlab.analyze` a "
        f"dictionary `settings`.\n\n```toml\n{as_toml(Settings())}```\n"
    )


def _measurements() -> str:
    text = "# Measurements\n\nEvery measurement with its definition, as `summary.csv` and `cycles.csv` hold it.\n"
    for view, title in {"side": "From the side", "rear": "From behind"}.items():
        specs = [spec for spec in METRICS.values() if view in spec.views]
        text += f"\n## {title}\n"
        for group in dict.fromkeys(spec.group for spec in specs):
            rows = [_measurement(spec) for spec in specs if spec.group == group]
            text += f"\n### {group}\n" + _table(("name", "measurement", "unit", "definition"), rows)
    return text


def _measurement(spec: MetricSpec) -> tuple[str, ...]:
    unit = f"{spec.unit} (without a scale: {spec.unit_without_scale})" if spec.unit_without_scale else spec.unit
    return f"`{spec.name}`", spec.label, unit, _cell(spec.description)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
