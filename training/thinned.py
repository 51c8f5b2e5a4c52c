"""A smaller network to begin with: the channels of a trained one that carry most."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from training.network import Size

State = Mapping[str, Tensor]


def thinned(state: State, size: Size) -> dict[str, Tensor]:
    """Return weights of a network of ``size``, cut out of those of a larger one with as many blocks.

    A channel carries as much as the scales of the normalisations behind it (Liu et al. 2017, Learning efficient
    convolutional networks through network slimming). It is where a training begins, no network to look with.
    """
    small: dict[str, Tensor] = {}
    before = _most(_scale(state, "stem"), size.channels[0])
    _cut_convolution(state, small, "stem", before, torch.arange(3))
    levels = []
    for stage, (blocks, channels) in enumerate(zip(size.blocks, size.channels[1:], strict=True)):
        names = [f"stages.{stage}.{block}" for block in range(blocks)]
        carried = sum((_scale(state, f"{name}.second") for name in names), _scale(state, f"{names[0]}.round.1"))
        trunk = _most(carried, channels)
        _cut_convolution(state, small, f"{names[0]}.round.1", trunk, before)
        for name in names:
            inner = _most(_scale(state, f"{name}.first"), channels)
            _cut_convolution(state, small, f"{name}.first", inner, before)
            _cut_convolution(state, small, f"{name}.second", trunk, inner)
            before = trunk
        levels.append(trunk)
    pyramid = _most(sum(_scale(state, f"across.{i}") for i in range(len(levels))) + _scale(state, "mix"), size.pyramid)
    for i, trunk in enumerate(levels):
        _cut_convolution(state, small, f"across.{i}", pyramid, trunk)
    _cut_convolution(state, small, "mix", pyramid, pyramid)
    small["maps.weight"], small["maps.bias"] = state["maps.weight"][:, pyramid], state["maps.bias"]
    return {name: value.clone() for name, value in small.items()}


def _scale(state: State, name: str) -> Tensor:
    return state[f"{name}.1.weight"].abs()


def _most(carried: Tensor, count: int) -> Tensor:
    """Return the indices, in order, of the channels that carry most."""
    return carried.topk(count).indices.sort().values


def _cut_convolution(state: State, small: dict[str, Tensor], name: str, outputs: Tensor, inputs: Tensor) -> None:
    """Add a convolution with its normalisation between the given channels."""
    small[f"{name}.0.weight"] = state[f"{name}.0.weight"][outputs][:, inputs]
    for part in ("weight", "bias", "running_mean", "running_var"):
        small[f"{name}.1.{part}"] = state[f"{name}.1.{part}"][outputs]
    small[f"{name}.1.num_batches_tracked"] = state[f"{name}.1.num_batches_tracked"]
