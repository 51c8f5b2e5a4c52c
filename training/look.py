"""A hundred stored pictures with their labels on one sheet, to be looked at: ``python -m training.look``."""

from __future__ import annotations

import argparse

import cv2
import numpy as np

from training.augment import SKELETON, load, sample
from training.generate import DATA, OUT

_COLUMNS = 20
_COLOURS = {"left": (60, 60, 255), "right": (60, 220, 60)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    stored, rng = load(DATA), np.random.default_rng(options.seed)
    tiles = []
    for index in rng.choice(len(stored.images), options.count, replace=False):
        crop, xy, sure = sample(stored, int(index), rng)
        for name, (x, y), how in zip(SKELETON.names, xy, sure, strict=True):
            if how > 0:
                colour = _COLOURS.get(name.split("_")[0], (255, 200, 60))
                cv2.circle(crop, (round(x), round(y)), 2, colour, -1 if how == 1 else 1, cv2.LINE_AA)
        tiles.append(crop)
    blank = np.zeros_like(tiles[0])
    tiles += [blank] * (-len(tiles) % _COLUMNS)
    rows = [np.hstack(tiles[i : i + _COLUMNS]) for i in range(0, len(tiles), _COLUMNS)]
    cv2.imwrite(str(OUT / "look.png"), np.vstack(rows))


if __name__ == "__main__":
    main()
