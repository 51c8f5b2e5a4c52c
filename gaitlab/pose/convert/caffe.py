"""Caffe networks as ONNX, which every OpenCV reads: layers of a prototxt, weights of a caffemodel.

Knows the layers that pose networks are made of. Layer semantics: Caffe's ``caffe.proto``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitlab.pose.convert.onnx import Attribute, OnnxGraph
from gaitlab.pose.convert.prototxt import Message, first, parse_prototxt
from gaitlab.pose.convert.wire import VARINT, children, fields, floats, integers, text

# caffe.proto: the two generations of layers in a NetParameter, and their fields (name, blobs).
_GENERATIONS = ((100, 1, 7), (2, 4, 6))
_BLOB_DATA, _BLOB_SHAPE = 5, 7
_SKIPPED = ("Dropout", "Split", "Silence")


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer with its inputs and outputs, named as ONNX values."""

    name: str
    table: Message
    blobs: Sequence[np.ndarray]
    inputs: Sequence[str]
    output: str

    def part(self, name: str) -> Message:
        """Return the layer's parameters, e.g. ``convolution_param``."""
        parameters: Message = first(self.table, name, {})
        return parameters


def caffe_to_onnx(prototxt: str, caffemodel: bytes) -> bytes:
    """Return the network as an ONNX file.

    Raises
    ------
    ValueError
        a layer that is not known, weights that are missing or do not fit, files that are no Caffe.
    """
    network = parse_prototxt(prototxt)
    weights = read_weights(caffemodel)
    layers = [layer for key in ("layer", "layers") for layer in network.get(key, [])]
    if not layers:
        raise ValueError("the prototxt has no layers")
    graph = OnnxGraph(str(first(network, "name", "caffe")), _inputs(network, layers))
    value = {name: name for name in graph.inputs}  # of each blob: Caffe overwrites in place, ONNX does not
    unused = dict.fromkeys(graph.inputs)
    for number, table in enumerate(layers):
        kind, name = str(first(table, "type", "")), str(first(table, "name", f"layer{number}"))
        if kind == "Input":
            continue
        bottoms, tops = table.get("bottom", []), table.get("top", [])
        for bottom in bottoms:
            if bottom not in value:
                raise ValueError(f"layer '{name}' reads '{bottom}', which no layer before it makes")
            unused.pop(value[bottom], None)
        if kind in _SKIPPED:
            for top in tops:
                value[top] = value[bottoms[0]]
                unused[value[top]] = None
            continue
        if kind not in LAYERS:
            raise ValueError(f"layer '{name}' is a {kind}; known: {', '.join(LAYERS)}")
        output = tops[0] if tops[0] not in value else f"{tops[0]}/{name}"
        LAYERS[kind](graph, Layer(name, table, weights.get(name, ()), [value[b] for b in bottoms], output))
        value[tops[0]] = output
        unused[output] = None
    graph.outputs = list(unused)
    return graph.model()


def read_weights(caffemodel: bytes) -> dict[str, list[np.ndarray]]:
    """Return the weights of every layer that has some, by the layer's name."""
    weights: dict[str, list[np.ndarray]] = {}
    for layer_field, name_field, blob_field in _GENERATIONS:
        for layer in children(caffemodel, layer_field):
            blobs = [_blob(message) for message in children(layer, blob_field)]
            if blobs:
                weights[text(layer, name_field)] = blobs
    return weights


def _blob(message: memoryview) -> np.ndarray:
    shape = integers(next(children(message, _BLOB_SHAPE), memoryview(b"")), 1)
    if not shape:  # the first Caffe's four numbers
        old = {number: value for number, kind, value in fields(message) if number <= 4 and kind == VARINT}
        shape = [int(old[n]) for n in (1, 2, 3, 4) if n in old and isinstance(old[n], int)]
    values = floats(message, _BLOB_DATA)
    return values.reshape(shape) if shape else values


def _inputs(network: Message, layers: Sequence[Message]) -> dict[str, int]:
    """Return the channels of every input, however the prototxt declares it."""
    found = {}
    dims, shapes = network.get("input_dim", []), network.get("input_shape", [])
    for number, name in enumerate(network.get("input", [])):
        shape = shapes[number]["dim"] if number < len(shapes) else dims[4 * number : 4 * number + 4]
        found[name] = shape[1] if len(shape) == 4 else 3
    for layer in layers:
        if first(layer, "type", "") == "Input":
            shape = first(layer, "input_param", {})["shape"][0]["dim"]
            found[layer["top"][0]] = shape[1]
    if not found:
        raise ValueError("the prototxt names no input")
    return found


def _pair(part: Message, name: str, default: int, *, size: str = "") -> tuple[int, int]:
    """Return rows and columns of ``kernel_size``, ``stride`` or ``pad``, together or apart."""
    both = part.get(size or name, [])
    stem = name.removesuffix("_size")
    if both:
        return both[0], both[-1]
    return first(part, f"{stem}_h", default), first(part, f"{stem}_w", default)


def _convolution(graph: OnnxGraph, layer: Layer) -> None:
    part = layer.part("convolution_param")
    kernel, stride, pad = _pair(part, "kernel_size", 1), _pair(part, "stride", 1), _pair(part, "pad", 0)
    dilation = part.get("dilation") or [1]
    outputs, groups = first(part, "num_output", 0), first(part, "group", 1)
    if not layer.blobs:
        raise ValueError(f"the caffemodel has no weights for layer '{layer.name}'; is it another network's?")
    kernels = layer.blobs[0].size // (outputs * kernel[0] * kernel[1]) if outputs else 0
    if layer.blobs[0].size != outputs * kernels * kernel[0] * kernel[1] or not kernels:
        raise ValueError(f"layer '{layer.name}' has {layer.blobs[0].size} weights, not {outputs} filters of {kernel}")
    inputs = [layer.inputs[0], graph.weight(f"{layer.name}/w", layer.blobs[0].reshape(outputs, kernels, *kernel))]
    if len(layer.blobs) > 1 and first(part, "bias_term", True):
        inputs.append(graph.weight(f"{layer.name}/b", layer.blobs[1].reshape(outputs)))
    graph.node(
        "Conv", inputs, layer.output, kernel_shape=kernel, strides=stride, pads=(*pad, *pad), group=groups,
        dilations=(dilation[0], dilation[-1]),
    )  # fmt: skip


def _relu(graph: OnnxGraph, layer: Layer) -> None:
    slope = float(first(layer.part("relu_param"), "negative_slope", 0.0))
    if slope:
        graph.node("LeakyRelu", layer.inputs, layer.output, alpha=slope)
    else:
        graph.node("Relu", layer.inputs, layer.output)


def _prelu(graph: OnnxGraph, layer: Layer) -> None:
    if not layer.blobs:
        raise ValueError(f"the caffemodel has no slopes for layer '{layer.name}'; is it another network's?")
    slope = graph.weight(f"{layer.name}/slope", layer.blobs[0].reshape(-1, 1, 1))
    graph.node("PRelu", [layer.inputs[0], slope], layer.output)


def _elu(graph: OnnxGraph, layer: Layer) -> None:
    graph.node("Elu", layer.inputs, layer.output, alpha=float(first(layer.part("elu_param"), "alpha", 1.0)))


def _pooling(graph: OnnxGraph, layer: Layer) -> None:
    part = layer.part("pooling_param")
    if first(part, "global_pooling", False):
        raise ValueError(f"layer '{layer.name}' pools over the whole picture, which no pose network does")
    kernel, stride, pad = _pair(part, "kernel_size", 1), _pair(part, "stride", 1), _pair(part, "pad", 0)
    method = first(part, "pool", "MAX")
    shape: dict[str, Attribute] = {"kernel_shape": kernel, "strides": stride, "pads": (*pad, *pad)}
    shape["ceil_mode"] = 1  # Caffe rounds up
    if method in ("MAX", 0):
        graph.node("MaxPool", layer.inputs, layer.output, **shape)
    else:
        graph.node("AveragePool", layer.inputs, layer.output, count_include_pad=1, **shape)


def _concat(graph: OnnxGraph, layer: Layer) -> None:
    part = layer.part("concat_param")
    graph.node("Concat", layer.inputs, layer.output, axis=int(first(part, "axis", first(part, "concat_dim", 1))))


def _eltwise(graph: OnnxGraph, layer: Layer) -> None:
    part = layer.part("eltwise_param")
    kinds = {"PROD": "Mul", 0: "Mul", "SUM": "Add", 1: "Add", "MAX": "Max", 2: "Max"}
    kind = kinds[first(part, "operation", "SUM")]
    if any(c != 1 for c in part.get("coeff", [])):
        raise ValueError(f"layer '{layer.name}' weighs its inputs, which is not supported")
    value = layer.inputs[0]
    for number, other in enumerate(layer.inputs[1:], start=2):
        output = layer.output if number == len(layer.inputs) else f"{layer.output}/{number}"
        graph.node(kind, [value, other], output)
        value = output


def _sigmoid(graph: OnnxGraph, layer: Layer) -> None:
    graph.node("Sigmoid", layer.inputs, layer.output)


# What each layer of a prototxt becomes.
LAYERS: Mapping[str, Callable[[OnnxGraph, Layer], None]] = {
    "Convolution": _convolution,
    "ReLU": _relu,
    "PReLU": _prelu,
    "ELU": _elu,
    "Pooling": _pooling,
    "Concat": _concat,
    "Eltwise": _eltwise,
    "Sigmoid": _sigmoid,
}
