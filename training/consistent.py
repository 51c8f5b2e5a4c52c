"""What a network says again and again of pictures that nobody has labelled: ``python -m training.consistent``.

Two kinds of points are kept, in training/out/consistent.npz, for ``python -m training.train --consistent``:

- of the film in ``treadmill_side``, followed from end to end: the smooth path of each point, where the limb on which it
  lies has its usual length. What a frame says wrongly is corrected by those before and after it.
- of the crops of real people that may be trained on: points without a label, where the network says the same of the
  picture, of its mirror image, from nearer by and from further off.

No label made by a hand is looked at.
"""

from __future__ import annotations

from itertools import pairwise, product

import cv2
import numpy as np

from gaitlab.analysis.tracks import preprocessed
from gaitlab.config import Settings
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.io.files import whole_file
from gaitlab.io.video.reader import open_video
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator
from training.generate import OUT, packed, unpacked
from training.photographs import FOLDER, MACHINE, SKELETON, UNKNOWN, Photographs, learnt_from, together

KEPT = OUT / "consistent.npz"
FILM = FOLDER.parent / "treadmill_side" / "male_side.mp4"
_EVERY = 4  # frames of the film: those beside each other teach the same
_LIMBS = ("hip", "knee", "ankle", "heel", "big_toe")  # a chain: each holds to the one before
_USUAL = 0.12  # how far a limb's length may be from the median of all frames
_DISTANCES = (0.87, 1.0, 1.15)
_SAME = 0.02  # of the longest side of the person's box: how far the answers may scatter
_MARGIN = 0.2  # of that side, round a person cut out of a film


def usual_length(xy: FloatArray) -> np.ndarray:
    """Return (frame, keypoint) whether each point's limbs have the length that they have in most frames.

    Parameters
    ----------
    xy : FloatArray
        (frame, keypoint, 2) px of the points of a film whose camera stands still.
    """
    usual = np.isfinite(xy[..., 0])
    for side in SIDES:
        for upper, lower in pairwise(SKELETON.index(f"{side}_{name}") for name in _LIMBS):
            length = np.linalg.norm(xy[:, lower] - xy[:, upper], axis=1)
            middle = np.nanmedian(length)
            # Nothing tells which of the two ends is wrong.
            usual[:, [upper, lower]] &= (np.abs(length - middle) <= _USUAL * middle)[:, None]
    return usual


def agreed(looks: FloatArray, *, same_px: float) -> tuple[FloatArray, np.ndarray]:
    """Return the median (keypoint, 2) of several answers (answer, keypoint, 2), and which points they agree on."""
    middle = np.median(looks, axis=0)
    return middle, (np.linalg.norm(looks - middle, axis=2) < same_px).all(axis=0)


def of_film(estimator: PoseEstimator) -> Photographs:
    """Return frames of the film with the points of its smooth tracks.

    Raises:
        ValueError: nobody is followed.
    """
    with open_video(FILM) as video:
        raw = follow_runner(video.frames(), estimator).pose
    if raw is None:
        raise ValueError(f"nobody was followed through '{FILM}'")
    smooth = preprocessed(raw, Settings(), view="side", leg_px=_leg_px(raw))[1].xy
    sure = np.where(usual_length(smooth), MACHINE, UNKNOWN)
    images, kept, corners, boxes = [], [], [], []
    with open_video(FILM) as video:
        for number, frame in enumerate(video.frames()):
            if number % _EVERY or not (sure[number] > 0).any():
                continue
            shown = smooth[number][np.isfinite(smooth[number, :, 0])]
            box = np.concatenate([shown.min(axis=0), shown.max(axis=0)])
            rows, columns = frame.image.shape[:2]
            margin_px = _MARGIN * (box[2:] - box[:2]).max()
            left, top = np.maximum(box[:2] - margin_px, 0).astype(int)
            right, bottom = np.minimum(box[2:] + margin_px, (columns, rows)).astype(int)
            images.append(cv2.imencode(".jpg", frame.image[top:bottom, left:right])[1])
            kept.append(number)
            corners.append((left, top))
            boxes.append(box - (left, top, left, top))
    xy = np.nan_to_num(smooth[kept] - np.array(corners)[:, None])
    return Photographs(images, xy, sure[kept], np.array(boxes), [f"{FILM.name} {number}" for number in kept])


def of_crops(estimator: PoseEstimator) -> Photographs:
    """Return the crops that may be trained on, with the points added on which the network agrees with itself."""
    people = learnt_from()
    xy, sure = people.xy.copy(), people.sure.copy()
    nobody = Body(np.full((len(SKELETON), 2), np.nan), np.zeros(len(SKELETON)))
    for i, data in enumerate(people.images):
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
        corners = people.box[i].reshape(2, 2)
        middle = corners.mean(axis=0)
        bodies = [
            estimator.detect_person(image, (middle + far * (corners - middle)).ravel(), nobody, mirrored=turned)
            for far, turned in product(_DISTANCES, (False, True))
        ]
        looks = np.array([body.xy for body in bodies if body is not None])
        if len(looks) == len(bodies):
            at, same = agreed(looks, same_px=_SAME * people.height_px[i])
            new = same & (sure[i] == UNKNOWN)
            xy[i, new], sure[i, new] = at[new], MACHINE
    return Photographs(people.images, xy, sure, people.box, people.names)


def consistent() -> Photographs:
    """Read what `main` has written.

    Raises:
        FileNotFoundError: it has not been run.
    """
    if not KEPT.is_file():
        raise FileNotFoundError(f"no '{KEPT}': run python -m training.consistent first")
    with np.load(KEPT) as kept:
        return Photographs(
            unpacked(kept["image"], kept["image_end"]), kept["xy"], kept["sure"], kept["box"], kept["names"].tolist()
        )


def _leg_px(pose: PoseSequence) -> float:
    joints = [pose.point(f"left_{name}") for name in ("hip", "knee", "ankle")]
    return float(sum(np.nanmedian(np.linalg.norm(b - a, axis=1)) for a, b in pairwise(joints)))


def main() -> None:
    estimator = load_estimator("runner", checked=False)
    film, crops = of_film(estimator), of_crops(estimator)
    before = learnt_from()
    everything = together(crops, film)
    with whole_file(KEPT) as partial, partial.open("wb") as file:
        image, image_end = packed([one.tobytes() for one in everything.images])
        np.savez(
            file, image=image, image_end=image_end,
            xy=everything.xy, sure=everything.sure, box=everything.box, names=everything.names,
        )  # fmt: skip
    added = int((crops.sure != before.sure).sum())
    print(f"{len(film.images)} frames of a film with {int((film.sure > 0).sum())} points; {added} points more in "
          f"{len(crops.images)} crops of people")  # fmt: skip


if __name__ == "__main__":
    main()
