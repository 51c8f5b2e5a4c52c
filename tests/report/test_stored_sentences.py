"""Sentences that the package puts together are found again in every language, with their values."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaitlab.analysis import warnings
from gaitlab.analysis.claims import Claim, facing_unclear
from gaitlab.analysis.clock import SlowMotion, told
from gaitlab.core.pieces import sentences as lost
from gaitlab.core.text import LANGUAGES
from gaitlab.kinematics.view import Seen
from gaitlab.metrics import METRICS, MOVEMENTS
from gaitlab.metrics.asymmetry import weakness
from gaitlab.report import write_report
from gaitlab.report.shared.said import Foreign, said
from gaitlab.report.shared.texts import read_texts
from gaitlab.scene.shots import Shot, spliced
from gaitlab.signal.missing import Missing
from gaitlab.stats.naming import told as named
from gaitlab.stats.treatment import _CIRCUMSTANCES
from tests.report.make import make_session

OTHERS = [language for language in LANGUAGES if language != "en"]


def made_by_the_code() -> list[str]:
    """Sentences as functions of the package put them together, and some that take a whole recording to come about."""
    new = np.array([True, False, True, True])
    gap = Missing(frames=30, share=0.5, gaps=2, longest_s=0.2)
    made = [
        *warnings.slow_motion(plays_fps=30, noted_fps=240, said_fps=None, key="com.android.capture.fps"),
        *warnings.slow_motion(plays_fps=29.97, noted_fps=240, said_fps=120),
        *warnings.resized(3.2), *warnings.repeated(new, fps=29.97), *warnings.repeated(new, fps=29.97, rows=True),
        *warnings.damaged(gap, unreadable=2, lacking_s=1.25),
        *warnings.damaged(replace(gap, frames=1), unreadable=0, lacking_s=0.0),
        *(warnings.view_unclear(Seen(view, 0.55), "rear") for view in ("side", "rear", "front")),
        *facing_unclear(0.66),
        *(
            told(SlowMotion(factors, 21.4, 30.0), source)  # type: ignore[arg-type]
            for factors in ((8.0,), (8.0, 4.0), (2.5, 4.0, 8.0)) for source in ("assumed", "unknown")
        ),
        *(one for name in MOVEMENTS for one in warnings.taken_for(name, "both feet leave the ground together, once")),
        *(
            warnings.mistaken(name, "both legs bend together and the hips come down by 0.4 leg lengths, once", said=one)
            for name in ("", *MOVEMENTS) for one in ("run", "walk", *MOVEMENTS) if one != name
        ),
        *(
            warnings.perhaps_mistaken(name, "somebody who sits at first gets up and sits down, 4 times", said=one)
            for name in MOVEMENTS for one in MOVEMENTS if one != name
        ),
        *spliced([Shot(0, 45, 0.0, 1.5), Shot(45, 270, 1.5, 9.0), Shot(270, 360, 9.0, 12.0)], Shot(45, 270, 1.5, 9.0)),
        *lost({"annotated.mp4": "no space", "clip.mp4": "no space", "report.html of the rear clip": "no space"}),
        *lost({"the still of the left foot strike": "x", "the chart 'Knee'": "x", "the part 'Video' of the page": "x"}),
        *(
            weakness(METRICS["cadence"], unit="steps/min", n=n, mean=mean, uncertainty=half, seen_share=seen)
            for n, mean, half, seen in (
                (1, 170, 1, 1), (3, 170, 1, 1), (9, 170, 1, 0.3), (9, 170, 500, 1), (9, 999, 1, 1),
            )
        ),
    ]  # fmt: skip
    for claim in (
        Claim("film", "from behind", "from the side", True, "sure to 0.9 of 1", "the view must be entered: side"),
        Claim("film", "from the side", "from the front", True, "sure to 1.0 of 1", "film again"),
        Claim("film", "from the side", "from the front", True, "sure to 1.0 of 1", "the view must be entered: front"),
        Claim("film", "from the front", "from the side", True, "hips and shoulders are seen behind each other",
              "the view must be entered: side"),
        Claim("person", "who faces left", "who faces right", True, "81 % of what knees, feet and head show",
              "the side the person faces must be entered: right"),
    ):  # fmt: skip
        made.append(claim.sentence())
    described = {
        "sides": ["side", "rear"], "same ({told}": ["running", "walking"], "treadmill": ["overground", "treadmill"],
        "cameras": ["camera follows", "camera stays in its place"], "speeds": ["9.0 km/h (5.6 mph)", "not known"],
        "slow": ["4 times slow motion assumed", "true time"], "rates": ["30", "119.9"], "faces": ["left", "right"],
        "networks": ["runner", "openpose-light coco"], "weights": ["weights not noted", "weights ec4156059903"],
        "scales": ["belt speed", "none"], "versions": ["0.1.0", "0.2.0"], "rearfoot": ["four points", "proxy"],
        "alike": ["levelled by +0.3°", "not levelled, slope of the belt not measured"],
        "slopes": ["not levelled, belt at -4.1°", "levelled by +1.3°"],
        "smoothed": ["savitzky-golay at 10 Hz", "butterworth at 6 Hz"],
    }  # fmt: skip
    for circumstance in _CIRCUMSTANCES:
        words = next((words for key, words in described.items() if key in circumstance.sentence), [])
        for called, what in (
            (["A", "B"], words),
            (["#1", "#2"], words),
            (list("ABCDEF"), [*words, *words, *words[:1] * 2]),
        ):
            made.append(circumstance.sentence.format(told=named(called, what) if what else ""))
    return made


PUT_TOGETHER = (
    "the scale from body height is -7 % off the one from belt speed (2.34 mm/px): check both inputs; lengths "
    "rest on belt speed",
    "the network gives no heel and no big toe",
    "no body is seen in a close-up of the lower legs: its dots show no mid hip and no knee and no ankle",
    "5 people were seen; followed: person 2 (left half of the picture, 93 % of the frames); others: 0 (right "
    "half, 0.0 to 3.1 s), 1 (left half, 0.5 to 9.9 s, never moves the legs); to follow one of them, the person's "
    "number must be entered",
    "the legs leave the picture below (ankle 12 %, big toe 30 % of the frames): foot strikes and what needs them "
    "is not told; film with some air below the feet",
    "passes that are not across the picture are left out (0.5 to 2.1 s: about 35° towards the camera; 4.0 to 5.5 "
    "s: about 40° away from the camera)",
    "the foot that stands goes back 12 % slower than the camera's motion says of the ground: speed and lengths "
    "on the ground may be off by that",
    "the cadences of the two clips differ by 2.1 % (170.1 steps/min from the side and 173.7 steps/min from the "
    "rear): were they filmed in one run, at one speed, and is the frame rate of both true?",
    "in 'a b.csv' the left thigh is 1.6 times as long as the other bones let expect; expected bones of one body, "
    "within 30 %: are the points in the order that is thought (layout names it), and is it one runner?",
    "in 'x.csv' points stand still while those beside them move (left big toe in 44 %, right heel in 30 % of the "
    "time): they were not followed, and no number of these joints is right; leave them out of the file",
    "measured against another vertical (not levelled, slope of the belt not measured; levelled by +0.3°)",
    "Few gait cycles a side (#1, #2: 5; #4–#6: 4): 7 or more make a stable mean.",
    "Few repetitions (A 4, B 1): 5 or more make a stable mean.",
    "taken for any: the hips come down between a leg in front and one behind, as in lunges, 5 times; if it is "
    "something else, the movement must be entered",
    "fewer than three repetitions in one of them",
    "a poor recording, do not build on these numbers: only one repetition could be used; film again",
    "in leg lengths and in m: what gives the scale is known in one of them only",
    "needs the body mass; needs the body height",
    "120 steps/min is no cadence of running; in slow motion it would be 160 at 4x, 320 at 8x (4x is likely): if "
    "the video is slow motion, the true frame rate must be entered: 120 if it is 4x",
    "C3D: 20 markers (plug-in gait), angles of Plug-in Gait, force plates (50 N, low-pass 50 Hz)",
    "contact of 0.05 s outside 0.08-0.42 s for running",
    "next contact: the leg was not seen around its foot strike",
    "both feet go round in circles, opposite to each other, 12 turns under hips that stay",
    "no repetition (sit to stand) could be measured in this recording: the numbers are missing; none was seen",
    "no repetition (jump) could be measured in this recording: the numbers are missing; not used: 2 × the recording "
    "shows a part of it only",
    "no gait cycle could be measured in this recording: the numbers are missing; not used: 5 × contact of 0.05 s "
    "outside 0.08-0.42 s for running",
    "no jump of 10 cm or more was seen; if the hops were lower, as in jumping jacks, the movement must be entered: any",
    "38 of 240 pictures of the video repeat the one before, in some places more than in others: each picture counts "
    "once, 25.3 a second on average, and where some are missing moments are less sure than is said",
    "a poor recording, do not build on these numbers: only 0 repetitions could be used, the left big toe was seen in "
    "only 12 % of the frames; film again",
    "not always seen of the better leg: knee in 60 %, big toe in 44 % of the frames; the whole person must be in the "
    "picture",
    "the hips are up to 7 % of the leg length lower over the feet at landing than at take-off: the height from flight "
    "time is too large by about half of that; land with the legs as they took off",
    "the hips are up to 9 % of the leg length higher over the feet at landing than at take-off: the height from flight "
    "time is too small by about half of that, or the take-off was found too early and it is too large: look at both in "
    "the annotated video",
    "the hips rise 14 cm less than the flight time tells: check the height that was entered, and whether the film "
    "plays at its true speed",
    "at 29.97 frames a second a frame more or less in the air is 4 cm of height; 120 or more are better",
    "Nobody flies for 1.4 s.",
    "the left knee is seen 38° inwards and the right one 27° outwards: the camera stands askew, and knees and shift of "
    "the hips are those of the picture, not of the legs; film straight from the front or from behind",
    "the left knee is seen 38° outwards and the right one 27° inwards: the camera stands askew, and knees and shift of "
    "the hips are those of the picture, not of the legs; film straight from the front or from behind",
    "no jump follows a landing at once, as after a drop from a box",
    "the film shows another movement",
    "the flight times would fit legs of 3.4 m: the film does not play at its true speed, and no height is told; "
    "the true frame rate must be entered",
    "They do not do the same (A squat; B sit-to-stand).",
)


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_as_they_are_put_together_are_found_again(language: str) -> None:
    texts = read_texts(language)
    found = {sentence: said(sentence, texts) for sentence in (*made_by_the_code(), *PUT_TOGETHER) if sentence}
    assert len(found) > 90
    assert [sentence for sentence, other in found.items() if isinstance(other, Foreign)] == []
    english = re.compile(r"\b(the|and|of|is|are)\b|\d\.\d")
    assert [other for other in found.values() if english.search(re.sub(r"\d\.\d\.\d", "", other))] == []


@pytest.mark.parametrize("told", ["A {a}, B {b}, C {a}", "#1, #3–#5: {a}; #2: {b}; #6: {a}"])
def test_what_is_told_of_each_session_is_translated_apart(told: str) -> None:
    levelled = told.format(a="levelled by +0.0°", b="levelled by +3.4°")
    sentence = read_texts("en")["messages"]["different_slope"].format(told=levelled, metrics="trunk lean")
    # The word of German stands behind the number: each session must get its own.
    expected = told.format(a="um +0,0° ausgerichtet", b="um +3,4° ausgerichtet")
    assert f"({expected})" in said(sentence, read_texts("de"))


def test_a_warning_begins_with_a_capital_where_the_english_one_begins_with_a_number(tmp_path: Path) -> None:
    warning = (
        "2 people were seen; followed: person 1 (right half of the picture, 71 % of the frames); others: 0 (left half, "
        "0.0 to 2.2 s); to follow one of them, the person's number must be entered"
    )
    session = make_session(tmp_path, warnings=[warning])
    write_report(session, language="es")
    assert "<li>Se vieron 2 personas; seguida: la persona 1" in session.report.read_text(encoding="utf-8")
