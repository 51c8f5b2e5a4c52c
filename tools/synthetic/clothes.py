"""Clothes, shoes and hair over a shape: cut from the skin along clean lines, lifted off it, and coloured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gaitlab.core import FloatArray
from tools.synthetic.body import SEGMENT, SEGMENTS, SIDES, SIGN, Shape
from tools.synthetic.raster import vertex_normals
from tools.synthetic.rig import sole_height_m

Colour = tuple[float, float, float]  # linear BGR, 0..1


@dataclass(frozen=True, slots=True)
class Outfit:
    """What the runner wears; colours are linear BGR.

    Attributes:
        legs: ``shorts`` or ``tights``; sleeve: length of the sleeve, share of the upper arm (0.08: none).
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
    hair: str = "short"
    dots: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dressed:
    """Everything that is painted: rest points (n, 3), segment weights, colours, gloss, faces; and points to follow.

    Attributes:
        marks: keypoint name to (segment, (3,) rest point).
    """

    points: FloatArray
    weights: FloatArray
    albedo: FloatArray
    gloss: FloatArray
    faces: np.ndarray
    marks: dict[str, tuple[str, FloatArray]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Patch:
    points: FloatArray
    weights: FloatArray
    faces: np.ndarray
    fields: FloatArray  # (n, k) scalars that travel along when triangles are cut
    albedo: FloatArray | None = None
    gloss: float = 0.03


def _cut(patch: _Patch, column: int) -> _Patch:
    """Keep where a field is above 0, splitting the triangles that it crosses."""
    value = patch.fields[:, column]
    inside = value[patch.faces] > 0
    count = inside.sum(axis=1)
    whole = patch.faces[count == 3]
    extra: list[tuple[int, int, float]] = []
    known: dict[tuple[int, int], int] = {}
    new_faces: list[tuple[int, int, int]] = []
    base = len(patch.points)

    def between(i: int, j: int) -> int:
        key = (min(i, j), max(i, j))
        if key not in known:
            known[key] = base + len(extra)
            extra.append((i, j, value[i] / (value[i] - value[j])))
        return known[key]

    for face, keep in zip(patch.faces[(count == 1) | (count == 2)], inside[(count == 1) | (count == 2)], strict=True):
        k = int(np.argmax(keep)) if keep.sum() == 1 else int(np.argmin(keep))
        a, b, c = (int(face[(k + i) % 3]) for i in range(3))
        if keep.sum() == 1:
            new_faces.append((a, between(a, b), between(a, c)))
        else:
            ab, ac = between(a, b), between(a, c)
            new_faces += [(ab, b, c), (ab, c, ac)]
    i, j, t = (np.array(column) for column in zip(*extra, strict=True)) if extra else (np.zeros(0, int),) * 3

    def grown(values: FloatArray) -> FloatArray:
        return np.concatenate([values, (1 - t)[:, None] * values[i] + t[:, None] * values[j]]) if extra else values

    faces = np.concatenate([whole, np.array(new_faces, dtype=whole.dtype).reshape(-1, 3)])
    points, weights, fields = grown(patch.points), grown(patch.weights), grown(patch.fields)
    used, again = np.unique(faces, return_inverse=True)
    return _Patch(points[used], weights[used], again.reshape(-1, 3), fields[used])


def _smoothed(points: FloatArray, faces: np.ndarray, rounds: int, share: float = 0.5) -> FloatArray:
    """Return points drawn towards their neighbours' mean; the open edges are drawn along themselves only a little."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    both = np.concatenate([edges, edges[:, ::-1]])
    count = np.bincount(both[:, 0], minlength=len(points)).astype(float)
    unique, times = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    rim = np.zeros(len(points), bool)
    rim[unique[times == 1].ravel()] = True
    points = points.copy()
    for _ in range(rounds):
        mean = np.stack([np.bincount(both[:, 0], points[both[:, 1], a], len(points)) for a in range(3)], axis=-1)
        moved = points + share * (mean / np.maximum(count, 1)[:, None] - points)
        points = np.where(rim[:, None], points, moved)
    return points


def _lifted(patch: _Patch, by_m: FloatArray | float) -> FloatArray:
    normal = vertex_normals(patch.points.astype(np.float32), patch.faces.astype(np.int32)).astype(np.float64)
    return patch.points + np.asarray(by_m).reshape(-1, 1) * normal


def _along(points: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    axis = end - start
    return (points - start) @ axis / (axis @ axis)


def dress(shape: Shape, outfit: Outfit) -> Dressed:
    """Return the runner's whole surface and the points whose truth is known."""
    rest, points = shape.joints, shape.points
    size = shape.height_m / 1.78
    side_of = np.where(points[:, 2] > 0, 1, 0)

    def limb(start: str, end: str) -> FloatArray:
        both = np.stack([_along(points, rest[f"{side}_{start}"], rest[f"{side}_{end}"]) for side in SIDES], axis=-1)
        return both[np.arange(len(points)), side_of]

    arm_weight = shape.weights[
        :, [SEGMENT[f"{s}_{p}"] for s in SIDES for p in ("upper_arm", "forearm", "hand", "fingers")]
    ].sum(1)
    head_weight = shape.weights[:, [SEGMENT["head"]]].sum(1)
    upper_arm = np.where(arm_weight > 0.02, limb("shoulder", "elbow"), -1.0)
    thigh, shank = limb("hip", "knee"), limb("knee", "ankle")
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
        collar, 0.8 * (outfit.sleeve - upper_arm), points[:, 1] - (waist_y - 0.10 * size),  # 0-2 shirt
        waist_y - points[:, 1], 0.5 - arm_weight,  # 3-4 bottom
        (0.50 - thigh) if outfit.legs == "shorts" else (0.86 - shank) * 0.5,  # 5 its hem
        shank - 0.78, 1.06 - shank,  # 6-7 sock
        np.where(head_weight > 0.6, hairline, -1.0),  # 8 hair
        np.where(arm_weight > 0.3, 1.0, points[:, 1] - waist_y),  # 9
    ], axis=-1)  # fmt: skip
    skin = _Patch(points, shape.weights, shape.faces.astype(np.int64), fields)

    def part(*columns: int, of: _Patch = skin) -> _Patch:
        for column in columns:
            of = _cut(of, column)
        return of

    shirt = part(0, 1, 2)
    loose = 0.010 + 0.012 * np.clip((waist_y + 0.15 * size - shirt.points[:, 1]) / (0.25 * size), 0, 1)
    shirt_points = _smoothed(_lifted(shirt, loose * size), shirt.faces, 6)
    bottom = part(3, 4, 5)
    if outfit.legs == "shorts":
        lift = 0.006 + 0.020 * np.clip(1.1 - 2.2 * bottom.fields[:, 5], 0, 1)
        bottom_points = _smoothed(_lifted(bottom, lift * size), bottom.faces, 8)
    else:
        bottom_points = _smoothed(_lifted(bottom, 0.004 * size), bottom.faces, 2)
    sock = part(6, 7)
    sock_points = _lifted(sock, 0.003 * size)
    layers = [
        _Patch(shirt_points, shirt.weights, shirt.faces, shirt.fields, _cloth(shirt_points, outfit.shirt)),
        _Patch(bottom_points, bottom.weights, bottom.faces, bottom.fields, _cloth(bottom_points, outfit.bottom), 0.05),
        _Patch(sock_points, sock.weights, sock.faces, sock.fields, _cloth(sock_points, outfit.sock), 0.0),
        _bare_skin(shape, skin, outfit),
        *(_shoe(shape, side, outfit) for side in SIDES),
    ]
    if outfit.hair != "none":
        layers += _hair(shape, part(8), outfit, size)
    marks = _marks(shape, skin)
    if outfit.dots:
        layers += [
            _dot(shape, layers, *marks[f"{s}_{name}"])
            for s in SIDES
            for name in ("heel", "heel_top", "calf_bottom", "calf_top")
        ]
    return _together(layers, marks)


def _cloth(points: FloatArray, colour: Colour) -> FloatArray:
    """Colour with the faint unevenness of cloth."""
    wave = np.sin(points @ np.array([61.0, 83.0, 47.0])) * np.sin(points @ np.array([-37.0, 29.0, 71.0]))
    return np.asarray(colour)[None] * (1 + 0.06 * wave)[:, None]


def _bare_skin(shape: Shape, skin: _Patch, outfit: Outfit) -> _Patch:
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
    return _Patch(points, skin.weights, faces, f, albedo, 0.06)


def _hair(shape: Shape, scalp: _Patch, outfit: Outfit, size: float) -> list[_Patch]:
    thick = (0.004 + 0.016 * np.clip(scalp.fields[:, 8] / 0.05, 0, 1)) * size
    points = _smoothed(_lifted(scalp, thick), scalp.faces, 3)
    colour = np.asarray(outfit.hair_colour)
    strands = 1 + 0.35 * np.sin(points @ np.array([310.0, 60.0, 400.0]))
    made = [_Patch(points, scalp.weights, scalp.faces, scalp.fields, colour[None] * strands[:, None], 0.12)]
    if outfit.hair == "tail":
        head = (shape.joints["left_ear"] + shape.joints["right_ear"]) / 2
        root = head + np.array([-0.10, 0.045, 0.0]) * size
        ball, faces = _ellipsoid(
            root + np.array([-0.045, -0.075, 0.0]) * size, np.array([0.03, 0.115, 0.034]) * size, tilt=-0.45
        )
        made.append(_rigid(ball, faces, "head", np.repeat(colour[None], len(ball), 0), 0.12))
    return made


def _ellipsoid(centre: FloatArray, radii: FloatArray, *, tilt: float = 0.0) -> tuple[FloatArray, np.ndarray]:
    rows, columns = 12, 18
    lat = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    lon = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None]
    unit = np.stack([np.cos(lat) * np.cos(lon), np.sin(lat) + 0 * lon, np.cos(lat) * np.sin(lon)], axis=-1).reshape(
        -1, 3
    )
    p = unit * radii
    c, s = np.cos(tilt), np.sin(tilt)
    p[:, :2] = p[:, :2] @ np.array([[c, s], [-s, c]])
    return p + centre, _grid_faces(rows, columns)


def _grid_faces(rows: int, columns: int) -> np.ndarray:
    """Triangles of a tube of rows of points, each row closed; wound outwards for `_ellipsoid` and `_shoe`."""
    faces = []
    for r in range(rows - 1):
        for c in range(columns):
            a, b = r * columns + c, r * columns + (c + 1) % columns
            faces += [(a, a + columns, b), (b, a + columns, b + columns)]
    return np.array(faces)


def _rigid(points: FloatArray, faces: np.ndarray, segment: str, albedo: FloatArray, gloss: float) -> _Patch:
    weights = np.zeros((len(points), len(SEGMENTS)))
    weights[:, SEGMENT[segment]] = 1
    return _Patch(points, weights, faces, np.zeros((len(points), 10)), albedo, gloss)


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


def _shoe(shape: Shape, side: str, outfit: Outfit) -> _Patch:
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
    upper, foam, dark = np.asarray(outfit.shoe), np.asarray(outfit.sole), np.asarray(outfit.shoe) * 0.25 + 0.01
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
    return _Patch(points, weights, _grid_faces(len(s), around), np.zeros((len(points), 10)), albedo, 0.05)


def _surface_x(points: FloatArray, at: FloatArray, *, back: bool, reach_m: float = 0.02) -> float:
    """Return how far back (or forward) a surface goes at a height and depth."""
    near = np.abs(points[:, 1:] - at[1:]).max(axis=1) < reach_m
    if not near.any():
        return float(at[0])
    return float(points[near, 0].min() if back else points[near, 0].max())


def _marks(shape: Shape, skin: _Patch) -> dict[str, tuple[str, FloatArray]]:
    """Return every keypoint as a point of a segment: joints inside, feet on the shoe, calves on the skin."""
    rest, size = shape.joints, shape.height_m / 1.78
    marks: dict[str, tuple[str, FloatArray]] = {"nose": ("head", rest["nose"])}
    for side in SIDES:
        lines = shoe_lines(shape, side)
        for name, segment in (
            ("eye", "head"), ("ear", "head"), ("shoulder", "thorax"), ("elbow", f"{side}_forearm"),
            ("wrist", f"{side}_hand"), ("hip", "pelvis"), ("knee", f"{side}_shank"), ("ankle", f"{side}_foot"),
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


def _dot(shape: Shape, layers: list[_Patch], segment: str, at: FloatArray) -> _Patch:
    """A round piece of white tape."""
    ball, faces = _ellipsoid(at - np.array([0.001, 0, 0]), np.array([0.005, 0.011, 0.011]) * shape.height_m / 1.78)
    return _rigid(ball, faces, segment, np.full((len(ball), 3), 0.9), 0.0)


def _together(layers: list[_Patch], marks: dict[str, tuple[str, FloatArray]]) -> Dressed:
    starts = np.cumsum([0, *(len(p.points) for p in layers)])
    return Dressed(
        points=np.concatenate([p.points for p in layers]),
        weights=np.concatenate([p.weights for p in layers]),
        albedo=np.concatenate([p.albedo for p in layers if p.albedo is not None]),
        gloss=np.concatenate([np.full(len(p.points), p.gloss) for p in layers]),
        faces=np.concatenate([p.faces + start for p, start in zip(layers, starts[:-1], strict=True)]).astype(np.int32),
        marks=marks,
    )
