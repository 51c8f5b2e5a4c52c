"""The order of the house: a room imports only rooms above it, no two modules import each other, importing is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "gaitlab"

# From the foundation up; rooms on one line may not import each other.
ORDER = (
    ("_version",),
    ("core",),
    ("signal",),
    ("kinematics",),
    ("events",),
    ("metrics",),
    ("tracking",),
    ("io",),
    ("scene",),
    ("pose",),
    ("markers",),
    ("stats",),
    ("config",),
    ("analysis",),
    ("report",),
    ("pipeline",),
    ("steps",),
    ("apps",),
    ("cli",),
)
# The same inside the rooms that have rooms of their own; what is not named may be imported by all of them.
INNER = {
    "events": (("models",),),
    "io": (
        ("resources", "reading"),
        ("files", "parallel", "cells"),
        ("video", "keypoints"),
        ("session",),
        ("export", "truth"),
    ),
    "scene": (("motion", "ground"), ("background", "shots"), ("film",)),
    "pose": (("convert",), ("models",), ("networks",), ("follow", "scout", "still")),
    "report": (("shared",), ("render",), ("session",), ("comparison", "validation"), ("athlete",)),
    "steps": (("checks",), ("loading", "measuring")),
    "apps": (
        ("truth", "window", "pairings"),
        ("demo", "batch", "live", "pose_images", "validate"),
        ("selftest", "serve"),
    ),
    "cli": (
        ("printing", "signals"),
        ("progress", "tables", "endings"),
        ("common",),
        ("analyze", "check", "compare", "models", "pictures", "validate"),
        ("app",),
    ),
}
# What a room must not know of, beside the rooms below it.
NUMBERS_ONLY = {"cv2", "pandas", "av", "plotly"}
STRANGERS = {
    "core": NUMBERS_ONLY,
    "signal": NUMBERS_ONLY,
    "kinematics": NUMBERS_ONLY,
    "events": NUMBERS_ONLY,
    "metrics": NUMBERS_ONLY,
    "tracking": NUMBERS_ONLY,
    "scene.motion": NUMBERS_ONLY,
    "io.session": {"cv2", "av", "plotly"},
    "io.export": {"cv2", "av", "plotly", "pandas"},
    "io.truth": {"cv2", "av", "plotly", "pandas"},
    "stats": {"cv2", "av", "plotly"},
    "report": {"cv2", "av"},
}
MOST_MODULES = 12  # in one folder, without those of its sub-packages
MOST_LINES = 400


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
ROOMS = {name: path for name, path in MODULES.items() if name not in ("gaitlab", "gaitlab.__main__")}


def imports_of(path: Path) -> set[str]:
    """Every imported module, also inside functions; TYPE_CHECKING blocks count too, for a type is knowledge."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            names |= inner or {node.module}
    return names


def levels(order: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {room: level for level, rooms in enumerate(order) for room in rooms}


def check_order(importer: str, imported: str, order: tuple[tuple[str, ...], ...], depth: int) -> None:
    """Hold an import against the order of the rooms at one depth of the tree."""
    level, parts, others = levels(order), importer.split("."), imported.split(".")
    if len(parts) <= depth or len(others) <= depth or parts[:depth] != others[:depth] or parts[depth] == others[depth]:
        return
    here, there = level.get(parts[depth]), level.get(others[depth])
    if here is not None and there is not None:
        assert there < here, f"{importer} imports {imported}, a room beside or below its own"


@pytest.mark.parametrize("name", ROOMS)
def test_imports_only_from_above(name: str) -> None:
    room = name.split(".")[1]
    assert room in levels(ORDER), f"{room} has no place in the order of the house"
    strangers = {
        word for known, words in STRANGERS.items() if f"{name}.".startswith(f"gaitlab.{known}.") for word in words
    }
    for imported in imports_of(ROOMS[name]):
        assert imported.split(".")[0] not in strangers, f"{name} must not know {imported}"
        if imported.startswith("gaitlab."):
            check_order(name, imported, ORDER, depth=1)
            check_order(name, imported, INNER.get(room, ()), depth=2)


def test_no_modules_import_each_other() -> None:
    waiting = {name: (imports_of(path) & MODULES.keys()) - {name} for name, path in MODULES.items()}
    while free := {name for name, needed in waiting.items() if not needed & waiting.keys()}:
        waiting = {name: needed for name, needed in waiting.items() if name not in free}
    assert not waiting, f"these import each other, or a circle: {sorted(waiting)}"


def test_no_folder_and_no_file_grows_too_large() -> None:
    folders: dict[Path, int] = {}
    for path in MODULES.values():
        folders[path.parent] = folders.get(path.parent, 0) + (path.name != "__init__.py")
    assert {str(f.relative_to(PACKAGE)): n for f, n in folders.items() if n > MOST_MODULES} == {}
    long = {name: count for name, path in MODULES.items() if (count := len(path.read_text().splitlines())) > MOST_LINES}
    assert long == {}


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_gaitlab_loads_nothing_heavy() -> None:
    assert not {"numpy", "scipy", "cv2", "pandas", "av", "plotly", "typer"} & loaded_after("import gaitlab")


def test_the_command_line_loads_nothing_heavy() -> None:
    assert not {"numpy", "scipy", "cv2", "pandas", "av", "plotly"} & loaded_after("import gaitlab.cli.app")


def test_an_analysis_does_without_pandas() -> None:
    assert "pandas" not in loaded_after("import gaitlab.pipeline.run, gaitlab.report, gaitlab.io.keypoints")
