"""From stored pictures to what the network sees: cropped anyhow, lit anyhow, before any background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SIDES, SKELETONS
from training.generate import unpacked
from training.network import HEIGHT_PX, WIDTH_PX
from training.photographs import HIDDEN, SEEN, UNKNOWN, Photographs

SKELETON = SKELETONS["runner_31"]
GREY = 118
_MIRRORED = np.array(SKELETON.mirrored)
# How much of the crop's height the runner takes: as when followed, and anyhow.
_FILL = (0.55, 0.92)
_FILL_ANYHOW = (0.36, 1.12)
_LEGS_FILL = (1.15, 1.9)
_ROLLED_DEG = 32  # as far as a camera is ever turned, in one crop of ten
_OTHER_TEXTURE, _DAPPLED = 0.25, 0.2  # shares of crops
_FACELESS = 0.05  # share of crops whose face is made unknown, as in published films
_FACE = [SKELETON.index(name) for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear", "neck")]
_TRUNK = [SKELETON.index(f"{side}_{name}") for side in SIDES for name in ("shoulder", "hip")]
_LEGS_ONLY = 0.08  # share of crops without an upper body: legs must tell left from right by themselves


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """Pictures in memory, as they lie in the shards: compressed. ``height_px`` is the runner's stature."""

    images: list[np.ndarray]
    masks: list[np.ndarray]
    empty: list[np.ndarray]
    xy: FloatArray
    seen: np.ndarray
    height_px: FloatArray
    view: np.ndarray
    kind: np.ndarray


def load(folder: Path) -> Stored:
    """Read every shard of a folder."""
    blobs: dict[str, list[np.ndarray]] = {name: [] for name in ("image", "mask", "empty")}
    labels: dict[str, list[np.ndarray]] = {name: [] for name in ("xy", "seen", "height_px", "view", "kind")}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as data:
            for name, row in blobs.items():
                row += unpacked(data[name], data[f"{name}_end"])
            for name, row in labels.items():
                row.append(data[name])
    if not labels["xy"]:
        raise FileNotFoundError(f"no pictures in '{folder}': run python -m training.generate first")
    joined = {name: np.concatenate(row) for name, row in labels.items()}
    return Stored(blobs["image"], blobs["mask"], blobs["empty"], **joined)


def sample(
    stored: Stored, index: int, rng: np.random.Generator, *, train: bool = True
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Return one crop: (h, w, 3) BGR, (keypoint, 2) px of its points, and (keypoint,) 1 seen, 0.5 hidden, 0 outside."""
    image = cv2.imdecode(stored.images[index], cv2.IMREAD_COLOR)
    xy = stored.xy[index].astype(np.float64)
    if train and rng.uniform() < 0.3:
        image = _before_another_place(stored, index, image, rng)
    inside = (xy >= 0).all(axis=1) & (xy[:, 0] < image.shape[1]) & (xy[:, 1] < image.shape[0])
    shown = xy[inside] if inside.sum() > 4 else xy
    return _as_looked_at(image, xy, np.where(stored.seen[index], SEEN, HIDDEN), shown, rng, train=train)


def sample_photograph(
    photographs: Photographs, index: int, rng: np.random.Generator
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Return one crop of a real person as `sample` does; what nobody has labelled is `UNKNOWN`."""
    image = cv2.imdecode(photographs.images[index], cv2.IMREAD_COLOR)
    corners = photographs.box[index].reshape(2, 2)
    return _as_looked_at(image, photographs.xy[index], photographs.sure[index], corners, rng, train=True)


def _as_looked_at(
    image: np.ndarray, xy: FloatArray, known: FloatArray, shown: FloatArray, rng: np.random.Generator, *, train: bool
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Return the crop round ``shown`` (points, px), and the points in it, of which ``known`` tells how sure each is."""
    turn = _turn(shown, rng, train=train)
    flip = train and rng.uniform() < 0.5
    crop = _warped(image, turn, rng if train else None)
    xy = cv2.perspectiveTransform(xy[None], turn)[0]
    if flip:
        crop = crop[:, ::-1]
        xy = (np.array([WIDTH_PX - 1, 0]) + np.array([-1, 1]) * xy)[_MIRRORED]
        known = known[_MIRRORED]
    inside = (xy >= -0.5).all(axis=1) & (xy[:, 0] <= WIDTH_PX - 0.5) & (xy[:, 1] <= HEIGHT_PX - 0.5)
    sure = np.where(inside | (known == UNKNOWN), known, 0.0)
    if train:
        if rng.uniform() < _OTHER_TEXTURE:
            crop = _of_other_texture(crop, rng)
        if rng.uniform() < _DAPPLED:
            crop = _dappled(crop, rng)
        crop = _lit(crop, rng)
        if rng.uniform() < _FACELESS and (known[_FACE] != UNKNOWN).all():
            crop = _faceless(crop, xy, rng)
        if rng.uniform() < 0.25:
            crop, sure = _covered(crop, xy, sure, rng)
        if rng.uniform() < _LEGS_ONLY and (known[_TRUNK] != UNKNOWN).all():
            crop, sure = _legs_only(crop, xy, sure, rng)
    return np.ascontiguousarray(crop), xy, sure


def _before_another_place(stored: Stored, index: int, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    mask = cv2.imdecode(stored.masks[index], cv2.IMREAD_GRAYSCALE)
    other = cv2.imdecode(stored.empty[int(rng.integers(len(stored.empty)))], cv2.IMREAD_COLOR)
    if rng.uniform() < 0.5:
        other = other[:, ::-1]
    soft = cv2.GaussianBlur(mask, (0, 0), 0.6)[..., None].astype(np.float32) / 255
    return (image * soft + other * (1 - soft)).astype(np.uint8)


def _turn(shown: FloatArray, rng: np.random.Generator, *, train: bool) -> FloatArray:
    """Return the (3, 3) map from picture to crop: moved, scaled and turned, sometimes as a tilted camera sees it."""
    low, high = shown.min(axis=0), shown.max(axis=0)
    middle, tall = (low + high) / 2, max(high[1] - low[1], (high[0] - low[0]) * HEIGHT_PX / WIDTH_PX, 8.0)
    fill, shift, degrees, tilt_deg = 0.72, np.zeros(2), 0.0, 0.0
    if train:
        kind = rng.uniform()
        fill = rng.uniform(*(_FILL if kind < 0.75 else _FILL_ANYHOW))
        shift = rng.uniform(-1, 1, 2) * (0.05 if rng.uniform() < 0.5 else 0.15)
        if kind > 0.95:  # the legs alone
            fill = rng.uniform(*_LEGS_FILL)
            middle = middle + np.array([0, 0.5 * tall * (1 - 0.85 / fill)])
            shift *= 0.4
        degrees = rng.normal(0, 7) if rng.uniform() < 0.9 else rng.uniform(-_ROLLED_DEG, _ROLLED_DEG)
        tilt_deg = rng.normal(0, 9) if rng.uniform() < 0.4 else 0.0
    else:
        shift = rng.uniform(-1, 1, 2) * 0.02
    scale = fill * HEIGHT_PX / tall
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    matrix = np.array([[c, -s], [s, c]])
    to = np.array([WIDTH_PX - 1, HEIGHT_PX - 1]) / 2 + shift * np.array([WIDTH_PX, HEIGHT_PX])
    turn = np.eye(3)
    turn[:2] = np.concatenate([matrix, (to - matrix @ middle)[:, None]], axis=1)
    return _tilted(tilt_deg, focal_px=rng.uniform(1.2, 4) * fill * HEIGHT_PX) @ turn if tilt_deg else turn


def _tilted(degrees: float, *, focal_px: float) -> FloatArray:
    """Return the (3, 3) map from a crop to what the same camera sees looking down; its middle stays in place."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.array([[1, 0, (WIDTH_PX - 1) / 2], [0, 1, (HEIGHT_PX - 1) / 2], [0, 0, 1]])
    look = np.array([[1, 0, 0], [0, c, -s * focal_px], [0, s / focal_px, c]])
    back = np.array([[1, 0, 0], [0, 1, focal_px * s / c], [0, 0, 1]])
    turned: FloatArray = middle @ back @ look @ np.linalg.inv(middle)
    return turned


def _warped(image: np.ndarray, turn: FloatArray, rng: np.random.Generator | None) -> np.ndarray:
    share = 1.0
    if rng is not None and rng.uniform() < 0.2:  # filmed small
        share = rng.uniform(0.3, 0.8)
    size = (round(WIDTH_PX * share), round(HEIGHT_PX * share))
    small = np.array([[share, 0, 0.5 * share - 0.5], [0, share, 0.5 * share - 0.5], [0, 0, 1]]) @ turn
    scale = np.hypot(small[0, 0], small[1, 0]) / small[2, 2]
    if scale < 0.75:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 / scale)
    crop = cv2.warpPerspective(image, small, size, flags=cv2.INTER_LINEAR, borderValue=(GREY,) * 3)
    return crop if share == 1.0 else cv2.resize(crop, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)


def _lit(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the crop in other light: contrast, brightness, tint, gamma; sometimes grey, noisy, blurred, squeezed."""
    level = np.arange(256, dtype=np.float32) / 255
    table = np.empty((256, 1, 3), np.float32)
    gamma, gain, lift = np.exp(rng.normal(0, 0.25)), np.exp(rng.normal(0, 0.18)), rng.normal(0, 0.05)
    for channel in range(3):
        table[:, 0, channel] = level**gamma * gain * np.exp(rng.normal(0, 0.07)) + lift
    crop = cv2.LUT(crop, np.clip(table * 255, 0, 255).astype(np.uint8))
    if rng.uniform() < 0.25:
        grey = cv2.cvtColor(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        crop = cv2.addWeighted(crop, 1 - (share := rng.uniform(0.3, 1.0)), grey, share, 0)
    kind = rng.uniform()
    if kind < 0.12:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.4, 1.6))
    elif kind < 0.22:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        crop = cv2.filter2D(crop, -1, kernel if rng.uniform() < 0.7 else kernel.T)
    if rng.uniform() < 0.25:
        noise = rng.standard_normal(crop.shape, dtype=np.float32) * rng.uniform(2, 16)
        crop = np.clip(crop + noise, 0, 255).astype(np.uint8)
    if rng.uniform() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 60))]
        crop = cv2.imdecode(cv2.imencode(".jpg", crop, quality)[1], cv2.IMREAD_COLOR)
    return crop


def _faceless(crop: np.ndarray, xy: FloatArray, rng: np.random.Generator) -> np.ndarray:
    """Return the crop with the face in squares or blurred; its points stay where they are."""
    face = xy[_FACE]
    reach = float(rng.uniform(0.4, 0.9) * np.ptp(face, axis=0).max())
    middle = face[:-1].mean(axis=0)
    (left, top), (right, bottom) = (
        np.clip(np.round(middle + sign * reach).astype(int), 0, [WIDTH_PX, HEIGHT_PX]) for sign in (-1, 1)
    )
    if right - left < 3 or bottom - top < 3:
        return crop
    crop = np.ascontiguousarray(crop)
    patch = crop[top:bottom, left:right]
    if rng.uniform() < 0.6:
        few = cv2.resize(patch, tuple(int(v) for v in rng.integers(3, 7, 2)), interpolation=cv2.INTER_AREA)
        crop[top:bottom, left:right] = cv2.resize(few, patch.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    else:
        crop[top:bottom, left:right] = cv2.GaussianBlur(patch, (0, 0), 0.35 * reach + 0.5)
    return crop


def _of_other_texture(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the crop mixed with itself under random small filters: shapes stay, textures and colours do not.

    Teaches a network to look at shapes (Xu et al. 2021, Robust and generalizable visual representation learning via
    random convolutions); what is drawn has other textures than what is filmed.
    """
    size = int(rng.choice([1, 3, 5]))
    picture = crop.astype(np.float32)
    other = np.zeros_like(picture)
    for out in range(3):
        for channel in range(3):
            kernel = rng.normal(0, 1 / np.sqrt(3 * size * size), (size, size))
            other[..., out] += cv2.filter2D(picture[..., channel], -1, kernel)
    # As bright and as full of contrast as before.
    mean, spread = other.mean(axis=(0, 1)), other.std(axis=(0, 1)) + 1e-3
    other = (other - mean) / spread * picture.std() + picture.mean()
    share = rng.uniform(0, 0.9)
    return np.clip((1 - share) * picture + share * other, 0, 255).astype(np.uint8)


def _dappled(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the crop in spots of light and shade."""
    cells = np.exp(rng.uniform(np.log(3), np.log(28)))
    rough = rng.normal(0, rng.uniform(0.05, 0.4), (max(3, int(cells * HEIGHT_PX / WIDTH_PX)), max(3, int(cells))))
    light = cv2.resize(np.exp(rough).astype(np.float32), (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    return np.clip(crop * light[..., None], 0, 255).astype(np.uint8)


def _covered(
    crop: np.ndarray, xy: FloatArray, sure: FloatArray, rng: np.random.Generator
) -> tuple[np.ndarray, FloatArray]:
    """Return the crop with a patch before it; points behind the patch are hidden."""
    crop = np.ascontiguousarray(crop)
    size = (
        rng.uniform(8, 46, 2) if rng.uniform() < 0.7 else np.array([rng.uniform(3, 9), 300.0])[:: rng.choice([-1, 1])]
    )
    low = rng.uniform(0, [WIDTH_PX, HEIGHT_PX]) - size / 2
    high = low + size
    colour = tuple(float(v) for v in rng.uniform(0, 255, 3))
    cv2.rectangle(crop, tuple(low.astype(int).tolist()), tuple(high.astype(int).tolist()), colour, -1)
    behind = ((xy > low) & (xy < high)).all(axis=1)
    return crop, np.where(behind, np.minimum(sure, 0.5), sure)


def _legs_only(
    crop: np.ndarray, xy: FloatArray, sure: FloatArray, rng: np.random.Generator
) -> tuple[np.ndarray, FloatArray]:
    """Return the crop with all above the hips, or a little more, behind one colour or blurred away."""
    hips = np.mean([xy[SKELETON.index(f"{side}_hip")][1] for side in SIDES])
    shoulders = np.mean([xy[SKELETON.index(f"{side}_shoulder")][1] for side in SIDES])
    edge = int(hips + rng.uniform(-0.25, 0.12) * (hips - shoulders))
    if not 0 < edge < HEIGHT_PX:
        return crop, sure
    crop = crop.copy()
    plain = rng.uniform() < 0.5
    crop[:edge] = rng.uniform(0, 255, 3) if plain else cv2.GaussianBlur(crop[:edge], (0, 0), rng.uniform(6, 20))
    return crop, np.where(xy[:, 1] < edge, np.minimum(sure, 0.5), sure)
