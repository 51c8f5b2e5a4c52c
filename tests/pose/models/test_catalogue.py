"""The table of networks: whole, honest about licences, and searched in the right order."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitlab.core.errors import ModelError
from gaitlab.pose.models import catalogue
from gaitlab.pose.models.install import list_models, plan
from gaitlab.pose.networks.estimator import DECODERS, load_estimator
from gaitlab.pose.networks.limbs import LIMBS
from gaitlab.pose.networks.network import READERS


@pytest.mark.parametrize("model", catalogue.catalogue().values(), ids=lambda m: m.name)
def test_every_network_can_be_loaded_once_its_files_are_there(model: catalogue.Model) -> None:
    assert model.decoder in DECODERS
    assert model.forms or model.parts
    for form in model.forms:
        assert form.format in READERS
        for file in form.files:
            assert all(source.startswith("https://") for source in file.sources)
            assert not any("/master/" in source or "/main/" in source for source in file.sources)
    if model.decoder == "openpose":
        assert model.skeleton.name in LIMBS
    for alternatives in model.parts:
        assert all(part in catalogue.catalogue() for part in alternatives.split(","))


def test_networks_for_research_only_are_marked() -> None:
    for model in catalogue.catalogue().values():
        assert model.commercial == (model.licence == "Apache-2.0"), model.name


def test_the_list_tells_feet_and_points(tmp_path: Path) -> None:
    feet = {status.name: status.feet for status in list_models(models_dir=tmp_path)}
    assert feet["openpose-body25"]
    assert feet["openpose-light+blazepose"]
    assert not feet["openpose-coco"]
    assert not feet["openpose-mpi"]


def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Stand-ins for all places that are searched, so that what is installed here does not matter."""
    found = [tmp_path / name for name in ("given", "environment", "project", "user")]
    monkeypatch.setenv(catalogue.ENVIRONMENT, str(found[1]))
    monkeypatch.setattr(catalogue, "resource_folder", lambda _: found[2])
    monkeypatch.setattr(catalogue, "user_folder", lambda: found[3])
    return found


def test_the_folder_given_comes_first_and_the_users_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.catalogue()  # read before the project's folder is replaced
    order = folders(tmp_path, monkeypatch)
    for folder in reversed(order):
        (folder / "runner-baseline").mkdir(parents=True)
        (folder / "runner-baseline" / "runner-baseline.onnx").write_bytes(b"x")
        found = catalogue.find_model("runner-baseline", models_dir=order[0])
        assert found.paths[0].is_relative_to(folder)


def test_a_missing_network_says_what_where_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.catalogue()
    given = folders(tmp_path, monkeypatch)[0]
    with pytest.raises(ModelError) as error:
        catalogue.find_model("openpose-body25", models_dir=given)
    message = str(error.value)
    assert "pose_iter_584000.caffemodel" in message
    assert str(given) in message
    assert "gaitlab models install openpose-body25" in message
    with pytest.raises(ModelError, match=r"gaitlab models install openpose-light\+blazepose"):
        catalogue.default_model(given)
    with pytest.raises(ModelError, match="did you mean 'openpose-coco'"):
        catalogue.find_model("openpose-cocoa")
    with pytest.raises(ModelError, match="no public source"):
        plan("runner-baseline", folder=tmp_path)


def test_a_network_that_nobody_can_get_is_neither_listed_nor_suggested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = [model.name for model in catalogue.catalogue().values() if model.trial]
    assert trials == ["runner-baseline"]
    assert not set(trials) & {status.name for status in list_models()}
    given = folders(tmp_path, monkeypatch)[0]
    with pytest.raises(ModelError) as unknown:
        catalogue.find_model("runner-base")
    with pytest.raises(ModelError) as absent:
        catalogue.default_model(given)
    assert not any(name in str(error.value) for name in trials for error in (unknown, absent))
    # One whose file lies in a folder is found by who names it, and no other is told to fetch it.
    with pytest.raises(ModelError, match="no public source, put it there"):
        catalogue.find_model(trials[0], models_dir=given)
    (given / trials[0]).mkdir(parents=True)
    (given / trials[0] / f"{trials[0]}.onnx").write_bytes(b"x")
    assert catalogue.find_model(trials[0], models_dir=given).name == trials[0]
    with pytest.raises(ModelError, match="no pose network is installed"):
        catalogue.default_model(given)


def test_a_damaged_network_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "openpose-light.onnx").write_bytes(b"this is no network")
    with pytest.raises(
        ModelError, match=r"openpose-light\.onnx' is not .* known: it has 18 bytes.*gaitlab models install"
    ):
        load_estimator("openpose-light", models_dir=tmp_path)
    with pytest.raises(ModelError, match=r"cannot be read from .*openpose-light\.onnx.*gaitlab models verify"):
        load_estimator("openpose-light", models_dir=tmp_path, checked=False)
