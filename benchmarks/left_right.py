"""How often the legs are exchanged: as a network names them, and after the step that names them over time.

    python -m benchmarks.left_right [--models NAME…] [--clips NAME…] [--seeds side-00 rear-00 …] [--kept] [--films DIR]

A row a network and clip: frames whose legs are known, the share of them that are exchanged before and after, and how
often the names change from frame to frame against the motion of the legs (times; before and after). What is
known of a clip, the kind of truth, is told by a word:

points    where the points truly are (drawn clips) or where a stronger network has them (``male_side``): exchanged is a
          frame whose knees and ankles lie nearer to those of the other leg, by more than 2 % of the height of the legs
labels    the same by stills that were labelled by hand (``training/labels``, films of ``--films``)
contacts  contacts that were read by eye, with their side: exchanged is a frame in which one foot alone stands and the
          ankle named so is not the one that stands. From frames between contacts nothing is known
order     seen from the front all the time: left is on the right of the picture
-         nothing is known, and only the changes against the motion are told

Changes need no truth, and cannot tell a clip that is exchanged as a whole; they are counted by another rule than the
one that mends: where a straight line through the frames on both sides, each by itself, meets the other leg.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.rendered import clip_of
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES, SKELETONS
from gaitlab.io.keypoints import read_keypoints
from gaitlab.io.video.reader import open_video
from gaitlab.pipeline.reading.repeated import RepeatedPictures
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.signal.preprocessing import filter_by_confidence, fix_left_right_swaps
from tests.by_eye import ReadClip, clips

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LABELS = Path(__file__).resolve().parents[1] / "training" / "labels"
OUT = Path(__file__).resolve().parent / "out" / "left_right"
# Clips of which nobody read contacts.
_OTHERS = (
    "treadmill_side/male_side.mp4", "movements/sit_to_stand.mp4", "movements/squat_gym.mp4",
    "movements/squat_front.mp4", "movements/jumping_jack.mp4",
)  # fmt: skip
_FROM_THE_FRONT = ("squat_front", "jumping_jack")
_JOINTS = ("knee", "ankle")
_MIN_SCORE = 0.3  # as an analysis has it before it names the legs
# Of a labelled film so many frames more than those labelled are followed: before and after, others are seen too.
_BEFORE, _BEYOND = 2, 10
# Legs that lie nearer to each other than this share of their length are not asked for: either name fits.
_ALIKE = 0.05
_SOMEBODY_ELSE = 0.5  # of the legs' length
_FEWEST = 12  # frames in which changes are looked for
_CLEAR = 0.15  # of the legs' length: by how much a standing foot is lower, or nearer to where it stands


@dataclass(frozen=True, slots=True)
class Filmed:
    """A clip and what is known of its legs; ``kind`` is the word of the first lines."""

    name: str
    video: Path
    kind: str
    truth: PoseSequence | None = None
    read: ReadClip | None = None
    slow_motion: float = 1.0
    part: tuple[int, int | None] = (0, None)  # frames that are followed


def filmed(films: Path | None, seeds: Sequence[str]) -> Iterator[Filmed]:
    """Yield every clip that is there."""
    for view in ("side", "rear"):
        video, known = demo_clip(view)
        yield Filmed(f"demo-{view}", video, "points", load_truth(known).seen())
    for seed in seeds:
        view, number = seed.split("-")
        video = clip_of("rear" if view == "rear" else "side", int(number), seconds=5.0)
        yield Filmed(seed, video, "points", load_truth(video.with_suffix(".npz")).seen())
    read = {clip.file: clip for clip in clips()}
    for file in (*_OTHERS, *read):
        video, name = DATA / file, Path(file).stem
        if not video.is_file():
            continue
        if name == "male_side":
            yield Filmed(name, video, "points", read_keypoints(video.with_suffix(".pose.json"), format="gaitlab-pose"))
        elif file in read:
            clip = read[file]
            kind = "contacts" if clip.contacts else "-"
            yield Filmed(name, video, kind, read=clip, slow_motion=clip.slow_motion_factor)
        else:
            yield Filmed(name, video, "order" if name in _FROM_THE_FRONT else "-")
    for path in sorted(LABELS.glob("*.json")) if films is not None else ():
        labels = json.loads(path.read_text(encoding="utf-8"))
        if "wheel" in labels and (films / f"{path.stem}.mp4").is_file():
            numbers = [frame["frame"] for frame in labels["frames"]]
            part = max(min(numbers) - _BEFORE, 0), max(numbers) + _BEYOND
            yield Filmed(path.stem, films / f"{path.stem}.mp4", "labels", _labelled(labels), part=part)


def _labelled(labels: dict[str, object]) -> PoseSequence:
    """Return the points of a labelled film, NaN in frames without labels."""
    frames: list[dict[str, dict[str, list[float]]]] = labels["frames"]  # type: ignore[assignment]
    skeleton = SKELETONS["body_25"]
    xy = np.full((1 + max(int(f["frame"]) for f in frames), len(skeleton), 2), np.nan)  # type: ignore[call-overload]
    for frame in frames:
        for name, (x, y, _) in frame["points"].items():
            xy[frame["frame"], skeleton.index(name)] = x, y  # type: ignore[index]
    score = np.isfinite(xy[..., 0]).astype(float)
    return PoseSequence(xy, score, np.arange(len(xy)) / float(labels["fps"]), skeleton)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """What a network sees of the new pictures of a clip, in true time, and their (frame,) numbers in the film."""

    pose: PoseSequence
    number: np.ndarray

    def part(self, first: int, last: int) -> Tracks:
        """Return the frames of a passage."""
        kept = (self.number >= first) & (self.number <= last)
        pose = PoseSequence(self.pose.xy[kept], self.pose.score[kept], self.pose.time_s[kept], self.pose.skeleton)
        return Tracks(pose, self.number[kept])


def tracks_of(clip: Filmed, model: str, *, kept: bool) -> Tracks | None:
    """Return what a network sees of a clip, looked for once; None where nobody was found or, if ``kept``, looked."""
    path = OUT / f"{clip.name}-{model}.npz"
    if not path.is_file():
        if kept:
            return None
        pictures = RepeatedPictures()
        with open_video(clip.video) as video:
            pose = follow_runner(
                islice(video.frames(), *clip.part), load_estimator(model), slow_motion=clip.slow_motion,
                on_frame=lambda frame, _: pictures.see(frame.image),
            ).pose  # fmt: skip
        if pose is None:
            return None
        repeated = pictures.found(pose.time_s)
        new = np.arange(len(pose)) if repeated is None else np.flatnonzero(repeated.new)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path, xy=pose.xy[new], score=pose.score[new], number=new + clip.part[0],
            skeleton=np.array(pose.skeleton.name),
            time_s=(pose.time_s if repeated is None else repeated.times_s) / clip.slow_motion,
        )  # fmt: skip
    with np.load(path, allow_pickle=False) as data:
        pose = PoseSequence(data["xy"], data["score"], data["time_s"], SKELETONS[str(data["skeleton"])])
        return Tracks(pose, data["number"])


def passages(clip: Filmed, tracks: Tracks) -> list[Tracks]:
    """Return the parts of a clip between cuts that are long enough to be analysed."""
    if clip.read is None:
        return [tracks]
    parts = [tracks.part(passage.first, passage.last) for passage in clip.read.passages]
    return [part for part in parts if len(part.pose) > 2]


def legs_px(pose: PoseSequence) -> float:
    """Return the length of the legs in the picture, px: the median distance of hips and ankles, and a tenth more."""
    apart = [np.linalg.norm(pose.point(f"{side}_hip") - pose.point(f"{side}_ankle"), axis=1) for side in SIDES]
    return 1.1 * float(np.nanmedian(apart))


def exchanged(clip: Filmed, pose: PoseSequence, number: np.ndarray) -> FloatArray:
    """Return (frame,) 1 where the legs are exchanged, 0 where they are not, NaN where it is not known."""
    if clip.truth is not None:
        return _by_points(pose, clip.truth, number)
    if clip.read is not None:
        return _by_contacts(pose, clip.read, number)
    if clip.kind == "order":
        return _by_order(pose)
    return np.full(len(pose), np.nan)


def _by_points(pose: PoseSequence, truth: PoseSequence, number: np.ndarray) -> FloatArray:
    known = number < len(truth)
    frames = number[known]

    def away(sides: Sequence[str]) -> FloatArray:
        apart = np.array([
            np.linalg.norm(pose.point(f"{a}_{joint}")[known] - truth.point(f"{b}_{joint}")[frames], axis=1)
            for a, b in zip(SIDES, sides, strict=True)
            for joint in _JOINTS
        ])  # fmt: skip
        seen = np.isfinite(apart)
        total: FloatArray = np.where(seen, apart, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        return np.where(seen.any(axis=0), total, np.nan)

    kept, crossed = away(SIDES), away(SIDES[::-1])
    gain = kept - crossed
    # Somebody else was followed, or nothing was found rightly.
    gain[np.minimum(kept, crossed) > _SOMEBODY_ELSE * legs_px(pose)] = np.nan
    told = np.full(len(pose), np.nan)
    told[known] = np.where(np.isfinite(gain), (gain > 0.02 * legs_px(pose)).astype(float), np.nan)
    return told


def _by_order(pose: PoseSequence) -> FloatArray:
    across = [pose.point(f"left_{joint}")[:, 0] - pose.point(f"right_{joint}")[:, 0] for joint in _JOINTS]
    clear = np.abs(across) > _ALIKE * legs_px(pose)
    wrong, right = (np.asarray(across) < 0) & clear, (np.asarray(across) > 0) & clear
    return np.where(wrong.all(axis=0), 1.0, np.where(right.any(axis=0), 0.0, np.nan))


def _by_contacts(pose: PoseSequence, read: ReadClip, number: np.ndarray) -> FloatArray:
    """Return what the contacts tell: of two ankles the named one is that of the foot that alone stands.

    It is the one that stays where it is, before a camera that stands; before one that goes along, and in running, the
    lower one.
    """
    told = np.full(len(pose), np.nan)
    scale = legs_px(pose)
    ankles = {side: pose.point(f"{side}_ankle") for side in SIDES}
    spans = [
        (c.side, c.strike.frame, c.toe_off.frame)
        for c in read.contacts
        if c.strike is not None and c.toe_off is not None and c.side in SIDES
    ]
    for side, strike, toe_off in spans:
        other = SIDES[1 - SIDES.index(side)]
        stands = (number > strike) & (number < toe_off - 1)
        for _, first, last in (span for span in spans if span[0] == other):
            stands &= (number < first - 1) | (number > last)
        frames = np.flatnonzero(stands)
        if not len(frames):
            continue
        if read.camera == "fixed" and read.gait.startswith("walking"):
            both = np.concatenate([ankles[side][frames], ankles[other][frames]])
            both = both[np.isfinite(both).all(axis=1)]
            if not len(both):
                continue
            spread = np.linalg.norm(both[:, None] - both[None], axis=2)
            place = both[int(np.argmin(np.quantile(spread, 0.4, axis=1)))]
            gain = [np.linalg.norm(ankles[s][frames] - place, axis=1) for s in (side, other)]
        else:
            gain = [-ankles[s][frames, 1] for s in (side, other)]
        clear = gain[1] - gain[0]
        sure = np.isfinite(clear) & (np.abs(clear) > _CLEAR * scale)
        told[frames[sure]] = (clear[sure] < 0).astype(float)
    return told


def changes(pose: PoseSequence) -> int:
    """Return how often the names of the legs change against the motion of knees and ankles.

    Each leg before and after a moment is a straight line through two frames; where both lines, brought to the middle of
    the moment, meet those of the other leg better than their own, the names have changed. Legs that lie together are
    not asked.
    """
    legs = np.stack([np.stack([pose.point(f"{side}_{joint}") for joint in _JOINTS], axis=1) for side in SIDES])
    if len(pose) < _FEWEST:
        return 0
    apart = max(1, round(pose.fps / 30))
    middle = np.arange(apart * 2 - 1, len(pose) - 2 * apart)

    def at(first: np.ndarray, second: np.ndarray, share: float) -> FloatArray:
        moved: FloatArray = legs[:, first] + share * (legs[:, second] - legs[:, first])
        return moved

    before = at(middle - apart, middle, 1 + 0.5 / apart)
    after = at(middle + 1 + apart, middle + 1, 1 + 0.5 / apart)
    kept = np.nanmean(np.linalg.norm(before - after, axis=-1), axis=(0, 2))
    crossed = np.nanmean(np.linalg.norm(before - after[::-1], axis=-1), axis=(0, 2))
    return int(np.sum(kept - crossed > _CLEAR * legs_px(pose)))


def share(told: FloatArray) -> str:
    """Return the share of exchanged frames of those known."""
    known = told[np.isfinite(told)]
    return f"{100 * known.mean():6.1f}" if len(known) else "     -"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["runner", "openpose-light"])
    parser.add_argument("--clips", nargs="+", help="names of clips; by default all")
    parser.add_argument("--seeds", nargs="*", default=[], help="drawn clips, such as side-00 or rear-01")
    parser.add_argument("--films", type=Path, help="folder of the labelled films, see training/labels/README.md")
    parser.add_argument("--kept", action="store_true", help="only the keypoints that are there already")
    options = parser.parse_args(arguments)
    print(f"{'network':26}{'clip':18}{'truth':10}{'known':>6}{'before':>8}{'after':>8}{'changes':>9}{'after':>7}")
    for model in options.models:
        for clip in filmed(options.films, options.seeds):
            if options.clips and clip.name not in options.clips:
                continue
            raw = tracks_of(clip, model, kept=options.kept)
            if raw is None:
                continue
            told: list[list[FloatArray]] = [[], []]
            changed = np.zeros(2)
            for part in passages(clip, raw):
                pose = filter_by_confidence(part.pose, min_score=_MIN_SCORE)
                for kept, tracks in enumerate((pose, fix_left_right_swaps(pose))):
                    told[kept].append(exchanged(clip, tracks, part.number))
                    changed[kept] += changes(tracks)
            before, after = (np.concatenate(parts) for parts in told)
            print(
                f"{model:26}{clip.name:18}{clip.kind:10}{np.isfinite(before).sum():>6}  {share(before)}  "
                f"{share(after)}{changed[0]:>9.0f}{changed[1]:>7.0f}", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
