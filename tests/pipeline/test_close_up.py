"""A close-up of lower legs from the film to the session's last file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gaitlab
from gaitlab.core.errors import InputError
from tests.by_eye import clips
from tests.io.video.make import make_video


@pytest.mark.shared
def test_the_real_close_up_gives_a_whole_session_by_its_dots_alone(shared: Path, tmp_path: Path) -> None:
    film = shared / "data" / "rear_dots" / "lower_legs.mp4"
    session = gaitlab.analyze(film, view="rear", dots="auto", output=tmp_path / "close-up")
    for name in ("session.json", "keypoints.npz", "angles.csv", "events.csv", "cycles.csv", "summary.csv"):
        assert (session.folder / name).stat().st_size > 0
    assert (session.folder / "annotated.mp4").stat().st_size > 10_000
    assert "tape dots alone" in (session.folder / "report.html").read_text(encoding="utf-8")
    info = session.info
    assert (info["model"]["name"], info["rearfoot_source"]) == ("dots alone", "four points")
    assert any("without a body" in warning for warning in info["warnings"])
    rows = session.summary.set_index(["metric", "side"])
    for metric in ("hip_adduction", "pelvic_drop", "trunk_side_lean", "step_width", "heel_whip"):
        for side in ("left", "right"):
            assert rows.loc[(metric, side), "n"] == 0
            assert "no body is seen" in rows.loc[(metric, side), "missing_reason"]
    # A heel rolls inward after foot strike: upside down or exchanged lines would roll outward.
    for side in ("left", "right"):
        assert 3 < rows.loc[("rearfoot_eversion_excursion", side), "mean"] < 30


@pytest.mark.shared
def test_the_contacts_of_the_real_close_up_are_those_read_by_eye(shared: Path, tmp_path: Path) -> None:
    film = shared / "data" / "rear_dots" / "lower_legs.mp4"
    session = gaitlab.analyze(
        film, view="rear", dots="auto", output=tmp_path / "close-up", settings={"video.annotate": False}
    )
    read = next(clip for clip in clips() if clip.file == "rear_dots/lower_legs.mp4")
    off = []
    for contact in read.contacts:
        ours = session.events[session.events["side"] == contact.side]
        for event, column in ((contact.strike, "foot_strike_s"), (contact.toe_off, "toe_off_s")):
            if event is not None:
                # What happened between two pictures is read in the later one.
                gaps = ours[column].to_numpy() * read.fps - (event.frame - 0.5)
                off.append(float(np.nanmin(np.abs(gaps))))
    assert len(off) == 12
    assert np.mean(np.array(off) <= 1.0) >= 0.9
    assert max(off) <= 2.0


def test_a_film_of_nothing_is_refused_in_one_line(tmp_path: Path) -> None:
    film = make_video(tmp_path / "grey.mp4", [n / 30 for n in range(20)])
    with pytest.raises((InputError, gaitlab.GaitlabError)) as refused:
        gaitlab.analyze(film, view="rear", dots="auto", output=tmp_path / "none")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "none").exists()
