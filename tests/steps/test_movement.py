"""Sessions as datasets of movement, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.core.errors import InputError
from tests.report.make import make_session

xarray = pytest.importorskip("xarray")


def test_a_session_goes_to_a_dataset_and_back(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run")
    dataset = session.to_xarray()
    assert dataset["position"].dims == ("time", "space", "keypoints", "individuals")
    assert dataset["confidence"].dims == ("time", "keypoints", "individuals")
    assert (dataset.attrs["ds_type"], dataset.attrs["time_unit"]) == ("poses", "seconds")
    one = dataset.sel(keypoints="left_knee", individuals="runner")["position"].values
    np.testing.assert_array_equal(one, session.pose.point("left_knee"))
    back = gaitlab.load_keypoints(dataset)
    assert back.skeleton.names == session.pose.skeleton.names
    np.testing.assert_array_equal(back.xy, session.pose.xy)
    np.testing.assert_array_equal(back.time_s, session.pose.time_s)


def test_a_dataset_in_frames_needs_a_rate_and_one_in_space_is_refused(tmp_path: Path) -> None:
    dataset = make_session(tmp_path / "run").to_xarray()
    frames = dataset.assign_coords(time=np.arange(dataset.sizes["time"])).assign_attrs(time_unit="frames", fps=None)
    with pytest.raises(InputError, match="does not say its frame rate; give it with fps"):
        gaitlab.load_keypoints(frames)
    assert gaitlab.load_keypoints(frames, fps=50.0).fps == pytest.approx(50.0)
    with pytest.raises(InputError, match="expected x and y of a picture"):
        gaitlab.load_keypoints(dataset.assign_coords(space=["x", "z"]))
    with pytest.raises(InputError, match="no poses dataset of movement"):
        gaitlab.load_keypoints(dataset.drop_vars("position"))


def test_a_rate_that_a_dataset_contradicts_is_refused(tmp_path: Path) -> None:
    dataset = make_session(tmp_path / "run").to_xarray()
    rate = dataset.attrs["fps"]
    assert gaitlab.load_keypoints(dataset, fps=rate).fps == pytest.approx(rate)
    with pytest.raises(InputError, match=f"says {rate:g} frames a second, but fps says {2 * rate:g}; leave fps out"):
        gaitlab.load_keypoints(dataset, fps=2 * rate)
    with pytest.raises(InputError, match=r"has times that make .* but fps says"):
        gaitlab.load_keypoints(dataset.assign_attrs(fps=None), fps=2 * rate)
    frames = dataset.assign_coords(time=np.arange(dataset.sizes["time"])).assign_attrs(time_unit="frames", fps=25)
    assert gaitlab.load_keypoints(frames).fps == pytest.approx(25.0)
    with pytest.raises(InputError, match="says 25 frames a second, but fps says 50"):
        gaitlab.load_keypoints(frames, fps=50)


@pytest.mark.parametrize("idle", [{"format": "csv"}, {"layout": "coco_17"}, {"axes": "xz"}, {"picture": "1920x1080"}])
def test_what_is_of_files_is_refused_with_a_dataset(tmp_path: Path, idle: dict[str, str]) -> None:
    dataset = make_session(tmp_path / "run").to_xarray()
    with pytest.raises(InputError, match=f"{next(iter(idle))} is of a file, but a dataset names all this itself"):
        gaitlab.load_keypoints(dataset, **idle)


def test_a_dataset_of_somebody_upside_down_is_refused(tmp_path: Path) -> None:
    dataset = make_session(tmp_path / "run").to_xarray()
    with pytest.raises(InputError, match="in 'dataset' the runner stands on their head"):
        gaitlab.load_keypoints(dataset.assign(position=-dataset["position"]))


def test_a_session_shows_itself(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", athlete="<b>Ada</b>", label="shoe A", warnings=["a <i>warning</i>"])
    assert repr(session).startswith(f"<Session '{session.folder}': <b>Ada</b> · shoe A: side view, running, ")
    assert "warnings: 1>" in repr(session)
    page = session._repr_html_()
    assert "&lt;b&gt;Ada" in page
    assert "<b>Ada" not in page
    assert "a &lt;i&gt;warning" in page
    assert "Cadence" in page
    assert "steps/min" in page
