"""Installing pose networks: decide what is missing, then fetch it; tell what is there, and whether it is right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gaitlab.errors import ModelError
from gaitlab.pose.catalogue import (
    ENVIRONMENT,
    Form,
    Model,
    ModelFile,
    file_places,
    find_model,
    for_users,
    installed,
    known_model,
    user_folder,
)
from gaitlab.pose.download import Progress, checksum_trouble, fetch


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What a list of networks says of one.

    Attributes:
        name: what ``--model`` takes.
        title: one line about it.
        points: number of keypoints.
        feet: whether heels and toes are among them.
        licence: of the weights.
        commercial: whether it allows commercial use.
        bytes: size of its files, None where not all sizes are known.
        installed: whether its files are all there.
        paths: where they are.
        downloadable: whether `install` can fetch it.
    """

    name: str
    title: str
    points: int
    feet: bool
    licence: str
    commercial: bool
    bytes: int | None
    installed: bool
    paths: tuple[Path, ...]
    downloadable: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """One file of a network after a check: ``trouble`` is empty where the content is right or no sum is published."""

    path: Path
    trouble: str
    has_sum: bool


@dataclass(frozen=True, slots=True)
class Fetch:
    """One file to fetch, and the place it goes to."""

    file: ModelFile
    target: Path


def install_folder(models_dir: Path | None = None) -> Path:
    """Return where networks are installed: the folder given, that of the environment, or the user's."""
    named = os.environ.get(ENVIRONMENT)
    return models_dir or (Path(named) if named else user_folder())


def list_models(*, models_dir: Path | None = None) -> list[ModelStatus]:
    """Return the status of every network that can be had, best first."""
    return [_status(model, models_dir) for model in for_users()]


def _status(model: Model, models_dir: Path | None) -> ModelStatus:
    found = installed(model.name, models_dir=models_dir)
    parts = [found] if found is None or not found.parts else list(found.parts)
    paths = tuple(path for part in parts if part is not None for path in part.paths)
    components = [known_model(alternatives.split(",")[0]) for alternatives in model.parts] or [model]
    forms = [_form_to_fetch(component) for component in components]
    files = [file for form in forms if form is not None for file in form.files]
    skeleton = model.skeleton
    sizes: list[int | None] = [path.stat().st_size for path in paths] if paths else [file.bytes for file in files]
    known = [size for size in sizes if size is not None]
    return ModelStatus(
        name=model.name,
        title=model.title,
        points=len(skeleton),
        feet=skeleton.has_feet,
        licence=model.licence,
        commercial=model.commercial,
        bytes=sum(known) if known and len(known) == len(sizes) else None,
        installed=found is not None,
        paths=paths,
        downloadable=all(form is not None for form in forms),
    )


def _form_to_fetch(model: Model) -> Form | None:
    return next((form for form in model.forms if form.downloadable), None)


def plan(name: str, *, folder: Path) -> list[Fetch]:
    """Return what must be fetched so that the network is whole under ``folder``; nothing where it is.

    Raises:
        ModelError: unknown, or without a public source.
    """
    model = known_model(name)
    if model.parts:
        return [step for part in model.parts for step in plan(part.split(",")[0], folder=folder)]
    if any(not _missing(form, model.name, folder) for form in model.forms):
        return []
    form = _form_to_fetch(model)
    if form is None:
        files = " and ".join(file.name for file in model.forms[0].files)
        raise ModelError(f"the pose network '{name}' has no public source; put {files} into '{folder / name}' yourself")
    return [Fetch(file, folder / model.name / file.name) for file in _missing(form, model.name, folder)]


def _missing(form: Form, model: str, folder: Path) -> list[ModelFile]:
    """Return the files that are not there, or not right."""
    return [
        file
        for file in form.files
        if not any(
            place.is_file() and not checksum_trouble(place, file) for place in file_places(folder, model, file.name)
        )
    ]


def install(
    name: str,
    *,
    models_dir: Path | None = None,
    accept_licence: bool = False,
    progress: Progress | None = None,
    timeout_s: float = 30.0,
) -> list[Path]:
    """Fetch a network's files, and return where they are.

    Args:
        name: of the catalogue.
        models_dir: where to; by default the environment's GAITLAB_MODELS or the user's folder.
        accept_licence: must be true for a network that may not be used commercially.
        progress: called as ``progress(file, bytes so far, bytes in all or None)``.
        timeout_s: how long a server may be silent.

    Raises:
        ModelError: unknown, licence not accepted, no public source, no source that works, or not a network.
    """
    model = known_model(name)
    folder = install_folder(models_dir)
    steps = plan(name, folder=folder)
    if steps and not model.commercial and not accept_licence:
        raise ModelError(
            f"the pose network '{name}' is not free for every use: {model.licence}; "
            f"if that is right for you, run: gaitlab models install {name} --accept-licence"
        )
    for step in steps:
        fetch(step.file, step.target, progress=progress, timeout_s=timeout_s)
    unchecked = [step.target for step in steps if not (step.file.sha256 or step.file.md5)]
    if unchecked:
        _must_be_readable(name, folder, unchecked)
    found = find_model(name, models_dir=folder)
    return [path for part in (found.parts or (found,)) for path in part.paths]


def _must_be_readable(name: str, folder: Path, targets: list[Path]) -> None:
    """A file whose sum nobody published must at least be a network; otherwise it is removed."""
    from gaitlab.pose.network import read

    try:
        read(find_model(name, models_dir=folder))
    except ModelError:
        for target in targets:
            target.unlink()
        raise


def verify(name: str, *, models_dir: Path | None = None) -> list[Checked]:
    """Check the files of an installed network against their published sums.

    Raises:
        ModelError: unknown or not installed.
    """
    found = find_model(name, models_dir=models_dir)
    checked = []
    for part in found.parts or (found,):
        for path in part.paths:
            file = next(file for file in _files(part.model) if file.name == path.name)
            checked.append(Checked(path, checksum_trouble(path, file), bool(file.sha256 or file.md5)))
    return checked


def _files(model: Model) -> Iterator[ModelFile]:
    for form in model.forms:
        yield from form.files
