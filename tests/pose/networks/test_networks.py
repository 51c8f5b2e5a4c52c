"""Estimators on tiny networks written here: channels, tables, formats and mirror images, without any real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.errors import ModelError
from gaitlab.core.person import Body
from gaitlab.core.skeleton import SKELETONS
from gaitlab.pose.convert.onnx import OnnxGraph
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.pose.networks.window import Window
from tests.pose.convert.test_converters import caffemodel

BOX = np.array([100.0, 50, 200, 350])


def colour_network(channels: int, cell: int, colours: dict[int, int], *, gain: float = 1.0) -> bytes:
    """A network whose map of a channel is the mean of one colour (0 blue, 1 green, 2 red) over each cell."""
    weights = np.zeros((channels, 3, cell, cell))
    for channel, colour in colours.items():
        weights[channel, colour] = gain / cell**2
    graph = OnnxGraph("colours", {"data": 3}, ["maps"])
    graph.node(
        "Conv", ["data", graph.weight("w", weights)], "maps",
        kernel_shape=(cell, cell), strides=(cell, cell), pads=(0, 0, 0, 0), group=1, dilations=(1, 1),
    )  # fmt: skip
    return graph.model()


def picture(*spots: tuple[int, int, int], sd_px: float = 12.0) -> np.ndarray:
    """Black, with blurred spots (x, y, colour)."""
    y, x = np.mgrid[:400, :300]
    image = np.zeros((400, 300, 3))
    for at_x, at_y, colour in spots:
        image[..., colour] += 250 * np.exp(-0.5 * ((x - at_x) ** 2 + (y - at_y) ** 2) / sd_px**2)
    return image.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(("maps", "skeleton"), [(25, "body_25"), (31, "runner_31")])
def test_our_own_network_may_have_25_or_31_maps(tmp_path: Path, maps: int, skeleton: str) -> None:
    (tmp_path / "runner.onnx").write_bytes(colour_network(maps, 4, dict.fromkeys(range(maps), 0), gain=2.5))
    estimator = load_estimator("runner", models_dir=tmp_path, checked=False)
    assert estimator.skeleton is SKELETONS[skeleton]
    body = estimator.detect_person(
        picture((160, 180, 0), sd_px=25.0), BOX, Body(np.full((maps, 2), np.nan), np.zeros(maps))
    )
    assert body is not None
    # The same spot in all maps and in the mirror image: nothing may be shifted by the averaging.
    assert np.abs(body.xy - (160, 180)).max() < 0.7
    (tmp_path / "runner.onnx").write_bytes(colour_network(7, 4, {}))
    with pytest.raises(ModelError, match=r"gives 7 maps; expected 25 \(body_25\) or 31 \(runner_31\)"):
        load_estimator("runner", models_dir=tmp_path, checked=False)


def test_left_and_right_change_places_in_the_mirror(tmp_path: Path) -> None:
    body_25 = SKELETONS["body_25"]
    left, right = body_25.index("left_wrist"), body_25.index("right_wrist")
    # A network that takes whatever is on the left of the picture for the left wrist would be undone by its mirror
    # image; one that goes by colour and knows the mirrored colour is not. Here: blue is left, green is right.
    (tmp_path / "runner.onnx").write_bytes(colour_network(25, 4, {left: 0, right: 1}, gain=4.0))
    estimator = load_estimator("runner", models_dir=tmp_path, checked=False)
    maps = estimator.maps(picture((130, 180, 0), (190, 220, 1)), Window(50, 0, 285, 400), mirrored=None)  # type: ignore[attr-defined]
    # In the mirror image blue is still blue, so each wrist's map holds both spots, half each.
    for wrist in (left, right):
        top = np.sort(maps[wrist].ravel())[::-1]
        assert maps[wrist].sum() == pytest.approx(1)
        assert top[0] == pytest.approx(maps[left].max(), rel=0.05)
    assert np.abs(maps[left] - maps[right]).max() < 0.1 * maps[left].max()


@pytest.mark.parametrize(("channels", "has_fields"), [(57, True), (19, False), (18, False)])
def test_openpose_with_and_without_fields(tmp_path: Path, channels: int, has_fields: bool) -> None:
    (tmp_path / "openpose-light.onnx").write_bytes(
        colour_network(channels, 8, dict.fromkeys(range(18), 0), gain=1 / 255)
    )
    estimator = load_estimator("openpose-light", models_dir=tmp_path, checked=False)
    heatmaps, fields = estimator.maps(picture((160, 180, 0)), Window(0, 0, 300, 400), 192, 256)  # type: ignore[attr-defined]
    assert heatmaps.shape == (18, 32, 24)
    assert (fields is not None) == has_fields
    people = estimator.detect_people(picture((160, 180, 0)))
    # Without fields the highest peaks are one person; with empty fields no limb joins them.
    assert len(people) == (0 if has_fields else 1)
    if people:
        assert np.abs(people[0].xy - (160, 180)).max() < 1.5


def test_a_wrong_number_of_channels_is_said(tmp_path: Path) -> None:
    (tmp_path / "openpose-light.onnx").write_bytes(colour_network(44, 8, {}))
    with pytest.raises(ModelError, match="gives 44 channels; expected 19 heatmaps, or 57 with part affinity"):
        load_estimator("openpose-light", models_dir=tmp_path, checked=False).detect_people(picture())


@pytest.mark.parametrize(
    ("name", "skeleton", "prototxt", "weights", "channels"),
    [
        ("openpose-coco", "coco_18", "pose_deploy_linevec.prototxt", "pose_iter_440000.caffemodel", 57),
        ("openpose-mpi", "mpi_15", "pose_deploy_linevec.prototxt", "pose_iter_160000.caffemodel", 44),
        (
            "openpose-mpi-fast", "mpi_15", "pose_deploy_linevec_faster_4_stages.prototxt",
            "pose_iter_160000.caffemodel", 44,
        ),
        ("openpose-body25", "body_25", "pose_deploy.prototxt", "pose_iter_584000.caffemodel", 78),
    ],
)  # fmt: skip
def test_caffe_networks_run_from_their_own_files(
    tmp_path: Path, name: str, skeleton: str, prototxt: str, weights: str, channels: int
) -> None:
    kernels = np.zeros((channels, 3, 8, 8))
    kernels[: len(SKELETONS[skeleton]), 0] = 1 / 64
    (tmp_path / name).mkdir()
    (tmp_path / name / prototxt).write_text(
        'input: "image" input_dim: 1 input_dim: 3 input_dim: 1 input_dim: 1\n'
        'layer { name: "all" type: "Convolution" bottom: "image" top: "net_output" '
        f"convolution_param {{ num_output: {channels} kernel_size: 8 stride: 8 }} }}"
    )
    (tmp_path / name / weights).write_bytes(caffemodel(all=[kernels, np.full(channels, 0.5)]))
    estimator = load_estimator(name, models_dir=tmp_path, checked=False)
    assert estimator.skeleton is SKELETONS[skeleton]
    maps, window = estimator.heatmaps(picture((160, 180, 0)))
    # Pixels become x/256 - 0.5, and the bias gives the half back: black is 0, the spot nearly 1.
    assert maps.min() == pytest.approx(0, abs=1e-5)
    assert 0.8 < maps.max() < 1.0
    row, column = np.unravel_index(int(maps[0].argmax()), maps.shape[1:])
    at = window.to_picture(np.array([column, row]), columns=maps.shape[2], rows=maps.shape[1])
    assert np.abs(at - (160, 180)).max() < 9
