"""From video to numbers against known truth: rendered runners of all kinds, analysed as any video is.

    python -m benchmarks.end_to_end [--clips 12] [--seconds 6] [--models NAME …]

Every clip is drawn by its seed (body, clothes, style, camera, light), rendered once into benchmarks/out and analysed
with the true belt speed and body height. An analysis is kept beside its clip; ``--again`` repeats it. Rendering needs
``pip install .[synthetic]``.
"""

from __future__ import annotations

import argparse
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gaitlab import GaitlabError, Session, analyze, open_session
from gaitlab.core.gait import BOTH_SIDES
from gaitlab.truth import (
    Truth,
    angle_error,
    load_truth,
    metric_errors,
    near_leg,
    timing_errors,
    true_angles,
    true_metrics,
)

_OUT = Path(__file__).resolve().parent / "out" / "end_to_end"
_MODELS = ("runner-baseline", "openpose-light", "openpose-light+blazepose")
_WIDTH_PX, _HEIGHT_PX = 360, 448
# What the table shows of the summary: metric, label, unit, factor.
_METRICS = (
    ("cadence", "cadence", "%", 0.0),
    ("contact_time", "contact time, mean", "ms", 1000.0),
    ("step_length", "step length", "%", 0.0),
    ("vertical_oscillation", "vertical oscillation", "cm", 100.0),
    ("overstride", "overstride", "cm", 100.0),
    ("trunk_lean", "trunk lean", "deg", 1.0),
    ("foot_strike_angle", "foot strike angle", "deg", 1.0),
    ("shank_angle_at_contact", "shank angle at contact", "deg", 1.0),
    ("knee_flexion_at_contact", "knee flexion at contact", "deg", 1.0),
    ("peak_knee_flexion_stance", "peak knee flexion, stance", "deg", 1.0),
    ("peak_knee_flexion_swing", "peak knee flexion, swing", "deg", 1.0),
    ("peak_dorsiflexion", "peak dorsiflexion", "deg", 1.0),
)
_CURVES = ("hip_flexion", "knee_flexion", "ankle_flexion", "shank", "foot")
Errors = dict[tuple[str, str], list[float]]


def clip_of(seed: int, *, seconds: float) -> Path:
    """Return the clip of a seed, rendered if it is not there yet; its truth lies beside it."""
    video = _OUT / f"clip-{seed:02d}-{seconds:g}s.mp4"
    if not video.with_suffix(".npz").is_file():
        from tools.synthetic.clips import random_clip
        from tools.synthetic.film import render

        video.parent.mkdir(parents=True, exist_ok=True)
        clip = random_clip(seed, duration_s=seconds, width_px=_WIDTH_PX, height_px=_HEIGHT_PX)
        render(clip, video, video.with_suffix(".npz"), preset="veryfast")
    return video


def session_of(video: Path, truth: Truth, model: str, *, again: bool) -> Session | None:
    """Return the analysis of a clip by a network; None where no runner was found."""
    folder = _OUT / f"{video.stem}-{model}"
    if again and folder.is_dir():
        shutil.rmtree(folder)
    if folder.is_dir():
        return open_session(folder)
    try:
        return analyze(
            video,
            model=model,
            belt_speed_mps=truth.belt_speed_mps,
            height_m=truth.height_m,
            settings={"video.annotate": False},
            output=folder,
        )
    except GaitlabError as error:
        print(f"{video.stem} {model}: {error}")
        return None


def add_errors(errors: Errors, session: Session, truth: Truth) -> None:
    """Add one clip's errors under (quantity, leg)."""
    near = near_leg(truth)
    found = metric_errors(true_metrics(truth), session.rows("summary"))
    curves = session.rows("angles")
    time_s = np.array([float(row["time_s"]) for row in curves])
    angles = true_angles(truth)
    for side in BOTH_SIDES:
        leg = "near" if side == near else "far"
        timing = timing_errors(truth, session.gait_events, side)
        errors["foot strike, each, ms", leg] += (1000 * timing.foot_strike_s).tolist()
        errors["toe-off, each, ms", leg] += (1000 * timing.toe_off_s).tolist()
        errors["contact time, each, ms", leg] += (1000 * timing.contact_s).tolist()
        errors["contacts missed, %", leg].append(100 * timing.missed / max(timing.missed + len(timing.toe_off_s), 1))
        for curve in _CURVES:
            values = np.array([float(row[f"{side}_{curve}_deg"] or "nan") for row in curves])
            error = angle_error(angles, time_s, values, f"{side}_{curve}_deg")
            if np.isfinite(error.raw_deg):
                errors[f"{curve} curve, raw, deg", leg].append(error.raw_deg)
                errors[f"{curve} curve, offset removed, deg", leg].append(error.offset_removed_deg)
        for metric, label, unit, factor in _METRICS:
            for key in ((metric, side), (metric, "both")):
                if key in found:
                    got, true = found[key]
                    errors[f"{label}, {unit}", leg].append((got - true) * factor if factor else 100 * (got / true - 1))


def cell(name: str, values: list[float]) -> str:
    """Return what a table says of errors: curves and misses their mean, others mean absolute error and bias."""
    if not values:
        return "-"
    e = np.asarray(values)
    if "curve" in name or "missed" in name:
        return f"{e.mean():.1f}"
    return f"{np.abs(e).mean():.1f} ({e.mean():+.1f})"


def table(results: dict[str, Errors], models: Iterable[str]) -> str:
    """Return the errors as a Markdown table, near and far leg of every network."""
    names = list(dict.fromkeys(name for errors in results.values() for name, _ in errors))
    lines = ["| error | " + " | ".join(f"{m}, {leg}" for m in models for leg in ("near", "far")) + " |"]
    lines.append("|---" * (1 + 2 * len(list(models))) + "|")
    for name in names:
        cells = [cell(name, results[m].get((name, leg), [])) for m in models for leg in ("near", "far")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--models", nargs="+", default=list(_MODELS))
    parser.add_argument("--again", action="store_true", help="analyse anew what was analysed before")
    options = parser.parse_args()
    results: dict[str, Errors] = {model: defaultdict(list) for model in options.models}
    used = dict.fromkeys(options.models, 0)
    for seed in range(options.clips):
        video = clip_of(seed, seconds=options.seconds)
        truth = load_truth(video.with_suffix(".npz"))
        for model in options.models:
            session = session_of(video, truth, model, again=options.again)
            if session is not None:
                add_errors(results[model], session, truth)
                used[model] += 1
    counts = ", ".join(f"{model} {count}" for model, count in used.items())
    print(f"clips analysed, of {options.clips}: {counts}\n")
    print(table(results, options.models))


if __name__ == "__main__":
    main()
