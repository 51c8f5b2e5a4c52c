"""From trained weights to a network that ships: ``python -m training.export`` writes models/runner.onnx.

With ``--target models/runner-fast.onnx`` it is the small one. The weights themselves, which further training starts
from, go to training/weights.npz or fast.npz.
"""

from __future__ import annotations

import argparse
import hashlib
import warnings
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.augment import SKELETON
from training.generate import OUT
from training.network import HEIGHT_PX, WIDTH_PX, MobileNet, network_of

_ROOT = Path(__file__).resolve().parents[1]
# What ships, and where its weights are kept.
_KEPT = {
    _ROOT / "models" / "runner.onnx": Path(__file__).with_name("weights.npz"),
    _ROOT / "models" / "runner-fast.onnx": Path(__file__).with_name("fast.npz"),
}
_MOST_BYTES = 5_000_000
# Of the largest logit: rounding of another order of sums, and of filters to 16 bits.
_SAME, _SAME_IN_HALF = 1e-3, 1e-2


def save_weights(state: dict[str, torch.Tensor], target: Path) -> None:
    """Keep a network's state: filters as float16, what is counted and averaged as it is."""
    arrays = {
        name: value.numpy().astype(np.float16) if value.ndim > 1 else value.numpy() for name, value in state.items()
    }
    with target.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_weights(source: Path) -> dict[str, torch.Tensor]:
    """Return a state kept by `save_weights`."""
    with np.load(source) as data:
        return {
            name: torch.from_numpy(data[name].astype(np.float32) if data[name].ndim > 1 else data[name])
            for name in data.files
        }


def mixed(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor], *, share: float) -> dict[str, torch.Tensor]:
    """Return a mean of two sets of weights where one went on from the other, of which ``share`` is the first's.

    It keeps what the former weights knew (Wortsman et al. 2022, model soups and robust fine-tuning).
    """
    return {
        name: share * value + (1 - share) * other[name] if value.dtype.is_floating_point else value
        for name, value in one.items()
    }


def read_state(source: Path) -> dict[str, torch.Tensor]:
    """Return the weights in an npz of `save_weights` or in a file of torch's."""
    return load_weights(source) if source.suffix == ".npz" else torch.load(source, weights_only=True)


def export(state: dict[str, torch.Tensor], target: Path) -> None:
    """Write the network as ONNX and make sure that OpenCV computes what torch computes.

    Raises:
        RuntimeError: where the file is too large, or OpenCV's answer differs.
    """
    network = network_of(state, len(SKELETON)).eval()
    picture = torch.randn(2, 3, HEIGHT_PX, WIDTH_PX, generator=torch.Generator().manual_seed(0))
    fresh = target.with_suffix(".part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter needs no further package, and OpenCV reads its files
        torch.onnx.export(
            network, (picture,), str(fresh), dynamo=False, opset_version=12, input_names=["picture"],
            output_names=["maps"], dynamic_axes={"picture": {0: "n"}, "maps": {0: "n"}},
        )  # fmt: skip
    light = isinstance(network, MobileNet)
    if light:
        _lighten(fresh)
    with torch.no_grad():
        expected = network(picture).numpy()
    for count in (1, 2):
        net = cv2.dnn.readNetFromONNX(str(fresh))
        net.setInput(picture[:count].numpy())
        difference = float(np.abs(net.forward() - expected[:count]).max() / np.abs(expected).max())
        if difference > (_SAME_IN_HALF if light else _SAME):
            raise RuntimeError(f"OpenCV {cv2.__version__} differs from torch by {difference:.1g} of the largest logit")
    if fresh.stat().st_size > _MOST_BYTES:
        raise RuntimeError(f"the network has {fresh.stat().st_size} bytes; expected at most {_MOST_BYTES}")
    fresh.replace(target)


def _lighten(path: Path) -> None:
    """Join what pads to the convolution behind it, and store filters as float16, which are half as large."""
    model = onnx.load(path)
    graph = model.graph
    made_by = {output: node for node in graph.node for output in node.output}
    for node in [node for node in graph.node if node.op_type == "Conv"]:
        padding = made_by.get(node.input[0])
        if padding is not None and padding.op_type == "Pad":
            node.input[0] = padding.input[0]
            pads = next(attribute for attribute in node.attribute if attribute.name == "pads")
            pads.ints[:] = [0, 0, 1, 1]
    _drop_unused(graph)
    casts = []
    for stored in graph.initializer:
        if stored.data_type == onnx.TensorProto.FLOAT and len(stored.dims) > 1:
            name, half = stored.name, numpy_helper.to_array(stored).astype(np.float16)
            stored.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _drop_unused(graph: onnx.GraphProto) -> None:
    """Take away what nothing goes on from, last first."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    del graph.node[:]
    graph.node.extend(reversed(kept))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=OUT / "runner.pt")
    parser.add_argument("--target", type=Path, default=_ROOT / "models" / "runner.onnx")
    parser.add_argument("--average", type=Path, help="former weights to meet on the way")
    parser.add_argument("--share", type=float, default=0.5, help="of the new weights, where they meet former ones")
    options = parser.parse_args()
    state = read_state(options.weights)
    if options.average:
        state = mixed(state, read_state(options.average), share=options.share)
    # A network that is only tried leaves the weights alone that go with those that ship.
    kept = _KEPT.get(options.target.resolve())
    if kept and (options.average or options.weights.suffix != ".npz"):
        save_weights(state, kept)
    export(state, options.target)
    data = options.target.read_bytes()
    print(f"{options.target.name}: bytes = {len(data)}, sha256 = {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
