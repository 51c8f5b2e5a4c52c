"""The networks that are trained: their shapes, what of them learns, where they begin, and what OpenCV makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install -e '.[training]'")

from training.augment import SKELETON  # noqa: E402
from training.borrowed import normalised  # noqa: E402
from training.export import export  # noqa: E402
from training.network import (  # noqa: E402
    HEIGHT_PX,
    SIZES,
    STRIDE,
    WIDTH_PX,
    Convolution,
    MobileNet,
    Network,
    ResidualNet,
    network_of,
    settle,
    size_of,
)
from training.thinned import thinned  # noqa: E402
from training.train import Plan, _groups, learners, prepared  # noqa: E402


def test_the_networks_give_a_map_a_keypoint_at_a_quarter_of_the_crop() -> None:
    crop = np.zeros((2, HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    for network in (MobileNet(len(SKELETON)), *(ResidualNet(len(SKELETON), size) for size in SIZES.values())):
        maps = network.eval()(prepared(torch.from_numpy(crop)))
        assert maps.shape == (2, len(SKELETON), HEIGHT_PX // STRIDE, WIDTH_PX // STRIDE)
        again = network_of(network.state_dict(), len(SKELETON)).eval()
        assert torch.equal(again(prepared(torch.from_numpy(crop))), maps)


def test_what_is_borrowed_up_to_stride_4_stays_as_it_came() -> None:
    """A step changes everything else: also what its normalisations have seen, which nobody asks a gradient of."""
    torch.manual_seed(1)
    network = MobileNet(len(SKELETON)).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network(torch.randn(2, 3, HEIGHT_PX, WIDTH_PX)).square().mean().backward()
    torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1).step()
    same = {name for name, value in network.state_dict().items() if torch.equal(value, before[name])}
    still = {name for name in before if name.startswith(("stem.", "stages.0."))}
    assert still <= same
    assert not {name for name in same - still if name.endswith(("conv.weight", "running_mean"))}


def test_a_trunk_goes_in_shorter_steps_and_only_filters_shrink() -> None:
    network = MobileNet(len(SKELETON))
    groups = _groups(network, 1e-3)
    count = sum(p.numel() for group in groups for p in group["params"])
    assert count == sum(p.numel() for p in network.parameters() if p.requires_grad)
    of = {id(p): group for group in groups for p in group["params"]}
    assert of[id(network.top.conv.weight)]["share"] < of[id(network.maps.weight)]["share"] == 1
    assert of[id(network.top.bn.weight)]["weight_decay"] == 0 < of[id(network.top.conv.weight)]["weight_decay"]


def test_a_training_goes_on_from_every_kind_of_weights(tmp_path: Path) -> None:
    """With ``--fast`` the small network is cut out of a residual one, and beside a mobile one begins as it ships."""
    state = MobileNet(len(SKELETON)).state_dict()
    torch.save(state, tmp_path / "mobile.pt")
    torch.save(ResidualNet(len(SKELETON)).state_dict(), tmp_path / "residual.pt")
    for start, kind in (("mobile.pt", MobileNet), ("residual.pt", ResidualNet)):
        targets = {name: tmp_path / name for name in ("runner", "runner-fast")}
        plan = Plan(1, 2, 1e-3, 0, 1, 0, False, True, tmp_path / start, targets, tmp_path / "meeting")
        large, small = learners(plan)
        assert isinstance(large.network, kind)
        assert large.network.across[0].settled
        assert size_of(small.network.state_dict()) == SIZES["runner-fast"]


@pytest.mark.parametrize("kind", [MobileNet, ResidualNet])
def test_what_is_settled_computes_the_same_and_counts_nothing_more(kind: type[Network]) -> None:
    torch.manual_seed(4)
    network = kind(len(SKELETON)).eval()
    pictures = torch.randn(2, 3, HEIGHT_PX, WIDTH_PX)
    for norm in (part for part in network.modules() if isinstance(part, torch.nn.BatchNorm2d)):
        norm.running_mean.uniform_(-0.1, 0.1)
        norm.running_var.uniform_(0.5, 2)
        norm.weight.data.uniform_(0.5, 2)
        norm.bias.data.uniform_(-0.1, 0.5)
    with torch.no_grad():
        expected = network(pictures)
        settle(network.train())
        seen = {name: value.clone() for name, value in network.state_dict().items()}
        assert torch.allclose(network(pictures), expected, rtol=1e-3, atol=1e-3)
    assert all(torch.equal(value, seen[name]) for name, value in network.state_dict().items())
    network(pictures).sum().backward()
    assert network.across[0].get_submodule("1").weight.grad is not None


def test_normalisations_come_back_without_changing_what_is_computed() -> None:
    torch.manual_seed(2)
    network = MobileNet(len(SKELETON)).eval()
    for part in (part for part in network.modules() if isinstance(part, Convolution)):
        part.bn.running_var.fill_(1 - part.bn.eps)
        part.bn.bias.data.uniform_(-0.1, 0.5)
    pictures = torch.randn(3, 3, HEIGHT_PX, WIDTH_PX)

    def trunk() -> torch.Tensor:
        return network.levels(pictures)[-1]

    with torch.no_grad():
        before = trunk()
        normalised(network, pictures)
        assert torch.allclose(trunk(), before, atol=1e-4)
        # What they have seen on average is what these pictures show, so a training begins where it stands.
        network.train()
        assert torch.allclose(trunk(), before, atol=0.02)


def test_a_mobile_network_comes_out_of_opencv_as_it_is_in_torch_at_half_the_size(tmp_path: Path) -> None:
    """`export` holds OpenCV against torch; an odd border, or filters that are cut, would differ."""
    onnx = pytest.importorskip("onnx", reason="export needs onnx: pip install -e '.[training]'")
    torch.manual_seed(4)
    network = MobileNet(len(SKELETON)).eval()
    target = tmp_path / "mobile.onnx"
    export(network.state_dict(), target)
    weights = sum(p.numel() for p in network.parameters())
    assert target.stat().st_size < 2.3 * weights
    nodes = {node.op_type for node in onnx.load(target).graph.node}
    assert "Pad" not in nodes


def test_a_network_without_the_channels_that_carry_nothing_says_the_same() -> None:
    """All but as many channels as the small network has are silenced: what is cut out then changes no map."""
    torch.manual_seed(3)
    network, small = ResidualNet(len(SKELETON)), SIZES["runner-fast"]
    names = dict(network.named_modules())

    def silence(norms: list[str], kept: int) -> None:
        for name in norms:
            norm = names[name]
            norm.weight.data.uniform_(0.5, 1.5)
            norm.bias.data.uniform_(-0.5, 0.5)
            silent = torch.arange(len(norm.weight)) % len(norm.weight) >= kept
            norm.weight.data[silent] = 0
            norm.bias.data[silent] = 0

    silence(["stem.1"], small.channels[0])
    for stage, (blocks, channels) in enumerate(zip(small.blocks, small.channels[1:], strict=True)):
        silence([f"stages.{stage}.{block}.first.1" for block in range(blocks)], channels)
        silence([f"stages.{stage}.0.round.1.1", *(f"stages.{stage}.{b}.second.1" for b in range(blocks))], channels)
    silence([f"across.{i}.1" for i in range(4)] + ["mix.1"], small.pyramid)
    thin = ResidualNet(len(SKELETON), small).eval()
    thin.load_state_dict(thinned(network.eval().state_dict(), small))
    picture = torch.randn(2, 3, HEIGHT_PX, WIDTH_PX)
    assert torch.allclose(thin(picture), network(picture), atol=1e-4)
