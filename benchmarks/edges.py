"""Heels without tape: does the rearfoot angle of laid-on heel pictures beat what the network's keypoints give?

    python -m benchmarks.edges [--clips 6] [--model runner] [--demo] [--more VIDEO …] [--kept]

Rendered clips from behind (`benchmarks.rendered`, made once), truth beside each. Counted is the first part of a true
contact, while the heel is down, and only frames whose heel line `gaitlab.markers.heel_registration` says
may be used: the same
frames for the network's own four points and for the proxy (ankle to heel against knee to ankle). Further videos need
their truth beside them under the same name (``.npz``). Tape dots on a runner (the demonstration clip, some of the
rendered ones) help whoever compares pictures: such clips flatter. ``--kept`` takes networks' keypoints only where they
are there already.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import in_contact
from benchmarks.rendered import OUT, clip_of, is_kept, keypoints_of
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import Truth, load_truth, true_angles
from gaitlab.core.gait import BOTH_SIDES, Side
from gaitlab.core.pose import FloatArray, PoseSequence
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.video.reader import open_video
from gaitlab.kinematics.frame import forward_up
from gaitlab.kinematics.rear import REARFOOT_LINES, rearfoot_deg
from gaitlab.markers.heel_registration import EdgeCollector, mid_lines
from gaitlab.pose.follow import follow_runner
from gaitlab.pose.networks.estimator import load_estimator
from gaitlab.signal.preprocessing import fix_left_right_swaps
from gaitlab.signal.smoothing import savitzky_golay

_HEEL_DOWN_SHARE = 0.6
_CUTOFF_HZ = 12.0
_AT_CONTACT_S = 0.02
# A contact counts for the excursion where at least this share of its frames (while the heel is down) has a line.
_SHOWN_OF_CONTACT = 0.7
_SOURCES = ("edges", "network points", "proxy")
# The thresholds of gaitlab.markers.heel_registration were chosen on these clips, and on the demonstration clip.
_TUNED_ON = (0, 1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """One side of one clip by one source: (frame,) errors and true values, degrees; of contacts, the errors of the
    excursion, degrees, and of the time of its peak, percent of the contact."""

    name: str
    deg: FloatArray
    true_deg: FloatArray
    excursion_deg: FloatArray
    peak_time: FloatArray
    covered: FloatArray
    frames: int
    line_sd_deg: float


def _keypoints(video: Path, truth: Truth, model: str, *, kept: bool) -> PoseSequence | None:
    """Return a network's keypoints; those of clips from elsewhere are kept beside the rendered ones."""
    if video.parent == OUT:
        return keypoints_of(video, truth, model) if not kept or is_kept(video, model) else None
    cache = OUT.parent / "edges" / f"{video.stem}-{model}.npz"
    if not cache.is_file():
        if kept:
            return None
        with open_video(video) as opened:
            pose = follow_runner(opened.frames(), load_estimator(model)).pose
        if pose is None:
            return None
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            cache, xy=pose.xy, score=pose.score, time_s=pose.time_s, skeleton=np.array(pose.skeleton.name)
        )
    with np.load(cache, allow_pickle=False) as data:
        return PoseSequence(data["xy"], data["score"], data["time_s"], SKELETONS[str(data["skeleton"])])


def _angle(points: dict[str, FloatArray], side: Side, source: str) -> FloatArray:
    """Return the (frame,) rearfoot angle from points in px."""
    heel, shank = REARFOOT_LINES[source]
    lines = [
        tuple(forward_up(points[f"{side}_{name}"], forward=1, tilt_deg=0.0) for name in line) for line in (heel, shank)
    ]
    return rearfoot_deg((lines[0][0], lines[0][1]), (lines[1][0], lines[1][1]), side=side)


def _excursions(truth: Truth, side: Side, found: FloatArray, true: FloatArray) -> FloatArray:
    """Return (contact, 2) found minus true of the contacts that are seen enough: of peak minus value at contact, and of
    the peak's time in percent of the contact."""
    errors = []
    for contact in truth.contacts:
        end_s = contact.foot_strike_s + _HEEL_DOWN_SHARE * contact.duration_s
        down = (truth.time_s >= contact.foot_strike_s) & (truth.time_s <= end_s)
        shown = down & np.isfinite(found)
        if contact.side != side or not shown.any() or shown.sum() < _SHOWN_OF_CONTACT * down.sum():
            continue
        first = np.flatnonzero(shown)[0]
        if truth.time_s[first] - contact.foot_strike_s > _AT_CONTACT_S:
            continue
        late_s = truth.time_s[shown][np.argmax(found[shown])] - truth.time_s[shown][np.argmax(true[shown])]
        excursion = (found[shown].max() - found[first]) - (true[shown].max() - true[first])
        errors.append((float(excursion), 100 * float(late_s) / contact.duration_s))
    return np.array(errors).reshape(-1, 2)


def measure(video: Path, truth: Truth, raw: PoseSequence) -> dict[str, list[Errors]]:
    """Return the errors of a clip: source to one entry a side."""
    collector = EdgeCollector(raw.skeleton)
    with open_video(video) as opened:
        for frame, xy in zip(opened.frames(), raw.xy, strict=False):
            collector.see(frame.image, xy)
    for _ in range(len(raw) - len(collector.seen)):
        collector.miss()
    edges = mid_lines(raw, collector.seen)
    pose = fix_left_right_swaps(raw)
    network = {name: pose.point(name) for name in pose.skeleton.names}
    results: dict[str, list[Errors]] = {source: [] for source in _SOURCES}
    expected = true_angles(truth).values_deg
    for side in BOTH_SIDES:
        true = in_contact(truth, side, expected[f"{side}_rearfoot_deg"], share=_HEEL_DOWN_SHARE)
        own = _angle(dict(edges.points), side, "four points")
        for source in _SOURCES:
            names = [f"{side}_{point}" for line in REARFOOT_LINES.get(source, ()) for point in line]
            if any(name not in network for name in names):
                continue
            angle = own if source == "edges" else _angle(network, side, source)
            angle = savitzky_golay(angle[:, None], raw.time_s, cutoff_hz=_CUTOFF_HZ)[:, 0]
            error = np.where(np.isfinite(own), angle - true, np.nan)
            shown = np.isfinite(error)
            error_deg = error[shown]
            sd = np.asarray(edges.sd_deg[side])[shown]
            covered = np.abs(error_deg - error_deg.mean()) < 2 * sd if len(error_deg) else np.empty(0)
            excursion = _excursions(truth, side, np.where(shown, angle, np.nan), true)
            results[source].append(
                Errors(
                    f"{video.stem} {side}", error_deg, true[shown], excursion[:, 0], excursion[:, 1], covered,
                    int(np.isfinite(true).sum()), edges.line_sd_deg[side],
                )
            )  # fmt: skip
    return results


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(values**2))) if len(values) else float("nan")


def line(e: Errors) -> str:
    """Return one side of one clip in figures."""
    if not len(e.deg):
        return f"{e.name:22s}  no frame usable of {e.frames}"
    spread = e.excursion_deg
    mean = float(spread.mean()) if len(spread) else float("nan")
    return (
        f"{e.name:22s} {100 * len(e.deg) / e.frames:4.0f} % raw {_rms(e.deg):5.1f} bias {e.deg.mean():+6.1f} "
        f"offset removed {np.std(e.deg):4.1f} (true sd {np.std(e.true_deg):3.1f}) "
        f"excursion {mean:+5.1f} rms {_rms(spread):4.1f} n {len(spread)}"
    )


def summary(errors: list[Errors]) -> str:
    """Return all sides together, each with its own offset removed."""
    some = [e for e in errors if len(e.deg) > 1]
    if not some:
        return "no frame usable"
    every = np.concatenate([e.deg for e in some])
    centred = np.concatenate([e.deg - e.deg.mean() for e in some])
    true = np.concatenate([e.true_deg - e.true_deg.mean() for e in some])
    excursion, late = (np.concatenate([getattr(e, n) for e in some]) for n in ("excursion_deg", "peak_time"))
    return (
        f"{100 * len(every) / sum(e.frames for e in errors):.0f} % of frames; raw {_rms(every):.1f}, "
        f"offset removed {_rms(centred):.1f} (median size {np.median(np.abs(centred)):.1f}), a constant "
        f"{_rms(true):.1f}; spread of sides' bias {np.std([e.deg.mean() for e in some]):.1f}; excursion "
        f"{excursion.mean() if len(excursion) else float('nan'):+.1f} rms {_rms(excursion):.1f} n {len(excursion)}; "
        f"time of the peak rms {_rms(late):.1f} %"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--model", default="runner")
    parser.add_argument("--demo", action="store_true", help="the demonstration clip too (with tape dots)")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="further clips, their truth beside them")
    parser.add_argument("--kept", action="store_true", help="only the keypoints that are there already")
    options = parser.parse_args()
    clips = [(clip_of("rear", seed, seconds=options.seconds), seed in _TUNED_ON) for seed in range(options.clips)]
    truths = [video.with_suffix(".npz") for video, _ in clips]
    if options.demo:
        video, beside = demo_clip("rear")
        clips.append((video, True))
        truths.append(beside)
    clips += [(video, False) for video in options.more]
    truths += [video.with_suffix(".npz") for video in options.more]
    groups: dict[str, dict[str, list[Errors]]] = {
        name: {source: [] for source in _SOURCES} for name in ("tuned on", "left out", "left out, further videos")
    }
    for number, ((video, tuned), beside) in enumerate(zip(clips, truths, strict=True)):
        truth = load_truth(beside)
        raw = _keypoints(video, truth, options.model, kept=options.kept)
        if raw is None:
            print(f"{video.stem}: no keypoints")
            continue
        group = "tuned on" if tuned else "left out" if number < options.clips else "left out, further videos"
        for source, found in measure(video, truth, raw).items():
            groups[group][source] += found
            for errors in found:
                extra = f"  line sd {errors.line_sd_deg:.1f}" if source == "edges" else ""
                print(f"{source:15s}{line(errors)}{extra}", flush=True)
    for group, sources in groups.items():
        if any(sources.values()):
            print(f"\n{group}:")
            for source, found in sources.items():
                print(f"  {source:15s}{summary(found)}")
            covered = np.concatenate([e.covered for e in sources["edges"]])
            if len(covered):
                print(f"  own error covers the truth (2 sd): {100 * covered.mean():.0f} % of {len(covered)} frames")


if __name__ == "__main__":
    main()
