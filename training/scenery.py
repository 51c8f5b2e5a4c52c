"""What is round the runner: treadmills of many shapes, things before and behind, walls full of clutter."""

from __future__ import annotations

import cv2
import numpy as np

from tools.synthetic.patches import Colour
from tools.synthetic.raster import Floats, Lamp, Mesh
from tools.synthetic.scene import Camera, Room, Treadmill, boxes


def any_treadmill(rng: np.random.Generator) -> Treadmill:
    """Return a treadmill of any shape, from a bare belt to one with long handrails and a big console."""
    bare = rng.uniform() < 0.12
    return Treadmill(
        length=rng.uniform(1.3, 2.4),
        width=rng.uniform(0.42, 0.85),
        ahead=rng.uniform(0.0, 0.35),
        frame=rng.uniform(0.05, 0.16),
        deck_low=rng.uniform(0.06, 0.21),
        hood=(rng.uniform(0.25, 0.7), rng.uniform(0.03, 0.30)),
        post=0.0 if bare else rng.uniform(0.03, 0.14),
        lean=rng.uniform(-0.1, 0.45),
        handrail=(rng.uniform(0.75, 1.1), float(rng.choice([0.1, 0.3, 0.6, 1.2])) * rng.uniform(0.6, 1.3),
                  0.0 if bare or rng.uniform() < 0.15 else rng.uniform(0.025, 0.07)),
        console=(rng.uniform(0.9, 1.25), 0.0 if bare else rng.uniform(0.08, 0.65), rng.uniform(0.04, 0.35)),
    )  # fmt: skip


def any_lamp(rng: np.random.Generator) -> Lamp:
    """Return light from anywhere above, hard or soft, warm or cold."""
    around = rng.uniform(0, 2 * np.pi)
    hard = rng.uniform(0.15, 1.2)
    warm = rng.normal(0, 0.12)

    def tinted(level: float) -> tuple[float, float, float]:
        return level * (1 - warm), level, level * (1 + warm)

    return Lamp(
        direction=(float(np.cos(around)), float(rng.uniform(0.3, 1.6)), float(np.sin(around))),
        sun=tinted(hard),
        sky=tinted(rng.uniform(0.2, 0.75)),
        ground=tinted(rng.uniform(0.06, 0.4)),
    )


def in_front(camera: Camera, rng: np.random.Generator) -> Mesh | None:
    """Return what stands between camera and runner: poles, bars, a cabinet's edge; mostly nothing."""
    if rng.uniform() < 0.6:
        return None
    made = []
    forward = camera._forward()
    across = np.cross(forward, (0.0, 1.0, 0.0))
    for _ in range(int(rng.integers(1, 4))):
        near = -forward * rng.uniform(0.45, min(1.4, 0.5 * camera.distance_m))
        kind = rng.uniform()
        colour = any_colour(rng)
        if kind < 0.4:  # a pole
            middle = near + across * rng.uniform(-0.9, 0.9)
            thick = rng.uniform(0.01, 0.045)
            low, high = -0.2, rng.uniform(0.5, 2.4)
        elif kind < 0.75:  # a bar along the picture
            middle = near + across * rng.uniform(-1.2, 1.2)
            thick = 0.0
            level = rng.uniform(0.05, 1.3)
            low, high = level, level + rng.uniform(0.02, 0.07)
        else:  # the edge of something big
            middle = near + across * float(rng.choice([-1, 1])) * rng.uniform(0.45, 1.3)
            thick = rng.uniform(0.06, 0.2)
            low, high = -0.2, rng.uniform(0.2, 1.4)
        half = np.abs(across) * (thick or rng.uniform(0.2, 0.9)) + np.abs(forward) * 0.02
        made.append(((middle[0] - half[0], low, middle[2] - half[2]), (middle[0] + half[0], high, middle[2] + half[2]),
                     colour))  # fmt: skip
    return boxes(made)


def any_colour(rng: np.random.Generator) -> Colour:
    """Return any linear BGR colour, greys and dark ones more often."""
    if rng.uniform() < 0.5:
        level = rng.uniform(0.01, 0.8) ** 1.5
        b, g, r = (float(np.clip(level * rng.uniform(0.8, 1.2), 0, 1)) for _ in range(3))
    else:
        b, g, r = (float(v) for v in rng.uniform(0.005, 0.9, 3) ** 1.7)
    return b, g, r


def any_room(rng: np.random.Generator) -> Room:
    """Return walls, floor, treadmill and light."""
    return Room(
        wall=any_colour(rng), floor=any_colour(rng), deck=any_colour(rng),
        belt=tuple(float(v) for v in np.asarray(any_colour(rng)) * 0.25 + 0.008),  # type: ignore[arg-type]
        accent=any_colour(rng), pattern=int(rng.integers(6)), lamp=any_lamp(rng),
        exposure=float(np.exp(rng.normal(0, 0.35))), treadmill=any_treadmill(rng),
    )  # fmt: skip


def cluttered(backdrop: Floats, rng: np.random.Generator) -> Floats:
    """Return floor and walls (h, w, 3; linear light) with things drawn on them: nothing there is to be trusted."""
    height, width = backdrop.shape[:2]
    image = backdrop.copy()
    kind = rng.uniform()
    if kind < 0.3:
        image = _clouds(height, width, rng)
    elif kind < 0.45:
        image = _leaves(height, width, rng)
    for _ in range(int(rng.integers(0, 45))):
        _thing(image, rng)
    if rng.uniform() < 0.5:
        image *= 1 + rng.uniform(0.02, 0.35) * (_clouds(height, width, rng, grey=True) - 0.5)
    if rng.uniform() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 5))
    return np.ascontiguousarray(np.maximum(image, 0), np.float32)


def _clouds(height: int, width: int, rng: np.random.Generator, *, grey: bool = False) -> Floats:
    """Return noise of several sizes, (h, w, 3)."""
    total = np.zeros((height, width, 3), np.float32)
    for cells in (2, 5, 12, 40, 120):
        strength = rng.uniform(0.1, 1) / np.sqrt(cells)
        small = rng.uniform(0, 1, (cells, cells, 1 if grey else 3)).astype(np.float32)
        grown = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR if cells < 40 else cv2.INTER_NEAREST)
        total += strength * grown.reshape(height, width, -1)
    total -= total.min()
    return total / max(float(total.max()), 1e-6) * (1.0 if grey else rng.uniform(0.1, 0.9))


def _leaves(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Return grass, leaves or gravel in sun and shade, (h, w, 3): as rough at every size."""
    rough = np.zeros((height, width, 1), np.float32)
    for cells in (3, 8, 20, 50, 130, 300):
        small = rng.normal(0, 1, (cells, cells)).astype(np.float32)
        rough[..., 0] += rng.uniform(0.2, 1) * cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    share = 1 / (1 + np.exp(-rng.uniform(0.8, 3) * rough))
    dark, bright = (np.array([rng.uniform(0.0, 0.5), 1.0, rng.uniform(0.5, 1.3)], np.float32) for _ in range(2))
    return (dark * rng.uniform(0.01, 0.08) * (1 - share) + bright * rng.uniform(0.15, 0.8) * share).astype(np.float32)


def _thing(image: Floats, rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    colour = tuple(float(v) for v in any_colour(rng))
    if rng.uniform() < 0.15:  # like skin, so that skin alone is no leg
        colour = tuple(float(v) for v in np.array([0.30, 0.42, 0.66]) * rng.uniform(0.15, 1.2))
    x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
    size = float(np.exp(rng.uniform(np.log(0.02), np.log(0.45)))) * height
    tall = float(np.exp(rng.normal(0, 0.8)))
    kind = rng.integers(6)
    thick = int(rng.integers(1, 14))
    if kind == 0:
        cv2.rectangle(image, (x, y), (x + int(size), y + int(size * tall)), colour, -1)
    elif kind == 1:
        cv2.rectangle(image, (x, y), (x + int(size), y + int(size * tall)), colour, thick)
    elif kind == 2:
        cv2.ellipse(
            image, (x, y), (int(size / 2) + 1, int(size / 2 * tall) + 1), rng.uniform(0, 180), 0, 360, colour, -1
        )
    elif kind == 3:
        angle = rng.uniform(0, np.pi)
        end = (x + int(2 * size * np.cos(angle)), y + int(2 * size * np.sin(angle)))
        cv2.line(image, (x, y), end, colour, 2 * thick)
    elif kind == 4:  # something striped
        step = int(rng.integers(4, 30))
        for k in range(int(rng.integers(2, 8))):
            cv2.line(image, (x + k * step, y), (x + k * step, y + int(size * tall)), colour, max(step // 2, 1))
    else:  # two limbs and a bend
        for _ in range(2):
            end = (x + int(rng.normal(0, 0.25) * size), y + int(rng.uniform(0.2, 0.6) * size))
            cv2.line(image, (x, y), end, colour, thick + 4, cv2.LINE_AA)
            x, y = end
