"""The order of the house: a room imports only rooms above it, and importing the package does nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "gaitlab"

# From the foundation up; rooms on one line may not import each other.
ORDER = (
    ("errors", "memory", "resources", "statistics"),
    ("units", "reading", "text"),
    ("files", "arguments", "idle", "pieces"),
    ("core",),
    ("signal",),
    ("conditioning",),
    ("kinematics",),
    ("gait",),
    ("metrics", "quality"),
    ("video",),
    ("pose",),
    ("rearfoot",),
    ("store",),
    ("compare",),
    ("report", "export"),
    ("comparison",),
    ("config", "shop", "notes", "claims", "plausibility"),
    ("analysis",),
    ("pictures", "recording"),
    ("description", "writing"),
    ("pipeline",),
    ("truth",),
    ("demo", "batch", "window", "live", "everybody"),
    ("selftest",),
    ("cli_print", "cli_signals"),
    ("cli_progress", "cli_tables", "cli_endings"),
    ("cli_models", "cli_dots", "cli_batch"),
    ("cli",),
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
# What a room must not know of, beside the rooms below it.
STRANGERS = {
    "core": {"cv2", "pandas", "av", "plotly"},
    "signal": {"cv2", "pandas", "av", "plotly"},
    "kinematics": {"cv2", "pandas", "av", "plotly"},
    "gait": {"cv2", "pandas", "av", "plotly"},
    "metrics": {"cv2", "pandas", "av", "plotly"},
    "store": {"cv2", "av", "plotly"},
    "compare": {"cv2", "av", "plotly"},
    "report": {"cv2", "av"},
    "comparison": {"cv2", "av"},
    "export": {"cv2", "av", "plotly", "pandas"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Every imported module, also inside functions; TYPE_CHECKING blocks count too, for a type is knowledge."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module == "gaitlab":
                names |= {f"gaitlab.{alias.name}" for alias in node.names}
    return names


MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.name not in ("__main__.py",) and p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_only_from_above(path: Path) -> None:
    room = room_of(path)
    assert room in LEVEL, f"{room} has no place in the order of the house"
    for module in imports_of(path):
        if module.startswith("gaitlab."):
            target = module.split(".")[1]
            if target in LEVEL and target != room:
                assert LEVEL[target] < LEVEL[room], f"{path.name} imports {module}, a room beside or below its own"
        assert module.split(".")[0] not in STRANGERS.get(room, set()), f"{room} must not know {module}"


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_gaitlab_loads_nothing_heavy() -> None:
    assert not {"numpy", "cv2", "pandas", "av", "plotly", "typer"} & loaded_after("import gaitlab")


def test_the_command_line_loads_nothing_heavy() -> None:
    assert not {"numpy", "cv2", "pandas", "av", "plotly"} & loaded_after("import gaitlab.cli")


def test_an_analysis_does_without_pandas() -> None:
    assert "pandas" not in loaded_after("import gaitlab.pipeline, gaitlab.report, gaitlab.pose.importers")
