"""Sub-cell peaks: a synthetic Gaussian knows where its top is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitlab.pose.networks.heatmaps import local_peaks, refine, soft_max, strongest
from gaitlab.pose.networks.window import Window, around, cut, whole_picture


def gaussian(x: float, y: float, *, sd: float, rows: int = 30, columns: int = 24) -> np.ndarray:
    down, across = np.mgrid[:rows, :columns]
    return np.exp(-0.5 * ((across - x) ** 2 + (down - y) ** 2) / sd**2)


@given(x=st.floats(4, 19), y=st.floats(4, 25), sd=st.floats(0.8, 1.8))
def test_a_gaussian_is_found_within_a_tenth_of_a_cell(x: float, y: float, sd: float) -> None:
    cells, height = strongest(gaussian(x, y, sd=sd)[None])
    assert np.abs(cells[0] - (x, y)).max() < 0.1
    assert 0.5 < height[0] <= 1.0


def test_noise_moves_a_peak_by_little() -> None:
    random = np.random.default_rng(0)
    places = random.uniform(5, 18, (300, 2))
    maps = np.array([gaussian(x, y, sd=1.1) for x, y in places]) + random.normal(0, 0.03, (300, 30, 24))
    cells, _ = strongest(maps)
    assert np.sqrt(np.mean((cells - places) ** 2)) < 0.06


def test_two_peaks_are_two_and_a_plateau_is_one() -> None:
    two = gaussian(5, 6, sd=1.0) + 0.7 * gaussian(15, 20, sd=1.0)
    channel, row, column = local_peaks(np.stack([np.zeros_like(two), two]), threshold=0.1)
    assert channel.tolist() == [1, 1]
    assert sorted(zip(column.tolist(), row.tolist(), strict=True)) == [(5, 6), (15, 20)]
    plateau = np.zeros((1, 9, 9))
    plateau[0, 4, 4:6] = 1.0
    assert len(local_peaks(plateau, threshold=0.5)[0]) == 1


def test_a_peak_on_the_edge_stays_in_the_map() -> None:
    cells, _ = strongest(gaussian(0, 0, sd=1.0)[None])
    assert np.abs(cells).max() < 1.0
    assert np.isfinite(refine(np.zeros((1, 9, 9)), np.array([0]), np.array([4]), np.array([4]))).all()


def test_soft_max_sums_to_one() -> None:
    shares = soft_max(np.array([[[0.0, np.log(3.0)], [-900.0, -900.0]]]))
    assert shares[0].ravel() == pytest.approx([0.25, 0.75, 0, 0])


def test_cells_to_pixels_by_hand() -> None:
    window = Window(100, 50, 80, 160)
    # 10 x 20 cells of 8 px: the first cell covers px 100..107, whose middle is 103.5.
    assert window.to_picture(np.array([0.0, 0.0]), columns=10, rows=20) == pytest.approx([103.5, 53.5])
    assert window.to_picture(np.array([9.0, 19.0]), columns=10, rows=20) == pytest.approx([175.5, 205.5])


@given(x=st.floats(-50, 500), y=st.floats(-50, 500))
def test_cells_and_pixels_are_inverse(x: float, y: float) -> None:
    window = Window(-7, 13, 111, 222)
    there = window.to_cells(np.array([x, y]), columns=23, rows=32)
    assert window.to_picture(there, columns=23, rows=32) == pytest.approx([x, y], abs=1e-9)


def test_a_window_holds_its_box_and_keeps_the_aspect() -> None:
    tall = around(np.array([100.0, 100, 200, 500]), aspect=0.5, fill=0.8)
    assert (tall.width, tall.height) == (250, 500)
    assert (tall.left, tall.top) == (25, 50)
    wide = around(np.array([100.0, 100, 500, 200]), aspect=0.5, fill=0.8)
    assert (wide.width, wide.height) == (500, 1000)


@pytest.mark.parametrize(("rows", "columns"), [(1280, 720), (1080, 1920), (480, 640), (101, 77)])
def test_the_whole_picture_is_not_stretched(rows: int, columns: int) -> None:
    window, width, height = whole_picture(np.zeros((rows, columns, 3), np.uint8), height=368, multiple=8)
    assert width % 8 == height % 8 == 0
    assert window.width >= columns
    assert width / height == pytest.approx(window.width / window.height, rel=0.01)


@pytest.mark.parametrize("times", [1.6, 3.0, 5.3, 9.7])
@pytest.mark.parametrize("corner", [(-37, -51), (40, 30), (301, 203)])
def test_a_crop_is_the_average_over_areas_wherever_it_lies(times: float, corner: tuple[int, int]) -> None:
    """A picture whose values rise evenly stays one: every pixel is the value at its own middle, and grey beyond."""
    rows, columns = 700, 900
    down, across = np.mgrid[:rows, :columns]
    image = np.stack([down * 255 / rows, across * 255 / columns, 0 * down + 30], axis=-1).astype(np.uint8)
    tall = round(224 * times)
    box = np.array([corner[0], corner[1], corner[0] + 0.3 * tall, corner[1] + 0.72 * tall])
    window = around(box, aspect=160 / 224, fill=0.72)
    small = cut(image, window, width=160, height=224, border=118).astype(float)
    places = np.stack(np.meshgrid(np.arange(160), np.arange(224)), axis=-1)
    x, y = np.moveaxis(window.to_picture(places, columns=160, rows=224), -1, 0)
    reach = window.height / 224
    within = (x > reach) & (y > reach) & (x < columns - 1 - reach) & (y < rows - 1 - reach)
    beyond = (x < -reach) | (y < -reach) | (x > columns - 1 + 4 * reach) | (y > rows - 1 + 4 * reach)
    assert within.sum() > 1000
    assert np.abs(small[..., 0] - y * 255 / rows)[within].max() < 1.6
    assert np.abs(small[..., 1] - x * 255 / columns)[within].max() < 1.6
    assert np.all(small[beyond] == 118)
