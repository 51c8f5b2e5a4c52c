"""Rejection of arguments that have no effect in combination with others, such as a network with a keypoint file.

Silently ignoring them would be misleading.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.analysis.shop import read_shop
from gaitlab.core.errors import InputError, argument
from gaitlab.metrics import MOVEMENTS
from gaitlab.pipeline.spec import GAITS

# Name -> what `gaitlab.analyze` was given.
Given = Mapping[str, Any]
_KEYPOINT_FILES = (".csv", ".json", ".trc", ".c3d", ".sto", ".mot", ".h5", ".hdf5", ".nc")


def holds_keypoints(path: str | Path) -> bool:
    """Whether another recording of a runner is a file (or folder) of keypoints, and no video."""
    return Path(path).suffix.lower() in _KEYPOINT_FILES or os.path.isdir(path)


def _others(given: Given) -> list[bool]:
    """Return of every recording beside the main one whether it holds keypoints."""
    return [holds_keypoints(path) for name in ("standing", "with_") if (path := given.get(name)) is not None]


def _no_network(given: Given) -> bool:
    return given.get("keypoints") is not None and all(_others(given))


def _no_file(given: Given) -> bool:
    return given.get("keypoints") is None and not any(_others(given))


def _needs_no_rate(given: Given) -> bool:
    return _no_file(given) and not _raw_stream(given)


def _raw_stream(given: Given) -> bool:
    """Return whether a video is a stream without time stamps, which requires a frame rate."""
    from gaitlab.io.video.contents import has_clock

    return any(
        os.path.isfile(path) and not holds_keypoints(path) and not has_clock(path)
        for name in ("video", "standing", "with_")
        if (path := given.get(name)) is not None
    )


def _rate_is_known(given: Given) -> bool:
    both = given.get("keypoints") is not None and given.get("video") is not None
    return both and not any(_others(given)) and not _raw_stream(given)


def _picture_is_known(given: Given) -> bool:
    return _rate_is_known(given)


def _no_video(given: Given) -> bool:
    return given.get("video") is None


def _no_pictures(given: Given) -> bool:
    return _no_video(given) and (given.get("with_") is None or holds_keypoints(given["with_"]))


def _seen_from(view: str) -> Callable[[Given], bool]:
    return lambda given: given.get("view") == view and given.get("with_") is None


def _only_sorts(given: Given) -> bool:
    """Return whether a shop's file has no brand, which heads every page, but only words for a rear view."""
    return _seen_from("side")(given) and read_shop(Path(given["profile"])).brand is None


@dataclass(frozen=True, slots=True)
class _Idle:
    """An argument, when it has no effect, and the rest of the sentence that says so and what to do."""

    name: str
    when: Callable[[Given], bool]
    why: str


def _no_gait(given: Given) -> bool:
    return given.get("movement") in MOVEMENTS


def _from_elsewhere(movement: str) -> Callable[[Given], bool]:
    """Return whether a movement that is measured from the side alone was said to be filmed from elsewhere."""
    return lambda given: given.get("movement") == movement and given.get("view") in ("front", "rear")


_FROM_FILES = "but all keypoints come from files, so no network runs; leave it out"
_FROM_THE_SIDE = (
    f"is for the rear view, but this is a side view; say {argument('view')} rear, or name the rear clip with "
    f"{argument('with_')}"
)
_OF_GAIT = "is of gait, but another movement was named; leave it out"
_TABLE = (
    *(
        _Idle(name, _no_gait, _OF_GAIT)
        for name in ("belt_speed_mps", "setting", "distance", "dots", "standing", "with_")
    ),
    _Idle(
        "view", lambda given: given.get("view") == "front" and given.get("movement") in GAITS,
        "front is of other movements: gait is measured from the side or from behind, film again",
    ),
    *(
        _Idle(
            "view", _from_elsewhere(name),
            f"is not one from which {name} is measured; {name} is measured from the side: film again, or say "
            f"{argument('view')} side if it is a film from the side after all",
        )
        for name, movement in MOVEMENTS.items()
        if movement.views == ("side",)
    ),
    _Idle("facing", _seen_from("front"), "is for the side view, but this is a front view; leave it out"),
    _Idle("model", _no_network, f"names a network, {_FROM_FILES}"),
    _Idle("models_dir", _no_network, f"is a folder of networks, {_FROM_FILES}"),
    _Idle(
        "keypoints_format", _no_file,
        f"is of a file of keypoints, but none is given; name it with {argument('keypoints')}, or leave the format out",
    ),
    *(
        _Idle(name, _no_file, f"is of a file of keypoints, but none is given; name it with {argument('keypoints')}")
        for name in ("layout", "axes", "picture")
    ),
    _Idle("picture", _picture_is_known, "is of keypoints alone, but their video is given, which says its own size"),
    _Idle(
        "fps", _needs_no_rate,
        f"is of keypoints whose file does not say their rate, but none are given; this video says its own, and the "
        f"true rate of slow motion is {argument('capture_fps')}",
    ),
    _Idle("fps", _rate_is_known, "is of keypoints alone, but their video is given, which says its own; leave it out"),
    _Idle("rotate", _no_video, "turns the pictures of a video, but only keypoints are given; leave it out"),
    _Idle("dots", _no_pictures, "are tracked in a video, but only keypoints are given; name the video too"),
    *(_Idle(name, _seen_from("side"), _FROM_THE_SIDE) for name in ("dots", "standing")),
    _Idle("profile", _only_sorts, _FROM_THE_SIDE),
    _Idle("facing", _seen_from("rear"), "is for the side view, but this is a rear view; leave it out"),
    _Idle("setting", _seen_from("rear"), "is for the side view, but this is a rear view; leave it out"),
    _Idle("distance", _seen_from("rear"), "is of a path that is seen from the side, but this is a rear view"),
    _Idle(
        "distance", lambda given: given.get("setting") == "treadmill",
        f"is of a path that the runner goes along, but this is a treadmill; say {argument('belt_speed_mps')}",
    ),
    _Idle(
        "belt_speed_mps", lambda given: given.get("setting") == "overground",
        "is of a treadmill's belt, but this is overground, where the hips tell the speed; leave it out",
    ),
)  # fmt: skip
_NO_PICTURES = "is of a video's pictures, but only keypoints are given; leave it out"
# The same of settings: `section.name` -> what it was set to.
_SETTINGS = (
    _Idle("pose.model", _no_network, f"names a network, {_FROM_FILES}"),
    *(
        _Idle(name, _no_pictures, _NO_PICTURES)
        for name in (
            "video.annotate", "video.crf", "video.height", "video.follow", "video.blur_face", "report.embed_video",
        )
    ),
)  # fmt: skip
# What counts as not given, beside None.
_DEFAULTS: Mapping[str, object] = {"keypoints_format": "auto", "rotate": 0, "facing": "auto", "setting": "auto"}


def idle(given: Given) -> Iterator[tuple[str, str]]:
    """Yield the name of each argument that has no effect, and the sentence that says so and what to do."""
    for one in _TABLE:
        value = given.get(one.name)
        if value is not None and value != _DEFAULTS.get(one.name) and one.when(given):
            yield one.name, f"{argument(one.name)} {one.why}"


def check(given: Given) -> None:
    """Raise InputError where an argument of `gaitlab.analyze` has no effect beside the others.

    Parameters
    ----------
    given : Given
        name to what was given; names that are missing were not.
    """
    for _, sentence in idle(given):
        raise InputError(sentence)


def check_settings(said: Iterable[str], given: Given) -> None:
    """Raise InputError where a setting has no effect beside the arguments of `gaitlab.analyze`.

    Parameters
    ----------
    said : Iterable[str]
        names, as ``video.crf``, of the settings that were asked for this recording; those of a file of settings, which
        is meant for many recordings, are not.
    given : Given
        name to what was given; names that are missing were not.
    """
    asked = set(said)
    for one in _SETTINGS:
        if one.name in asked and one.when(given):
            raise InputError(f"{argument(one.name)} {one.why}")
