"""Marker sets: found by names, points where they belong, and a set of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitlab.core.errors import InputError
from gaitlab.io.truth.markers import hip_centres, marker_set_of, marker_sets, side_view
from gaitlab.io.truth.types import Markers

TIME_S = np.arange(300) / 100
# Where joints are, mm: x forward, y to the left, z up; and how far markers are beside them.
HEIGHT = {"hip": 900.0, "knee": 480.0, "ankle": 90.0, "heel": 40.0, "toe": 35.0}


def joint(side: str, name: str) -> np.ndarray:
    phase = 2 * np.pi * 1.4 * TIME_S + (0 if side == "left" else np.pi)
    swing = {"hip": 0.0, "knee": 150.0, "ankle": 350.0, "heel": 350.0, "toe": 350.0}[name]
    ahead = {"heel": -60.0, "toe": 140.0}.get(name, 0.0)
    y = 90.0 if side == "left" else -90.0
    return np.stack([swing * np.sin(phase) + ahead, np.full(300, y), np.full(300, HEIGHT[name])], axis=1)


def beside(side: str, name: str, out_mm: float) -> np.ndarray:
    return joint(side, name) + [0, out_mm if side == "left" else -out_mm, 0]


def pelvis(front: tuple[str, str], back: tuple[str, ...]) -> dict[str, np.ndarray]:
    places = {front[0]: (80, 120), front[1]: (80, -120)}
    places |= {back[0]: (-80, 0)} if len(back) == 1 else {back[0]: (-80, 45), back[1]: (-80, -45)}
    return {name: np.tile([x, y, 990.0], (300, 1)) for name, (x, y) in places.items()}


def lateral(names: dict[str, str], sides: tuple[str, str] = ("L", "R")) -> dict[str, np.ndarray]:
    return {
        marker.replace("{S}", letter): beside(side, point, 0.0 if point in ("heel", "toe") else 50.0)
        for side, letter in zip(("left", "right"), sides, strict=True)
        for point, marker in names.items()
    }


def medial(names: dict[str, str], sides: tuple[str, str] = ("L", "R")) -> dict[str, np.ndarray]:
    return {
        marker.replace("{S}", letter): beside(side, point, -50.0)
        for side, letter in zip(("left", "right"), sides, strict=True)
        for point, marker in names.items()
    }


PLUG_IN_GAIT = {"knee": "{S}KNE", "ankle": "{S}ANK", "heel": "{S}HEE", "toe": "{S}TOE"}
SETS = {
    "Plug-in Gait": lateral(PLUG_IN_GAIT) | pelvis(("LASI", "RASI"), ("LPSI", "RPSI")),
    "CGM2": lateral(PLUG_IN_GAIT) | medial({"knee": "{S}KNM", "ankle": "{S}MED"})
    | {f"{s}{n}": beside(side, "toe", 0.0) for side, s in (("left", "L"), ("right", "R")) for n in ("FMH", "VMH")}
    | pelvis(("LASI", "RASI"), ("LPSI", "RPSI")),
    "IOR": lateral({"knee": "{S}FLE", "ankle": "{S}FAL", "heel": "{S}FCC", "toe": "{S}FM1"})
    | medial({"knee": "{S}FME", "ankle": "{S}TAM"}) | pelvis(("LIAS", "RIAS"), ("LIPS", "RIPS")),
    "Helen Hayes": lateral({"knee": "{S}.Knee", "ankle": "{S}.Ankle", "heel": "{S}.Heel", "toe": "{S}.Toe"})
    | pelvis(("L.ASIS", "R.ASIS"), ("V.Sacral",)),
    "BMC/RBDS": lateral({"hip": "{S}.GTR", "knee": "{S}.Knee", "ankle": "{S}.Ankle", "heel": "{S}.Heel.Bottom",
                         "toe": "{S}.MT1"}) | medial({"knee": "{S}.Knee.Medial", "ankle": "{S}.Ankle.Medial"}),
    "Theia": {f"{letter}_{segment}_4X4": joint(side, point)
              for side, letter in (("left", "l"), ("right", "r"))
              for segment, point in (("thigh", "hip"), ("shank", "knee"), ("foot", "ankle"), ("toes", "toe"))},
    "OpenCap": lateral({"hip": "{S}HJC_study", "knee": "{S}_knee_study", "ankle": "{S}_ankle_study",
                        "heel": "{S}_calc_study", "toe": "{S}_toe_study"}, ("L", "r"))
    | medial({"knee": "{S}_mknee_study", "ankle": "{S}_mankle_study"}, ("L", "r")),
}  # fmt: skip
SIDEWAYS = {"Plug-in Gait", "Helen Hayes"}  # whose knees and ankles have lateral markers alone


def markers(points: dict[str, np.ndarray], *, prefix: str = "", unit: str = "mm") -> Markers:
    scale = 0.001 if unit == "m" else 1.0
    stacked = np.stack(list(points.values()), axis=1) * scale
    return Markers(tuple(prefix + name for name in points), stacked, TIME_S, unit)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("prefix", "unit"), [("", "mm"), ("Subject 1:", "m")])
def test_sets_are_found_by_their_names(name: str, prefix: str, unit: str) -> None:
    pose, _, found, _ = side_view(markers(SETS[name], prefix=prefix, unit=unit), Path("trial.c3d"), asked=None)
    assert found == name
    for side in ("left", "right"):
        for point in ("knee", "ankle"):
            expected = joint(side, point)[:, [0, 2]] * [1, -1]
            np.testing.assert_allclose(pose.point(f"{side}_{point}"), expected, atol=1e-6)
        assert pose.seen(f"{side}_hip")
        assert pose.seen(f"{side}_big_toe")


def test_every_set_has_a_test() -> None:
    assert {one.name for one in marker_sets().values()} == set(SETS)


def test_a_marker_alone_is_said_to_be_offset() -> None:
    points = {n: p for n, p in SETS["BMC/RBDS"].items() if "Medial" not in n}
    notes = side_view(markers(points), Path("trial.c3d"), asked=None)[3]
    assert any("L.Knee" in note and "offset" in note for note in notes)
    assert not side_view(markers(SETS["BMC/RBDS"]), Path("trial.c3d"), asked=None)[3]


def test_hips_by_harrington_by_hand() -> None:
    """A pelvis 240 mm wide and 160 mm deep: 0.24 · 160 + 9.9 back, 0.30 · 240 + 10.9 down, 0.33 · 240 + 7.3 aside."""
    front = np.array([[80.0, 120.0, 990.0]]), np.array([[80.0, -120.0, 990.0]])
    hips = hip_centres(*front, np.array([[-80.0, 0.0, 990.0]]), unit_mm=1.0)
    np.testing.assert_allclose(hips["left_hip"], [[80 - 48.3, 86.5, 990 - 82.9]])
    np.testing.assert_allclose(hips["right_hip"], [[80 - 48.3, -86.5, 990 - 82.9]])
    metres = hip_centres(*(one / 1000 for one in front), np.array([[-0.08, 0.0, 0.99]]), unit_mm=1000.0)
    np.testing.assert_allclose(metres["left_hip"] * 1000, hips["left_hip"])


def test_names_of_keypoints_are_markers_too() -> None:
    points = lateral({"hip": "{S}Hip", "knee": "{S}Knee", "ankle": "{S}Ankle", "heel": "{S}Heel", "toe": "{S}BigToe"})
    assert side_view(markers(points), Path("trial.trc"), asked=None)[2] == "keypoint names"


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_leg_alone_tells_which_axis_points_up(side: str) -> None:
    points = {n: p for n, p in SETS["BMC/RBDS"].items() if n.startswith(side[0].upper())}
    pose = side_view(markers(points), Path("trial.c3d"), asked=None)[0]
    np.testing.assert_allclose(pose.point(f"{side}_knee"), joint(side, "knee")[:, [0, 2]] * [1, -1], atol=1e-6)


def test_without_hips_nobody_knows_what_points_up() -> None:
    points = {n: p for n, p in SETS["BMC/RBDS"].items() if "GTR" not in n}
    with pytest.raises(InputError, match=r"does not tell which axis points up.*hip"):
        side_view(markers(points), Path("trial.c3d"), asked=None)


def test_of_several_people_one_must_be_named(tmp_path: Path) -> None:
    two = {f"Ada:{n}": p + [0, 0, 100] for n, p in SETS["BMC/RBDS"].items()}
    two |= {f"Bob:{n}": p for n, p in SETS["BMC/RBDS"].items()}
    with pytest.raises(InputError, match=r"of several people \(Ada, Bob\).*'?Ada:\{S\}KNE"):
        side_view(markers(two), Path("trial.c3d"), asked=None)
    path = tmp_path / "bob.toml"
    path.write_text(
        'name = "Bob"\n[points]\nhip = "Bob:{S}.GTR"\nknee = ["Bob:{S}.Knee", "Bob:{S}.Knee.Medial"]\n'
        'ankle = ["Bob:{S}.Ankle", "Bob:{S}.Ankle.Medial"]\n'
    )
    pose = side_view(markers(two), Path("trial.c3d"), asked=marker_set_of(path))[0]
    np.testing.assert_allclose(pose.point("left_knee"), joint("left", "knee")[:, [0, 2]] * [1, -1], atol=1e-6)


def test_strangers_are_refused_with_the_format() -> None:
    with pytest.raises(InputError, match=r"no set that gaitlab knows \(plug-in-gait, .*'A1', 'B2'.*\[points\]"):
        side_view(markers({"A1": joint("left", "hip"), "B2": joint("left", "knee")}), Path("t.c3d"), asked=None)


def test_a_set_without_ankles_is_named() -> None:
    points = {n: p for n, p in SETS["BMC/RBDS"].items() if "Ankle" not in n}
    with pytest.raises(InputError, match="lacks the markers of the ankle of the set BMC/RBDS"):
        side_view(markers(points), Path("trial.c3d"), asked=None)


def test_a_set_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(
        'name = "our lab"\nsides = { left = "li", right = "re" }\n[points]\nhip = "{S}H"\nknee = ["{S}KA", "{S}KI"]\n'
        'ankle = [["{S}FA", "{S}FI"], ["{S}FA"]]\nbig_toe = "{S}Z"\n'
    )
    points = lateral({"hip": "{S}H", "knee": "{S}KA", "ankle": "{S}FA", "toe": "{S}Z"}, ("li", "re"))
    points |= medial({"knee": "{S}KI"}, ("li", "re"))
    own = marker_set_of(path)
    assert own is not None
    pose, _, name, _ = side_view(markers(points), Path("t.c3d"), asked=own)
    assert name == "our lab"
    np.testing.assert_allclose(pose.point("left_knee")[:, 0], joint("left", "knee")[:, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\n', "no field 'points'"),
        ('name = "x"\n[points]\nelbow = "a"\n', "one of the points hip"),
        ('name = "x"\n[points]\nknee = 3\n', "a list"),
        ('name = "x"\n[points]\nknee = "{S}K"\n[pelvis]\nfront = ["A"]\nback = ["B"]\n', "left and the right"),
        ("name = ", "not TOML"),
    ],
)
def test_a_wrong_set_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        marker_set_of(path)


def test_an_unknown_set() -> None:
    with pytest.raises(InputError, match=r"known \(plug-in-gait.*'vicon'"):
        marker_set_of("vicon")
    assert marker_set_of("Plug-in Gait") is marker_sets()["plug-in-gait"]
    assert marker_set_of(None) is None
