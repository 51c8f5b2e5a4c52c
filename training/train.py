"""Train on the drawn pictures: ``python -m training.train --minutes 80`` writes training/out/runner.pt.

The learning rate falls to nothing exactly when the time is up, so any number of minutes gives a finished network. With
``--fast`` the small network learns beside, from the same crops and from what the large one says of them, and goes to
training/out/runner-fast.pt; with ``--distil`` it learns alone, from what the weights of ``--start`` say.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.augment import GREY, SKELETON, load, sample, sample_photograph
from training.consistent import consistent
from training.export import read_state
from training.generate import DATA, OUT
from training.network import SIZES, STRIDE, MobileNet, Network, ResidualNet, is_mobile, network_of, settle, size_of
from training.photographs import HIDDEN, MACHINE, SEEN, Photographs, learnt_from
from training.thinned import thinned

_SIGMA_CELLS = 1.1
_AWAY = 0.3  # what a cell's distance counts beside a nat of cross-entropy
_WINDOW_CELLS, _BETA_CELLS = 1.2, 0.1
_LEAST_MASS = 0.1  # below it the peak is somewhere else, and says little of what lies between the cells
_HIDDEN, _OUTSIDE = 0.4, 0.05
# Hips and shoulders lie under cloth and behind the trunk in most pictures: hidden ones count like the others.
_MOSTLY_HIDDEN = ("hip", "shoulder")
_HEAVY = ("ankle", "heel", "big_toe", "small_toe", "heel_top")
_EMA = 0.999
_FAST_RATE = 2.0  # the small network begins further from its end, so it goes in longer steps
_TRUNK_RATE = 0.3  # a borrowed trunk knows photographs; what is laid on it knows nothing yet
FAST = Path(__file__).with_name("fast.npz")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training needs to know; ``meeting`` is a file through which the processes find each other.

    ``targets`` are where the networks go, by name; where the large one has none, ``start`` teaches and stays as it is.
    """

    minutes: float
    batch: int
    rate: float
    seed: int
    processes: int
    photographs: float
    consistent: bool
    settled: bool
    start: Path | None
    targets: dict[str, Path]
    meeting: Path


@dataclass(frozen=True, slots=True, eq=False)
class Learner:
    """A network that is trained, its averaged weights, and where they go."""

    network: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, Tensor]
    rate: float
    target: Path

    def learn(self, loss: Tensor, *, rate_share: float, processes: int) -> None:
        """Go one step down a loss, together with the other processes."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * rate_share * group["share"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        _share_gradients(self.network, processes)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step()


def learners(plan: Plan) -> list[Learner]:
    """Return the networks to be trained: the large one, and the small one if it has a target."""
    start = None if plan.start is None else read_state(plan.start)
    made = []
    for name, target in plan.targets.items():
        network = (_beginning(start) if name == "runner" else _small(start)).to(memory_format=torch.channels_last)
        if plan.settled:
            settle(network)
        average = {key: value.detach().clone() for key, value in network.state_dict().items()}
        rate = plan.rate if name == "runner" else _FAST_RATE * plan.rate
        made.append(Learner(network, torch.optim.AdamW(_groups(network, rate)), average, rate, target))
    return made


def teacher_of(plan: Plan) -> Network | None:
    """Return the large network as it stands, where only the small one is trained.

    Raises:
        ValueError: it is to teach and was not named.
    """
    if "runner" in plan.targets:
        return None
    if plan.start is None:
        raise ValueError("to distil, a network must teach; name its weights, as in --start training/weights.npz")
    network = network_of(read_state(plan.start), len(SKELETON)).to(memory_format=torch.channels_last)
    return network.eval().requires_grad_(False)


def _beginning(start: dict[str, Tensor] | None) -> Network:
    return ResidualNet(len(SKELETON)) if start is None else network_of(start, len(SKELETON))


def _small(start: dict[str, Tensor] | None) -> Network:
    """Return the small network where it begins: cut out of a residual one, or as it ships."""
    size = SIZES["runner-fast"]
    if start is None:
        return ResidualNet(len(SKELETON), size)
    if is_mobile(start):
        return network_of(read_state(FAST), len(SKELETON))
    return network_of(start if size_of(start) == size else thinned(start, size), len(SKELETON))


def _groups(network: Network, rate: float) -> list[dict[str, Any]]:
    """Return what is trained: filters shrink, the rest does not; a borrowed trunk goes in shorter steps."""
    trunk = {id(p) for p in network.trunk} if isinstance(network, MobileNet) else set()
    trained = [p for p in network.parameters() if p.requires_grad]
    return [
        {
            "params": [p for p in trained if (id(p) in trunk) == borrowed and (p.ndim > 1) == filters],
            "lr": rate,
            "share": _TRUNK_RATE if borrowed else 1.0,
            "weight_decay": 0.02 if filters else 0.0,
        }
        for borrowed in (False, True)
        for filters in (False, True)
    ]


class Batches(torch.utils.data.IterableDataset):  # type: ignore[type-arg]
    """Endless batches of augmented crops; pictures that were drawn meanwhile join in with every round.

    ``share`` of them are photographs, with what `training.consistent` adds where ``add``.
    """

    def __init__(self, folder: Path, *, size: int, seed: int, share: float, add: bool) -> None:
        self._folder, self._size, self._seed, self._share, self._add = folder, size, seed, share, add

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        import cv2

        cv2.setNumThreads(0)
        torch.set_num_threads(1)
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self._seed, worker.id if worker else 0])
        real = self._people() if self._share else None
        while True:
            stored = load(self._folder)
            print(f"{len(stored.images)} pictures", flush=True)
            order = rng.permutation(len(stored.images))
            for start in range(0, len(order) - self._size + 1, self._size):
                chosen = [sample(stored, int(i), rng) if real is None or rng.uniform() >= self._share
                          else sample_photograph(real, int(rng.integers(len(real.images))), rng)
                          for i in order[start : start + self._size]]  # fmt: skip
                crops, xy, sure = (np.stack(column) for column in zip(*chosen, strict=True))
                yield torch.from_numpy(crops), torch.from_numpy(xy).float(), torch.from_numpy(sure).float()

    def _people(self) -> Photographs:
        return consistent() if self._add else learnt_from()


def point_weights() -> Tensor:
    """Return (2, keypoint): how much each counts where it is seen, feet twice, and where it is hidden."""
    seen = torch.tensor([2.0 if name.endswith(_HEAVY) else 1.0 for name in SKELETON.names])
    hidden = torch.tensor([1.0 if name.endswith(_MOSTLY_HIDDEN) else _HIDDEN for name in SKELETON.names])
    return torch.stack([seen, seen * hidden])


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
    weight = torch.where(sure >= SEEN, weights[0], torch.where(sure >= HIDDEN, weights[1], 0.0))
    weight = torch.where(sure == MACHINE, MACHINE * weights[0], weight)
    total = (weight * (inside + _AWAY * away_cells(logs.exp(), cells))).sum()
    total = total + (_OUTSIDE * (sure == 0) * outside).sum()
    return total / (weight.sum() + 1e-6)


def away_cells(maps: Tensor, cells: Tensor) -> Tensor:
    """Return (n, keypoint): how far off, in cells, the point comes out that is read off the map near the true one.

    The cross-entropy hardly sees an error of a tenth of a cell, a tremble does. As in
    `gaitlab.pose.networks.heatmaps.refine` the centroid under a window of the peak's own width goes half the way from
    the window to the peak.
    """
    rows, columns = (torch.arange(count, dtype=torch.float32) for count in maps.shape[2:])
    across = columns - cells[..., :1]
    down = rows - cells[..., 1:]
    windows = [torch.exp(-0.5 * (offset / _WINDOW_CELLS) ** 2) for offset in (across, down)]
    near = maps * windows[0][:, :, None, :] * windows[1][:, :, :, None]
    mass = near.sum(dim=(-2, -1)).clamp_min(_LEAST_MASS)
    shift = torch.stack([(near.sum(-2) * across).sum(-1), (near.sum(-1) * down).sum(-1)], dim=-1) / mass[..., None]
    return functional.smooth_l1_loss(2 * shift, torch.zeros_like(shift), beta=_BETA_CELLS, reduction="none").sum(-1)


def unlike(logits: Tensor, teacher: Tensor, sure: Tensor) -> Tensor:
    """Return the cross-entropy between two networks' maps where a point is in the crop, labelled or not.

    What the larger network is unsure of, and what nobody has labelled, the smaller one learns from it (Hinton et al.
    2015, Distilling the knowledge in a neural network).
    """
    expected = functional.softmax(teacher.float().flatten(2), dim=-1)
    apart = -(expected * functional.log_softmax(logits.float().flatten(2), dim=-1)).sum(-1)
    inside = (sure != 0).float()
    return (inside * apart).sum() / (inside.sum() + 1e-6)


def prepared(crops: Tensor) -> Tensor:
    """Return (n, 3, h, w) network input of (n, h, w, 3) BGR bytes."""
    return ((crops.float() - GREY) / 60).permute(0, 3, 1, 2)


def train(rank: int, plan: Plan) -> None:
    """Train as one of ``plan.processes``, each on one core with its own pictures, and save the averaged weights.

    Processes that meet once a step share two busy cores far better than threads that meet in every layer.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{plan.meeting}", rank=rank, world_size=plan.processes
    )
    trained, still = learners(plan), teacher_of(plan)
    size, seed = plan.batch // plan.processes, plan.seed + 1000 * rank
    batches = Batches(DATA, size=size, seed=seed, share=plan.photographs, add=plan.consistent)
    loader = torch.utils.data.DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=6)
    weights = point_weights()
    clock = torch.zeros(1)
    began_s, running = time.monotonic(), [0.0] * len(trained)
    for step, (crops, xy, sure) in enumerate(loader, 1):
        clock[0] = (time.monotonic() - began_s) / (60 * plan.minutes)
        torch.distributed.broadcast(clock, 0)  # everybody stops at the same step
        share = float(clock)
        if share >= 1:
            break
        rate_share = min(1.0, step / 300) * 0.5 * (1 + np.cos(np.pi * share))
        picture = prepared(crops).contiguous(memory_format=torch.channels_last)
        teacher: Tensor | None = None if still is None else still(picture)
        for i, learner in enumerate(trained):
            logits = learner.network(picture)
            loss = loss_of(logits, xy, sure, weights)
            running[i] = float(loss.detach()) if step == 1 else 0.98 * running[i] + 0.02 * float(loss.detach())
            if teacher is not None:
                loss = loss + unlike(logits, teacher, sure)
            learner.learn(loss, rate_share=float(rate_share), processes=plan.processes)
            if rank == 0:  # who saves
                _follow(learner.average, learner.network.state_dict(), keep=min(_EMA, (1 + step) / (10 + step)))
            teacher = logits.detach()
        if rank == 0 and step % 100 == 0:
            speed = step * plan.batch / (time.monotonic() - began_s)
            losses = " ".join(f"{one:.3f}" for one in running)
            print(f"{share:6.1%}  step {step}  loss {losses}  {speed:.0f} pictures a second", flush=True)
        if rank == 0 and step % 500 == 0:
            _save(trained)
    if rank == 0:
        _save(trained)
    torch.distributed.destroy_process_group()


def _share_gradients(network: Network, processes: int) -> None:
    """Replace every gradient by its mean over the processes."""
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    flat = torch.cat([g.reshape(-1) for g in gradients])
    torch.distributed.all_reduce(flat)
    flat /= processes
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.reshape(gradient.shape))


@torch.no_grad()
def _follow(average: dict[str, Tensor], now: dict[str, Tensor], *, keep: float) -> None:
    for name, value in now.items():
        if value.dtype.is_floating_point:
            average[name].lerp_(value, 1 - keep)
        else:
            average[name].copy_(value)


def _save(trained: list[Learner]) -> None:
    for learner in trained:
        fresh = learner.target.with_suffix(".part")
        torch.save(learner.average, fresh)
        fresh.replace(learner.target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--photographs", type=float, default=0.35, help="share of crops that show real people")
    parser.add_argument(
        "--consistent", action="store_true", help="learn from what training.consistent has written, too"
    )
    parser.add_argument("--settled", action="store_true", help="normalise as the weights it starts from do")
    parser.add_argument("--start", type=Path, help="weights to go on from: training/weights.npz or a former runner.pt")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--fast", dest="names", action="store_const", const=("runner", "runner-fast"),
                       help="train the small network beside")  # fmt: skip
    which.add_argument("--distil", dest="names", action="store_const", const=("runner-fast",),
                       help="train the small network alone, taught by the weights of --start")  # fmt: skip
    options = vars(parser.parse_args())
    names = options.pop("names") or ("runner",)
    with tempfile.TemporaryDirectory() as folder:
        targets = {name: OUT / f"{name}.pt" for name in names}
        plan = Plan(**options, targets=targets, meeting=Path(folder) / "meeting")
        torch.multiprocessing.spawn(train, (plan,), nprocs=plan.processes)


if __name__ == "__main__":
    main()
