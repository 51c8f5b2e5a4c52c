"""Train on the drawn pictures: ``python -m training.train --minutes 80`` writes training/out/runner.pt.

The learning rate falls to nothing exactly when the time is up, so any number of minutes gives a finished network.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.augment import GREY, SKELETON, load, sample
from training.export import load_weights
from training.generate import DATA, OUT
from training.network import STRIDE, RunnerNet

_SIGMA_CELLS = 1.1
_HIDDEN, _OUTSIDE = 0.4, 0.05
_HEAVY = ("ankle", "heel", "big_toe", "small_toe", "heel_top")
_EMA = 0.999


class Batches(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
    """Endless batches of augmented crops; pictures that were drawn meanwhile join in with every round."""

    def __init__(self, folder: Path, *, size: int, seed: int) -> None:
        self._folder, self._size, self._seed = folder, size, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        import cv2

        cv2.setNumThreads(0)
        torch.set_num_threads(1)
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self._seed, worker.id if worker else 0])
        while True:
            stored = load(self._folder)
            print(f"{len(stored.images)} pictures", flush=True)
            order = rng.permutation(len(stored.images))
            for start in range(0, len(order) - self._size + 1, self._size):
                drawn = [sample(stored, int(i), rng) for i in order[start : start + self._size]]
                crops, xy, sure = (np.stack(column) for column in zip(*drawn, strict=True))
                yield torch.from_numpy(crops), torch.from_numpy(xy).float(), torch.from_numpy(sure).float()


def point_weights() -> Tensor:
    """Return how much each keypoint counts: feet twice."""
    return torch.tensor([2.0 if name.endswith(_HEAVY) else 1.0 for name in SKELETON.names])


def loss_of(logits: Tensor, xy: Tensor, sure: Tensor, weights: Tensor) -> Tensor:
    """Return the cross-entropy between each map's soft-max and a Gaussian round the true point.

    Where a point lies outside the crop the maps should be flat, so that a peak says something.
    """
    n, k, rows, columns = logits.shape
    cells = (xy + 0.5) / STRIDE - 0.5

    def bell(at: Tensor, count: int) -> Tensor:
        grid = torch.arange(count, dtype=torch.float32)
        values = torch.exp(-0.5 * ((grid - at[..., None]) / _SIGMA_CELLS) ** 2)
        return values / values.sum(-1, keepdim=True).clamp_min(1e-6)

    logs = functional.log_softmax(logits.float().reshape(n, k, -1), dim=-1).reshape(n, k, rows, columns)
    across, down = bell(cells[..., 0], columns), bell(cells[..., 1], rows)
    # The target is separable: sum over rows and columns without ever building it.
    inside = -(torch.einsum("nkrc,nkr->nkc", logs, down) * across).sum(-1)
    outside = -logs.mean(dim=(-2, -1))
    weight = torch.where(sure >= 1, 1.0, torch.where(sure > 0, _HIDDEN, 0.0)) * weights
    total = (weight * inside).sum() + (_OUTSIDE * (sure == 0) * outside).sum()
    return total / (weight.sum() + 1e-6)


def prepared(crops: Tensor) -> Tensor:
    """Return (n, 3, h, w) network input of (n, h, w, 3) BGR bytes."""
    return ((crops.float() - GREY) / 60).permute(0, 3, 1, 2)


def train(*, minutes: float, batch: int, rate: float, seed: int, start: Path | None, target: Path) -> None:
    """Train for a time and save the averaged weights."""
    torch.manual_seed(seed)
    network = RunnerNet(len(SKELETON)).to(memory_format=torch.channels_last)
    if start is not None:
        network.load_state_dict(load_weights(start) if start.suffix == ".npz" else torch.load(start, weights_only=True))
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    heavy = [p for p in network.parameters() if p.ndim > 1]
    light = [p for p in network.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": heavy, "weight_decay": 0.02}, {"params": light, "weight_decay": 0.0}],
                                  lr=rate)  # fmt: skip
    loader = torch.utils.data.DataLoader(
        Batches(DATA, size=batch, seed=seed), batch_size=None, num_workers=1, prefetch_factor=6
    )
    weights = point_weights()
    began_s, seen, running = time.monotonic(), 0, 0.0
    for step, (crops, xy, sure) in enumerate(loader, 1):
        share = (time.monotonic() - began_s) / (60 * minutes)
        if share >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, step / 300) * 0.5 * (1 + np.cos(np.pi * share))
        loss = loss_of(network(prepared(crops).contiguous(memory_format=torch.channels_last)), xy, sure, weights)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        seen += len(crops)
        with torch.no_grad():
            keep = min(_EMA, (1 + step) / (10 + step))
            for name, value in network.state_dict().items():
                if value.dtype.is_floating_point:
                    average[name].lerp_(value, 1 - keep)
                else:
                    average[name].copy_(value)
        running = float(loss.detach()) if step == 1 else 0.98 * running + 0.02 * float(loss.detach())
        if step % 100 == 0:
            speed = seen / (time.monotonic() - began_s)
            print(f"{share:6.1%}  step {step}  loss {running:.3f}  {seen} pictures, {speed:.0f} a second", flush=True)
        if step % 500 == 0:
            _save(average, target)
    _save(average, target)


def _save(weights: dict[str, Tensor], target: Path) -> None:
    fresh = target.with_suffix(".part")
    torch.save(weights, fresh)
    fresh.replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from: training/weights.npz or a former runner.pt")
    options = parser.parse_args()
    train(
        minutes=options.minutes, batch=options.batch, rate=options.rate, seed=options.seed, start=options.start,
        target=OUT / "runner.pt",
    )  # fmt: skip


if __name__ == "__main__":
    main()
