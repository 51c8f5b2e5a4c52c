"""Quick check for a person in a clip from a few images, before every frame is processed.

Images are reduced, and those with the largest changes come first. If they show nobody, they are rotated, because
videos on their side are the usual reason. Processing time is bounded for clips of any length and size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import cv2
import numpy as np

from gaitlab.core.errors import InputError, NobodyError, argument
from gaitlab.core.person import Body
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SIDES, Skeleton
from gaitlab.core.units import ROTATIONS
from gaitlab.io.video.reader import Frame, Image, Video, turned
from gaitlab.kinematics.view import FROM, Seen, view_of
from gaitlab.pose.networks.estimator import PoseEstimator

_PICTURES = 40  # images taken from the clip
_LOOKS, _TURNED_LOOKS = 16, 3  # images searched upright, and in each rotation
# Clips with at most this many pixels in all frames are read completely; of others mainly key frames are decoded.
_READ_WHOLE_PX = 1e9
# CPU time, s, after which no more images are decoded, searched upright, and searched rotated.
_TAKING_S, _LOOKING_S, _TURNING_S = 3.0, 7.0, 10.0
_SHORT_PX = 576  # shorter side of an image: the smallest runner searched for then has the size of the network's input
# If the first image shows a person from the front: number of further images, and least number that must confirm it.
_FRONT_LOOKS, _FRONT_SEEN = 8, 6
_CHANGE_PX = 48  # width and height at which images are compared


def check_for_somebody(
    video: Video,
    estimator: PoseEstimator,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    front_refused: bool = False,
) -> None:
    """Check that there may be a person in the clip; the first image suffices for most clips.

    Parameters
    ----------
    video : Video
        the clip, with the rotation of the analysis.
    estimator : PoseEstimator
        the pose network.
    start_s, end_s : float | None, optional
        the part to be analysed, s.
    front_refused : bool, optional
        whether a front view is an error.

    Raises
    ------
    InputError
        if no image shows a person, rotated images show people more clearly, or the only person of the clip is seen from
        the front throughout.
    """
    began_s = time.process_time()

    def spent_s() -> float:
        return time.process_time() - began_s

    part_s = start_s or 0.0, min(end_s or np.inf, video.info.duration_s)
    # Exhaust this pass over the video before another begins.
    first = list(islice(video.frames(start_s, end_s), 1))
    people = [body for frame in first for body in estimator.detect_people(_small(frame.image))]
    if _standing(people, estimator.skeleton):
        if front_refused and len(people) == 1 and _view(people, [0.0], estimator.skeleton).view == "front":
            _check_not_front(video, estimator, _pictures(video, *part_s, spent_s))
        return
    pictures = _pictures(video, *part_s, spent_s)
    order = by_promise([frame.image for frame in pictures])
    seen, anybody, looks = None, False, 0
    for index in order[:_LOOKS]:
        people = estimator.detect_people(pictures[index].image)
        looks, anybody = looks + 1, anybody or bool(people)
        if _standing(people, estimator.skeleton):
            seen = index
            break
        if spent_s() > _LOOKING_S:
            break
    tried = ([] if seen is None else [seen]) + [index for index in order if index != seen]
    turn_deg = _best_turn([pictures[index].image for index in tried[:_TURNED_LOOKS]], estimator, spent_s)
    if turn_deg:
        wanted = (video.info.rotate_deg + turn_deg) % 360
        raise InputError(
            f"no person stands upright in '{video.info.path}', but turned clockwise by {turn_deg} degrees there is "
            f"one; say {argument('rotate')} {wanted}"
        )
    if not anybody:
        whence = " from the side or from behind" if front_refused else ""  # what is no gait has other views
        raise NobodyError(
            f"no person found in '{video.info.path}' by {estimator.name}, in {looks + 1} pictures spread over it, nor "
            f"turned on a side or upside down; expected a person seen whole{whence}: name the part "
            f"that shows one with {argument('start_s')} and {argument('end_s')}, or try another network with "
            f"{argument('model')}"
        )


def spread_pictures(video: Video, start_s: float | None, end_s: float | None) -> list[Image]:
    """Return up to 40 reduced images spread over a part of a clip, in the order of their times."""
    began_s = time.process_time()
    part_s = start_s or 0.0, min(end_s or np.inf, video.info.duration_s)
    return [frame.image for frame in _pictures(video, *part_s, lambda: time.process_time() - began_s)]


def refused_front(path: object, seen: Seen) -> InputError:
    """Return the error for a front view."""
    legs = "told by feet and knees, " if seen.legs_only else ""
    return InputError(
        f"'{path}' was filmed from the front ({legs}sure to {seen.score:.1f} of 1); gait is measured from the side or "
        f"from behind: name a squat, a jump or what else is no gait with {argument('movement')}, film again if it is "
        f"gait, or say {argument('view')} side if it is a film from the side after all"
    )


def refused_legs(path: object, seen: Seen) -> InputError:
    """Return the error for a view of legs only that is not clear."""
    return InputError(
        f"'{path}' shows legs only, and feet and knees do not tell clearly whether from behind or from the front (most "
        f"like {FROM[seen.view]}, sure to {seen.score:.1f} of 1); if it was filmed from behind, say {argument('view')} "
        "rear, else film again from behind, with the hips in the picture or the whole runner"
    )


def _check_not_front(video: Video, estimator: PoseEstimator, pictures: Sequence[Frame]) -> None:
    """Check that the only person of a clip is not seen from the front throughout.

    Raises
    ------
    InputError
        if they are.
    """
    seen: dict[float, Body] = {}
    for index in halving(len(pictures))[:_FRONT_LOOKS]:
        people = estimator.detect_people(pictures[index].image)
        if len(people) > 1:
            return
        for body in people:
            seen[pictures[index].time_s] = body
    times_s = sorted(seen)
    if len(times_s) >= _FRONT_SEEN:
        view = _view([seen[time_s] for time_s in times_s], times_s, estimator.skeleton)
        if view.view == "front" and view.sure:
            raise refused_front(video.info.path, view)


def _view(bodies: Sequence[Body], times_s: Sequence[float], skeleton: Skeleton) -> Seen:
    """Return the camera view of a person in a few images."""
    xy, score = np.array([body.xy for body in bodies]), np.array([body.score for body in bodies])
    return view_of(PoseSequence(xy, score, np.array(times_s), skeleton))


def by_promise(pictures: Sequence[Image]) -> list[int]:
    """Return the indices of a clip's images, alternating between the most changed and an even spread over the clip."""
    if not len(pictures):
        return []
    small = np.array(
        [cv2.resize(picture, (_CHANGE_PX, _CHANGE_PX), interpolation=cv2.INTER_AREA) for picture in pictures],
        np.float32,
    )
    change = np.abs(small - np.median(small, axis=0)).max(axis=(1, 2, 3))
    changed, spread = np.argsort(-change, kind="stable").tolist(), halving(len(pictures))
    both = (index for pair in zip(spread, changed, strict=True) for index in pair)
    return list(dict.fromkeys(both))


def halving(count: int) -> list[int]:
    """Return 0 to count - 1 in bisection order (the middle first), so that every prefix is evenly spread."""
    order: list[int] = []
    parts = [(0, count)]
    while parts:
        low, high = parts.pop(0)
        if low < high:
            middle = (low + high) // 2
            order.append(middle)
            parts += [(low, middle), (middle + 1, high)]
    return order


def _pictures(video: Video, start_s: float, end_s: float, spent_s: Callable[[], float]) -> list[Frame]:
    """Return reduced images spread over a part of the clip, in the order of their times."""
    times_s = start_s + (np.arange(_PICTURES) + 0.5) / _PICTURES * (end_s - start_s)
    info = video.info
    whole = (end_s - start_s) * info.fps * info.width * info.height <= _READ_WHOLE_PX
    found: dict[float, Frame] = {}
    for frame in _passing(video, start_s, end_s, times_s) if whole or not video.seekable else _jumping(video, times_s):
        found.setdefault(frame.time_s, Frame(frame.time_s, _small(frame.image)))
        if not whole and spent_s() > _TAKING_S:
            break
    return [found[time_s] for time_s in sorted(found)]


def _passing(video: Video, start_s: float, end_s: float, times_s: FloatArray) -> Iterator[Frame]:
    due = 0
    for frame in video.frames(start_s, end_s):
        if due < len(times_s) and frame.time_s >= times_s[due]:
            due = int(np.searchsorted(times_s, frame.time_s, side="right"))
            yield frame


def _jumping(video: Video, times_s: FloatArray) -> Iterator[Frame]:
    """Yield the key frames before the times, then, for times without a new one, the frames at these times."""
    between = []
    taken: set[float] = set()
    for index in halving(len(times_s)):
        frame = video.key_frame(float(times_s[index]))
        if frame is None or frame.time_s in taken or not times_s[0] - 0.5 <= frame.time_s:
            between.append(index)
            continue
        taken.add(frame.time_s)
        yield frame
    for index in between:
        yield from islice(video.frames(float(times_s[index])), 1)


def _best_turn(pictures: Sequence[Image], estimator: PoseEstimator, spent_s: Callable[[], float]) -> int:
    """Return the clockwise rotation, degrees, with which images show people; 0 if they are upright or show nobody.

    At least two images must agree, if there are two, because a single detection may be false.
    """
    if not pictures:
        return 0
    total, often = dict.fromkeys(ROTATIONS, 0.0), dict.fromkeys(ROTATIONS, 0)
    for picture in pictures:
        for degrees in ROTATIONS:
            surest = _standing(estimator.detect_people(turned(picture, degrees)), estimator.skeleton)
            total[degrees] += surest
            often[degrees] += bool(surest)
        if spent_s() > _TURNING_S:
            break
    best = max(ROTATIONS, key=lambda degrees: (often[degrees], total[degrees]))
    return best if often[best] >= min(2, len(pictures)) else 0


def _standing(people: Sequence[Body], skeleton: Skeleton) -> float:
    """Return the highest total score of a person who is upright; 0 without one.

    Some networks detect lying people and parts of them, but their keypoints are unusable.
    """
    return max((body.total for body in people if _upright(body, skeleton)), default=0.0)


def _upright(body: Body, skeleton: Skeleton) -> bool:
    """Whether the shoulders are above the ankles, or the knees or hips where nothing lower is seen, within 45 degrees.

    Not the trunk: that of cyclists and of who squats deep leans by up to 80 degrees, over feet that stay under it.
    """
    shoulders, hips, knees, ankles = (_middle(body, skeleton, joint) for joint in ("shoulder", "hip", "knee", "ankle"))
    if not np.isfinite(hips[0]):
        return False
    lowest = next(joint for joint in (ankles, knees, hips) if np.isfinite(joint[0]))
    across, down = lowest - shoulders
    return bool(abs(across) <= down)


def _middle(body: Body, skeleton: Skeleton, joint: str) -> FloatArray:
    """Return the (2,) px midpoint of a joint of both sides, or of the one that is seen; NaN if neither is."""
    both = np.array([body.point(skeleton, f"{side}_{joint}") for side in SIDES])
    seen = both[np.isfinite(both[:, 0])]
    return np.asarray(seen.mean(axis=0)) if len(seen) else np.full(2, np.nan)


def _small(image: Image) -> Image:
    """Return the image reduced to a shorter side of ``_SHORT_PX``, the same for all rotations."""
    share = _SHORT_PX / min(image.shape[:2])
    if share >= 1:
        return image
    size = (round(image.shape[1] * share), round(image.shape[0] * share))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
