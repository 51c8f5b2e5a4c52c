"""A shop's profile: measured inward rolling put into the shop's own words, off unless a file is named.

Published cut-offs disagree and hang on the zero, so the thresholds and their source are the shop's and stand in its
file. What is not sure is called uncertain; what stand-in points measured gets no word at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, shown
from gaitlab.core.metric import MetricValue
from gaitlab.io.reading import read_toml

WORDS = ("less", "typical", "more", "uncertain")
# Measures that a profile may sort: the change from contact, and what needs the standing zero.
METRICS = ("rearfoot_eversion_excursion", "peak_rearfoot_eversion")
_SECTIONS = ("profile", "shoes")
_ENTRIES = ("name", "metric", "less_up_to_deg", "more_from_deg", "min_steps", "source")
_STEEPEST_DEG = 90.0
_MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Profile:
    """A shop's words for inward rolling.

    Attributes
    ----------
    name : str
        of the shop or the profile.
    metric : str
        which measure is sorted.
    less_up_to_deg, more_from_deg : float
        thresholds; between them it is typical.
    min_steps : int
        fewer accepted steps of a foot are uncertain.
    source : str
        where the thresholds come from.
    shoes : dict[str, str]
        each of `WORDS` to what the shop calls such shoes; may lack any.
    """

    name: str
    metric: str
    less_up_to_deg: float
    more_from_deg: float
    min_steps: int
    source: str
    shoes: dict[str, str]


def read_profile(path: Path) -> Profile:
    """Read a profile.

    Raises
    ------
    InputError
        no such file, not TOML, or anything in it missing or wrong.
    """
    content = read_toml(path, "shop profile")
    sections = content.fields()
    if not all(isinstance(sections[name].value, dict) if name in sections else name == "shoes" for name in _SECTIONS):
        raise InputError(f"'{path}' is no shop profile: expected the sections [profile] and [shoes]")
    entries = sections["profile"].fields()
    shoes = sections["shoes"].fields() if "shoes" in sections else {}
    for extra in [*(set(entries) - set(_ENTRIES)), *(set(shoes) - set(WORDS))]:
        known = f"{', '.join(_ENTRIES)}, and shoes {', '.join(WORDS)}"
        raise InputError(f"'{path}': unknown entry {shown(extra)}; expected {known}")
    for key in _ENTRIES:
        if key not in entries:
            raise InputError(f"'{path}': profile.{key} is missing; see configs/shop_profile.toml")
    profile = Profile(
        name=entries["name"].text(),
        metric=entries["metric"].text(),
        less_up_to_deg=entries["less_up_to_deg"].number(-_STEEPEST_DEG, _STEEPEST_DEG),
        more_from_deg=entries["more_from_deg"].number(-_STEEPEST_DEG, _STEEPEST_DEG),
        min_steps=entries["min_steps"].whole(0, _MOST_STEPS),
        source=entries["source"].text(),
        shoes={word: name.text() for word, name in shoes.items()},
    )
    if profile.metric not in METRICS:
        raise InputError(f"'{path}': profile.metric must be one of {', '.join(METRICS)}, not {shown(profile.metric)}")
    if not profile.less_up_to_deg < profile.more_from_deg:
        raise InputError(
            f"'{path}': less_up_to_deg ({profile.less_up_to_deg:g}) must be below more_from_deg "
            f"({profile.more_from_deg:g})"
        )
    return profile


def word_for(profile: Profile, *, mean: float, uncertainty: float, n: int) -> str:
    """Return one of `WORDS` for one foot; uncertain where the interval holds a threshold or the steps are too few.

    Parameters
    ----------
    uncertainty : float
        half-width of all that is unsure, what the points are off with it; NaN where that is not known.
    """
    if n < profile.min_steps or not (math.isfinite(mean) and math.isfinite(uncertainty)):
        return "uncertain"
    low, high = mean - uncertainty, mean + uncertainty
    if high <= profile.less_up_to_deg:
        return "less"
    if low >= profile.more_from_deg:
        return "more"
    return "typical" if low > profile.less_up_to_deg and high < profile.more_from_deg else "uncertain"


def classify_feet(profile: Profile, summary: Iterable[MetricValue], *, source: str) -> dict[str, Any]:
    """Return what session.json says under ``shop_profile``: the profile, and a row a foot.

    Parameters
    ----------
    source : str
        which points showed the rearfoot, see `kinematics.frontal.REARFOOT_LINES`; the proxy gets no word.
    """
    feet = []
    for row in summary:
        if row.metric == profile.metric and row.side in ("left", "right"):
            word, reason = "", ""
            if source in ("", "proxy"):
                reason = "no points on the heel's and the calf's mid-lines were seen: a stand-in is never sorted"
            elif row.missing_reason:
                reason = row.missing_reason
            else:
                whole = math.hypot(row.uncertainty, row.network_error)
                word = word_for(profile, mean=row.mean, uncertainty=whole, n=row.n)
            known = math.isfinite(row.mean) and not reason
            feet.append(
                {
                    "side": row.side, "word": word, "shoes": profile.shoes.get(word, ""), "reason": reason, "n": row.n,
                    "mean_deg": row.mean if known else None,
                    "uncertainty_deg": row.uncertainty if known and math.isfinite(row.uncertainty) else None,
                }
            )  # fmt: skip
    return {
        "name": profile.name, "metric": profile.metric, "less_up_to_deg": profile.less_up_to_deg,
        "more_from_deg": profile.more_from_deg, "min_steps": profile.min_steps, "source": profile.source, "feet": feet,
    }  # fmt: skip
