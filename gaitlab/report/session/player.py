"""Data of the page's player for drawing the runner over the video, in a compact format."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.report.session.content import Content, column_key
from gaitlab.report.session.skeletons import limb_side
from gaitlab.report.shared.media import Media

# Most frames of skeleton data; longer recordings are subsampled, and the page interpolates.
_MAX_FRAMES = 3600
_QUARTER_PIXELS = 4
_MISSING = -32768
# Tolerance of the ratio 1 of a video in real time, because clocks of containers are coarse.
_SAME_RATE = 0.05


def player_data(content: Content, media: Media) -> dict[str, Any]:
    """Return keypoints, angles and contacts in the player's compact format.

    Times are true seconds since the first frame; ``rate`` is seconds of video per true second.
    """
    pose = content.pose
    every = max(1, -(-len(pose) // _MAX_FRAMES))
    start_s = float(pose.time_s[0]) if len(pose) else 0.0
    return {
        "rate": video_rate(content.info),
        "start": start_s,
        "times": _packed(pose.time_s - start_s, "<f4"),
        "every": every,
        "size": _picture_size(content),
        "points": len(pose.skeleton),
        "xy": _packed(_quarter_pixels(pose.xy[::every]), "<i2"),
        "limbs": [[pose.skeleton.index(a), pose.skeleton.index(b), limb_side(a, b)] for a, b in pose.skeleton.edges],
        "labels": _labels(content, every),
        "contacts": [
            [c.side, round(c.foot_strike_s - start_s, 4), round(c.toe_off_s - start_s, 4), c.accepted]
            for c in content.events.contacts
            if np.isfinite(c.toe_off_s)
        ],
        "overlay": not media.has_video or not media.drawn,
        "video": media.has_video,
        "words": {key: content.texts["video"][key] for key in ("play", "pause", "missing")},
        "file": media.file,
    }


def video_rate(info: Mapping[str, Any]) -> float:
    """Return seconds of video per true second: 1, or more for slow motion."""
    video = info["video"]
    if not video or not video["fps"]:
        return 1.0
    if "slow_motion" in video:
        return float(video["slow_motion"])
    ratio = float(info["fps"]) / float(video["fps"])
    return 1.0 if video["variable_frame_rate"] or abs(ratio - 1) < _SAME_RATE else ratio


def _picture_size(content: Content) -> list[int]:
    """Return width and height of the image, px; without a video, the extent of the keypoints."""
    if video := content.info["video"]:
        return [0, 0, int(video["width"]), int(video["height"])]
    points = content.pose.xy[np.isfinite(content.pose.xy).all(axis=2)]
    if not len(points):
        return [0, 0, 1, 1]
    low, high = points.min(axis=0), points.max(axis=0)
    air = 0.08 * float((high - low).max()) + 1
    return [round(v) for v in (*(low - air), *(high - low + 2 * air))]


def _labels(content: Content, every: int) -> list[dict[str, Any]]:
    """Return the angles displayed at joints over the video."""
    labels = []
    for joint in (one for one in content.layout["joints"] if not one.get("findings", False)):
        for side in ("left", "right") if "{side}" in joint["column"] + joint["at"] else ("middle",):
            values = content.angles.values_deg.get(joint["column"].format(side=side))
            at = joint["at"].format(side=side)
            if joint["view"] != content.view or values is None or at not in content.pose.skeleton:
                continue
            if np.isfinite(values).any():
                labels.append({
                    "side": side, "at": content.pose.skeleton.index(at),
                    "name": content.texts["short"][column_key(joint["column"])],
                    "deg": _packed(np.where(np.isfinite(values), values * 10, _MISSING)[::every], "<i2"),
                })  # fmt: skip
    return labels


def _quarter_pixels(xy: FloatArray) -> FloatArray:
    scaled = np.clip(np.round(xy * _QUARTER_PIXELS), _MISSING + 1, -_MISSING - 1)
    return np.where(np.isfinite(scaled), scaled, _MISSING)


def _packed(values: FloatArray, kind: str) -> str:
    """Return little-endian numbers as base64."""
    return base64.b64encode(np.ascontiguousarray(values).astype(kind).tobytes()).decode("ascii")
