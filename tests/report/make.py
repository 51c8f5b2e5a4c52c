"""Session folders of an invented runner whose every number is known, written as a real analysis writes them."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import numpy as np

from gaitlab.core.gait import BOTH_SIDES, Activity, Angles, Contact, GaitEvents, Side
from gaitlab.core.metric import MetricValue, Reference
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import SKELETONS, Skeleton
from gaitlab.io.session.session import Session
from gaitlab.io.session.write import write_data
from gaitlab.metrics import METRICS, asymmetries
from gaitlab.metrics.norms import reference_of

FPS = 50.0
STRIDE_S = 0.7
CONTACT_S = 0.25
WIDTH, HEIGHT = 160, 240
BODY = SKELETONS["body_25"]
NO_FEET = SKELETONS["coco_18"]


def contacts(seconds: float, *, accepted: bool = True) -> tuple[Contact, ...]:
    """Left strikes at 0.1, 0.8, 1.5 … s, right ones half a stride later, contacts of 0.25 s."""
    found = [
        Contact(side, start_s, start_s + CONTACT_S, 0.005, 0.005, accepted, "" if accepted else "a <b>test</b> reason")
        for offset_s, side in ((0.1, "left"), (0.1 + STRIDE_S / 2, "right"))
        for start_s in np.arange(offset_s, seconds - CONTACT_S, STRIDE_S).tolist()
    ]
    return tuple(sorted(found, key=lambda contact: contact.foot_strike_s))


def pose(seconds: float, *, skeleton: Skeleton = BODY) -> PoseSequence:
    """A runner 180 px high who faces right and swings the legs, inside a picture of 160x240 px."""
    time_s = np.arange(round(seconds * FPS)) / FPS
    xy = np.full((len(time_s), len(skeleton), 2), np.nan)
    heights = {"nose": 25, "neck": 50, "shoulder": 52, "mid_hip": 115, "hip": 115, "knee": 155, "ankle": 195}
    heights |= {"heel": 200, "big_toe": 203, "small_toe": 203, "elbow": 80, "wrist": 95, "eye": 22, "ear": 24}
    for name in skeleton.names:
        side, _, part = name.partition("_")
        part, shift = (part, {"left": 0.0, "right": 0.5}[side]) if side in BOTH_SIDES else (name, 0.0)
        swing = np.sin(2 * np.pi * (time_s / STRIDE_S + shift))
        reach = {"knee": 14, "ankle": 26, "heel": 26, "big_toe": 26, "small_toe": 26}.get(part, 0)
        forward = {"big_toe": 14, "small_toe": 13, "heel": -5, "nose": 10}.get(part, 0)
        xy[:, skeleton.index(name)] = np.stack([80 + forward + reach * swing, np.full(len(time_s), heights[part])], 1)
    return PoseSequence(xy, np.full(xy.shape[:2], 0.9), time_s, skeleton)


def rear_angles(sequence: PoseSequence) -> Angles:
    """Rear-view curves: every one 4 + 4 sin of the stride, pelvic drop always 5 degrees."""
    values = {"pelvic_drop_deg": np.full(len(sequence), 5.0)}
    for side in BOTH_SIDES:
        for name in ("rearfoot", "hip_adduction", "knee_projection"):
            values[f"{side}_{name}_deg"] = 4 + 4 * np.sin(2 * np.pi * (sequence.time_s - 0.1) / STRIDE_S)
    return Angles(sequence.time_s, values)


def angles(sequence: PoseSequence) -> Angles:
    """Sines of one stride: hip 20 ± 20, knee 45 ± 45, ankle 5 ± 15 degrees; trunk lean always 8."""
    time_s = sequence.time_s
    values = {"trunk_lean_deg": np.full(len(time_s), 8.0)}
    for side, shift in (("left", 0.0), ("right", 0.5)):
        wave = np.sin(2 * np.pi * ((time_s - 0.1) / STRIDE_S + shift))
        for joint, middle, swing in (("hip", 20, 20), ("knee", 45, 45), ("ankle", 5, 15)):
            there = joint != "ankle" or sequence.skeleton.has_feet
            values[f"{side}_{joint}_flexion_deg"] = middle + swing * wave if there else np.full(len(time_s), np.nan)
        values[f"{side}_foot_deg"] = 10 * wave
    return Angles(time_s, values)


def value(metric: str, side: str, mean: float, *, uncertainty: float = 1.0, **more: Any) -> MetricValue:
    """A summary row of a declared metric (or an unknown one), by a network that is never off unless told."""
    spec = METRICS.get(metric)
    unit = more.pop("unit", spec.unit if spec else "")
    reference = more.pop("reference", reference_at(metric) if spec else None)
    sd = math.nan if math.isnan(mean) else 2.0
    n = 0 if math.isnan(mean) else 10
    more = {"network_error": 0.0, "network_difference": 0.0, **more}
    label = spec.label if spec else metric
    return MetricValue(metric, label, side, n, mean, sd, uncertainty, unit, reference, **more)


def reference_at(metric: str, speed_mps: float | None = 10 / 3.6) -> Reference | None:
    """The range of a declared metric for somebody who runs on a treadmill."""
    published = METRICS[metric].reference
    return reference_of(metric, published, activity="running", setting="treadmill", speed_mps=speed_mps)


def missing(metric: str, reason: str) -> list[MetricValue]:
    """Rows of a metric without values."""
    sides = BOTH_SIDES if METRICS[metric].per_side else ("both",)
    return [value(metric, side, math.nan, uncertainty=math.nan, missing_reason=reason) for side in sides]


def usual_summary() -> list[MetricValue]:
    """Every metric of gait: contact time 0.250 s left and 0.228 s right, ± 8 ms; the others the same on both sides."""
    rows = []
    for name, spec in METRICS.items():
        if spec.movement:
            continue
        for side in BOTH_SIDES if spec.per_side else ("both",):
            plain = 0.1 if spec.unit in ("m", "s") else 10.0
            reference = reference_at(name)
            middle = (reference.low + reference.high) / 2 if reference else plain
            mean = {"contact_time": {"left": 0.250, "right": 0.228}}.get(name, {}).get(side, middle)
            uncertainty = 0.008 if spec.unit in ("m", "s") else 1.0
            rows.append(value(name, side, mean, uncertainty=uncertainty, reference=reference))
    return rows


def make_session(
    folder: Path,
    *,
    seconds: float = 4.0,
    skeleton: Skeleton = BODY,
    summary: list[MetricValue] | None = None,
    accepted: bool = True,
    activity: Activity = "running",
    video: bool = False,
    **info: Any,
) -> Session:
    """Write a session folder. Further arguments replace entries of session.json."""
    folder.mkdir(parents=True, exist_ok=True)
    sequence = pose(seconds, skeleton=skeleton)
    events = GaitEvents(contacts(seconds, accepted=accepted), activity)
    rows = usual_summary() if summary is None else summary
    write_data(
        folder,
        info={**_info(sequence, events, video=video), "asymmetry": told_asymmetry(rows), **info},
        raw=sequence,
        pose=sequence,
        angles=rear_angles(sequence) if info.get("view") == "rear" else angles(sequence),
        events=events,
        summary=rows,
        cycles=[],
    )
    if video:
        make_film(folder / "annotated.mp4", sequence)
    return Session(folder)


def about(**entries: Any) -> dict[str, Any]:
    """Return a whole session.json of the invented runner, with some entries of one's own."""
    sequence = pose(4.0)
    return {**_info(sequence, GaitEvents(contacts(4.0), "running"), video=False), **entries}


def told_asymmetry(rows: list[MetricValue], *, oblique: bool = False) -> list[dict[str, Any]]:
    """What session.json says of the legs' differences, without NaN as JSON has none."""
    found = [asdict(one) for one in asymmetries(rows, METRICS, oblique=oblique)]
    return [{k: None if v != v else v for k, v in one.items()} for one in found]


def _info(sequence: PoseSequence, events: GaitEvents, *, video: bool) -> dict[str, Any]:
    cycles: dict[Side, int] = {s: max(sum(c.accepted for c in events.of(s)) - 1, 0) for s in BOTH_SIDES}
    rejected = sum(not contact.accepted for contact in events.contacts)
    seconds = len(sequence) / FPS
    film = {"name": "run.mp4", "sha256": "0" * 64, "width": WIDTH, "height": HEIGHT, "frames": len(sequence),
            "duration_s": seconds, "fps": FPS, "variable_frame_rate": False, "rotation": 0}  # fmt: skip
    return {
        "schema_version": 1, "gaitlab_version": "0.1.0", "athlete": "Ada", "label": "shoe A",
        "recorded_at": "2025-05-04T10:20:30+00:00", "view": "side", "facing": "right", "activity": events.activity,
        "runner": {"belt_speed_mps": 10 / 3.6, "height_m": 1.78, "mass_kg": 70.0},
        "video": film if video else None, "keypoints": None if video else {"name": "run.json"},
        "fps": FPS, "duration_s": seconds, "model": {"name": "test network"}, "settings": {},
        "calibration": {
            "metres_per_px": 0.004, "source": "belt speed", "check": {"belt speed": 0.004, "body height": 0.0041},
            "belt_speed_mps": 10 / 3.6, "belt_speed_px_per_s": 694.0, "leg_px": 90.0, "tilt_deg": 0.0,
            "tilt_source": "", "facing_agreement": 1.0,
        },
        "quality": {
            "share_of_frames_seen": dict.fromkeys(sequence.skeleton.names, 1.0), "points_below_min_score": 0,
            "swaps_mended": 0, "outliers_dropped": 0, "points_filled": 0, "share_left_open": 0.0,
            "cycles_accepted": cycles, "cycles_rejected": {"a <b>test</b> reason": rejected} if rejected else {},
            "history": [],
        },
        "others_seen": [], "warnings": [],
    }  # fmt: skip


def make_film(path: Path, sequence: PoseSequence) -> Path:
    """Write an H.264 film of the sequence's frames, each a little brighter than the one before."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream("libx264", rate=int(FPS))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"g": "25"}
        for number in range(len(sequence)):
            image = np.full((HEIGHT, WIDTH, 3), 20 + number % 200, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path
