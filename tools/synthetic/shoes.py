"""A running shoe round a foot: a light sole and a coloured upper, bending at the ball."""

from __future__ import annotations

import numpy as np

from tools.synthetic.body import SEGMENT, SEGMENTS, SIGN, Shape
from tools.synthetic.patches import Colour, Patch, grid_faces
from tools.synthetic.rig import sole_height_m


def shoe_lines(shape: Shape, side: str) -> dict[str, float]:
    """Return the measures of a shoe, m: x of heel and tip, y of the sole's underside, z of the middle, half width."""
    rest = shape.joints
    ankle = rest[f"{side}_ankle"]
    ground = ankle[1] - sole_height_m(rest, side)
    toes = np.maximum(rest[f"{side}_big_toe"][0], rest[f"{side}_small_toe"][0])
    return {
        "heel_x": float(rest[f"{side}_heel"][0] - 0.030), "tip_x": float(toes + 0.048), "ground_y": float(ground),
        "z": float(ankle[2]), "half_m": 0.047 * shape.height_m / 1.78, "ball_x": float(rest[f"{side}_ball"][0]),
        "ankle_y": float(ankle[1]),
    }  # fmt: skip


def make_shoe(shape: Shape, side: str, *, colour: Colour, sole_colour: Colour) -> Patch:
    """A shoe as a tube of cross-sections from heel to tip: a light sole, a coloured upper."""
    lines, size = shoe_lines(shape, side), shape.height_m / 1.78
    s = np.concatenate([[0.0, 0.008, 0.025], np.linspace(0.06, 0.94, 26), [0.975, 0.992, 1.0]])
    x = lines["heel_x"] + s * (lines["tip_x"] - lines["heel_x"])
    half = lines["half_m"] * np.interp(
        s,
        [0, 0.008, 0.025, 0.06, 0.15, 0.35, 0.5, 0.68, 0.82, 0.92, 0.975, 0.992, 1],
        [0.05, 0.30, 0.48, 0.62, 0.74, 0.70, 0.76, 0.98, 0.93, 0.74, 0.46, 0.26, 0.04],
    )
    # The curve of the foot: the tip leans to the inner side.
    middle = lines["z"] - SIGN[side] * 0.006 * np.clip((s - 0.5) / 0.5, 0, 1) ** 2
    top = size * np.interp(
        s,
        [0, 0.03, 0.1, 0.2, 0.3, 0.42, 0.6, 0.8, 0.93, 1],
        [0.070, 0.098, 0.104, 0.098, 0.100, 0.092, 0.074, 0.058, 0.050, 0.036],
    )
    under = size * (0.022 * np.clip((0.09 - s) / 0.09, 0, 1) ** 1.6 + 0.020 * np.clip((s - 0.80) / 0.2, 0, 1) ** 1.7)
    sole = size * np.interp(s, [0, 0.1, 0.6, 1], [0.040, 0.036, 0.028, 0.034])
    around = 28
    rows, colours = [], []
    upper, foam, dark = np.asarray(colour), np.asarray(sole_colour), np.asarray(colour) * 0.25 + 0.01
    for k in range(len(s)):
        angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
        c, h = np.cos(angle), np.sin(angle)  # h: -1 under, +1 top
        width = np.sign(c) * np.abs(c) ** np.where(h < 0, 0.28, 0.85)
        level = np.where(h < 0, sole[k] * (1 + h * 1.0), sole[k] + (top[k] - sole[k]) * np.abs(h) ** 0.9)
        y = np.maximum(level, 0) if k else level
        y = under[k] + y * (top[k] - under[k]) / top[k]
        flare = np.where(h < 0.05, 1.10, 1.0 - 0.18 * np.clip(h, 0, 1) ** 2)
        rows.append(
            np.stack([np.full(around, x[k]), lines["ground_y"] + y, middle[k] + half[k] * width * flare], axis=-1)
        )
        tint = np.where((h < 0.12)[:, None], foam, upper)
        stripe = (0.38 < s[k] < 0.44) | (0.50 < s[k] < 0.56)
        if stripe:
            tint = np.where(((h >= 0.12) & (h < 0.75))[:, None], foam, tint)
        if s[k] < 0.34:
            tint = np.where((h > 0.93)[:, None], dark, tint)
        colours.append(tint)
    points, albedo = np.concatenate(rows), np.concatenate(colours)
    weights = np.zeros((len(points), len(SEGMENTS)))
    bend = np.clip((points[:, 0] - lines["ball_x"] + 0.02) / 0.04, 0, 1)
    weights[:, SEGMENT[f"{side}_toes"]], weights[:, SEGMENT[f"{side}_foot"]] = bend, 1 - bend
    return Patch(points, weights, grid_faces(len(s), around), np.zeros((len(points), 10)), albedo, 0.05)
