"""Points of a file whose unit is a length have their scale: lengths and the belt's speed need nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gaitlab
from benchmarks.truth import PUBLIC_FOLDER, load_trial
from tests.io.truth.make import c3d_of_trial


def values_of(session: gaitlab.Session, metric: str) -> list[float]:
    table = session.summary
    return table[table["metric"] == metric]["mean"].tolist()


@pytest.mark.parametrize("height_m", [None, 1.90])
def test_the_lengths_of_a_motion_capture_file_are_its_own(tmp_path: Path, height_m: float | None) -> None:
    """A body height that is entered does not stretch what the file has in mm."""
    trial = load_trial(PUBLIC_FOLDER / "RBDS014_3.5mps.npz")
    path = c3d_of_trial(trial, tmp_path / "trial.c3d")
    session = gaitlab.analyze(
        keypoints=path, keypoints_format="c3d", height_m=height_m, output=tmp_path / "session", view="side"
    )
    assert session.info["calibration"]["source"] == "known length"
    assert session.info["calibration"]["metres_per_px"] == pytest.approx(0.001)
    belt_mps = trial.belt_speed_mps()
    assert values_of(session, "speed") == pytest.approx([belt_mps], rel=0.02)
    strikes_s = np.sort(trial.strike_s)
    step_m = belt_mps * float(np.mean(np.diff(strikes_s)))
    assert np.mean(values_of(session, "step_length")) == pytest.approx(step_m, rel=0.02)
    # What was set is written down as it was set.
    assert session.info["settings"]["calibration"]["known_length_m"] == 0
