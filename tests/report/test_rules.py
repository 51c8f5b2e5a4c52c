"""The table of findings: every metric is there, every source can be looked up, every condition is one."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import Any

import pytest

from gaitlab.metrics import METRICS
from gaitlab.metrics.norms import norms
from gaitlab.report.session.content import read_layout
from gaitlab.report.session.keyframes import EVENTS
from gaitlab.report.session.rules import GRADES, TABLE, parse_rules, read_rules
from gaitlab.report.shared.texts import read_texts

# "Author(s) Year, Journal …" with volume and pages where a page confirms them, and a DOI or a PubMed Central number;
# then who was looked at.
LOOKED_UP = re.compile(
    r"^[A-Z][\w ]+?(?: et al\.| & [A-Z]\w+)? (?:19|20)\d\d, [\w ]+(?: \d+:\S+)?, "
    r"(?:doi:10\.\d{4,}/\S+|PubMed Central PMC\d+): \S+"
)
RULES = read_rules()
WORDS = read_texts("en")["findings"]["rules"]
ALL = (*RULES.rules, RULES.difference, RULES.lean)
# What no text of the page may promise or call somebody.
FORBIDDEN = re.compile(
    r"\b(diagnos\w*|prevent\w*|cure\w*|abnormal\w*|pathologic\w*|wrong|bad form|must|should not|overpronat\w*)\b",
    re.IGNORECASE,
)


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_every_entry_is_whole(rule) -> None:
    assert rule.evidence in GRADES
    for text in (rule.title, rule.means, rule.attempt, rule.check, rule.clinician):
        assert len(text) > 10
        assert text[0].isupper()
        assert not FORBIDDEN.search(text), text
    assert all(text.endswith(".") for text in (rule.means, rule.attempt, rule.check, rule.clinician))
    assert "clinician" in rule.clinician
    assert rule.means.count(". ") <= 2  # two or three sentences
    assert rule.sources
    assert [source for source in rule.sources if not LOOKED_UP.match(source)] == []


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.name)
def test_every_condition_is_on_a_declared_metric_that_it_can_be_held_against(rule) -> None:
    for condition in rule.when:
        spec = METRICS[condition.metric]
        if condition.limit is None and condition.kind != "differs":
            # Other runners are known, by speed or from one source.
            assert spec.reference is not None or condition.metric in norms()["metrics"]
        elif condition.limit is not None:
            low, high = spec.plausible
            assert low < condition.limit < high
        assert condition.kind != "differs" or spec.per_side
    assert rule.moment in EVENTS
    columns = {joint["column"] for joint in read_layout()["joints"]}
    assert not rule.joint or rule.joint in columns


def test_there_is_one_for_each_of_what_coaches_look_at() -> None:
    names = {rule.name for rule in RULES.rules}
    assert names >= {
        "overstride", "low_cadence", "long_contact", "vertical_oscillation", "forward_trunk", "upright_trunk",
        "straight_knee_at_contact", "deep_knee_in_stance", "little_hip_extension", "heel_strike", "midfoot_strike",
        "forefoot_strike", "pelvic_drop", "knee_projection", "crossing_over", "eversion_excursion",
    }  # fmt: skip


def test_every_source_is_used_and_every_grade_has_a_word(table: dict[str, Any]) -> None:
    used = {source for rule in ALL for source in rule.sources}
    # Lopes is named in the sentence that stands beneath all findings too.
    assert set(table["sources"].values()) == used
    assert set(read_texts("en")["findings"]["grades"]) == set(GRADES)
    assert set(RULES.profiles) == {"coach", "clinic", "shop", "research"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"evidence": "proven"}, "'proven', which is none of strong, moderate, weak, opinion"),
        ({"evidence": " "}, "overstride needs a text 'evidence'"),
        ({"sources": ["somebody"]}, "'somebody', which is none of"),
        ({"sources": []}, "overstride needs sources"),
        ({"when": []}, "conditions where it stands in a list"),
        ({"when": [{"metric": "overstride"}]}, "a metric and one of above, below, differs"),
        ({"when": [{"metric": "overstride", "above": 1, "below": 2}]}, "a metric and one of above, below, differs"),
        ({"when": [{"metric": "overstride", "above": "high"}]}, "a number or 'norm', not 'high'"),
        ({"when": [{"metric": "overstride", "above": True}]}, "a number or 'norm', not True"),
        ({"when": [{"metric": "overstride", "differs": False}]}, "can be true only"),
        ({"cue": "run"}, "'cue', which is none of"),
    ],
)
def test_a_broken_entry_is_named(table: dict[str, Any], change: dict[str, Any], said: str) -> None:
    broken = copy.deepcopy(table)
    broken["finding"][0] |= change
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_rules(broken, WORDS)


def test_a_name_comes_once(table: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="come twice: \\['overstride'\\]"):
        parse_rules({**table, "finding": [*table["finding"], table["finding"][0]]}, WORDS)
