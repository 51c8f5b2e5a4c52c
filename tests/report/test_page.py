"""The page as a file: whole, alone, escaped, and honest where there is nothing to show."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gaitlab.core.errors import InputError, OutputError
from gaitlab.io.session.session import Session
from gaitlab.markers.close_up.runner import DOTS_ALONE
from gaitlab.metrics import METRICS
from gaitlab.pose.models.catalogue import for_users
from gaitlab.report import write_report
from gaitlab.report.render import as_script_data
from gaitlab.report.session.content import read_layout
from gaitlab.report.session.player import video_rate
from gaitlab.report.shared.media import EMBED_BELOW_BYTES, embeds
from gaitlab.report.shared.texts import read_texts
from tests.report.make import NO_FEET, make_session, missing, told_asymmetry, usual_summary, value

EVIL = "<script>alert(1)</script>"


class Text(HTMLParser):
    """Collects what a reader sees, the tags and the addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(session: Session, **more: Any) -> Text:
    write_report(session, **more)
    return Text(session.report.read_text(encoding="utf-8"))


def test_the_page_tells_the_facts_the_numbers_and_every_metric(tmp_path: Path) -> None:
    text = page(make_session(tmp_path)).text
    for fact in ("Ada", "shoe A", "2025-05-04 10:20", "side view, facing right", "10.0 km/h (6:00 /km), entered"):
        assert fact in text
    assert "Contact time is 22 ± 11 ms longer on the left." in text  # ± 8 on both sides
    assert all(spec.label in text for spec in METRICS.values() if not spec.movement)
    assert all(spec.group in text for spec in METRICS.values() if not spec.movement)
    assert "250 ± 8" in text
    assert "−22 ± 11" in text  # right less left
    assert "226–283" in text  # between 265 ± 31 ms at 2.54 m/s and 221 ± 22 at 3.55
    assert "Nothing left this machine" in text


def test_the_page_stands_alone(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    found = page(session)
    html = session.report.read_text(encoding="utf-8")
    addresses = [v for _, a in found.tags for n, v in a.items() if n in ("src", "href", "data", "poster") and v]
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert "http:" not in html
    assert "https:" not in html
    assert [tag for tag, a in found.tags if tag == "link" and a.get("rel") != "icon"] == []
    policy = next(a["content"] for tag, a in found.tags if tag == "meta" and "http-equiv" in a)
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert session.report.stat().st_size < 6_000_000


def test_plotly_is_in_the_page_once(tmp_path: Path) -> None:
    found = page(make_session(tmp_path))
    assert [a.get("id") for tag, a in found.tags if tag == "script"].count("plotly") == 1


def test_every_text_from_outside_is_text(tmp_path: Path) -> None:
    row = value("cadence", "both", math.nan, uncertainty=math.nan, missing_reason=f"because {EVIL}")
    thin = value("contact_time", "left", 0.25, uncertainty=0.01, note=f"only {EVIL}")
    session = make_session(
        tmp_path,
        athlete=EVIL,
        label=f'"{EVIL}',
        keypoints={"name": f"{EVIL}.json"},
        model={"name": EVIL},
        warnings=[f"beware of {EVIL}", "50 %{x} <b>bold</b>"],
        summary=[row, thin, value(f"x{EVIL}", "both", 1.0)],
        accepted=False,
    )
    found = page(session)
    html = session.report.read_text(encoding="utf-8")
    assert EVIL not in html
    assert "<b>" not in html
    assert found.text.count(EVIL) >= 6
    assert f"because {EVIL}" in found.text
    assert all(not name.startswith("on") for _, attributes in found.tags for name in attributes)


def test_json_cannot_end_its_script() -> None:
    data = {"a": "</script><script>alert(1)</script>", "b": "\u2028 & é"}
    text = str(as_script_data(data))
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == data
    with pytest.raises(ValueError, match="JSON"):
        as_script_data(math.nan)


def test_a_session_without_a_video_says_so(tmp_path: Path) -> None:
    found = page(make_session(tmp_path))
    assert "There is no video in this session" in found.text
    assert not any(tag == "video" for tag, _ in found.tags)


def test_the_annotated_video_is_named_relative_to_the_page(tmp_path: Path) -> None:
    found = page(make_session(tmp_path, video=True))
    assert [a["src"] for tag, a in found.tags if tag == "video"] == ["annotated.mp4"]


def test_without_any_accepted_cycle_the_page_says_so_plainly(tmp_path: Path) -> None:
    reason = "no accepted gait cycle"
    summary = [row for name in METRICS for row in missing(name, reason)]
    text = page(make_session(tmp_path, accepted=False, summary=summary)).text
    assert text.count("No gait cycle could be measured in this recording: the numbers are missing; ") == 2
    assert "There is no accepted gait cycle to average." in text
    assert "There is no accepted gait cycle to show." in text
    assert "Too few gait cycles to say what stands out." in text
    assert text.count(reason) > len(METRICS)
    assert "a <b>test</b> reason" in text  # why cycles were rejected


def test_nobody_ever_seen_and_no_contact_at_all(tmp_path: Path) -> None:
    text = page(make_session(tmp_path, seconds=0.2, summary=[])).text
    assert "No gait cycle could be measured" in text


def test_feet_that_no_network_saw_leave_reasons(tmp_path: Path) -> None:
    reason = "the network gives no heel and no big toe"
    feet = ("foot_strike_angle", "ankle_angle_at_contact", "peak_dorsiflexion")
    summary = [row for row in usual_summary() if row.metric not in feet]
    summary += [row for name in feet for row in missing(name, reason)]
    found = page(make_session(tmp_path, skeleton=NO_FEET, summary=summary))
    assert found.text.count(reason) == len(feet)
    charts = [a["id"] for tag, a in found.tags if a.get("class") == "plot"]
    assert charts == ["chart-hip_flexion", "chart-knee_flexion", "chart-trunk_lean", "chart-time"]


def test_walking_is_called_walking(tmp_path: Path) -> None:
    summary = [row for row in usual_summary() if row.metric != "flight_time"]
    summary += missing("flight_time", "means nothing in walking")
    found = page(make_session(tmp_path, activity="walking", summary=summary, accepted=False))
    assert "Walking · side view" in found.text
    assert "means nothing in walking" in found.text
    assert "walking analysis" in found.text


def test_the_rear_view_shows_its_own_curves_over_stance(tmp_path: Path) -> None:
    rows = [value("pelvic_drop", side, 5.0, unit="deg") for side in ("left", "right")]
    found = page(make_session(tmp_path, view="rear", facing=None, summary=rows))
    assert "Running · rear view" in found.text
    assert "from foot strike to toe-off" in found.text
    charts = [a["id"] for tag, a in found.tags if a.get("class") == "plot"]
    assert charts[:4] == ["chart-rearfoot", "chart-hip_adduction", "chart-knee_projection", "chart-pelvic_drop"]
    assert "film from the other side" not in found.text
    assert "facing" not in found.text


@pytest.mark.parametrize("oblique", [True, False])
def test_an_oblique_camera_keeps_differences_of_angles_from_the_page(tmp_path: Path, oblique: bool) -> None:
    knee = [value("knee_flexion_at_contact", side, v, uncertainty=1.0) for side, v in (("left", 30.0), ("right", 10.0))]
    found = page(make_session(tmp_path, summary=knee, asymmetry=told_asymmetry(knee, oblique=oblique)))
    assert ("larger on the left" in found.text) != oblique
    assert ("−20" in found.text) != oblique  # nor in the table
    assert ("it sees the two legs from different angles" in found.text) == oblique


def test_numbers_that_nobody_held_against_a_truth_are_said_to_be_no_findings(tmp_path: Path) -> None:
    unknown = {"network_error": math.nan, "network_difference": math.nan}
    file = [replace(row, **unknown) for row in usual_summary()]
    text = page(make_session(tmp_path / "file", summary=file)).text
    assert "no number of this page is called a finding" in text
    assert "longer on the left" not in text
    assert "network ± unknown" in text
    some = [replace(row, **unknown) if row.metric == "cadence" else row for row in usual_summary()]
    text = page(make_session(tmp_path / "some", summary=some)).text
    assert "none of them is called a finding: Cadence." in text
    assert "longer on the left" in text


def test_a_weak_number_leads_no_page(tmp_path: Path) -> None:
    rows = [value("rearfoot_eversion_excursion", side, 39.7, uncertainty=24.9) for side in ("left", "right")]
    found = page(make_session(tmp_path, view="rear", facing=None, summary=rows))
    assert "Not sure enough to stand here: left: its ± is more than half of all that people show" in found.text
    assert "Nothing lies beyond" in found.text
    assert found.text.count("39.7") == 2  # in the table alone, once a leg


@pytest.mark.parametrize(
    ("belt_deg", "tilt_deg", "source", "level", "said"),
    [
        (3.8, 3.8, "path of the stance foot", "auto", "slopes by 3.8° in the picture (path of the stance foot); angles "
         "are corrected for it."),
        (5.0, 0.0, "the picture's own vertical", "auto", "slopes by 5.0° in the picture; angles are measured against "
         "the picture's own vertical, not corrected for it."),
        (5.0, 5.0, "path of the stance foot", "on", "corrected for it, as asked."),
        (1.0, 0.0, "the picture's own vertical", "off", "not corrected for it, as asked."),
        (None, 0.0, "not measured: no toes seen", "auto", "slope of belt or ground was not measured: no toes seen;"),
    ],
)  # fmt: skip
def test_the_page_says_how_the_picture_was_levelled(
    tmp_path: Path, belt_deg: float | None, tilt_deg: float, source: str, level: str, said: str
) -> None:
    calibration = {
        "metres_per_px": None, "source": None, "check": {}, "belt_speed_mps": None, "belt_deg": belt_deg,
        "tilt_deg": tilt_deg, "tilt_source": source,
    }  # fmt: skip
    settings = {"calibration": {"level": level}}
    assert said in page(make_session(tmp_path, calibration=calibration, settings=settings)).text


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    nothing = {"belt_speed_mps": None, "height_m": None, "mass_kg": None}
    calibration = {"metres_per_px": None, "source": None, "check": {}, "belt_speed_mps": None, "tilt_deg": 0.0}
    found = page(
        make_session(
            tmp_path,
            athlete=None,
            label=None,
            recorded_at=None,
            runner=nothing,
            calibration=calibration,
            model={},
            summary=[],
        )
    )
    assert "Unnamed runner" in found.text
    for name in ("Recorded", "Belt speed", "Pose network", "None", "nan", "Scales agree"):
        assert name not in found.text
    assert "No scale is known" in found.text


@pytest.mark.parametrize(
    ("dated_by", "told"),
    [("video", "Recorded 2025-05-04 10:20"), ("file", "File from 2025-05-04 "), (None, "Recorded")],
)
def test_a_date_of_a_file_is_called_so(tmp_path: Path, dated_by: str | None, told: str) -> None:
    assert told in page(make_session(tmp_path, dated_by=dated_by)).text


def test_a_network_is_called_by_words(tmp_path: Path) -> None:
    model = {"name": "runner", "points": 31}
    text = page(make_session(tmp_path / "a", model=model, keypoints=None)).text
    assert "Pose network gaitlab runner, 31 points of the body" in text
    assert "Keypoints from the file run.json" in page(make_session(tmp_path / "b", model=model)).text
    known = read_texts("en")["networks"]
    assert set(known) == {DOTS_ALONE, *(model.name for model in for_users())}


def test_every_marker_of_a_card_has_a_length_and_so_its_ends_on_paper(tmp_path: Path) -> None:
    found = page(make_session(tmp_path))
    dots = [a for tag, a in found.tags if tag == "line" and (a.get("class") or "").startswith("dot")]
    assert len(dots) >= 8
    assert all(float(dot["x2"] or 0) > float(dot["x1"] or 0) for dot in dots)


def test_points_that_were_laid_and_not_seen_are_not_listed(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    session.info["quality"]["share_of_frames_seen"]["left_heel_line_low"] = 0.2
    text = page(session).text
    assert "heel line" not in text
    assert "left heel" in text


def test_imperial_units(tmp_path: Path) -> None:
    text = page(make_session(tmp_path), units="imperial").text
    assert "6.2 mph (9:39 /mi)" in text
    assert "5′10″, 154 lb" in text
    assert "km/h" not in text


def test_wrong_choices_are_named(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    with pytest.raises(InputError, match=r"unknown units 'imperal' .did you mean 'imperial'"):
        write_report(session, units="imperal")
    with pytest.raises(InputError, match="unknown language 'xx'; known: en"):
        write_report(session, language="xx")


def test_stills_are_put_into_the_page_and_moments_without_one_are_drawn(tmp_path: Path) -> None:
    found = page(make_session(tmp_path, video=True), stills={"left_foot_strike": b"\xff\xd8jpeg"})
    pictures = [a["href"] for tag, a in found.tags if tag == "image"]
    # At the top, where a picture goes before a drawing though the right leg is the near one, beside the finding of how
    # the foot lands, and among the frames.
    assert pictures == ["data:image/jpeg;base64,/9hqcGVn"] * 3
    drawings = [a for tag, a in found.tags if tag == "svg" and "drawing" in (a.get("class") or "")]
    assert len(drawings) == 1 + 1 + 8
    assert all(a["aria-label"] for a in drawings)


def test_a_small_clip_goes_into_the_page_and_a_large_one_beside_it(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s", video=True)
    clip = tmp_path / "s" / "clip.mp4"
    clip.write_bytes(b"film")
    inside = page(session, clip=clip)
    assert any(a.get("id") == "film-data" for _, a in inside.tags)
    assert [a.get("src") for tag, a in inside.tags if tag == "video"] == [None]
    beside = page(session, clip=clip, embed_video=False)
    assert [a["src"] for tag, a in beside.tags if tag == "video"] == ["clip.mp4"]
    assert embeds(EMBED_BELOW_BYTES - 1, embed_video=None)
    assert not embeds(EMBED_BELOW_BYTES, embed_video=None)
    assert embeds(EMBED_BELOW_BYTES, embed_video=True)


def test_a_clip_must_be_there_and_beside_the_page(tmp_path: Path) -> None:
    session = make_session(tmp_path / "s", video=True)
    with pytest.raises(InputError, match="cannot read the clip"):
        write_report(session, clip=tmp_path / "none.mp4")
    (tmp_path / "clip.mp4").write_bytes(b"film")
    with pytest.raises(InputError, match="must lie in"):
        write_report(session, clip=tmp_path / "clip.mp4", embed_video=False)
    assert not session.report.exists()


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(tmp_path)
    session.report.write_text("old")

    def full(self: Path, *_: object, **__: object) -> int:
        with self.open("w") as file:
            file.write("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"cannot write the report .* No space left on device"):
        write_report(session)
    assert session.report.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_slow_motion_plays_more_seconds_than_passed() -> None:
    film = {"fps": 30.0, "variable_frame_rate": False}
    assert video_rate({"video": film, "fps": 240.0}) == 8.0
    assert video_rate({"video": film, "fps": 30.3}) == 1.0
    assert video_rate({"video": {**film, "variable_frame_rate": True}, "fps": 60.0}) == 1.0
    assert video_rate({"video": None, "fps": 30.0}) == 1.0


def test_the_layout_names_metrics_that_exist() -> None:
    layout = read_layout()
    marked = {mark["metric"] for curve in layout["curves"] for mark in curve.get("marks", ())}
    assert marked <= set(METRICS)
    for view, activities in layout["headlines"].items():
        for names in activities.values():
            assert len(names) == 5
            # The rear view's metrics are declared with the rear view.
            if view == "side" or any(spec.views == ("rear",) for spec in METRICS.values()):
                assert set(names) <= set(METRICS)


def test_no_text_is_hidden_behind_a_method_of_its_table() -> None:
    # In a template `t.video.keys` is the method of the dictionary, not the sentence.
    def names(table: dict[str, Any]) -> set[str]:
        return set(table).union(*(names(v) for v in table.values() if isinstance(v, dict)))

    assert not names(dict(read_texts("en"))) & set(dir(dict))


def test_writing_a_page_does_without_pandas_and_opencv(tmp_path: Path) -> None:
    make_session(tmp_path, video=True)
    code = (
        "import sys; from pathlib import Path; from gaitlab.report import write_report; "
        f"from gaitlab.io.session.session import Session; write_report(Session(Path({str(tmp_path)!r}))); "
        "print(sorted({'pandas', 'cv2', 'av', 'plotly.graph_objs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
