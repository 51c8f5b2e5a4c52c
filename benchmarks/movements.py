"""Jumps, squats, chair and cycling against exact truth, through `gaitlab.analyze` as a user has it.

    python -m benchmarks.movements [--points 8] [--view front] [--noise 1.5] [--fps 60]
                                                                            keypoints with noise: what is lost
                                                                            without a network's errors
    python -m benchmarks.movements --pictures [--model NAME] [--only TEXT]  rendered clips (needs ``.[synthetic]``)
    python -m benchmarks.movements --render [--only TEXT]                   only render them

``--write`` puts the table into docs/accuracy.md: of the keypoints, or of the clips by a network that is named there.

Prints, of every quantity, how many values there are, their mean error, its spread, the largest, and what is asked for.
Clips lie in ``benchmarks/out/movements``, each rendered once.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import gaitlab
from benchmarks.end_to_end import write_tables
from benchmarks.movement_clips import CLIPS, OUT, clip_of
from gaitlab.core.errors import GaitlabError
from gaitlab.core.pose import FloatArray, PoseSequence
from tools.synthetic.movements.points import WAY_SHARES, View, film_points

_DOC = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
Truth = dict[str, np.ndarray]
# What `gaitlab.analyze` calls them, and the time of which every true repetition has one that a found one must hold.
_CALLED = {
    "countermovement_jump": "jump", "squat_jump": "jump", "drop_jump": "jump", "squat": "squat",
    "sit_to_stand": "sit-to-stand", "cycling": "cycling", "arm_raise": "any", "lunge": "any",
}  # fmt: skip
_KEYS = {
    "jump": "top_s",
    "squat": "deepest_s",
    "sit-to-stand": "stand_s",
    "any": "deepest_s",
}
# A found repetition may begin or end so much later or earlier than it should, and still hold the true one.
_SLACK_S = 0.15
# Whose value it is: of nobody's leg alone, of the leg next to the camera, of the one behind it.
LEGS = ("", "near", "far")


@dataclass(frozen=True, slots=True)
class Row:
    """A quantity that is looked at.

    Attributes:
        movement, metric: as `gaitlab.analyze` has them; metric is the name in cycles.csv.
        truth: the truth of a clip and a side to (repetition,) values.
        factor, unit: of the error that is printed; factor 0: percent of the true value.
        bar: the largest mean error that is asked for, in that unit; None where none is.
    """

    movement: str
    metric: str
    label: str
    truth: Callable[[Truth, str], FloatArray]
    factor: float
    unit: str
    bar: float | None = None


def _angle(instant: str, name: str, sign: float = 1.0) -> Callable[[Truth, str], FloatArray]:
    def of(truth: Truth, side: str) -> FloatArray:
        column = list(truth["angle_names"]).index(name.format(side=side))
        return sign * truth[f"{instant}_angles_deg".format(side=side)][:, column]

    return of


def _said(name: str) -> Callable[[Truth, str], FloatArray]:
    return lambda truth, side: truth.get(name, np.zeros(0))


def _way(first: tuple[str, float], last: tuple[str, float]) -> Callable[[Truth, str], FloatArray]:
    """Return the time between two shares of the hips' way."""

    def at(truth: Truth, one: tuple[str, float]) -> FloatArray:
        return truth[f"{one[0]}_at_s"][:, WAY_SHARES.index(one[1])]

    return lambda truth, side: at(truth, last) - at(truth, first)


def _heel_lift_m(truth: Truth, side: str) -> FloatArray:
    names = list(truth["names"])
    height = [truth["points_m"][:, names.index(f"{side}_{point}"), 1] for point in ("heel", "big_toe")]
    return np.interp(truth["deepest_s"], truth["time_s"], height[0] - height[1]) - (height[0] - height[1])[0]


def _rate(truth: Truth, side: str) -> FloatArray:
    return np.repeat(60 / truth["period_s"], len(truth["start_s"]))


def _five_times(truth: Truth, side: str) -> FloatArray:
    return np.repeat(truth["up_at_s"][4, -1] - truth["up_at_s"][0, 0], len(truth["up_at_s"]))


def _turns_a_minute(truth: Truth, side: str) -> FloatArray:
    """Return the rate of the turn, from top to top, that each bottom lies in; NaN where the clip cuts it."""
    tops, bottoms = (truth[f"{which}_{end}_s"] for which, end in _TOPS[side])
    return np.array([60 / _turn_s(tops, bottom_s) for bottom_s in bottoms])


def _turn(tops: FloatArray, bottom_s: float) -> tuple[float, float]:
    """Return the tops about a bottom, s; NaN where the clip cuts the turn."""
    after = int(np.searchsorted(tops, bottom_s))
    return (float(tops[after - 1]), float(tops[after])) if 0 < after < len(tops) else (float("nan"), float("nan"))


def _turn_s(tops: FloatArray, bottom_s: float) -> float:
    first_s, last_s = _turn(tops, bottom_s)
    return last_s - first_s


def _range(name: str) -> Callable[[Truth, str], FloatArray]:
    """Return by how much an angle goes to and fro in every repetition."""

    def of(truth: Truth, side: str) -> FloatArray:
        curve = truth["angles_deg"][:, list(truth["angle_names"]).index(name.format(side=side))]
        spans = zip(truth["start_s"], truth["end_s"], strict=True)
        return np.array([np.ptp(curve[(truth["time_s"] >= a) & (truth["time_s"] <= b)]) for a, b in spans])

    return of


def _rise(low: str, high: str) -> Callable[[Truth, str], FloatArray]:
    """Return how far the hips go up from one instant of every repetition to another, m."""

    def of(truth: Truth, side: str) -> FloatArray:
        hips_m = truth["points_m"][:, list(truth["names"]).index("mid_hip"), 1]
        return np.interp(truth[high], truth["time_s"], hips_m) - np.interp(truth[low], truth["time_s"], hips_m)

    return of


def _rising_lean(truth: Truth, side: str) -> FloatArray:
    lean = truth["angles_deg"][:, list(truth["angle_names"]).index("trunk_lean_deg")]
    spans = zip(truth["start_s"] - 0.5, truth["stand_s"], strict=True)
    return np.array([lean[(truth["time_s"] >= a) & (truth["time_s"] <= b)].max() for a, b in spans])


def _in_a_turn(name: str, of: Callable[[FloatArray], float]) -> Callable[[Truth, str], FloatArray]:
    """Return something of an angle in the turn, from top to top, that each bottom lies in; NaN where it is cut."""

    def values(truth: Truth, side: str) -> FloatArray:
        # What is nobody's leg alone is counted by the right crank.
        whose = "right" if side == "both" else side
        tops, bottoms = (truth[f"{which}_{end}_s"] for which, end in _TOPS[whose])
        curve = truth["angles_deg"][:, list(truth["angle_names"]).index(name.format(side=whose))]
        found = np.full(len(bottoms), np.nan)
        for k, bottom_s in enumerate(bottoms):
            first_s, last_s = _turn(tops, bottom_s)
            if np.isfinite(first_s):
                found[k] = of(curve[(truth["time_s"] >= first_s) & (truth["time_s"] <= last_s)])
        return found

    return values


# A crank is on top when the other is at its lowest: the true tops and bottoms of a foot.
_TOPS = {"right": (("right", "top"), ("right", "bottom")), "left": (("right", "bottom"), ("left", "bottom"))}
_SEATED, _BOTTOM = (_angle(instant, "{side}_knee_flexion_deg") for instant in ("seat_off", "{side}_bottom"))
_DEPTH = _angle("deepest", "{side}_thigh_over_horizontal_deg")
ROWS = (
    Row("jump", "jump_height", "jump height (g t² / 8)", _said("jump_height_m"), 100, "cm", 1.5),
    Row("jump", "jump_flight_time", "flight time", _said("flight_s"), 1000, "ms"),
    Row("jump", "jump_hip_rise", "rise of the hips from take-off", _said("hip_rise_m"), 100, "cm"),
    Row("jump", "jump_contact_time", "contact time of drop jumps", _said("contact_time_s"), 1000, "ms"),
    Row("jump", "reactive_strength_index", "reactive strength index, m/s", _said("reactive_strength_index"), 1, ""),
    Row("jump", "jump_knee_flexion", "knee at the deepest", _angle("deepest", "{side}_knee_flexion_deg"), 1, "°"),
    Row("jump", "jump_hip_flexion", "hip at the deepest", _angle("deepest", "{side}_hip_flexion_deg"), 1, "°"),
    Row("jump", "jump_landing_knee_flexion", "knee at landing", _angle("landing", "{side}_knee_flexion_deg"), 1, "°"),
    Row("jump", "jump_landing_knee_peak", "knee after landing", _angle("lowest", "{side}_knee_flexion_deg"), 1, "°"),
    Row("jump", "jump_dorsiflexion", "ankle at the deepest", _angle("deepest", "{side}_ankle_flexion_deg"), 1, "°"),
    Row("jump", "jump_landing_hip_flexion", "hip at landing", _angle("landing", "{side}_hip_flexion_deg"), 1, "°"),
    Row("jump", "jump_landing_dorsiflexion", "ankle at landing",
        _angle("landing", "{side}_ankle_flexion_deg"), 1, "°"),
    Row("jump", "jump_landing_knee_projection", "knees inwards after landing",
        _angle("lowest", "{side}_knee_projection_deg"), 1, "°"),
    Row("squat", "squat_depth", "thigh to horizontal", _DEPTH, 1, "°", 4),
    Row("squat", "squat_knee_flexion", "knee at the deepest", _angle("deepest", "{side}_knee_flexion_deg"), 1, "°", 4),
    Row("squat", "squat_hip_flexion", "hip at the deepest", _angle("deepest", "{side}_hip_flexion_deg"), 1, "°"),
    Row("squat", "squat_dorsiflexion", "ankle at the deepest", _angle("deepest", "{side}_ankle_flexion_deg"), 1, "°"),
    Row("squat", "squat_hip_drop", "fall of the hips", _rise("deepest_s", "start_s"), 100, "cm"),
    Row("squat", "squat_trunk_lean", "trunk lean", _angle("deepest", "trunk_lean_deg"), 1, "°"),
    Row("squat", "squat_knee_projection", "knees inwards", _angle("deepest", "{side}_knee_projection_deg"), 1, "°"),
    Row("squat", "squat_hip_shift", "shift of the hips", _said("hip_shift_m"), 100, "cm"),
    Row("squat", "squat_heel_lift", "heel lift", _heel_lift_m, 100, "cm"),
    Row("squat", "squat_time", "time of a squat", _way(("down", 0.05), ("up", 0.95)), 1000, "ms"),
    Row("squat", "squat_down_time", "time down", _way(("down", 0.05), ("down", 0.9)), 1000, "ms"),
    Row("squat", "squat_hold_time", "time at the bottom", _way(("down", 0.9), ("up", 0.1)), 1000, "ms"),
    Row("squat", "squat_up_time", "time up", _way(("up", 0.1), ("up", 0.95)), 1000, "ms"),
    Row("sit-to-stand", "stand_up_time", "time up", _way(("up", 0.05), ("up", 0.95)), 1000, "ms"),
    Row("sit-to-stand", "standing_time", "time standing", _way(("up", 0.95), ("down", 0.05)), 1000, "ms"),
    Row("sit-to-stand", "sit_down_time", "time down", _way(("down", 0.05), ("down", 0.95)), 1000, "ms"),
    Row("sit-to-stand", "five_times_sit_to_stand", "five times", _five_times, 0, "%"),
    Row("sit-to-stand", "seated_knee_flexion", "knee on the chair", _SEATED, 1, "°"),
    Row("sit-to-stand", "stand_up_trunk_lean", "trunk lean, rising", _rising_lean, 1, "°"),
    Row("sit-to-stand", "stand_up_hip_rise", "rise of the hips", _rise("start_s", "stand_s"), 100, "cm"),
    Row("cycling", "crank_cadence", "crank cadence, turn by turn", _turns_a_minute, 0, "%", 0.5),
    Row("cycling", "knee_at_bottom", "knee at bottom dead centre", _BOTTOM, 1, "°", 4),
    Row("cycling", "cycling_peak_knee_flexion", "knee, largest", _in_a_turn("{side}_knee_flexion_deg", np.max), 1, "°"),
    Row("cycling", "cycling_knee_range", "range of the knee", _in_a_turn("{side}_knee_flexion_deg", np.ptp), 1, "°"),
    Row("cycling", "cycling_hip_flexion", "hip, largest", _in_a_turn("{side}_hip_flexion_deg", np.max), 1, "°"),
    Row("cycling", "cycling_hip_range", "range of the hip", _in_a_turn("{side}_hip_flexion_deg", np.ptp), 1, "°"),
    Row("cycling", "cycling_ankle_range", "range of the ankle", _in_a_turn("{side}_ankle_flexion_deg", np.ptp), 1, "°"),
    Row("cycling", "cycling_trunk_lean", "trunk lean, mean", _in_a_turn("trunk_lean_deg", np.mean), 1, "°"),
    Row("any", "repetition_rate", "repetitions a minute", _rate, 0, "%"),
    Row("any", "range_knee", "range of the knee", _range("{side}_knee_flexion_deg"), 1, "°"),
    Row("any", "range_hip", "range of the hip", _range("{side}_hip_flexion_deg"), 1, "°"),
)  # fmt: skip
# Moments of repetitions.csv and the truth of their times, errors in ms.
MOMENTS = tuple(
    Row(movement, moment, label, _said(name), 1000, "ms")
    for movement, moment, label, name in (
        ("jump", "take_off", "take-off", "take_off_s"), ("jump", "landing", "landing", "landing_s"),
    )
)  # fmt: skip


@dataclass(slots=True)
class Errors:
    """What was found of one movement: repetitions, and such as are none, and what failed.

    ``of`` has by row and leg the values that were found, each with the true one, in the metric's unit.
    """

    true: int = 0
    found: int = 0
    wrong: int = 0
    of: dict[tuple[Row, str], list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)


def write_points(pose: PoseSequence, path: Path) -> None:
    """Write keypoints as a file that `gaitlab.analyze` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["frame", "time_s", "keypoint", "x_px", "y_px", "score"])
        for frame, time_s in enumerate(pose.time_s):
            for name, (x, y), score in zip(pose.skeleton.names, pose.xy[frame], pose.score[frame], strict=True):
                rows.writerow([frame, f"{time_s:.5f}", name, f"{x:.3f}", f"{y:.3f}", f"{score:.2f}"])


def of_points(
    count: int, *, view: View, noise_px: float, fps: float, only: str
) -> Iterator[tuple[str, Truth, dict[str, object]]]:
    """Yield (kind, truth, arguments of `gaitlab.analyze`) of movements that are keypoints alone, by seed."""
    OUT.mkdir(parents=True, exist_ok=True)
    for kind in (kind for kind in _CALLED if only in kind):
        for seed in range(count):
            pose, truth = film_points(
                kind, view=view, fps=fps, seed=seed, noise_px=noise_px, width_px=1280, height_px=720
            )  # fmt: skip
            write_points(pose, OUT / "points.csv")
            yield kind, truth, {"keypoints": OUT / "points.csv", "view": view}


def of_pictures(*, model: str, only: str) -> Iterator[tuple[str, Truth, dict[str, object]]]:
    """Yield (kind, truth, arguments of `gaitlab.analyze`) of the rendered clips."""
    for name, take in CLIPS.items():
        if only not in name:
            continue
        video, truth = clip_of(name, take)
        view = "front" if take.view == "front" else "side"
        yield take.kind, truth, {"video": video, "view": view, "model": model, "settings": {"video.annotate": False}}


def held(errors: Errors, movement: str, truth: Truth, session: gaitlab.Session, folder: Path) -> None:
    """Add what a session in a folder says of the repetitions it found, those that hold a true one."""
    moments = moments_of(folder / "repetitions.csv")
    of_true = {}
    for side in ("left", "right") if movement == "cycling" else ("both",):
        key_s = true_times(truth, movement, side)
        errors.true += int(np.isfinite(key_s).sum())
        for (whose, number), times in moments.items():
            inside = np.flatnonzero((key_s > min(times.values()) - _SLACK_S) & (key_s < max(times.values()) + _SLACK_S))
            if whose == side and len(inside) == 1:
                of_true[side, number] = int(inside[0])
        errors.found += len({index for (whose, _), index in of_true.items() if whose == side})
    errors.wrong += len(moments) - len(of_true)
    for row in (row for row in ROWS if row.movement == movement):
        values = session.cycles[session.cycles["metric"] == row.metric]
        for side, number, value in zip(values["side"], values["cycle"], values["value"], strict=True):
            index = of_true.get((side, number), of_true.get(("both", number)))
            true = row.truth(truth, side)
            if index is not None and index < len(true) and np.isfinite(value - true[index]):
                errors.of[row, whose_leg(truth, side)].append((float(value), float(true[index])))
    for row in (row for row in MOMENTS if row.movement == movement):
        for key, index in of_true.items():
            if row.metric in moments[key]:
                errors.of[row, ""].append((moments[key][row.metric], float(row.truth(truth, "")[index])))


def whose_leg(truth: Truth, side: str) -> str:
    """Return ``near`` or ``far`` of a side that a camera at the side sees so, else nothing."""
    seen_from = str(truth["seen_from"])
    if side == "both" or seen_from not in ("left", "right"):
        return ""
    return "near" if side == seen_from else "far"


def true_times(truth: Truth, movement: str, side: str) -> FloatArray:
    """Return a time of every true repetition, s, that a found one must hold; NaN of turns that the clip cuts."""
    if movement != "cycling":
        return truth[_KEYS[movement]]
    tops, bottoms = (truth[f"{which}_{end}_s"] for which, end in _TOPS[side])
    return np.array([bottom_s if np.isfinite(_turn_s(tops, bottom_s)) else np.nan for bottom_s in bottoms])


def moments_of(path: Path) -> dict[tuple[str, int], dict[str, float]]:
    """Return (side, number) to the moments and their times, s, of the accepted repetitions of a session."""
    moments: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["accepted"] == "true" and row["time_s"]:
                    moments[row["side"], int(row["repetition"])][row["moment"]] = float(row["time_s"])
    return moments


def table_of(found: dict[str, Errors]) -> str:
    """Return the Markdown table of what was found."""
    lines = [
        "| movement | quantity | values | mean error | spread | largest | asked for |",
        "|---|---|---|---|---|---|---|",
    ]
    for movement, errors in found.items():
        counts = f"{errors.true} | {errors.found} found, {errors.wrong} wrong"
        lines.append(f"| {movement} | repetitions | {counts} | | | all |")
        for row in (row for row in (*ROWS, *MOMENTS) if row.movement == movement):
            lines += [_line(row, which, errors.of[row, which]) for which in LEGS if (row, which) in errors.of]
    return "\n".join(lines)


def _line(row: Row, which: str, pairs: list[tuple[float, float]]) -> str:
    found, true = np.array(pairs).T
    values = (found - true) * row.factor if row.factor else 100 * (found / true - 1)
    asked = "" if row.bar is None else f"≤ {row.bar:g} {row.unit}"
    largest = values[np.argmax(np.abs(values))]
    what = ", ".join(part for part in (row.label, f"{which} leg" if which else "", row.unit) if part)
    numbers = f"{len(values)} | {np.mean(values):+.2f} | {np.std(values):.2f} | {largest:+.2f}"
    return f"| {row.movement} | {what} | {numbers} | {asked} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=8, help="people a movement")
    parser.add_argument("--view", choices=("side", "front"), default="side")
    parser.add_argument("--noise", type=float, default=1.5, help="px")
    parser.add_argument("--fps", type=float, default=60.0)
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--render", action="store_true")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--write", action="store_true", help=f"put the table into {_DOC.name}")
    parser.add_argument("--only", default="", help="part of a clip's, or of a movement's name")
    options = parser.parse_args()
    if options.render:
        for name, take in (one for one in CLIPS.items() if options.only in one[0]):
            clip_of(name, take)
        return
    recordings = of_pictures(model=options.model, only=options.only) if options.pictures else of_points(
        options.points, view=options.view, noise_px=options.noise, fps=options.fps, only=options.only
    )  # fmt: skip
    found: dict[str, Errors] = defaultdict(Errors)
    for kind, truth, arguments in recordings:
        movement = _CALLED[kind]
        errors = found[movement]
        try:
            session = gaitlab.analyze(
                movement=movement, height_m=float(truth["height_m"]), output=OUT / "session", force=True, **arguments
            )
        except GaitlabError as error:
            errors.true += int(truth["repetitions"])
            errors.failed.append(f"{kind}: {error}")
            continue
        held(errors, movement, truth, session, OUT / "session")
    table = table_of(found)
    print(table)
    if options.write:
        write_tables(_DOC, {f"movements: {options.model if options.pictures else options.view}": table})
    for line in (line for errors in found.values() for line in errors.failed):
        print(line)


if __name__ == "__main__":
    main()
