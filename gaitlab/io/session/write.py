"""Writing of the data files of a session folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gaitlab.core.gait import Angles, GaitEvents, Repetition
from gaitlab.core.metric import MetricValue
from gaitlab.core.pose import PoseSequence
from gaitlab.core.text import whole_characters
from gaitlab.io.session.contents import REPETITIONS
from gaitlab.io.session.tables import write_columns, write_table
from gaitlab.metrics import METRICS, CycleValue, variation_percent

SUMMARY_COLUMNS = (
    "metric", "label", "side", "n", "mean", "sd", "uncertainty", "unit", "reference_low", "reference_high",
    "reference_source", "missing_reason", "note", "variation_percent", "network_error", "seen_share", "systematic",
)  # fmt: skip


def write_data(
    folder: Path,
    *,
    info: dict[str, Any],
    raw: PoseSequence,
    pose: PoseSequence,
    angles: Angles,
    events: GaitEvents,
    summary: Sequence[MetricValue],
    cycles: Sequence[CycleValue],
    repetitions: Sequence[Repetition] = (),
) -> None:
    """Write session.json, keypoints.npz, angles.csv, events.csv, cycles.csv and summary.csv into ``folder``.

    Parameters
    ----------
    folder : Path
        the session folder.
    info : dict[str, Any]
        content of session.json.
    raw, pose : PoseSequence
        keypoints as detected, and smoothed.
    angles : Angles
        angle curves.
    events : GaitEvents
        contacts.
    summary : Sequence[MetricValue]
        rows of the summary.
    cycles : Sequence[CycleValue]
        values per gait cycle.
    repetitions : Sequence[Repetition], optional
        repetitions of a movement; without any there is no repetitions.csv.
    """
    write_json(folder / "session.json", info)
    np.savez_compressed(
        folder / "keypoints.npz",
        raw_xy=raw.xy.astype(np.float32),
        raw_score=raw.score.astype(np.float32),
        xy=pose.xy.astype(np.float32),
        score=pose.score.astype(np.float32),
        time_s=pose.time_s,
        names=np.array(pose.skeleton.names),
    )
    write_columns(folder / "angles.csv", {"time_s": angles.time_s, **angles.values_deg})
    write_table(
        folder / "events.csv",
        ("side", "foot_strike_s", "toe_off_s", "foot_strike_sd_s", "toe_off_sd_s", "accepted", "reason"),
        (
            (c.side, c.foot_strike_s, c.toe_off_s, c.foot_strike_sd_s, c.toe_off_sd_s, c.accepted, c.reason)
            for c in events.contacts
        ),
    )
    write_table(
        folder / "cycles.csv",
        ("metric", "side", "cycle", "time_s", "value", "unit", "assumed"),
        ((v.metric, v.side, v.cycle, v.time_s, v.value, v.unit, v.assumed) for v in cycles),
    )
    if repetitions:
        write_table(
            folder / REPETITIONS,
            ("repetition", "side", "moment", "time_s", "accepted", "reason"),
            (
                (one.number, one.side, moment, time_s, one.accepted, one.reason)
                for one in repetitions
                for moment, time_s in {"start": one.start_s, **one.moments_s, "end": one.end_s}.items()
            ),
        )
    write_table(
        folder / "summary.csv",
        SUMMARY_COLUMNS,
        (summary_row(value) for value in summary),
    )


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a dictionary as JSON; NaN, which JSON lacks, becomes null."""
    text = json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def summary_row(value: MetricValue) -> tuple[Any, ...]:
    """Return the cells of a row of summary.csv, in the order of `SUMMARY_COLUMNS`; None where one is empty."""
    reference = value.reference
    return (
        value.metric, value.label, value.side, value.n, value.mean, value.sd, value.uncertainty, value.unit,
        reference.low if reference else None, reference.high if reference else None,
        reference.source if reference else None, value.missing_reason, value.note,
        variation_percent(value, METRICS[value.metric]) if value.metric in METRICS else None,
        value.network_error, value.seen_share, value.systematic,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {whole_characters(str(k)): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    if isinstance(value, Path):
        value = str(value)
    return whole_characters(value) if isinstance(value, str) else value
