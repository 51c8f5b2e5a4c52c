"""Clothes, shoes and hair over a shape: cut from the skin along clean lines, lifted off it, and coloured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gaitlab.core.pose import FloatArray
from tools.synthetic.body import SEGMENT, SIDES, SIGN, Shape
from tools.synthetic.patches import Colour, Patch, cut, ellipsoid, lifted, rigid, smoothed
from tools.synthetic.raster import vertex_normals
from tools.synthetic.shoes import make_shoe, shoe_lines

# Linear BGR, from light to dark.
SKINS: tuple[Colour, ...] = (
    (0.36, 0.50, 0.74),
    (0.30, 0.42, 0.66),
    (0.17, 0.28, 0.50),
    (0.09, 0.16, 0.32),
    (0.04, 0.07, 0.15),
)


@dataclass(frozen=True, slots=True)
class Outfit:
    """What the runner wears; colours are linear BGR.

    Attributes:
        legs: ``shorts`` or ``tights``; sleeve: length of the sleeve, share of the upper arm (0.08: none; 1.9: to the
            wrist).
        hem: where shorts end, share of the thigh, over 1 below the knee; loose_m: how far shirt and shorts hang off the
            body beyond usual; wide_m: how far shorts or trousers stand off the whole leg; drape: how far they hang
            from the hips instead of going with the thigh, 0 to 1.
        hang: how far the shirt hangs from the shoulder blades and the chest over the hollow of the back and the belly
            instead of following them, 0 to 1.
        tail_m: how far the shirt hangs below the waist; hood: whether it has one; folds: (depth in m, phase in
            radians) of creases in shirt, shorts and trousers.
        sock_top: where socks begin, share of the shank.
        print_: (share, waves a metre, angle in radians) of a pattern on the shirt; share 0: plain.
        hair: ``short``, ``tail`` or ``none``.
        dots: whether tape dots are stuck on heel counters and calves.
    """

    skin: Colour = (0.30, 0.42, 0.66)
    shirt: Colour = (0.52, 0.30, 0.06)
    bottom: Colour = (0.035, 0.03, 0.028)
    sock: Colour = (0.7, 0.7, 0.7)
    shoe: Colour = (0.10, 0.22, 0.85)
    sole: Colour = (0.80, 0.80, 0.78)
    hair_colour: Colour = (0.02, 0.03, 0.05)
    legs: str = "shorts"
    sleeve: float = 0.62
    hem: float = 0.50
    loose_m: float = 0.0
    wide_m: float = 0.0
    drape: float = 0.0
    hang: float = 0.0
    tail_m: float = 0.10
    hood: bool = False
    folds: tuple[float, float] = (0.0, 0.0)
    sock_top: float = 0.78
    print_: tuple[float, float, float] = (0.0, 0.0, 0.0)
    hair: str = "short"
    dots: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dressed:
    """Everything that is painted: rest points (n, 3), segment weights, colours, gloss, faces; and points to follow.

    Attributes:
        drape: (n,) how far a point hangs from the pelvis once its leg has turned away from under it: 0 to 1 what
            faces forward, 0 to -1 what faces back.
        marks: keypoint name to (segment, (3,) rest point).
    """

    points: FloatArray
    weights: FloatArray
    albedo: FloatArray
    gloss: FloatArray
    faces: np.ndarray
    drape: FloatArray
    marks: dict[str, tuple[str, FloatArray]] = field(default_factory=dict)


def _along(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    axis = end - start
    return (points - start) @ axis / (axis @ axis)


def _along_limb(shape: Shape, points: FloatArray, start: str, end: str) -> FloatArray:
    """Return how far along the limb of their own side points lie: 0 at its start, 1 at its end."""
    left, right = (_along(points, shape.joints[f"{side}_{start}"], shape.joints[f"{side}_{end}"]) for side in SIDES)
    return np.where(points[:, 2] > 0, right, left)


def dress(shape: Shape, outfit: Outfit) -> Dressed:
    """Return the runner's whole surface and the points whose truth is known."""
    rest, points = shape.joints, shape.points
    size = shape.height_m / 1.78

    arm_weight = shape.weights[
        :, [SEGMENT[f"{s}_{p}"] for s in SIDES for p in ("upper_arm", "forearm", "hand", "fingers")]
    ].sum(1)
    head_weight = shape.weights[:, [SEGMENT["head"]]].sum(1)
    upper_arm = np.where(arm_weight > 0.02, _along_limb(shape, points, "shoulder", "elbow"), -1.0)
    thigh, shank = (_along_limb(shape, points, *ends) for ends in (("hip", "knee"), ("knee", "ankle")))
    neck = rest["neck_joint"]
    mid_hip = (rest["left_hip"] + rest["right_hip"]) / 2
    waist_y = mid_hip[1] + 0.15 * size
    # The neckline lies lower in front.
    collar = neck[1] - points[:, 1] - 0.55 * (points[:, 0] - neck[0]) - 0.008 * size
    eye = (rest["left_eye"] + rest["right_eye"]) / 2
    ear = (rest["left_ear"] + rest["right_ear"]) / 2
    # Above a slope from the forehead over the ears to the nape.
    behind = ear[0] - points[:, 0]
    hairline = points[:, 1] - eye[1] + np.where(behind > 0, 1.35, 0.8) * behind - 0.002 * size
    fields = np.stack([
        collar, 0.8 * (outfit.sleeve - upper_arm), points[:, 1] - (waist_y - outfit.tail_m * size),  # 0-2 shirt
        waist_y - points[:, 1], 0.5 - arm_weight,  # 3-4 bottom
        (outfit.hem - thigh) if outfit.legs == "shorts" else (0.86 - shank) * 0.5,  # 5 its hem
        shank - outfit.sock_top, 1.06 - shank,  # 6-7 sock
        np.where(head_weight > 0.6, hairline, -1.0),  # 8 hair
        np.where(arm_weight > 0.3, 1.0, points[:, 1] - waist_y),  # 9
    ], axis=-1)  # fmt: skip
    skin = Patch(points, shape.weights, shape.faces.astype(np.int64), fields)

    def part(*columns: int, of: Patch = skin) -> Patch:
        for column in columns:
            of = cut(of, column)
        return of

    shirt = part(0, 1, 2)
    loose = 0.010 + 0.012 * np.clip((waist_y + 0.15 * size - shirt.points[:, 1]) / (0.25 * size), 0, 1)
    below_ribs = np.clip(1 + (waist_y - shirt.points[:, 1]) / (0.12 * size), 0, 1)
    loose += outfit.wide_m * below_ribs  # over the bottom, never under it
    shirt_points = smoothed(lifted(shirt, (loose + outfit.loose_m) * size), shirt.faces, 6)
    shirt_points = _hung(shirt_points, shirt, outfit)
    shirt_points = lifted(Patch(shirt_points, shirt.weights, shirt.faces, shirt.fields), _folds(shirt_points, outfit))
    bottom = part(3, 4, 5)
    if outfit.legs == "shorts":
        lift = 0.006 + (0.020 + outfit.loose_m) * np.clip(1.1 - 2.2 * bottom.fields[:, 5], 0, 1) + outfit.wide_m
        bottom_points = smoothed(lifted(bottom, lift * size), bottom.faces, 8)
        bottom.weights = _along_the_thigh(bottom.weights)
    else:
        bottom_points = smoothed(lifted(bottom, (0.004 + outfit.wide_m) * size), bottom.faces, 2)
    if outfit.legs == "shorts" or outfit.wide_m:
        bottom_points = lifted(
            Patch(bottom_points, bottom.weights, bottom.faces, bottom.fields), _folds(bottom_points, outfit)
        )
    sock = part(6, 7)
    sock_points = lifted(sock, 0.003 * size)
    layers = [
        Patch(shirt_points, shirt.weights, shirt.faces, shirt.fields, _printed(shirt_points, outfit)),
        Patch(
            bottom_points,
            bottom.weights,
            bottom.faces,
            bottom.fields,
            _cloth(bottom_points, outfit.bottom),
            0.05,
            _drape(shape, bottom_points, bottom.faces, outfit),
        ),
        Patch(sock_points, sock.weights, sock.faces, sock.fields, _cloth(sock_points, outfit.sock), 0.0),
        _bare_skin(shape, skin, outfit),
        *(make_shoe(shape, side, colour=outfit.shoe, sole_colour=outfit.sole) for side in SIDES),
    ]
    if outfit.hair != "none":
        layers += _hair(shape, part(8), outfit, size)
    if outfit.hood:
        layers.append(_hood(shape, outfit, size))
    marks = _marks(shape, skin)
    if outfit.dots:
        layers += [
            _dot(shape, layers, *marks[f"{s}_{name}"])
            for s in SIDES
            for name in ("heel", "heel_top", "calf_bottom", "calf_top")
        ]
    return _together(layers, marks)


def _along_the_thigh(weights: FloatArray) -> FloatArray:
    """Return the weights of shorts: what reaches over the knee goes with the thigh more than with the shank."""
    weights = weights.copy()
    for side in SIDES:
        thigh, shank = SEGMENT[f"{side}_thigh"], SEGMENT[f"{side}_shank"]
        weights[:, thigh] += 0.6 * weights[:, shank]
        weights[:, shank] *= 0.4
    return weights


def _drape(shape: Shape, points: FloatArray, faces: np.ndarray, outfit: Outfit) -> FloatArray:
    """Return how far the cloth of the legs hangs from the pelvis: nothing at the hip and below the knee."""
    share = _along_limb(shape, points, "hip", "knee")
    ends = [0.0, 0.35, 1.3, 1.35] if outfit.legs == "shorts" else [0.0, 0.35, 0.6, 1.0]
    return outfit.drape * np.interp(share, ends, [0, 1, 1, 0]) * vertex_normals(points, faces)[:, 0]


def _hung(points: FloatArray, shirt: Patch, outfit: Outfit) -> FloatArray:
    """Return the shirt's points moved out to where loose cloth hangs: over hollows, and straight down below bulges."""
    if not outfit.hang:
        return points
    on_trunk = np.clip(2 * shirt.fields[:, 4], 0, 1)
    below_collar = np.clip(shirt.fields[:, 0] / 0.1, 0, 1)
    x, y = points[:, 0], points[:, 1]
    levels = np.arange(y.max(), y.min() - 0.02, -0.02)
    row = np.round((levels[0] - y) / 0.02).astype(int)
    facing = vertex_normals(points, shirt.faces)[:, 0]
    moved = points.copy()
    for sign in (1, -1):
        outline = np.full(len(levels), -np.inf)
        np.maximum.at(outline, row[on_trunk > 0.9], sign * x[on_trunk > 0.9])
        known = np.isfinite(outline)
        hung = np.maximum.accumulate(outline[known])
        for _ in range(300):  # a tight line over hollows
            hung[1:-1] = np.maximum(hung[1:-1], (hung[:-2] + hung[2:]) / 2)
        out_m = np.interp(-y, -levels[known], hung - outline[known])
        moved[:, 0] += sign * outfit.hang * on_trunk * below_collar * np.clip(sign * facing, 0, 1) * out_m
    return moved


def _folds(points: FloatArray, outfit: Outfit) -> FloatArray:
    """Return (n,) m by which creases lift the cloth: waves of several lengths that bend each other."""
    depth_m, phase = outfit.folds
    x, y, z = points.T
    bent = 2.0 * np.sin(17 * y + 1.7 * phase) + 1.5 * np.sin(23 * (x - z) + phase)
    waves = np.sin(70 * y + 45 * x + bent + phase) + 0.7 * np.sin(120 * x - 60 * y + 80 * z + 2 * bent - phase)
    return depth_m * np.minimum(waves, 0.8)  # sharp valleys between broad ridges


def _cloth(points: FloatArray, colour: Colour) -> FloatArray:
    """Colour with the faint unevenness of cloth."""
    wave = np.sin(points @ np.array([61.0, 83.0, 47.0])) * np.sin(points @ np.array([-37.0, 29.0, 71.0]))
    return np.asarray(colour)[None] * (1 + 0.06 * wave)[:, None]


def _printed(points: FloatArray, outfit: Outfit) -> FloatArray:
    """Colour of the shirt with its pattern: bands between the shirt's and the shoes' colour."""
    plain = _cloth(points, outfit.shirt)
    share, waves_per_m, angle = outfit.print_
    if not share:
        return plain
    across = points[:, 1] * np.cos(angle) + points[:, 2] * np.sin(angle)
    band = share * (np.sin(2 * np.pi * waves_per_m * across) > 0.2)
    return (1 - band)[:, None] * plain + band[:, None] * np.asarray(outfit.shoe)[None]


def _bare_skin(shape: Shape, skin: Patch, outfit: Outfit) -> Patch:
    """Return the skin that shows, with a face on it."""
    f = skin.fields
    covered = (f[:, 0] > 0.02) & (f[:, 1] > 0.06) & (f[:, 2] > 0.02) & (f[:, 9] > -0.2)
    hem = 0.08 if outfit.legs == "shorts" else 0.02
    covered |= (f[:, 3] > 0.0) & (f[:, 4] > 0) & (f[:, 5] > hem)
    feet = shape.weights[:, [SEGMENT[f"{s}_{p}"] for s in SIDES for p in ("foot", "toes")]].sum(1) > 0.55
    covered |= feet
    faces = skin.faces[~covered[skin.faces].all(axis=1)]
    albedo = np.repeat(np.asarray(outfit.skin)[None], len(skin.points), axis=0)
    rest, points, size = shape.joints, skin.points, shape.height_m / 1.78
    albedo *= 1 + 0.04 * np.sin(points @ np.array([140.0, 95.0, 120.0]))[:, None]
    for side in SIDES:
        eye = rest[f"{side}_eye"]
        brow = eye + np.array([0.008, 0.020, 0.0]) * size
        near = np.abs((points - brow) / (np.array([0.03, 0.005, 0.02]) * size)).max(axis=1) < 1
        albedo[near] *= 0.35
    mouth = rest["nose"] + np.array([-0.015, -0.042, 0.0]) * size
    lips = np.linalg.norm((points - mouth) / (np.array([0.03, 0.008, 0.024]) * size), axis=1) < 1
    albedo[lips] *= np.array([0.62, 0.6, 0.85])
    front = points[:, 0] > np.quantile(points[shape.eyes, 0], 0.6)
    albedo[shape.eyes] = 0.55
    albedo[shape.eyes & front] = 0.03
    return Patch(points, skin.weights, faces, f, albedo, 0.06)


def _hair(shape: Shape, scalp: Patch, outfit: Outfit, size: float) -> list[Patch]:
    thick = (0.004 + 0.016 * np.clip(scalp.fields[:, 8] / 0.05, 0, 1)) * size
    points = smoothed(lifted(scalp, thick), scalp.faces, 3)
    colour = np.asarray(outfit.hair_colour)
    strands = 1 + 0.35 * np.sin(points @ np.array([310.0, 60.0, 400.0]))
    made = [Patch(points, scalp.weights, scalp.faces, scalp.fields, colour[None] * strands[:, None], 0.12)]
    if outfit.hair == "tail":
        head = (shape.joints["left_ear"] + shape.joints["right_ear"]) / 2
        root = head + np.array([-0.10, 0.045, 0.0]) * size
        ball, faces = ellipsoid(
            root + np.array([-0.045, -0.075, 0.0]) * size, np.array([0.03, 0.115, 0.034]) * size, tilt=-0.45
        )
        made.append(rigid(ball, faces, "head", np.repeat(colour[None], len(ball), 0), 0.12))
    return made


def _hood(shape: Shape, outfit: Outfit, size: float) -> Patch:
    """A hood that lies on the back of the neck."""
    nape = shape.joints["neck_joint"] + np.array([-0.055, 0.03, 0.0]) * size
    ball, faces = ellipsoid(nape, np.array([0.062, 0.07, 0.105]) * size, tilt=0.5)
    return rigid(ball, faces, "thorax", _cloth(ball, outfit.shirt), 0.0)


def _surface_x(points: FloatArray, at: FloatArray, *, back: bool, reach_m: float = 0.02) -> float:
    """Return how far back (or forward) a surface goes at a height and depth."""
    near = np.abs(points[:, 1:] - at[1:]).max(axis=1) < reach_m
    if not near.any():
        return float(at[0])
    return float(points[near, 0].min() if back else points[near, 0].max())


def _marks(shape: Shape, skin: Patch) -> dict[str, tuple[str, FloatArray]]:
    """Return every keypoint as a point of a segment: joints inside, feet on the shoe, calves on the skin."""
    rest, size = shape.joints, shape.height_m / 1.78
    marks: dict[str, tuple[str, FloatArray]] = {"nose": ("head", rest["nose"])}
    for side in SIDES:
        lines = shoe_lines(shape, side)
        for name, segment in (
            ("eye", "head"), ("ear", "head"), ("shoulder", "thorax"), ("elbow", f"{side}_forearm"),
            ("wrist", f"{side}_hand"), ("hip", "pelvis"), ("knee", f"{side}_shank"), ("ankle", f"{side}_shank"),
        ):  # fmt: skip
            marks[f"{side}_{name}"] = (segment, rest[f"{side}_{name}"])
        low, inner = lines["ground_y"], -SIGN[side]
        foot, toes = f"{side}_foot", f"{side}_toes"
        tip = lines["tip_x"]
        marks[f"{side}_heel"] = (foot, np.array([lines["heel_x"] + 0.006, low + 0.036 * size, lines["z"]]))
        marks[f"{side}_heel_top"] = (foot, np.array([lines["heel_x"] + 0.004, low + 0.080 * size, lines["z"]]))
        marks[f"{side}_big_toe"] = (
            toes,
            np.array([tip - 0.022, low + 0.034 * size, lines["z"] + inner * 0.020 * size]),
        )
        marks[f"{side}_small_toe"] = (
            toes,
            np.array([tip - 0.066, low + 0.026 * size, lines["z"] - inner * 0.040 * size]),
        )
        knee, ankle = rest[f"{side}_knee"], rest[f"{side}_ankle"]
        for name, share in (("calf_bottom", 0.72), ("calf_top", 0.34)):
            at = knee + share * (ankle - knee)
            at[0] = _surface_x(skin.points, at, back=True)
            marks[f"{side}_{name}"] = (f"{side}_shank", at)
    return marks


def _dot(shape: Shape, layers: list[Patch], segment: str, at: FloatArray) -> Patch:
    """A round piece of white tape on whatever is outermost behind a place."""
    at = np.array([_surface_x(np.concatenate([layer.points for layer in layers]), at, back=True), *at[1:]])
    ball, faces = ellipsoid(at - np.array([0.001, 0, 0]), np.array([0.005, 0.011, 0.011]) * shape.height_m / 1.78)
    return rigid(ball, faces, segment, np.full((len(ball), 3), 0.9), 0.0)


def _together(layers: list[Patch], marks: dict[str, tuple[str, FloatArray]]) -> Dressed:
    starts = np.cumsum([0, *(len(p.points) for p in layers)])
    return Dressed(
        points=np.concatenate([p.points for p in layers]),
        weights=np.concatenate([p.weights for p in layers]),
        albedo=np.concatenate([p.albedo for p in layers if p.albedo is not None]),
        gloss=np.concatenate([np.full(len(p.points), p.gloss) for p in layers]),
        faces=np.concatenate([p.faces + start for p, start in zip(layers, starts[:-1], strict=True)]).astype(np.int32),
        drape=np.concatenate([np.broadcast_to(p.drape, len(p.points)) for p in layers]),
        marks=marks,
    )
