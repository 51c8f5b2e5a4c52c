"""A shop's words: by hand, and never where they may not be."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from gaitlab.analysis.shop import Profile, classify_feet, read_shop, word_for
from gaitlab.core.errors import InputError
from gaitlab.core.metric import MetricValue
from gaitlab.io.resources import resource_folder

SHIPPED = resource_folder("configs") / "shop_profile.toml"
PROFILE = Profile("shop", "rearfoot_eversion_excursion", 10.0, 16.0, 7, "by hand", {"more": "supportive"})


@pytest.mark.parametrize(
    ("mean", "uncertainty", "n", "word"),
    [
        (8.0, 2.0, 9, "less"),
        (8.0, 2.1, 9, "uncertain"),
        (13.0, 2.9, 9, "typical"),
        (13.0, 3.0, 9, "uncertain"),
        (18.0, 2.0, 9, "more"),
        (18.0, 2.1, 9, "uncertain"),
        (18.0, 0.1, 6, "uncertain"),
        (18.0, math.nan, 9, "uncertain"),
        (math.nan, 1.0, 9, "uncertain"),
    ],
)
def test_words_by_hand(mean: float, uncertainty: float, n: int, word: str) -> None:
    assert word_for(PROFILE, mean=mean, uncertainty=uncertainty, n=n) == word


def row(side: str, mean: float, *, error: float = 0.0) -> MetricValue:
    return MetricValue(PROFILE.metric, "Inward rolling", side, 9, mean, 1.0, 0.5, "deg", network_error=error)


def test_dots_are_sorted_and_the_proxy_never_is() -> None:
    rows = [row("left", 5.0), row("right", 20.0)]
    feet = classify_feet(PROFILE, rows, source="four points")["feet"]
    assert [foot["word"] for foot in feet] == ["less", "more"]
    assert [foot["shoes"] for foot in feet] == ["", "supportive"]
    # Nor may the points be off by as much, or nobody know by how much.
    for error in (15.0, math.nan):
        feet = classify_feet(
            PROFILE, [row("left", 5.0, error=error), row("right", 20.0, error=error)], source="four points"
        )
        assert [foot["word"] for foot in feet["feet"]] == ["uncertain", "uncertain"]
    for source in ("proxy", ""):
        feet = classify_feet(PROFILE, rows, source=source)["feet"]
        assert {(foot["word"], foot["shoes"], foot["mean_deg"]) for foot in feet} == {("", "", None)}
        assert "never sorted" in feet[0]["reason"]
    missing = replace(rows[0], mean=math.nan, missing_reason="no heel")
    assert classify_feet(PROFILE, [missing], source="four points")["feet"][0]["reason"] == "no heel"


def test_the_profile_that_ships_names_its_source() -> None:
    profile = read_shop(SHIPPED).profile
    assert (profile.less_up_to_deg, profile.more_from_deg) == (10.5, 16.3)
    assert "J Foot Ankle Res" in profile.source
    assert profile.min_steps == 7


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("less_up_to_deg = 10.5", "less_up_to_deg = 17.0", "must be below"),
        ("min_steps = 7", "", "min_steps is missing"),
        ('more = "supportive"', 'much = "supportive"', "unknown entry 'much'"),
        ('"rearfoot_eversion_excursion"\n', '"cadence"\n', "must be one of"),
        ("[profile]", "[profil]", r"sections \[profile\]"),
        ("[shoes]", "[shoes", "not TOML"),
    ],
)
def test_a_profile_that_is_none_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text()
    assert old in text
    (tmp_path / "mine.toml").write_text(text.replace(old, new))
    with pytest.raises(InputError, match=said):
        read_shop(tmp_path / "mine.toml")
    with pytest.raises(InputError, match="cannot read"):
        read_shop(tmp_path / "none.toml")
