"""Every language says everything: no word is missing, no sentence of the code is without its translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import gaitlab
from gaitlab.core.errors import InputError
from gaitlab.core.text import LANGUAGES
from gaitlab.metrics import METRICS, MOVEMENTS
from gaitlab.metrics.movements.words import WORDS
from gaitlab.metrics.summary import LABELS_OVERGROUND
from gaitlab.report.session.content import read_layout
from gaitlab.report.session.rules import read_rules
from gaitlab.report.shared.said import Foreign, said, together
from gaitlab.report.shared.texts import LOCALE, day, read_texts

OTHERS = [language for language in LANGUAGES if language != "en"]
PACKAGE = Path(gaitlab.__file__).resolve().parent
# Texts that are alike in some languages: names of programs and files, symbols, statistics, and words that they share.
ALIKE = re.compile(
    r"^(format\..*|networks\..*|validation\..*|.*\.(n|sd|icc|cmc|counts|spread|line|mean|caption|chart|charts)|none|plus_minus|"
    r"(comparison\.)?of_sessions|comparison\.(of_sessions|without|without_side)|quality\.rejected_count|"
    r"headlines\.bar_alt|messages\.(speeds|millimetres_px|a_speed|lost_page|lost_video|lost_clip|kind_c3d|"
    r"some_cycles|one_cycle)|facts\.video|video\.(title|pause|angle|angles)|notes\.title|findings\.sources|"
    r"(movements\.all\.)?short\.pelvi(c_drop|s_tilt)|movements\.all\.keyframes\.alt|groups\.Tests|units_of\.rpm|"
    r"comparison\.(trend|differences)\.verdict)$"
)
# What a person or a file is called is put in as it is; `said` knows these placeholders by their names.
OWN = ("name", "file")


def flat(table: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, (*before, name))
        elif isinstance(value, list):  # one line of a list after the other
            yield from ((".".join((*before, name, str(number))), line) for number, line in enumerate(value))
        else:
            yield ".".join((*before, name)), value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def words(language: str) -> dict[str, str]:
    """All entries but those of the measurements, which English has in the tables of the metrics."""
    return {key: text for key, text in flat(read_texts(language)) if not key.startswith("measures.")}


# English has the words of a movement beside it.
ENGLISH = words("en") | dict(
    flat({"movements": {"all": WORDS} | {name: movement.texts for name, movement in MOVEMENTS.items()}})
)


def test_every_language_is_a_folder_and_every_folder_a_language() -> None:
    assert {path.name for path in LOCALE.iterdir() if path.is_dir()} == set(LANGUAGES)
    with pytest.raises(InputError, match="unknown language 'it'; known: en, de, fr, es"):
        read_texts("it")


@pytest.mark.parametrize("language", OTHERS)
def test_no_entry_is_missing_and_none_too_many(language: str) -> None:
    theirs = words(language)
    missing = sorted(set(ENGLISH) - set(theirs))
    assert not missing, f"to be translated in {LOCALE.name}/{language}: {', '.join(missing)}"
    assert sorted(set(theirs) - set(ENGLISH)) == []
    assert theirs["language"] == language


@pytest.mark.parametrize("language", OTHERS)
def test_every_placeholder_is_there(language: str) -> None:
    theirs = words(language)
    other = [key for key, text in ENGLISH.items() if placeholders(text) != placeholders(theirs[key])]
    assert not other, f"other placeholders than the English ones in {language}: {', '.join(other)}"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language: str) -> None:
    theirs = words(language)
    same = [key for key, text in ENGLISH.items() if text and text == theirs[key] and not ALIKE.match(key)]
    assert not same, f"as in English, in {language}: {', '.join(same)}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_measurement_is_told_in_every_language(language: str) -> None:
    texts = read_texts(language)
    naming = read_layout()["naming"]["groups"]
    wanted: dict[str, set[str]] = {}
    for name, spec in METRICS.items():
        wanted[name] = {"label", "description"} if spec.movement else {"label", "description", "about"}
        wanted[name] |= {"proxy"} if spec.proxy_label else set()
        wanted[name] |= {"full"} if spec.group in naming else set()
        wanted[name] |= {"overground"} if name in LABELS_OVERGROUND else set()
        assert spec.group in texts["groups"], f"[groups] of {language} lacks '{spec.group}'"
    has = {name: set(entry) for name, entry in texts["measures"].items()}
    missing = [f"measures.{name}.{key}" for name in wanted for key in sorted(wanted[name] - has.get(name, set()))]
    assert not missing, f"to be translated in {LOCALE.name}/{language}: {', '.join(missing)}"
    assert set(has) == set(METRICS)
    assert {name: keys - wanted[name] for name, keys in has.items() if keys - wanted[name]} == {}
    for movement in ("", *MOVEMENTS):
        labels = [texts["measures"][name]["label"] for name, spec in METRICS.items() if spec.movement == movement]
        assert len({*labels}) == len(labels), f"two measurements of one name ({movement or 'gait'})"


def test_english_has_an_explanation_of_every_measurement() -> None:
    gait = [name for name, spec in METRICS.items() if not spec.movement]
    assert {name: set(entry) for name, entry in read_texts("en")["measures"].items()} == {n: {"about"} for n in gait}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_told_in_every_language(language: str) -> None:
    rules = read_rules(language)
    assert set(read_texts(language)["findings"]["rules"]) == {
        rule.name for rule in (*rules.rules, rules.difference, rules.lean)
    }
    for rule in (*rules.rules, rules.difference, rules.lean):
        for text in (rule.means, rule.attempt, rule.check, rule.clinician):
            assert text.endswith("."), text


# What no finding may promise or call somebody; the English ones have a test of their own.
FORBIDDEN = {
    "de": r"diagnos|verhinder|vorbeug|heil(en|t|ung)|abnorm|krankhaft|patholog|überpron|falsch|fehlstellung",
    "fr": r"diagnos|prévien|préven|guéri|anormal|pathologi|surpron|hyperpron|mauvaise technique|déformation",
    "es": r"diagn|preven|previen|cura\b|anormal|patológ|sobrepron|hiperpron|mala técnica|deformidad",
}


@pytest.mark.parametrize("language", OTHERS)
def test_findings_promise_nothing_in_any_language(language: str) -> None:
    for name, entry in read_texts(language)["findings"]["rules"].items():
        for text in entry.values():
            assert not re.search(FORBIDDEN[language], text, re.IGNORECASE), f"{name}: {text}"
    assert "keine Diagnose" in read_texts("de")["footer"]["medical"]


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_in_sentences_have_the_languages_mark(language: str) -> None:
    for key, text in flat(read_texts(language)):
        plain = re.sub(r"doi:\S+|\d+:\d+-\d+|[\w.]+\.(html|mp4)", "", text)
        assert not re.search(r"\d\.\d", plain), key


@pytest.mark.parametrize("language", OTHERS)
def test_every_stored_sentence_is_found_again_and_its_numbers_follow(language: str) -> None:
    """Numbers stand in all placeholders; what is found must be that sentence and no other that looks like it."""
    texts = read_texts(language)
    for key, english in read_texts("en")["messages"].items():
        names = sorted(placeholders(english))
        values = {name: str(7.5 + 2 * place) for place, name in enumerate(names)}
        theirs = {name: value if name.startswith(OWN) else value.replace(".", ",") for name, value in values.items()}
        expected = texts["messages"][key].format(**theirs)
        assert str(said(english.format(**values), texts)).lower() == expected.lower(), key


def test_words_in_a_sentence_are_translated_and_names_are_not() -> None:
    texts = read_texts("de")
    poor = (
        "a poor recording, do not build on these numbers: only 2 left and 1 right gait cycles could be used, the left "
        "big toe was seen in only 12 % of the frames; film again"
    )
    assert said(poor, texts) == (
        "eine schlechte Aufnahme, auf diese Zahlen nicht bauen: nur 2 Gangzyklen links und 1 rechts waren verwendbar, "
        "ein Punkt (Großzehe links) war nur in 12\u00a0% der Bilder zu sehen; erneut filmen"
    )
    speeds = "The speeds differ (A 9.0 km/h (5.6 mph), B 10.8 km/h (6.7 mph)): most numbers change with speed."
    assert said(speeds, texts).startswith(
        "Die Geschwindigkeiten unterscheiden sich (A 9,0 km/h (5,6 mph), B 10,8 km/h (6,7 mph)):"
    )
    of_many = (
        "The person faces different ways (A–C: left; D: right): another leg is the near one, which is measured better."
    )
    assert "(A–C: links; D: rechts)" in said(of_many, texts)
    passes = (
        "3 passes through the picture were seen; 2 of them are put together: 0.5 to 2.1 s facing right, 3.12 m/s, 2 "
        "cycles; 5.0 to 6.5 s facing left, 3.05 m/s, 1 cycle"
    )
    assert said(passes, texts) == (
        "3 Durchgänge durch das Bild waren zu sehen; 2 davon sind zusammengefasst: 0,5 bis 2,1 s mit Blick nach "
        "rechts, 3,12 m/s, 2 Zyklen; 5,0 bis 6,5 s mit Blick nach links, 3,05 m/s, 1 Zyklus"
    )
    taken = "'left and right 1.5.csv' was taken for wide (columns such as left_hip_x and left_hip_y, or x1 and y1)"
    assert said(taken, texts).startswith("'left and right 1.5.csv' wurde als wide gelesen")
    assert said("A: rear clip: no gait cycle could be measured in this recording: the numbers are missing", texts) == (
        "A: Clip von hinten: in dieser Aufnahme war kein Gangzyklus messbar: Die Zahlen fehlen"
    )


def test_what_nobody_translated_is_english_and_says_so() -> None:
    """Half of a sentence in each language would be worse: an unknown word in it leaves all of it in English."""
    unknown = said("needs a <b>thing</b>", read_texts("fr"))
    assert unknown == "needs a <b>thing</b>"
    assert unknown.__html__() == '<span lang="en">needs a &lt;b&gt;thing&lt;/b&gt;</span>'
    half = said("next contact: whatever it was", read_texts("fr"))
    assert half.__html__().startswith('<span lang="en">next contact')
    assert said("needs the body mass", read_texts("en")) == "needs the body mass"
    joined = together((said("needs the body mass", read_texts("fr")), unknown), read_texts("fr"))
    assert joined == "demande la masse du corps\u202f; needs a <b>thing</b>"
    assert isinstance(joined, Foreign)


def test_dates_are_those_of_the_language() -> None:
    assert [day("2026-03-05T14:02:09+01:00", read_texts(one)) for one in LANGUAGES] == [
        "2026-03-05 14:02", "05.03.2026 14:02", "05/03/2026 14:02", "05/03/2026 14:02",
    ]  # fmt: skip
    assert day("2026-03-05", read_texts("de")) == "05.03.2026"
    assert day("", read_texts("de")) == ""


def test_french_marks_do_not_leave_their_words() -> None:
    for key, text in flat(read_texts("fr")):
        assert not re.search(r" [:;!?%»]|« ", text), key


# The rooms whose sentences may come to a page.
ROOMS = (
    "analysis", "events", "kinematics", "signal", "scene", "metrics", "stats", "pipeline", "core/pieces.py",
    "pose/depth.py", "io/video/clock.py", "io/video/contents.py", "io/keypoints", "io/truth", "apps/validate.py",
)  # fmt: skip
# Files of these rooms whose sentences never do: errors, and what Python and the terminal say.
ELSEWHERE = (
    "stats/athletes.py", "stats/validation/result.py", "metrics/sources.py", "pipeline/unused_arguments.py",
    "pipeline/arguments.py", "pipeline/spec.py", "pipeline/progress.py", "pipeline/changes.py",
    "io/keypoints/formats.py", "io/keypoints/columns.py", "io/keypoints/programs/strangers.py",
    "io/keypoints/programs/c3d.py", "io/keypoints/programs/trc.py", "io/keypoints/programs/opensim.py",
    "io/keypoints/programs/landmarks.py", "io/keypoints/programs/wide.py", "io/keypoints/tables/heading.py",
    "io/keypoints/tables/times.py",
)  # fmt: skip
# Tables of a movement's own file: its page's words and measurements, which the tests above hold against all languages.
DECLARED = ("TEXTS", "WORDS", "_FILM", "_ANGLES")
# What is called here makes no sentence of a page: errors, declarations that have their own test, and how far one is.
NO_SENTENCE = ("InputError", "OutputError", "ModelError", "GaitlabError", "MetricSpec", "Reference", "Settings",
               "_setting", "deprecated", "one_of", "progress", "debug", "warning", "Step")  # fmt: skip


# A value that `str.format` puts in later; the name of an option.
VALUE = re.compile(r"\{\w*(?::[^}]*)?\}|--[a-z-]+")


def _name_of(assigned: ast.Assign | ast.AnnAssign) -> str:
    target = assigned.targets[0] if isinstance(assigned, ast.Assign) else assigned.target
    return target.id if isinstance(target, ast.Name) else ""


def sentences(node: ast.AST, *, errors: bool = False) -> Iterator[tuple[int, str]]:
    """Texts with two words or more below a node, f-strings with a mark at their values; no docstrings, no errors."""
    for child in ast.iter_child_nodes(node):
        # What finds no contacts is told as a warning, so the errors of that room are sentences of a page.
        if (isinstance(child, ast.Raise) and not errors) or (
            isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        ):
            continue
        if isinstance(child, ast.Assign | ast.AnnAssign) and _name_of(child) in DECLARED:
            continue
        if isinstance(child, ast.Call):
            called = child.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name in NO_SENTENCE and not (errors and name == "InputError"):
                continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.lineno, VALUE.sub("\0", child.value)
        elif isinstance(child, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "\0" for part in child.values]
            yield child.lineno, VALUE.sub("\0", "".join(parts))
            for part in child.values:
                if isinstance(part, ast.FormattedValue):
                    yield from sentences(part, errors=errors)
        else:
            yield from sentences(child, errors=errors)


def files() -> Iterator[Path]:
    for room in ROOMS:
        path = PACKAGE / room
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.relative_to(PACKAGE).as_posix() not in ELSEWHERE:
                yield file


# Texts of two words or more in these rooms that are none of a page's.
NOT_SAID = {
    # names of steps, sources and groups, which are not shown or stand elsewhere in the texts
    "picture's edge",
    "repeated pictures",
    "peak time",
    "5th metatarsal",
    "coarse strike",
    "toe-off, then hidden",
    "keypoints from a file",
    "the best that is installed",
    "pelvis and trunk",
    "leg from behind",
    "steps from behind",
    "through the cycle",
    "hip, ankle and trunk",
    "at the deepest point",
    "before take-off",
    "within noise",
    "not comparable",
    "gaitlab's marker sets",
    "keypoint names",
    "shop profile",
    # of progress and of the annotated video, which is in English
    "finding the person",
    "looking for person",
    "heel to shank",
    "left hip adduction",
    "right hip adduction",
    "left knee",
    "right knee",
    # causes of what could not be made are the machine's own words
    "not enough memory",
    "a fault in gaitlab",
    # why a check only warns, for who reads the code
    "no number is in its unit; the file can be written in pixels",
    "the movement is another; the file can be sorted",
    "no camera at the side sees that; the size of the picture can be said",
    "the points are others than is thought; their order can be said",
    "it is not one person's movement; the file can be taken apart",
    "legs and trunk are right without the feet",
    "a camera may stand askew, which is nobody's mistake in the file",
    "the other joints are right without the one",
    "somebody may run backwards",
    "averages over many strides are of use still",
    # parts of errors that are put together before they are raised
    "forward must be +1 (runner faces image-right) or -1 (image-left), not",
    "[profile] and [shoes], or [brand]",
    "and shoes",
    "lies on their side, with the head to the left of the picture",
    "stands on their head",
    "lies on their side, with the head to the right of the picture",
    "does not stand on their feet",
    "lies, or is seen from above where another axis points up",
    "expected the head above the hips above the feet, with y downwards in a picture's pixels and upwards in points in "
    "space: name the axes with",
    "or write the file with these",
    "expected a runner seen whole: name the part that shows one with",
    "a correlation of",
    "nothing in common",
    "s in the session and",
    "s in the truth",
    "athlete's name",
    "cannot write into",
    "times as long: if the film is slow motion, analyse it with its true frame rate",
    "its times count frames",
    "out, or correct the file",
    "file of",
    "choose another",
    "a folder of files",
    "if they are metres, write them as millimetres",
    "keep the rows of one person, or add a column 'person' that tells them apart",
}
# Beginnings of what an error expected, which is long.
EXPECTED = ("a toml file with name", 'kne", or a list of markers', "a c3d, a trc, a mot")


def test_every_sentence_that_the_code_can_say_is_in_the_table() -> None:
    """A new warning, reason or note fails here until [messages] of every language has it."""
    known = "\n".join(re.sub(r"\{\w+\}", "\0", text).lower() for text in [*read_texts("en")["messages"].values()])
    lost = []
    for file in files():
        for line, text in sentences(ast.parse(file.read_text(encoding="utf-8")), errors=file.parent.name == "events"):
            for part in text.split("\0"):
                # Units that stand close to a value are taken with it.
                core = re.sub(r"^[x°]", "", part).strip(" ;:,.()'\n").lower()
                if len(re.findall(r"[a-z']{2,}", core)) < 2 or " " not in core or core in NOT_SAID:
                    continue
                if core.startswith(EXPECTED):
                    continue
                if core not in known:
                    lost.append(f"{file.relative_to(PACKAGE)}:{line}: {part!r}")
    assert not lost, "no sentence of locale/en/messages.toml says this:\n" + "\n".join(lost)
