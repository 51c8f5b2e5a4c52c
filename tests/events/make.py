"""A planar runner and a planar walker on a belt, with foot strikes and toe-offs known by construction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS

THIGH_M = SHANK_M = 0.43
TOE_TO_HEEL = np.array([-0.19, 0.0])
TOE_TO_ANKLE = np.array([-0.14, 0.08])


@dataclass(frozen=True)
class Style:
    """How the person moves.

    ``landing`` is the foot's speed over the belt at foot strike as a share of the belt's speed: a runner's foot still
    moves forward (0.4), and the walker's is furthest ahead just then (1), as Zeni's method takes for granted.
    ``bounce_m`` is positive where the hips are lowest in mid-stance.
    """

    belt_mps: float
    stride_s: float
    duty: float
    landing: float
    leaving: float
    lift_m: float
    hip_m: float
    bounce_m: float
    first_strike_s: float = 0.23


RUNNING = Style(3.0, 0.72, 0.36, 0.4, 0.0, 0.20, 0.86, 0.04)
WALKING = Style(1.3, 1.10, 0.62, 1.0, 1.0, 0.05, 0.87, -0.02)


def events(style: Style, side: Side, seconds: float) -> tuple[FloatArray, FloatArray]:
    """Return the true (foot_strike_s, toe_off_s) of one foot; the right one comes half a stride later."""
    first_s = style.first_strike_s + (side == "right") * style.stride_s / 2
    strike_s = np.arange(first_s, seconds, style.stride_s)
    return strike_s, strike_s + style.duty * style.stride_s


def _between(share: FloatArray, start: float, start_rate: float, end: float, end_rate: float) -> FloatArray:
    """Return the cubic from start to end with the given rates a share."""
    s = share
    return (
        start * (2 * s**3 - 3 * s**2 + 1)
        + start_rate * (s**3 - 2 * s**2 + s)
        + end * (3 * s**2 - 2 * s**3)
        + end_rate * (s**3 - s**2)
    )


def _foot(style: Style, phase: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the toe (n, 2) and the foot's pitch (n,) at phases of the stride since foot strike."""
    contact_s, swing_s = style.duty * style.stride_s, (1 - style.duty) * style.stride_s
    front = 0.28 - TOE_TO_HEEL[0] / 2 if style.duty < 0.5 else 0.40
    back = front - style.belt_mps * contact_s
    stance = phase < style.duty
    rides = phase * style.stride_s
    swings = (phase - style.duty) / (1 - style.duty)
    x = np.where(
        stance,
        front - style.belt_mps * rides,
        _between(
            np.clip(swings, 0, 1),
            back,
            (style.leaving - 1) * style.belt_mps * swing_s,
            front,
            (style.landing - 1) * style.belt_mps * swing_s,
        ),
    )
    y = np.where(stance, 0.0, style.lift_m * np.sin(np.pi * np.clip(swings, 0, 1)) ** 2)
    # Flat until the heel rises, steepest just after toe-off, flat again before landing.
    rises = np.clip((phase / style.duty - 0.55) / 0.55, 0, 1)
    lands = np.clip((swings - 0.15) / 0.80, 0, 1)
    pitch = -np.radians(60) * (np.sin(np.pi / 2 * rises) ** 2) * np.cos(np.pi / 2 * lands) ** 2
    return np.stack([x, y], axis=1), pitch


def _turned(offset: FloatArray, angle: FloatArray) -> FloatArray:
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * offset[0] - s * offset[1], s * offset[0] + c * offset[1]], axis=1)


def _knee(hip: FloatArray, ankle: FloatArray) -> FloatArray:
    """Return the knee ahead of the line from hip to ankle that two segments of the right length meet in."""
    line = ankle - hip
    length = np.minimum(np.linalg.norm(line, axis=1), THIGH_M + SHANK_M - 1e-4)
    unit = line / np.linalg.norm(line, axis=1, keepdims=True)
    half = length[:, None] / 2
    ahead = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    return hip + half * unit + np.sqrt(np.maximum(THIGH_M**2 - half**2, 0)) * ahead


def filmed(
    style: Style,
    *,
    fps: float = 60.0,
    seconds: float = 8.0,
    forward: int = 1,
    px_per_m: float = 400.0,
    origin_px: tuple[float, float] = (640.0, 900.0),
    noise_px: float = 0.0,
    time_s: FloatArray | None = None,
) -> PoseSequence:
    """Return the hips and legs as keypoints of BODY_25, seen from the side."""
    times = np.arange(round(seconds * fps)) / fps if time_s is None else time_s
    skeleton = SKELETONS["body_25"]
    world = np.full((len(times), len(skeleton), 2), np.nan)
    step = 2 * np.pi * (times - style.first_strike_s - style.duty * style.stride_s / 2) / (style.stride_s / 2)
    hip = np.stack([np.zeros(len(times)), style.hip_m - style.bounce_m * np.cos(step)], axis=1)
    world[:, skeleton.index("mid_hip")] = hip
    for side in BOTH_SIDES:
        start_s = style.first_strike_s + (side == "right") * style.stride_s / 2
        toe, pitch = _foot(style, ((times - start_s) / style.stride_s) % 1)
        ankle = toe + _turned(TOE_TO_ANKLE, pitch)
        points = {
            "hip": hip,
            "knee": _knee(hip, ankle),
            "ankle": ankle,
            "heel": toe + _turned(TOE_TO_HEEL, pitch),
            "big_toe": toe,
            "small_toe": toe,
        }
        for name, xy in points.items():
            world[:, skeleton.index(f"{side}_{name}")] = xy
    xy = world * np.array([forward, -1.0]) * px_per_m + np.array(origin_px)
    xy += np.random.default_rng(0).normal(0, 1, xy.shape) * noise_px
    return PoseSequence(xy, np.isfinite(xy[..., 0]).astype(float), times, skeleton)
