"""The trunk of MoveNet Lightning, where a training begins: ``python -m training.borrowed`` writes out/borrowed.pt.

Google's MoveNet (Apache-2.0) has seen tens of thousands of photographs of people, ours a few hundred. Its trunk, a
MobileNetV2, is read from the package that `training.movenet` names, held against what TensorFlow computes with it, and
gets back the normalisations that were multiplied into its filters. Pyramid and maps are new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from training import movenet
from training.augment import GREY, SKELETON
from training.generate import OUT
from training.network import HEIGHT_PX, WIDTH_PX, Convolution, MobileNet
from training.photographs import photographs
from training.train import prepared

BORROWED = OUT / "borrowed.pt"
_NAME = "movenet-lightning"
_TRUNK = "StatefulPartitionedCall/center_net_mobile_net_v2fpn_feature_extractor/model_1/model/"
_LAST = _TRUNK + "out_relu/Relu6"
_SAME = 0.02  # root mean square: what lies beyond the border is our grey, not MoveNet's
_MEASURED_ON = 64  # crops
_GREY, _SPAN = 127.5, 127.5  # MoveNet's input is RGB from -1 to 1


def _read() -> dict[str, np.ndarray]:
    """Return the arrays of the package by name."""
    manifest = json.loads((movenet.FOLDER / f"{_NAME}.json").read_text(encoding="utf-8"))["weightsManifest"]
    data, start, arrays = (movenet.FOLDER / f"{_NAME}.bin").read_bytes(), 0, {}
    for entry in (entry for part in manifest for entry in part["weights"]):
        kind = np.dtype(entry["quantization"]["dtype"] if "quantization" in entry else entry["dtype"])
        count = int(np.prod(entry["shape"], dtype=int))
        arrays[entry["name"]] = np.frombuffer(data, kind, count, start).reshape(entry["shape"]).astype(np.float32)
        start += count * kind.itemsize
    return arrays


def _names() -> Iterator[tuple[str, str]]:
    """Yield what MoveNet calls the weights and the offsets of each convolution, in the order of the trunk."""
    yield "Conv1/Conv2D_weights", "Conv1/Conv2D_bn_offset"
    for block in range(17):
        name = f"block_{block}" if block else "expanded_conv"
        if block:
            yield f"{name}_expand/Conv2D_weights", f"{name}_expand/Conv2D_bn_offset"
        yield f"{name}_depthwise/depthwise_weights", f"{name}_depthwise/depthwise_bn_offset"
        yield f"{name}_project/Conv2D_weights", f"{name}_project/Conv2D_bn_offset"
    yield "Conv_1/Conv2D_weights", "Conv_1/Conv2D_bn_offset"


def _trunk(network: MobileNet) -> list[Convolution]:
    return [part for part in network.modules() if isinstance(part, Convolution)]


@torch.no_grad()
def borrow(network: MobileNet) -> None:
    """Write the trunk of MoveNet into a network; its normalisations are offsets alone afterwards."""
    arrays = _read()
    for part, (weights, offset) in zip(_trunk(network), _names(), strict=True):
        filters = torch.from_numpy(arrays[_TRUNK + weights])
        # (rows, columns, inputs, outputs), in a depthwise one (rows, columns, channels, 1).
        order = (2, 3, 0, 1) if part.conv.groups > 1 else (3, 2, 0, 1)
        part.conv.weight.copy_(filters.permute(*order))
        part.bn.running_mean.zero_()
        part.bn.running_var.fill_(1 - part.bn.eps)
        part.bn.weight.fill_(1)
        part.bn.bias.copy_(torch.from_numpy(arrays[_TRUNK + offset]))
    stem = network.stem
    rgb = stem.conv.weight.clone()
    stem.bn.bias += rgb.sum(dim=(1, 2, 3)) * (GREY - _GREY) / _SPAN
    stem.conv.weight.copy_(rgb.flip(1) * 60 / _SPAN)


@torch.no_grad()
def normalised(network: MobileNet, pictures: Tensor) -> None:
    """Give each convolution of the trunk its normalisation back, from what comes out of it on pictures.

    It computes what it did; a training that normalises by its batches begins there too.
    """
    measured: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def measure(conv: nn.Module, _: tuple[Tensor], comes: Tensor) -> None:
        measured[conv] = torch.var_mean(comes, dim=(0, 2, 3))

    hooks = [part.conv.register_forward_hook(measure) for part in _trunk(network)]
    network(pictures)
    for hook in hooks:
        hook.remove()
    for part in _trunk(network):
        variance, mean = measured[part.conv]
        part.bn.bias += part.bn.weight * mean
        part.bn.weight.copy_((variance + part.bn.eps).sqrt())
        part.bn.running_mean.copy_(mean)
        part.bn.running_var.copy_(variance)


def main() -> None:
    movenet.unpack()
    torch.manual_seed(0)
    network = MobileNet(len(SKELETON)).eval()
    borrow(network)
    people = photographs("train", feet=False)
    images = [np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8) for data in people.images[:_MEASURED_ON]]
    _compare(network, images[:2])
    crops = np.stack([cv2.resize(image, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA) for image in images])
    pictures = prepared(torch.from_numpy(crops))
    with torch.no_grad():
        before = network(pictures[:2])
        normalised(network, pictures)
        torch.testing.assert_close(network(pictures[:2]), before, rtol=1e-3, atol=1e-3)
    torch.save(network.state_dict(), BORROWED)
    print(f"{sum(value.numel() for value in network.parameters())} weights: {BORROWED}")


@torch.no_grad()
def _compare(network: MobileNet, images: list[np.ndarray]) -> None:
    size = movenet.SIZES[_NAME]
    squares = [cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA) for image in images]
    expected = np.array(movenet.asked(_NAME, np.stack(squares)[..., ::-1], _LAST))
    found = network.levels(prepared(torch.from_numpy(np.stack(squares))))[-1].permute(0, 2, 3, 1).numpy()
    difference = float(np.sqrt(np.mean((found - expected) ** 2) / np.mean(expected**2)))
    if difference > _SAME:
        raise RuntimeError(f"the trunk differs from what TensorFlow computes by {difference:.1%}; expected {_SAME:.0%}")
    print(f"as TensorFlow computes, but for {difference:.1%}")


if __name__ == "__main__":
    main()
