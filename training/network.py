"""The network: a residual encoder to stride 32, an additive pyramid back to stride 4, one map a keypoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH_PX, HEIGHT_PX, STRIDE = 160, 224, 4


@dataclass(frozen=True, slots=True)
class Size:
    """Channels at strides 2, 4, 8, 16, 32, blocks at the last four, and channels of the pyramid."""

    channels: tuple[int, ...]
    blocks: tuple[int, ...]
    pyramid: int


SIZES = {
    "runner": Size((16, 32, 64, 104, 116), (1, 2, 2, 2), 48),
    "runner-fast": Size((12, 20, 36, 60, 68), (1, 2, 2, 2), 32),
}


def size_of(state: Mapping[str, Tensor]) -> Size:
    """Return the size of the network to which weights belong."""
    first = len(state["stem.0.weight"])
    return next(size for size in SIZES.values() if size.channels[0] == first)


def _conv(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)
    )  # fmt: skip


class Block(nn.Module):
    """Two 3x3 convolutions and a way round them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = _conv(inputs, outputs, 3, stride)
        self.second = _conv(outputs, outputs, 3)
        # Averaging before the 1x1 convolution costs a quarter of a 2x2 convolution.
        self.round = nn.Sequential(nn.AvgPool2d(stride), _conv(inputs, outputs, 1)) if stride > 1 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + self.round(x))


class RunnerNet(nn.Module):
    """(n, 3, 224, 160) of (BGR - 118) / 60 to (n, keypoint, 56, 40) logits; a soft-max over each map is where it is."""

    def __init__(self, keypoints: int, size: Size = SIZES["runner"]) -> None:
        super().__init__()
        channels, pyramid = size.channels, size.pyramid
        self.stem = _conv(3, channels[0], 3, 2)
        stages = []
        for inputs, outputs, blocks in zip(channels[:-1], channels[1:], size.blocks, strict=True):
            row = [Block(inputs, outputs, 2), *(Block(outputs, outputs, 1) for _ in range(blocks - 1))]
            stages.append(nn.Sequential(*row))
        self.stages = nn.ModuleList(stages)
        self.across = nn.ModuleList([_conv(inputs, pyramid, 1) for inputs in channels[1:]])
        self.mix = _conv(pyramid, pyramid, 3)
        self.maps = nn.Conv2d(pyramid, keypoints, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        x = torch.relu(self.stem(picture))
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        y = self.across[-1](levels[-1])
        for i in (2, 1, 0):
            y = functional.interpolate(y, scale_factor=2, mode="bilinear") + self.across[i](levels[i])
            if i == 2:  # what the coarsest levels know is thought over once more, where that is cheap
                y = y + self.mix(torch.relu(y))
        return self.maps(torch.relu(y))
