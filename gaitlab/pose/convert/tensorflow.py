"""Frozen TensorFlow graphs that OpenCV refuses, made readable: computed sizes of resizes become constant factors.

tf-pose-estimation enlarges one feature map to the size of another, ``Resize(x, Shape(y)[1:3])``. As both are made
from the picture by strides alone, the factor is the ratio of their strides, whatever the size of the picture.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from gaitlab.pose.convert.wire import Value, children, copy, fields, integers, put, text

# Field numbers of GraphDef, NodeDef, AttrValue and TensorProto.
_NODE, _NAME, _OP, _INPUT, _ATTR = 1, 1, 2, 3, 5
_RESIZES = ("ResizeBilinear", "ResizeNearestNeighbor")


@dataclass(frozen=True, slots=True)
class _Node:
    message: memoryview
    name: str
    op: str
    inputs: tuple[str, ...]

    def attribute(self, key: str) -> memoryview | None:
        for entry in children(self.message, _ATTR):
            if text(entry, 1) == key:
                return next(children(entry, 2), None)
        return None

    @property
    def stride(self) -> int:
        """By how much it shrinks the picture along its height."""
        value = self.attribute("strides")
        steps = integers(next(children(value, 1)), 3) if value is not None else []
        return steps[1] if len(steps) == 4 else 1


def with_constant_resizes(graph: bytes) -> bytes:
    """Return the graph with computed resize factors replaced by constants; other nodes are unchanged.

    Raises
    ------
    ValueError
        not a graph, or a factor that is no whole number.
    """
    nodes = {node.name: node for node in map(_node, children(graph, _NODE))}
    computed = [n for n in nodes.values() if n.op in _RESIZES and nodes[n.inputs[1]].op != "Const"]
    if not computed:
        return graph
    strides: dict[str, int] = {}
    replaced = {node.name: _with_factor(node, nodes, strides) for node in computed}
    kept = _needed(nodes, {node.name: (node.inputs[0],) for node in computed})
    parts: list[bytes] = []
    for number, kind, value in fields(graph):
        name = text(value, _NAME) if number == _NODE and isinstance(value, memoryview) else None
        if name is None:
            parts.append(copy([(number, kind, value)]))
        elif name in kept:
            parts.append(replaced.get(name) or copy([(number, kind, value)]))
    return b"".join(parts)


def _node(message: memoryview) -> _Node:
    inputs = (bytes(value).decode() for value in children(message, _INPUT))
    # "^x" orders, "x:1" names an output; both mean the node x.
    names = tuple(name.lstrip("^").split(":")[0] for name in inputs)
    return _Node(message, text(message, _NAME), text(message, _OP), names)


def _with_factor(node: _Node, nodes: dict[str, _Node], strides: dict[str, int]) -> bytes:
    """Return the resize with factors for its size, and before it the constants that hold them."""
    shape = node.inputs[1]
    while nodes[shape].op != "Shape":
        if not nodes[shape].inputs:
            raise ValueError(f"the size of '{node.name}' does not come from another tensor's shape")
        shape = nodes[shape].inputs[0]
    large, small = _total_stride(nodes[shape].inputs[0], nodes, strides), _total_stride(node.inputs[0], nodes, strides)
    if small % large:
        raise ValueError(f"'{node.name}' enlarges by {small}/{large}, which is no whole number")
    names = [f"{node.name}/factor_{axis}" for axis in "yx"]
    inputs = [(_INPUT, 2, memoryview(name.encode())) for name in (node.inputs[0], *names)]
    others: list[tuple[int, int, Value]] = [part for part in fields(node.message) if part[0] != _INPUT]
    constants = b"".join(put(_NODE, _constant(name, small // large)) for name in names)
    return constants + put(_NODE, copy([*others, *inputs]))


def _constant(name: str, value: int) -> bytes:
    int32 = 3
    tensor = b"".join((put(1, int32), put(2, b""), put(4, struct.pack("<i", value))))
    value_entry = put(1, "value") + put(2, put(8, tensor))
    type_entry = put(1, "dtype") + put(2, put(6, int32))
    return b"".join((put(_NAME, name), put(_OP, "Const"), put(_ATTR, value_entry), put(_ATTR, type_entry)))


def _total_stride(name: str, nodes: dict[str, _Node], known: dict[str, int]) -> int:
    """Return by how much the picture has shrunk at a node's output, walking up its first inputs."""
    path = []
    while name not in known and nodes[name].inputs:
        path.append(name)
        name = nodes[name].inputs[0]
    total = known.get(name, 1)
    for step in reversed(path):
        total *= nodes[step].stride
        known[step] = total
    return total


def _needed(nodes: dict[str, _Node], inputs: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the nodes that some output needs: those that only made sizes are left out."""
    inputs = {name: inputs.get(name, node.inputs) for name, node in nodes.items()}
    once_used = {used for node in nodes.values() for used in node.inputs}
    waiting = [name for name in nodes if name not in once_used]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(inputs[name])
    return needed
