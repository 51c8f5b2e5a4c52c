"""Motion of the background: pans, zooms and turns of a known picture, with a figure before it; fixed cameras."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.video.reader import Frame, open_video
from gaitlab.scene.background import Background
from gaitlab.scene.motion import CameraMotion, moved, on_ground

WIDTH, HEIGHT, FPS = 640, 360, 30.0
BLAZEPOSE = SKELETONS["blazepose_33"]


def texture(seed: int, *, width: int, height: int) -> np.ndarray:
    """Return a picture with blobs of many sizes, like leaves, walls and windows."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for coarse in (4, 12, 40):
        noise = rng.normal(size=(height // coarse + 2, width // coarse + 2, 3)).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + 30 * total, 0, 255).astype(np.uint8)


def similarity(*, turn_deg: float = 0.0, zoom: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)) -> FloatArray:
    """Return the (2, 3) similarity about the middle of the picture."""
    angle = np.radians(turn_deg)
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([WIDTH, HEIGHT]) / 2
    return np.column_stack([turn, middle + np.array(shift) - turn @ middle])


class Film:
    """Pictures of a wide scene by a camera that moves as told, and of a figure before it that moves otherwise.

    ``to_first[i]`` takes a point of picture i to the first.
    """

    def __init__(self, to_first: FloatArray, *, figure: bool = True, scale: int = 1, words: bool = False) -> None:
        self.to_first = to_first
        self._scene = texture(1, width=3 * WIDTH, height=3 * HEIGHT)
        self._figure = texture(2, width=WIDTH * 3 // 8, height=HEIGHT * 4 // 5) if figure else None
        self._scale = scale
        self._words = words

    def show(self, background: Background, *, told: bool = True) -> CameraMotion:
        for number, to_first in enumerate(self.to_first):
            lead = np.array([[1.0, 0.0, WIDTH], [0.0, 1.0, HEIGHT]])
            onto = np.vstack([to_first, [0, 0, 1]])
            picture = cv2.warpAffine(
                self._scene, (lead @ onto)[:2], (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            )
            box = None
            if self._figure is not None:
                left, top = 180 + round(60 * np.sin(number / 4)), 40 + round(15 * np.sin(number / 2))
                high, wide = self._figure.shape[:2]
                picture[top : top + high, left : left + wide] = self._figure
                box = np.array([left, top, left + wide, top + high], float)
            if self._words:
                cv2.putText(picture, "5:15/km", (20, 60), cv2.FONT_HERSHEY_DUPLEX, 1.4, (255, 255, 255), 4)
            if self._scale > 1:
                picture = np.repeat(np.repeat(picture, self._scale, axis=0), self._scale, axis=1)
                box = None if box is None else box * self._scale
            background.see(Frame(number / FPS, picture), box if told else None)
        return background.motion()


def path(step: FloatArray, count: int) -> FloatArray:
    """Return (frame, 2, 3) of a camera that makes the same step each frame."""
    all_steps = [np.eye(3)]
    for _ in range(count - 1):
        all_steps.append(all_steps[-1] @ np.vstack([step, [0, 0, 1]]))
    return np.array(all_steps)[:, :2]


def step_error_px(motion: CameraMotion, truth: FloatArray) -> float:
    """Return the largest error of the motion from one picture to the next at the middle and the corners."""
    at = np.array([(x, y) for x in (0, WIDTH / 2, WIDTH) for y in (0, HEIGHT / 2, HEIGHT)], float)
    points = np.broadcast_to(at, (len(truth), len(at), 2))
    square = np.concatenate([truth, np.broadcast_to([[0.0, 0.0, 1.0]], (len(truth), 1, 3))], axis=1)
    true_steps = np.concatenate([np.eye(3)[None], np.linalg.inv(square[:-1]) @ square[1:]])[:, :2]
    return float(np.linalg.norm(moved(motion.to_previous, points) - moved(true_steps, points), axis=2).max())


@pytest.mark.parametrize(
    "step",
    [
        similarity(shift=(9.0, 0.0)),
        similarity(shift=(2.4, -0.7)),
        similarity(zoom=1.004),
        similarity(turn_deg=0.25),
        similarity(shift=(5.0, 1.0), zoom=0.998, turn_deg=-0.15),
    ],
    ids=["fast pan", "slow pan", "zoom", "turn", "all"],
)
def test_a_known_motion_is_found_to_a_third_of_a_pixel_a_frame(step: FloatArray) -> None:
    film = Film(path(step, 45))
    motion = film.show(Background(width=WIDTH, height=HEIGHT))
    assert step_error_px(motion, film.to_first) <= 0.3
    middle = np.full((45, 1, 2), (WIDTH / 2, HEIGHT / 2))
    off = moved(motion.to_first, middle) - moved(film.to_first, middle)
    assert np.abs(off).max() <= 1.5
    assert motion.inliers.min() >= 20
    assert np.isfinite(motion.drift_px).all()
    assert np.isfinite(motion.rms_px).all()


def test_a_figure_that_nobody_tells_of_is_outvoted() -> None:
    film = Film(path(similarity(shift=(4.0, 0.5)), 30))
    motion = film.show(Background(width=WIDTH, height=HEIGHT), told=False)
    assert step_error_px(motion, film.to_first) <= 0.3


def test_a_large_picture_is_reduced_and_the_motion_is_that_of_the_large_one() -> None:
    # Each px of the film is 3 x 3 px: a step of 4 px is one of 12 px there.
    film = Film(path(similarity(shift=(4.0, 1.0)), 12), scale=3)
    motion = film.show(Background(width=3 * WIDTH, height=3 * HEIGHT))
    assert np.abs(motion.to_previous[1:, :, 2] - (12.0, 3.0)).max() <= 0.6
    assert motion.camera == "moving"


def test_words_written_into_a_panned_picture_do_not_hold_it_still() -> None:
    film = Film(path(similarity(shift=(4.0, 0.0)), 30), words=True)
    motion = film.show(Background(width=WIDTH, height=HEIGHT))
    assert step_error_px(motion, film.to_first) <= 0.3


def test_a_camera_on_a_tripod_is_fixed_and_looked_at_seldom() -> None:
    film = Film(path(similarity(), 120))
    background = Background(width=WIDTH, height=HEIGHT)
    motion = film.show(background)
    assert motion.camera == "fixed"
    # All 61 of the first two seconds, then one in eight.
    assert 60 <= background.looks <= 72
    assert np.abs(motion.to_first - np.eye(2, 3)).max() < 0.3


def test_a_tripod_that_is_turned_after_three_seconds_is_followed_from_then_on() -> None:
    still, pan = path(similarity(), 90), path(similarity(shift=(3.0, 0.0)), 60)
    film = Film(np.concatenate([still, pan]))
    motion = film.show(Background(width=WIDTH, height=HEIGHT))
    assert motion.camera == "moving"
    middle = np.full((150, 1, 2), (WIDTH / 2, HEIGHT / 2))
    off = np.abs(moved(motion.to_first, middle) - moved(film.to_first, middle))[:, 0, 0]
    # In the quarter of a second in which it was not looked at the way is shared out evenly.
    assert off[-1] <= 1.5
    assert off.max() <= 8 * 3.0 / 2


def test_a_foot_that_stands_is_still_on_the_ground_of_a_panned_film() -> None:
    film = Film(path(similarity(shift=(6.0, 0.5)), 40))
    motion = film.show(Background(width=WIDTH, height=HEIGHT))
    # A point at (500, 300) of the first picture, as each picture shows it.
    onto = np.linalg.inv(np.concatenate([film.to_first, np.full((40, 1, 3), (0, 0, 1.0))], axis=1))[:, :2]
    shown = moved(onto, np.full((40, 1, 2), (500.0, 300.0)))
    xy = np.broadcast_to(shown, (40, len(BLAZEPOSE), 2))
    pose = PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(40) / FPS, BLAZEPOSE)
    ground = on_ground(pose, motion)
    assert np.abs(ground.xy - (500.0, 300.0)).max() <= 1.5
    assert ground.history[-1].name == "camera motion"
    # Keypoints of a part of the film find their frames.
    part = on_ground(pose.between(0.5, 1.0), motion)
    assert np.abs(part.xy - (500.0, 300.0)).max() <= 1.5
    with pytest.raises(ValueError, match="times of the keypoints"):
        on_ground(PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(40) / 25, BLAZEPOSE), motion)


def test_keypoints_of_a_fixed_camera_stay_as_they_are() -> None:
    motion = Film(path(similarity(), 10)).show(Background(width=WIDTH, height=HEIGHT))
    xy = np.ones((10, len(BLAZEPOSE), 2))
    pose = PoseSequence(xy, np.ones(xy.shape[:2]), np.arange(10) / FPS, BLAZEPOSE)
    assert on_ground(pose, motion) is pose


def test_a_cut_makes_the_drift_unknown() -> None:
    background = Background(width=WIDTH, height=HEIGHT)
    rng = np.random.default_rng(3)
    for number in range(12):
        # Pictures that have nothing in common.
        background.see(Frame(number / FPS, rng.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)), None)
    motion = background.motion()
    assert motion.camera == "unknown"
    assert np.isinf(motion.drift_px[-1])


@pytest.mark.shared
@pytest.mark.parametrize(
    ("clip", "camera"),
    [
        ("overground/track_fixed.mp4", "fixed"),
        ("treadmill_side/male_side.mp4", "fixed"),
        ("rear_dots/lower_legs.mp4", "fixed"),
        ("overground/hall_following.mp4", "moving"),
        ("walking/room_slouch.mp4", "hand-held"),
    ],
)
def test_cameras_of_real_clips(shared: Path, clip: str, camera: str) -> None:
    with open_video(shared / "data" / clip) as video:
        background = Background(width=video.info.width, height=video.info.height)
        for frame in video.frames(0.0, 3.0):
            background.see(frame, None)
    assert background.motion().camera == camera


def test_a_plain_wall_is_looked_at_only_now_and_then() -> None:
    background = Background(width=WIDTH, height=HEIGHT)
    wall = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for number in range(120):
        background.see(Frame(number / 60, wall), None)
    # Two seconds, a look every quarter of a second, after the few pictures in which it was hoped for.
    assert background.looks <= 2 / 0.25 + 6
    assert not background.motion().inliers.any()
    assert len(background.motion().time_s) == 120
