"""The networks: an encoder to stride 32, an additive pyramid back to stride 4, one map a keypoint.

`MobileNet` looks with the trunk of MoveNet Lightning (`training.borrowed`), `ResidualNet` with one of its own. Both
take (n, 3, 224, 160) of (BGR - 118) / 60 to (n, keypoint, 56, 40) logits; a soft-max over each map is where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    "large": Size((16, 32, 64, 104, 116), (1, 2, 2, 2), 48),
    "runner-fast": Size((12, 20, 36, 60, 68), (1, 2, 2, 2), 32),
}
# Channels, stride and blocks of MobileNetV2's stages (Sandler et al. 2018), of which the first ends at stride 4.
_STAGES = (
    ((16, 1, 1), (24, 2, 2)),
    ((32, 2, 3),),
    ((64, 2, 4), (96, 1, 3)),
    ((160, 2, 3), (320, 1, 1)),
)
_STEM, _TOP, _WIDER = 32, 1280, 6
_PYRAMID = 48


def network_of(state: Mapping[str, Tensor], keypoints: int) -> Network:
    """Return the network to which weights belong, with them."""
    network: Network = MobileNet(keypoints) if is_mobile(state) else ResidualNet(keypoints, size_of(state))
    network.load_state_dict(state)
    return network


def is_mobile(state: Mapping[str, Tensor]) -> bool:
    """Return whether weights belong to a `MobileNet`."""
    return "top.conv.weight" in state


def size_of(state: Mapping[str, Tensor]) -> Size:
    """Return the size of the residual network to which weights belong."""
    first = len(state["stem.0.weight"])
    return next(size for size in SIZES.values() if size.channels[0] == first)


class Normalised(nn.Sequential):
    """A convolution and its normalisation."""

    settled = False

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return _normalised(x, self[0], self[1], settled=self.settled)


def _normalised(x: Tensor, conv: Any, norm: Any, *, settled: bool) -> Tensor:
    if not settled:
        y: Tensor = norm(conv(x))
        return y
    # With a mean and a variance that stay, both together are one convolution: a sixth of a training's time less.
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    filters, shift = conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale
    return functional.conv2d(x, filters, shift, conv.stride, conv.padding, groups=conv.groups)


def settle(network: nn.Module) -> None:
    """From now on normalise by the means and variances that a network has, in training too."""
    for part in network.modules():
        if isinstance(part, Convolution | Normalised):
            part.settled = True


class Block(nn.Module):
    """Two 3x3 convolutions and a way round them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = Normalised(inputs, outputs, 3, stride)
        self.second = Normalised(outputs, outputs, 3)
        # Averaging before the 1x1 convolution costs a quarter of a 2x2 convolution.
        self.round = (
            nn.Sequential(nn.AvgPool2d(stride), Normalised(inputs, outputs, 1)) if stride > 1 else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + self.round(x))


class ResidualNet(nn.Module):
    """Small, and trained from nothing."""

    def __init__(self, keypoints: int, size: Size = SIZES["large"]) -> None:
        super().__init__()
        channels, pyramid = size.channels, size.pyramid
        self.stem = Normalised(3, channels[0], 3, 2)
        stages = []
        for inputs, outputs, blocks in zip(channels[:-1], channels[1:], size.blocks, strict=True):
            row = [Block(inputs, outputs, 2), *(Block(outputs, outputs, 1) for _ in range(blocks - 1))]
            stages.append(nn.Sequential(*row))
        self.stages = nn.ModuleList(stages)
        self.across = nn.ModuleList([Normalised(inputs, pyramid, 1) for inputs in channels[1:]])
        self.mix = Normalised(pyramid, pyramid, 3)
        self.maps = nn.Conv2d(pyramid, keypoints, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        x = torch.relu(self.stem(picture))
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        return _maps_of(levels, self)


class Convolution(nn.Module):
    """A convolution without bias and its normalisation; at stride 2 TensorFlow's border, on the far sides alone."""

    settled = False

    def __init__(
        self, inputs: int, outputs: int, size: int = 1, *, stride: int = 1, groups: int = 1, bent: bool = True
    ) -> None:
        super().__init__()
        self.near_border = size // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(inputs, outputs, size, stride, self.near_border, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.bent = bent

    def forward(self, x: Tensor) -> Tensor:
        if self.conv.stride[0] == 2:
            x = functional.pad(x, (0, 1, 0, 1))
        y = _normalised(x, self.conv, self.bn, settled=self.settled)
        return functional.relu6(y) if self.bent else y


class Inverted(nn.Module):
    """A block of MobileNetV2: wider by a 1x1 convolution, 3x3 in each channel, narrow again, and a way round them."""

    def __init__(self, inputs: int, outputs: int, stride: int, *, wider: int) -> None:
        super().__init__()
        inner = wider * inputs
        widen = [Convolution(inputs, inner)] if wider > 1 else []
        self.path = nn.Sequential(
            *widen, Convolution(inner, inner, 3, stride=stride, groups=inner), Convolution(inner, outputs, bent=False)
        )
        self.round = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.path(x)
        return x + y if self.round else y


class MobileNet(nn.Module):
    """The trunk of MoveNet Lightning under the pyramid of `ResidualNet`.

    Up to stride 4 it stays as it came: edges and textures are the same on everybody, and it costs half of a training.
    """

    def __init__(self, keypoints: int) -> None:
        super().__init__()
        self.stem = Convolution(3, _STEM, 3, stride=2)
        stages, inputs, ends, wider = [], _STEM, [], 1  # the first block is as wide as it begins
        for rows in _STAGES:
            blocks = []
            for outputs, stride, count in rows:
                for block in range(count):
                    blocks.append(Inverted(inputs, outputs, 1 if block else stride, wider=wider))
                    inputs, wider = outputs, _WIDER
            stages.append(nn.Sequential(*blocks))
            ends.append(inputs)
        self.stages = nn.ModuleList(stages)
        self.top = Convolution(inputs, _TOP)
        self.across = nn.ModuleList([Normalised(channels, _PYRAMID, 1) for channels in (*ends[:-1], _TOP)])
        self.mix = Normalised(_PYRAMID, _PYRAMID, 3)
        self.maps = nn.Conv2d(_PYRAMID, keypoints, 3, padding=1)
        for part in self.still:
            part.requires_grad_(False)
        self.train()

    @property
    def trunk(self) -> list[nn.Parameter]:
        """What is borrowed and trained."""
        return [*self.stages[1:].parameters(), *self.top.parameters()]

    @property
    def still(self) -> tuple[nn.Module, ...]:
        """What is not trained."""
        return self.stem, self.stages[0]

    def train(self, mode: bool = True) -> MobileNet:
        """Train all but what is still."""
        super().train(mode)
        for part in self.still:
            part.eval()
        return self

    def levels(self, picture: Tensor) -> list[Tensor]:
        """Return the trunk's features at strides 4, 8, 16 and 32."""
        with torch.no_grad():
            levels = [self.stages[0](self.stem(picture))]
        for stage in self.stages[1:]:
            levels.append(stage(levels[-1]))
        return [*levels[:-1], self.top(levels[-1])]

    def forward(self, picture: Tensor) -> Tensor:
        return _maps_of(self.levels(picture), self)


Network = MobileNet | ResidualNet


def _maps_of(levels: list[Tensor], network: Network) -> Tensor:
    """Return the maps of features at strides 4, 8, 16 and 32."""
    y: Tensor = network.across[-1](levels[-1])
    for i in (2, 1, 0):
        y = functional.interpolate(y, scale_factor=2, mode="bilinear") + network.across[i](levels[i])
        if i == 2:  # what the coarsest levels know is thought over once more, where that is cheap
            y = y + network.mix(torch.relu(y))
    maps: Tensor = network.maps(torch.relu(y))
    return maps
