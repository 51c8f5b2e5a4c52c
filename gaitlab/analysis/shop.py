"""A shop's file: its head of the pages, and classification of rearfoot eversion by thresholds that it defines.

Published cut-offs disagree and depend on the zero of the angle, so the file contains the thresholds and their source.
Values whose interval includes a threshold are uncertain; values from proxy keypoints are not classified.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitlab.core.errors import InputError, shown
from gaitlab.core.metric import MetricValue
from gaitlab.io.brand import Brand, read_brand
from gaitlab.io.reading import Entry, read_toml

WORDS = ("less", "typical", "more", "uncertain")
# Metrics that a profile may classify: excursion since contact, and peak relative to standing.
METRICS = ("rearfoot_eversion_excursion", "peak_rearfoot_eversion")
_SECTIONS = ("profile", "shoes", "brand")
_EXPECTED = "[profile] and [shoes], or [brand]"
_ENTRIES = ("name", "metric", "less_up_to_deg", "more_from_deg", "min_steps", "source")
_STEEPEST_DEG = 90.0
_MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Profile:
    """Thresholds and names by which a shop classifies rearfoot eversion.

    Attributes
    ----------
    name : str
        name of the shop or profile.
    metric : str
        metric that is classified.
    less_up_to_deg, more_from_deg : float
        thresholds, degrees; values between them are typical.
    min_steps : int
        minimum number of accepted steps per foot; with fewer the result is uncertain.
    source : str
        source of the thresholds.
    shoes : dict[str, str]
        shop's name of the matching shoes for each of `WORDS`; entries are optional.
    """

    name: str
    metric: str
    less_up_to_deg: float
    more_from_deg: float
    min_steps: int
    source: str
    shoes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shop:
    """What a shop's file says: how it sorts inward rolling, and whose pages they are; either may be missing."""

    profile: Profile | None
    brand: Brand | None


def read_shop(path: Path) -> Shop:
    """Read a shop's file.

    Raises
    ------
    InputError
        no such file, not TOML, or anything in it missing or wrong.
    """
    content = read_toml(path, "shop profile")
    sections = content.fields()
    for extra in set(sections) - set(_SECTIONS):
        raise InputError(f"'{path}': unknown section {shown(extra)}; expected the sections {_EXPECTED}")
    there = {name for name in _SECTIONS if name in sections}
    sorts = bool(there & {"profile", "shoes"}) or not there
    needed = there | ({"profile"} if sorts else set())
    if not all(name in sections and isinstance(sections[name].value, dict) for name in needed):
        raise InputError(f"'{path}' is no shop profile: expected the sections {_EXPECTED}")
    brand = read_brand(sections["brand"], path) if "brand" in sections else None
    return Shop(_profile(sections, path) if sorts else None, brand)


def brand_from(path: Path) -> Brand:
    """Return the brand of a shop's file.

    Raises
    ------
    InputError
        as of `read_shop`, and if it has none.
    """
    brand = read_shop(path).brand
    if brand is None:
        raise InputError(f"'{path}' has no section [brand], so there is nothing to head a page with; see "
                         "configs/shop_profile.toml")  # fmt: skip
    return brand


def _profile(sections: dict[str, Entry], path: Path) -> Profile:
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
    """Classify one foot as one of `WORDS`; uncertain if the interval includes a threshold or steps are too few.

    Parameters
    ----------
    profile : Profile
        thresholds.
    mean : float
        mean of the metric, degrees.
    uncertainty : float
        half-width of the interval, degrees, keypoint errors included; NaN if unknown.
    n : int
        number of accepted steps.
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
    """Return the ``shop_profile`` entry of session.json: the profile and one row per foot.

    Parameters
    ----------
    source : str
        keypoints that define the rearfoot, see `kinematics.frontal.REARFOOT_LINES`; a proxy is not classified.
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
