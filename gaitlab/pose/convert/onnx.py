"""Writing ONNX: as much of the format as converted pose networks need.

Field numbers from ``onnx.proto`` (ModelProto, GraphProto, NodeProto, TensorProto, ValueInfoProto).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gaitlab.pose.convert.wire import put, put_packed

_FLOAT, _INT64 = 1, 7
_IR_VERSION, _OPSET = 7, 13
Attribute = int | float | str | Sequence[int]


@dataclass(slots=True)
class OnnxGraph:
    """A graph under construction: nodes in order, weights by name.

    Attributes
    ----------
    inputs : Mapping[str, int]
        name to (channels); batch, rows and columns stay open.
    outputs : Sequence[str]
        names.
    """

    name: str
    inputs: Mapping[str, int]
    outputs: Sequence[str] = ()
    _nodes: list[bytes] = field(default_factory=list)
    _weights: list[bytes] = field(default_factory=list)

    def weight(self, name: str, values: np.ndarray) -> str:
        """Add a constant tensor and return its name."""
        kind, plain = (_INT64, "<i8") if values.dtype.kind == "i" else (_FLOAT, "<f4")
        raw = np.ascontiguousarray(values, dtype=plain).tobytes()
        self._weights.append(put_packed(1, values.shape) + put(2, kind) + put(8, name) + put(9, raw))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> None:
        """Add an operation with one output."""
        parts = [put(1, name) for name in inputs] + [put(2, output), put(3, output), put(4, kind)]
        parts += [put(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(b"".join(parts))

    def model(self) -> bytes:
        """Return the whole file."""
        graph = [put(1, node) for node in self._nodes]
        graph += [put(2, self.name)]
        graph += [put(5, weight) for weight in self._weights]
        for name, channels in self.inputs.items():
            graph.append(put(11, _value_info(name, ("batch", channels, "rows", "columns"))))
        for name in self.outputs:
            graph.append(put(12, _value_info(name, ("batch", *(f"{name} {axis}" for axis in ("c", "y", "x"))))))
        opset = put(8, put(1, "") + put(2, _OPSET))
        return b"".join((put(1, _IR_VERSION), put(2, "gaitlab"), put(7, b"".join(graph)), opset))


def _attribute(name: str, value: Attribute) -> bytes:
    head = put(1, name)
    if isinstance(value, int):
        return head + put(3, value) + put(20, 2)
    if isinstance(value, float):
        return head + put(2, value) + put(20, 1)
    if isinstance(value, str):
        return head + put(4, value) + put(20, 3)
    return head + b"".join(put(8, int(v)) for v in value) + put(20, 7)


def _value_info(name: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(put(1, put(1, d) if isinstance(d, int) else put(2, d)) for d in shape)
    kind = put(1, _FLOAT) + put(2, dims)
    return put(1, name) + put(2, put(1, kind))
