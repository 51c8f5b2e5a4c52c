"""Installation of pose networks: planning, download, status and verification."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from gaitlab.core.errors import ModelError
from gaitlab.pose.models.catalogue import (
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
from gaitlab.pose.models.checksums import checksum_problem, file_of, known_file, read_sum, remember_sum
from gaitlab.pose.models.download import LIMIT_S, Progress, fetch


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Status of a network in a list.

    Attributes
    ----------
    name : str
        value of ``--model``.
    title : str
        one-line description.
    points : int
        number of keypoints.
    feet : bool
        whether heels and toes are among them.
    licence : str
        licence of the weights.
    commercial : bool
        whether it allows commercial use.
    bytes : int | None
        size of its files, None if not all sizes are known.
    installed : bool
        whether all its files are installed.
    paths : tuple[Path, ...]
        their paths.
    downloadable : bool
        whether `install` can download it.
    needs_sum : bool
        whether `install` needs a SHA-256 from the user, because none is published.
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
    needs_sum: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of the verification of a file: ``problem`` is empty if the content is right or no checksum is known."""

    path: Path
    problem: str
    has_sum: bool


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file to download, and its target path."""

    file: ModelFile
    target: Path


def install_folder(models_dir: Path | None = None) -> Path:
    """Return the installation folder: the one given, that of the environment, or the user's."""
    named = os.environ.get(ENVIRONMENT)
    return models_dir or (Path(named) if named else user_folder())


def list_models(*, models_dir: Path | None = None) -> list[ModelStatus]:
    """Return the status of every network available to users, best first."""
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
        needs_sum=not any(form is None for form in map(_public_form, components)) and None in forms,
    )


def _form_to_fetch(model: Model) -> Form | None:
    return next((form for form in model.forms if form.downloadable), None)


def _public_form(model: Model) -> Form | None:
    return next((form for form in model.forms if all(file.public for file in form.files)), None)


def plan(name: str, *, folder: Path, sha256: str = "") -> list[Fetch]:
    """Return the files to download for a complete network under ``folder``; empty if it is complete.

    Parameters
    ----------
    name : str
        name in the catalogue.
    folder : Path
        installation folder.
    sha256 : str, optional
        checksum of the file without a published one.

    Raises
    ------
    ModelError
        if the network is unknown, has no public source, or a file cannot be verified.
    """
    model = known_model(name)
    if model.parts:
        return [step for part in model.parts for step in plan(part.split(",")[0], folder=folder, sha256=sha256)]
    if sha256 and all(file.sha256 for form in model.forms for file in form.files):
        raise ModelError(f"the sums of '{name}' are known; leave --sha256 out")
    lacking = [_missing(_with_sum(form, sha256), model.name, folder) for form in model.forms]
    if [] in lacking:
        return []
    files = next((files for files in lacking if all(file.public for file in files)), None)
    if files is None:
        raise ModelError(_by_hand(name, lacking[0], folder / name))
    unknown = [file for file in files if not file.sha256]
    if unknown and not sha256:
        raise ModelError(
            f"nobody published the SHA-256 of {unknown[0].name}, so a wrong one could not be told: take it of a copy "
            f"that you trust, and run: gaitlab models install {name} --sha256 SUM"
        )
    return [Fetch(file, folder / model.name / file.name) for file in files]


def _with_sum(form: Form, sha256: str) -> Form:
    """Return the form with the user's checksum for the file without a published one."""
    return replace(form, files=tuple(replace(file, sha256=file.sha256 or sha256) for file in form.files))


def _by_hand(name: str, files: list[ModelFile], folder: Path) -> str:
    """Return instructions for a network that must be downloaded manually."""
    addresses = [
        f"{file.name} from {file.by_hand or file.sources[0]}" for file in files if file.by_hand or file.sources
    ]
    if not addresses:
        names = " and ".join(file.name for file in files)
        return f"the pose network '{name}' has no public source; put {names} into '{folder}' yourself"
    return (
        f"the pose network '{name}' lies where there is no https, from which gaitlab does not fetch; download "
        f"{' and '.join(addresses)} and put it into '{folder}': it is checked against its SHA-256 whenever it is loaded"
    )


def _missing(form: Form, model: str, folder: Path) -> list[ModelFile]:
    """Return the files that are missing or wrong."""
    return [
        file
        for file in form.files
        if not any(
            place.is_file() and not checksum_problem(place, known_file(place, file))
            for place in file_places(folder, model, file.name)
        )
    ]


def install(
    name: str,
    *,
    models_dir: Path | None = None,
    accept_licence: bool = False,
    sha256: str = "",
    progress: Progress | None = None,
    timeout_s: float = 30.0,
    limit_s: float = LIMIT_S,
) -> list[Path]:
    """Download the files of a network and return their paths; those of one that ships with gaitlab are here.

    Parameters
    ----------
    name : str
        name in the catalogue.
    models_dir : Path | None, optional
        target folder; by default the environment's GAITLAB_MODELS or the user's folder.
    accept_licence : bool, optional
        must be true for a network that may not be used commercially.
    sha256 : str, optional
        checksum of the file without a published one; it is stored next to the file.
    progress : Progress | None, optional
        called as ``progress(file name, bytes so far, total bytes or None)``.
    timeout_s : float, optional
        longest time without data from a server, s.
    limit_s : float, optional
        longest time per file, s.

    Raises
    ------
    ModelError
        if the network is unknown, the licence not accepted, no source works, or a checksum is missing.
    """
    model = known_model(name)
    if not model.obtainable and (here := _whole(name, models_dir)):
        return here
    folder = install_folder(models_dir)
    given = read_sum(sha256) if sha256 else ""
    steps = plan(name, folder=folder, sha256=given)
    if steps and not model.commercial and not accept_licence:
        raise ModelError(
            f"the pose network '{name}' is not free for every use: {model.licence}; "
            f"if that is right for you, run: gaitlab models install {name} --accept-licence"
        )
    for step in steps:
        fetch(step.file, step.target, progress=progress, timeout_s=timeout_s, limit_s=limit_s)
    found = find_model(name, models_dir=folder)
    paths = [(part, path) for part in (found.parts or (found,)) for path in part.paths]
    for part, path in paths:
        if given and not file_of(part, path).sha256:
            remember_sum(path, given)
    return [path for _, path in paths]


def _whole(name: str, models_dir: Path | None) -> list[Path]:
    """Return the files of a network that is here and right, as one that ships with gaitlab; none otherwise."""
    if installed(name, models_dir=models_dir) is None:
        return []
    checked = verify(name, models_dir=models_dir)
    return [] if any(one.problem for one in checked) else [one.path for one in checked]


def verify(name: str, *, models_dir: Path | None = None) -> list[Checked]:
    """Verify the files of an installed network by their checksums.

    Raises
    ------
    ModelError
        if the network is unknown or not installed.
    """
    found = find_model(name, models_dir=models_dir)
    checked = []
    for part in found.parts or (found,):
        for path in part.paths:
            file = known_file(path, file_of(part, path))
            checked.append(Checked(path, checksum_problem(path, file), bool(file.sha256 or file.md5)))
    return checked
