"""OpenVINO's networks (an XML graph and a file of weights) as ONNX, which every OpenCV reads.

Knows the operations that pose networks are made of. Semantics: OpenVINO operation sets 1 to 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

from gaitlab.pose.convert.onnx import OnnxGraph

_TYPES = {"f32": "<f4", "f16": "<f2", "i64": "<i8", "i32": "<i4"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One layer of the graph: the names of its inputs are those of ONNX values."""

    name: str
    kind: str
    attributes: Mapping[str, str]
    inputs: Sequence[str]
    constants: Mapping[str, np.ndarray]

    def integers(self, name: str) -> list[int]:
        """Return an attribute such as ``strides="2,2"``."""
        return [int(float(word)) for word in self.attributes.get(name, "").split(",") if word.strip()]


def openvino_to_onnx(xml: str, weights: bytes) -> bytes:
    """Return the network as an ONNX file.

    Raises
    ------
    ValueError
        an operation that is not known, or files that are no OpenVINO network.
    """
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise ValueError(f"the XML file is no network: {error}") from error
    layers = {layer.get("id", ""): layer for layer in root.iterfind("layers/layer")}
    sources: dict[str, dict[int, str]] = {}
    for edge in root.iterfind("edges/edge"):
        to = sources.setdefault(edge.get("to-layer", ""), {})
        to[int(edge.get("to-port", "0"))] = edge.get("from-layer", "")
    graph = OnnxGraph(root.get("name", "openvino"), {})
    inputs: dict[str, int] = {}
    outputs: list[str] = []
    constants: dict[str, np.ndarray] = {}
    name_of = {number: layer.get("name", number) for number, layer in layers.items()}
    for number in _in_order(layers, sources):
        layer, kind = layers[number], layers[number].get("type", "")
        data = layer.find("data")
        attributes = dict(data.attrib) if data is not None else {}
        before = [name_of[source] for _, source in sorted(sources.get(number, {}).items())]
        name = name_of[number]
        if kind == "Parameter":
            inputs[name] = int(attributes["shape"].split(",")[1])
        elif kind == "Const":
            constants[name] = _constant(attributes, weights, name)
        elif kind == "Result":
            outputs.append(before[0])
        elif kind in OPERATIONS:
            OPERATIONS[kind](graph, Operation(name, kind, attributes, before, constants))
        else:
            raise ValueError(f"layer '{name}' is a {kind}; known: {', '.join(OPERATIONS)}")
    if not inputs or not outputs:
        raise ValueError("the XML file names no input or no output")
    graph.inputs, graph.outputs = inputs, outputs
    return graph.model()


def _in_order(layers: Mapping[str, ElementTree.Element], sources: Mapping[str, Mapping[int, str]]) -> list[str]:
    """Return the layers in topological order."""
    order: dict[str, None] = {}
    waiting = [(number, False) for number in reversed(list(layers))]
    while waiting:
        number, ready = waiting.pop()
        if ready:
            order[number] = None
        elif number not in order:
            waiting.append((number, True))
            waiting.extend((source, False) for source in sources.get(number, {}).values() if source not in order)
    return list(order)


def _constant(attributes: Mapping[str, str], weights: bytes, name: str) -> np.ndarray:
    kind = attributes["element_type"].lower()
    if kind not in _TYPES:
        raise ValueError(f"constant '{name}' is of type {kind}; known: {', '.join(_TYPES)}")
    start, size = int(attributes["offset"]), int(attributes["size"])
    if start + size > len(weights):
        raise ValueError(
            f"the weights end before constant '{name}': they need {start + size} bytes, not {len(weights)}"
        )
    values = np.frombuffer(weights[start : start + size], dtype=_TYPES[kind])
    shape = [int(word) for word in attributes.get("shape", "").split(",") if word.strip()]
    return values.reshape(shape)


def _values(graph: OnnxGraph, operation: Operation) -> list[str]:
    """Return the inputs' names; constants among them are added to the graph."""
    return [
        graph.weight(f"{operation.name}/{name}", operation.constants[name]) if name in operation.constants else name
        for name in operation.inputs
    ]


def _convolution(graph: OnnxGraph, operation: Operation) -> None:
    source, kernel = operation.inputs
    weights, groups = operation.constants[kernel], 1
    if operation.kind == "GroupConvolution":
        groups = weights.shape[0]
        weights = weights.reshape(weights.shape[0] * weights.shape[1], *weights.shape[2:])
    if operation.attributes.get("auto_pad", "explicit") not in ("explicit", "valid"):
        raise ValueError(f"layer '{operation.name}' pads by '{operation.attributes['auto_pad']}', not explicitly")
    inputs = [source, graph.weight(f"{operation.name}/w", weights)]
    graph.node(
        "Conv", inputs, operation.name, kernel_shape=weights.shape[2:], strides=operation.integers("strides"),
        pads=(*operation.integers("pads_begin"), *operation.integers("pads_end")), group=groups,
        dilations=operation.integers("dilations"),
    )  # fmt: skip


def _max_pool(graph: OnnxGraph, operation: Operation) -> None:
    graph.node(
        "MaxPool", operation.inputs[:1], operation.name, kernel_shape=operation.integers("kernel"),
        strides=operation.integers("strides"),
        pads=(*operation.integers("pads_begin"), *operation.integers("pads_end")),
        ceil_mode=int(operation.attributes.get("rounding_type", "floor").startswith("ceil")),
    )  # fmt: skip


def _same_as(kind: str) -> Callable[[OnnxGraph, Operation], None]:
    def add(graph: OnnxGraph, operation: Operation) -> None:
        graph.node(kind, _values(graph, operation), operation.name)

    return add


def _elu(graph: OnnxGraph, operation: Operation) -> None:
    graph.node("Elu", operation.inputs, operation.name, alpha=float(operation.attributes.get("alpha", 1.0)))


def _prelu(graph: OnnxGraph, operation: Operation) -> None:
    source, slope = operation.inputs
    weight = graph.weight(f"{operation.name}/slope", operation.constants[slope].reshape(-1, 1, 1))
    graph.node("PRelu", [source, weight], operation.name)


def _concat(graph: OnnxGraph, operation: Operation) -> None:
    graph.node("Concat", operation.inputs, operation.name, axis=int(operation.attributes.get("axis", 1)))


# What each operation of an OpenVINO graph becomes.
OPERATIONS: Mapping[str, Callable[[OnnxGraph, Operation], None]] = {
    "Convolution": _convolution,
    "GroupConvolution": _convolution,
    "MaxPool": _max_pool,
    "ReLU": _same_as("Relu"),
    "Relu": _same_as("Relu"),
    "Sigmoid": _same_as("Sigmoid"),
    "Add": _same_as("Add"),
    "Subtract": _same_as("Sub"),
    "Multiply": _same_as("Mul"),
    "Divide": _same_as("Div"),
    "Elu": _elu,
    "PReLU": _prelu,
    "Concat": _concat,
}
