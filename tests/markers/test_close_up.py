"""Close-ups of lower legs in drawn pictures whose dots, angles and sides are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.core.pose import FloatArray
from gaitlab.events.rear_regression import (
    OFFSETS_S,
    CoarseContacts,
    FootSpeeds,
    RegressionModel,
    TimeRegression,
    regressed_events,
)
from gaitlab.io.video.reader import Image
from gaitlab.kinematics.rear import frontal_angles
from gaitlab.markers.close_up.columns import best_columns, without_room
from gaitlab.markers.close_up.follow import Stand, sides_of
from gaitlab.markers.close_up.runner import CloseUp
from gaitlab.markers.dots import Dots
from gaitlab.markers.layout import DOTS
from gaitlab.markers.spots import Spots

FPS, FRAMES, STRIDE = 30.0, 60, 20
SIZE = (260, 220)
EVERTED_DEG = 8.0
_BITS = 4
# Heights of the dots over the lowest one, px.
ABOVE = {"calf_top": 120.0, "calf_bottom": 70.0, "heel_top": 32.0, "heel": 0.0}


def phase(side: str, frame: int) -> float:
    return (frame + (0 if side == "left" else STRIDE // 2)) % STRIDE / STRIDE


def stands(side: str, frame: int) -> bool:
    return phase(side, frame) < 0.45


def place(side: str, dot: str, frame: int) -> FloatArray:
    """A leg stands for 45 % of its stride, its heel turned by `EVERTED_DEG`, and is lifted and foreshortened after."""
    lift = 0.0 if stands(side, frame) else float(np.sin(np.pi * (phase(side, frame) - 0.45) / 0.55))
    up = ABOVE[dot] * (1 - 0.6 * lift)
    medial = 1.0 if side == "left" else -1.0
    # Eversion: the top of the heel lies medial to its bottom. The calf stands above the heel's top, upright.
    turned = min(up, ABOVE["heel_top"]) * np.tan(np.radians(EVERTED_DEG))
    # The camera sees the foot come nearer in stance: it sinks.
    sinks = 10.0 * phase(side, frame) if stands(side, frame) else 4.5
    return np.array([(70.0 if side == "left" else 150.0) + medial * turned, 235.0 - up - 90.0 * lift + sinks])


def draw(frame: int, *, dots: bool = True, only: str = "") -> Image:
    rng = np.random.default_rng(frame)
    image = np.full((*SIZE, 3), (70, 75, 72), np.uint8)
    cv2.rectangle(image, (8, 8), (20, 20), (250, 250, 250), -1)  # a label on the wall
    for side in BOTH_SIDES:
        if only and side != only:
            continue
        ends = [tuple(np.round(place(side, dot, frame) * 2**_BITS).astype(int).tolist()) for dot in ABOVE]
        cv2.line(image, ends[0], ends[2], (95, 110, 130), 26, cv2.LINE_AA, _BITS)
        cv2.line(image, ends[2], ends[3], (60, 50, 40), 30, cv2.LINE_AA, _BITS)
        for end in ends if dots else ():
            cv2.circle(image, end, 4 * 2**_BITS, (245, 245, 245), -1, cv2.LINE_AA, _BITS)
    noisy = cv2.GaussianBlur(image, (0, 0), 0.8).astype(float) + rng.normal(0, 2, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def followed(images: list[Image]) -> Dots:
    looked = CloseUp(images[::3], "legs.mp4")
    for image in images:
        looked.see(image)
    return looked.followed(np.arange(len(images)) / FPS)


@pytest.fixture(scope="module")
def images() -> list[Image]:
    return [draw(frame) for frame in range(FRAMES)]


@pytest.fixture(scope="module")
def dots(images: list[Image]) -> Dots:
    return followed(images)


def test_all_dots_of_a_standing_leg_are_found_and_none_is_the_other_legs(dots: Dots) -> None:
    for side in BOTH_SIDES:
        down = [frame for frame in range(FRAMES) if stands(side, frame)]
        for dot in DOTS:
            truth = np.array([place(side, dot, frame) for frame in down])
            off = np.linalg.norm(dots.pose.point(f"{side}_{dot}")[down] - truth, axis=1)
            # The uppermost dot lies on the end of the drawn leg, whose edge draws it off by a fraction of a pixel.
            assert np.mean(off < 1.5) >= 0.98, (side, dot)
    assert dots.pose.skeleton.names == tuple(f"{side}_{dot}" for side in BOTH_SIDES for dot in DOTS)
    (step,) = dots.pose.history
    assert (step.name, step.parameters["body"]) == ("dots", False)


def test_a_heel_whose_top_leans_inward_is_everted_on_both_feet(dots: Dots) -> None:
    angles = frontal_angles(dots.pose, (), source="four points").values_deg
    for side in BOTH_SIDES:
        down = [frame for frame in range(FRAMES) if stands(side, frame)]
        assert np.nanmedian(angles[f"{side}_rearfoot_deg"][down]) == pytest.approx(EVERTED_DEG, abs=1.0)


def test_a_mirrored_film_exchanges_the_legs_and_keeps_the_angles(images: list[Image], dots: Dots) -> None:
    mirrored = followed([np.ascontiguousarray(image[:, ::-1]) for image in images])
    down = [frame for frame in range(FRAMES) if stands("left", frame)]
    back = [SIZE[1] - 1, 0] + mirrored.pose.point("right_heel")[down] * [-1, 1]
    assert np.nanmedian(np.abs(back - dots.pose.point("left_heel")[down])) < 0.5
    ours, theirs = (frontal_angles(one.pose, (), source="four points").values_deg for one in (dots, mirrored))
    assert np.nanmedian(theirs["right_rearfoot_deg"][down]) == pytest.approx(
        np.nanmedian(ours["left_rearfoot_deg"][down]), abs=0.5
    )


def test_legs_without_dots_and_one_leg_alone_are_refused_in_one_line() -> None:
    with pytest.raises(InputError, match="no tape dots of two lower legs") as none:
        followed([draw(frame, dots=False) for frame in range(0, FRAMES, 2)])
    assert "\n" not in str(none.value)
    with pytest.raises(InputError, match="one leg only"):
        followed([draw(frame, only="left") for frame in range(FRAMES)])


def test_a_swinging_foot_that_crosses_over_does_not_exchange_the_legs() -> None:
    """Stands at 100 (left) and 130 px (right); the left foot swings at 160 px while the right one stands."""
    spots = [spots_at((100.0, 0.0), (130.0, 0.0), (160.0, 0.0)) for _ in range(40)]
    left, right, again = (np.full(4, spot) for spot in (0, 1, 0))
    crossing = np.full(4, 2)
    found = [
        Stand({**dict.fromkeys(range(8), left), **dict.fromkeys(range(10, 18), crossing)}, (0, 7)),
        Stand(dict.fromkeys(range(10, 18), right), (10, 17)),
        Stand(dict.fromkeys(range(20, 28), again), (20, 27)),
    ]
    assert sides_of(found, spots, np.arange(40) / FPS) == (["left", "right", "left"], 1.0)
    # The one between was missed: the next stand is of the same leg.
    later = [found[0], found[1], found[2], Stand(dict.fromkeys(range(40, 48), again), (40, 47))]
    many = [*spots, *spots]
    assert sides_of(later, many, np.arange(80) / FPS)[0] == ["left", "right", "left", "left"]


def test_feet_that_cross_the_line_are_told_by_the_hips_to_which_the_legs_go_up() -> None:
    """The left foot stands right of the right one, at 130 and 110 px, and both legs lean outwards by 20 of 60 px."""
    left = [(110.0, 0.0), (115.0, 20.0), (122.0, 45.0), (130.0, 60.0)]
    right = [(130.0, 0.0), (125.0, 20.0), (118.0, 45.0), (110.0, 60.0)]
    spots = [spots_at(*left, *right) for _ in range(40)]
    found = [
        Stand(dict.fromkeys(range(8), np.arange(4)), (0, 7)),
        Stand(dict.fromkeys(range(10, 18), np.arange(4, 8)), (10, 17)),
        Stand(dict.fromkeys(range(20, 28), np.arange(4)), (20, 27)),
    ]
    assert sides_of(found, spots, np.arange(40) / FPS) == (["left", "right", "left"], 1.0)


def spots_at(*places: tuple[float, float]) -> Spots:
    count = len(places)
    white, beside = np.tile([95.0, 0.0, 0.0], (count, 1)), np.tile([50.0, 0.0, 0.0], (count, 1))
    return Spots(np.array(places), white, beside, np.full(count, 40.0), np.full(count, 0.1), np.ones(count))


@pytest.mark.parametrize("further", [(), (60.0,), (50.0, 75.0)], ids=["four", "five", "six"])
def test_of_five_or_six_dots_the_outer_ones_of_the_calf_and_the_heels_count(further: tuple[float, ...]) -> None:
    """Dots at 0 and 100 px on the calf, at 140 and 170 px on the heel, and more between those of the calf."""
    frames = [
        spots_at(*((50.0 + 2 * frame, 30 + down + 3 * frame) for down in sorted((0.0, 100.0, 140.0, 170.0, *further))))
        for frame in range(12)
    ]
    column = best_columns(frames, picture_height_px=300)[0]
    assert column.places[:, 1] - column.places[0, 1] == pytest.approx([0.0, 100.0, 140.0, 170.0], abs=0.5)


def test_what_stays_in_its_place_is_part_of_the_room() -> None:
    frames = [spots_at((20.0, 20.0), (100.0 + 9 * frame, 60.0)) for frame in range(10)]
    assert [one.xy.tolist() for one in without_room(frames)] == [[[100.0 + 9 * frame, 60.0]] for frame in range(10)]


def test_a_toe_off_after_which_the_leg_is_hidden_is_read_from_what_came_before() -> None:
    """Without movement every regression gives its constant: 10 ms late in sight, 30 ms late and ± 21 ms if hidden."""

    def line(constant_s: float, name: str) -> TimeRegression:
        none = np.zeros((1, len(OFFSETS_S[name])))
        return TimeRegression(constant_s, 0.0, none, none)

    fit = RegressionModel(
        {"strike": line(0.0, "strike"), "toe-off": line(0.010, "toe-off"),
         "toe-off, then hidden": line(0.030, "toe-off, then hidden")}, 0.012, 0.017, 0.021,
    )  # fmt: skip
    time_s = np.arange(0, 2, 0.004)
    speeds = np.where((time_s > 1.53) & (time_s < 1.9), np.nan, 0.0)[None]
    foot = FootSpeeds("left", time_s, speeds, np.zeros(len(time_s)))
    coarse = CoarseContacts(np.array([0.5, 1.2]), np.array([0.8, 1.5]), 0.7)
    strike_s, off_s, off_sd_s = regressed_events(foot, coarse, 0.0, fit)
    assert strike_s == pytest.approx([0.5, 1.2])
    assert off_s == pytest.approx([0.810, 1.530])
    assert off_sd_s == pytest.approx([0.017, 0.021])
