"""Files of other frameworks in our own reader: small networks computed by hand, real ones against each other."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.pose.convert import wire
from gaitlab.pose.convert.caffe import caffe_to_onnx, read_weights
from gaitlab.pose.convert.openvino import openvino_to_onnx
from gaitlab.pose.convert.prototxt import parse_prototxt
from gaitlab.pose.convert.tensorflow import with_constant_resizes

RANDOM = np.random.default_rng(1)


def blob(values: np.ndarray) -> bytes:
    return wire.put(7, wire.put_packed(1, values.shape)) + wire.put(5, values.astype("<f4").tobytes())


def caffemodel(**layers: list[np.ndarray]) -> bytes:
    parts = (
        wire.put(100, wire.put(1, name) + wire.put(2, "any") + b"".join(wire.put(7, blob(b)) for b in blobs))
        for name, blobs in layers.items()
    )
    return wire.put(1, "net") + b"".join(parts)


def old_caffemodel(**layers: list[np.ndarray]) -> bytes:
    """The generation of 2014: ``layers`` with number, channels, height, width in place of a shape."""

    def old_blob(values: np.ndarray) -> bytes:
        shape = (1,) * (4 - values.ndim) + values.shape
        sizes = b"".join(wire.put(n, size) for n, size in enumerate(shape, start=1))
        return sizes + b"".join(wire.put(5, float(v)) for v in values.ravel())  # and floats one by one

    parts = (
        wire.put(2, wire.put(4, name) + wire.put(5, 4) + b"".join(wire.put(6, old_blob(b)) for b in blobs))
        for name, blobs in layers.items()
    )
    return b"".join(parts)


def run(model: bytes, picture: np.ndarray) -> np.ndarray:
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
    net.setInput(picture.astype(np.float32))
    return np.asarray(net.forward())


def convolved(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """3x3 (or 1x1) convolution of (channel, row, column) with zero borders, the slow and obvious way."""
    pad = w.shape[2] // 2
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(1, 2))
    return np.einsum("cyxij,ocij->oyx", windows, w) + b[:, None, None]


HEAD = 'name: "t" input: "image" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\n'
CONV = (
    'layer {{ name: "{0}" type: "Convolution" bottom: "{1}" top: "{0}" '
    "convolution_param {{ num_output: {2} kernel_size: {3} pad: {4} }} }}\n"
)


def test_dense_concatenation_with_prelu_as_in_body_25() -> None:
    prototxt = (
        HEAD
        + CONV.format("c1", "image", 4, 3, 1)
        + 'layer { name: "p1" type: "PReLU" bottom: "c1" top: "c1" }\n'
        + CONV.format("c2", "c1", 4, 3, 1)
        + 'layer { name: "p2" type: "PReLU" bottom: "c2" top: "c2" }\n'
        + 'layer { name: "cat" type: "Concat" bottom: "c1" bottom: "c2" top: "cat" concat_param { axis: 1 } }\n'
        + CONV.format("out", "cat", 2, 1, 0)
    )
    w1, w2, w3 = RANDOM.normal(size=(4, 3, 3, 3)), RANDOM.normal(size=(4, 4, 3, 3)), RANDOM.normal(size=(2, 8, 1, 1))
    b1, b2, b3, s1, s2 = (RANDOM.normal(size=n) for n in (4, 4, 2, 4, 4))
    model = caffe_to_onnx(prototxt, caffemodel(c1=[w1, b1], p1=[s1], c2=[w2, b2], p2=[s2], out=[w3, b3]))
    x = RANDOM.normal(size=(1, 3, 8, 8))

    def prelu(v: np.ndarray, slope: np.ndarray) -> np.ndarray:
        return np.where(v > 0, v, slope[:, None, None] * v)

    first = prelu(convolved(x[0], w1, b1), s1)
    second = prelu(convolved(first, w2, b2), s2)
    expected = convolved(np.concatenate([first, second]), w3, b3)
    assert run(model, x)[0] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("generation", [caffemodel, old_caffemodel])
def test_relu_pooling_and_stages_as_in_coco_and_mpi(generation) -> None:  # type: ignore[no-untyped-def]
    prototxt = (
        HEAD
        + CONV.format("c1", "image", 4, 3, 1)
        + 'layer { name: "relu1" type: "ReLU" bottom: "c1" top: "c1" }\n'
        + 'layer { name: "pool" type: "Pooling" bottom: "c1" top: "pool" '
        + "pooling_param { pool: MAX kernel_size: 2 stride: 2 } }\n"
        + CONV.format("L1", "pool", 2, 1, 0)
        + CONV.format("L2", "pool", 3, 1, 0)
        + 'layer { name: "net_output" type: "Concat" bottom: "L2" bottom: "L1" bottom: "pool" top: "net_output" }\n'
    )
    w1, wa, wb = RANDOM.normal(size=(4, 3, 3, 3)), RANDOM.normal(size=(2, 4, 1, 1)), RANDOM.normal(size=(3, 4, 1, 1))
    b1, ba, bb = (RANDOM.normal(size=n) for n in (4, 2, 3))
    model = caffe_to_onnx(prototxt, generation(c1=[w1, b1], L1=[wa, ba], L2=[wb, bb]))
    x = RANDOM.normal(size=(1, 3, 8, 8))
    first = np.maximum(convolved(x[0], w1, b1), 0)
    pool = first.reshape(4, 4, 2, 4, 2).max(axis=(2, 4))
    expected = np.concatenate([convolved(pool, wb, bb), convolved(pool, wa, ba), pool])
    assert run(model, x)[0] == pytest.approx(expected, abs=1e-3)


def test_pooling_rounds_up_as_caffe_does() -> None:
    prototxt = HEAD + (
        'layer { name: "pool" type: "Pooling" bottom: "image" top: "pool" pooling_param { kernel_size: 2 stride: 2 } }'
    )
    x = np.arange(3 * 5 * 7, dtype=float).reshape(1, 3, 5, 7)
    pooled = run(caffe_to_onnx(prototxt, b""), x)
    assert pooled.shape == (1, 3, 3, 4)
    assert pooled[0, 0].tolist() == [[8, 10, 12, 13], [22, 24, 26, 27], [29, 31, 33, 34]]


@pytest.mark.parametrize(
    ("prototxt", "message"),
    [
        ('layer { name: "x" type: "LSTM" bottom: "image" top: "x" }', "is a LSTM; known: Convolution"),
        (CONV.format("x", "image", 4, 3, 1), "no weights for layer 'x'"),
        ('layer { name: "x" type: "ReLU" bottom: "nowhere" top: "x" }', "reads 'nowhere'"),
    ],
)
def test_what_cannot_be_converted_is_said(prototxt: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        caffe_to_onnx(HEAD + prototxt, b"")


def test_a_file_cut_short_is_no_network() -> None:
    whole = caffemodel(c1=[np.ones((4, 3, 3, 3))])
    assert read_weights(whole)["c1"][0].shape == (4, 3, 3, 3)
    with pytest.raises(ValueError, match="bytes early"):
        read_weights(whole[:-5])


def test_prototxt_knows_comments_strings_lists_and_messages() -> None:
    message = parse_prototxt("a: 1 # no\nb { c: \"x: {\" d: [1, 2.5] }\nb: < c: 'y' > e: true f: MAX")
    assert message == {"a": [1], "b": [{"c": ["x: {"], "d": [1, 2.5]}, {"c": ["y"]}], "e": [True], "f": ["MAX"]}
    with pytest.raises(ValueError, match="not closed"):
        parse_prototxt("a { b: 1")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**63 - 1])
def test_numbers_survive_the_wire(value: int) -> None:
    assert wire.integers(wire.put(3, value), 3) == [value]
    assert wire.integers(wire.put_packed(3, [value, 5]), 3) == [value, 5]


def test_an_openvino_graph_by_hand() -> None:
    kernels, bias = RANDOM.normal(size=(2, 1, 1, 3, 3)), RANDOM.normal(size=(1, 2, 1, 1))
    weights = kernels.astype("<f4").tobytes() + bias.astype("<f4").tobytes()
    layers = (
        '<layer id="0" name="data" type="Parameter"><data shape="1,2,8,8" element_type="f32"/></layer>'
        '<layer id="2" name="bias" type="Const"><data element_type="f32" shape="1,2,1,1" offset="72" size="8"/></layer>'
        '<layer id="1" name="w" type="Const"><data element_type="f32" shape="2,1,1,3,3" offset="0" size="72"/></layer>'
        '<layer id="6" name="out" type="Result"/>'
        '<layer id="3" name="conv" type="GroupConvolution">'
        '<data strides="1,1" pads_begin="1,1" pads_end="1,1" dilations="1,1" auto_pad="explicit"/></layer>'
        '<layer id="4" name="sum" type="Add"/><layer id="5" name="elu" type="Elu"><data alpha="0.5"/></layer>'
    )
    links = ((0, 0, 3, 0), (1, 0, 3, 1), (3, 2, 4, 0), (2, 0, 4, 1), (4, 2, 5, 0), (5, 1, 6, 0))
    edges = "".join(f'<edge from-layer="{a}" from-port="{b}" to-layer="{c}" to-port="{d}"/>' for a, b, c, d in links)
    xml = f'<?xml version="1.0"?><net name="n" version="10"><layers>{layers}</layers><edges>{edges}</edges></net>'
    x = RANDOM.normal(size=(1, 2, 8, 8))
    each = [convolved(x[0, c : c + 1], kernels[c], bias[0, c, 0]) for c in range(2)]
    linear = np.concatenate(each)
    expected = np.where(linear > 0, linear, 0.5 * np.expm1(linear))
    assert run(openvino_to_onnx(xml, weights), x)[0] == pytest.approx(expected, abs=1e-4)
    with pytest.raises(ValueError, match="weights end before"):
        openvino_to_onnx(xml, weights[:-1])
    with pytest.raises(ValueError, match="is a LSTMCell; known: Convolution"):
        openvino_to_onnx(xml.replace('"Elu"', '"LSTMCell"'), weights)


@pytest.mark.shared
def test_the_real_caffe_files_give_what_opencv_4s_own_importer_gives(shared: Path) -> None:
    folder = shared / "models" / "openpose-light"
    prototxt, weights = folder / "openpose-light.prototxt", folder / "openpose-light.caffemodel"
    picture = cv2.dnn.blobFromImage(
        RANDOM.integers(0, 255, (64, 48, 3), dtype=np.uint8), 1 / 256, mean=(128.0, 128.0, 128.0)
    )
    ours = run(caffe_to_onnx(prototxt.read_text(), weights.read_bytes()), picture)
    assert ours.shape == (1, 57, 8, 6)
    if hasattr(cv2.dnn, "readNetFromCaffe"):
        net = cv2.dnn.readNetFromCaffe(str(prototxt), str(weights))
        net.setInput(picture)
        assert np.abs(ours - net.forward()).max() < 1e-4
    # The ONNX file was made by somebody else from 8-bit weights: the same to about a part in a hundred.
    other = cv2.dnn.readNetFromONNX(str(folder / "openpose-light.onnx"))
    other.setInput(picture * 256 + 128)
    heatmaps, fields = other.forward(["Mconv7_stage2_L2", "Mconv7_stage2_L1"])
    assert np.abs(ours - np.concatenate([heatmaps, fields], axis=1)).max() < 0.01


@pytest.mark.shared
def test_the_tensorflow_graph_gives_what_the_static_one_gives(shared: Path) -> None:
    folder = shared / "models" / "openpose-tf"
    graph = (folder / "mobilenet_v2_small.pb").read_bytes()
    picture = RANDOM.normal(size=(1, 3, 96, 64)).astype(np.float32)
    outputs = []
    for content in (with_constant_resizes(graph), (folder / "mobilenet_v2_small.static.pb").read_bytes()):
        net = cv2.dnn.readNetFromTensorflow(np.frombuffer(content, np.uint8))
        net.setInput(picture)
        outputs.append(net.forward())
    assert np.array_equal(*outputs)
    static = (folder / "mobilenet_v2_small.static.pb").read_bytes()
    assert with_constant_resizes(static) == static
