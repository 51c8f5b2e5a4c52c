"""What stands around the code: workflows a linter accepts, one version everywhere, packages that hold all they need."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from gaitlab._version import __version__

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# Of each kind of file that the code reads at run time, one.
NEEDED = (
    "gaitlab/py.typed", "gaitlab/_configs/treadmill_side.toml", "gaitlab/_models/catalogue.toml",
    "gaitlab/_models/runner.onnx", "gaitlab/_models/runner-fast.onnx",
    "gaitlab/apps/demo_data/side.mp4", "gaitlab/metrics/network_errors.csv",
    "gaitlab/metrics/norms.json",
    "gaitlab/report/layout.toml", "gaitlab/report/findings.toml", "gaitlab/report/glossary.toml",
    "gaitlab/report/locale/en/page.toml", "gaitlab/report/locale/de/messages.toml",
    "gaitlab/report/templates/page.html",
    "gaitlab/report/static/report.css", "gaitlab/report/comparison/templates/trend.html",
    "gaitlab/report/athlete/templates/part.html", "gaitlab/report/athlete/static/season.css",
    "gaitlab/report/validation/templates/metrics.html", "gaitlab/report/validation/static/validation.css",
    "gaitlab/io/truth/marker_sets.toml",
    "gaitlab/markers/click_page.html", "gaitlab/apps/serve/templates/base.html", "gaitlab/apps/serve/static/app.css",
    "gaitlab/apps/serve/static/home.js",
)  # fmt: skip


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_workflows_fit_their_schema() -> None:
    assert len(WORKFLOWS) == 2
    names = [str(path) for path in WORKFLOWS]
    done = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *names)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_are_safe() -> None:
    done = run(str(Path(sys.executable).with_name("zizmor")), "--offline", "--quiet", *map(str, WORKFLOWS))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_to_a_commit() -> None:
    used = [use for path in WORKFLOWS for use in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))]
    assert used
    assert [use for use in used if not re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", use)] == []


def test_the_version_is_one() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {__version__}\n" in citation
    sections = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sections[:2] == ["Unreleased", __version__]


def test_the_changelog_keeps_its_form() -> None:
    """Keep a Changelog 1.1: versions, and under each the kinds of change."""
    kinds = re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "hatchling", "build", "--directory", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_holds_what_the_code_reads(packages: Path) -> None:
    (wheel,) = packages.glob("gaitlab_run-*.whl")
    assert wheel.name.split("-")[1] == __version__
    names = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in NEEDED if name not in names] == []
    assert [name for name in names if name.startswith(("tests/", "benchmarks/", "training/"))] == []


def test_the_source_holds_what_the_wheel_is_made_of(packages: Path) -> None:
    (source,) = packages.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {re.sub("^gaitlab/_(configs|models)/", r"\1/", name) for name in NEEDED} | {"LICENSE", "README.md"}
    assert sorted(needed - names) == []
