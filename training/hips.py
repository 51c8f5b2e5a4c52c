"""Where COCO's hips lie beside the hip joints of a network that learnt from drawn people: ``python -m training.hips``.

Of crops in which both hips and shoulders are labelled and found near each other, the median of COCO's hip minus the
network's, along the trunk as a share of its length, and outwards as a share of COCO's own distance from the middle.
"""

from __future__ import annotations

import argparse

import numpy as np

from gaitlab.core.skeleton import SIDES
from gaitlab.pose.networks.estimator import load_estimator
from training.photographs import SKELETON, hips_of_joints, looked_at, photographs

_NEAR = 0.08  # of the person's height: farther off is another point
_TURNED = (
    0.12  # least distance of a hip from the middle, a share of the trunk: of who is seen from the side it says nothing
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="runner")
    estimator = load_estimator(parser.parse_args().model, checked=False)
    people = photographs("train", feet=False)
    hips, shoulders = ([SKELETON.index(f"{side}_{name}") for side in SIDES] for name in ("hip", "shoulder"))
    up, out = [], []
    for i in range(len(people.images)):
        body = looked_at(estimator, people, i)
        if body is None or not (people.sure[i][[*hips, *shoulders]] > 0).all():
            continue
        labelled = hips_of_joints(people.xy[i][hips])
        away = labelled - body.xy[hips]
        if not np.linalg.norm(away, axis=1).max() < _NEAR * people.height_px[i]:
            continue
        middle = labelled.mean(axis=0)
        trunk, outwards = people.xy[i][shoulders].mean(axis=0) - middle, labelled - middle
        up += list(away @ trunk / (trunk @ trunk))
        if np.linalg.norm(outwards[0]) > _TURNED * np.linalg.norm(trunk):
            out += list((away * outwards).sum(axis=1) / (outwards**2).sum(axis=1))
    for name, values in (("along the trunk, shares of it", up), ("outwards, shares of the distance", out)):
        low, middle, high = np.percentile(values, [25, 50, 75])
        print(f"{name}: {middle:+.2f} ({low:+.2f} to {high:+.2f}), {len(values)} hips")


if __name__ == "__main__":
    main()
