"""The table of findings: when each is told, what it may mean and how well that is known, what is tried."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gaitlab.report.shared.texts import read_texts

TABLE = Path(__file__).resolve().parents[1] / "findings.toml"
# How well it is known what a finding may mean, best first.
GRADES = ("strong", "moderate", "weak", "opinion")
# What a profile may show of a finding, beside its title and what was seen.
PARTS = ("means", "try", "check", "clinician", "sources")
# A limit that is not a number: beyond the runners compared with.
NORM = "norm"
# In place of a profile: no findings.
OFF = "off"
_NEEDED = ("name", "evidence")
_MORE = ("group", "when", "sources", "moment", "joint", "span", "plain")
# What a language says of each, in its folder of the locale.
_WORDS = ("title", "means", "try", "check", "clinician")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a metric.

    Attributes
    ----------
    metric : str
        name of the metric.
    kind : str
        ``above``, ``below`` or ``differs``.
    limit : float | None
        limit in the metric's unit; None is the norm, and for ``differs``.
    """

    metric: str
    kind: str
    limit: float | None

    @property
    def of_norm(self) -> bool:
        """Whether the limit is that of the runners compared with."""
        return self.limit is None and self.kind != "differs"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the table; ``attempt`` is its ``try``. The file's head says what each means."""

    name: str
    title: str
    group: str
    when: tuple[Condition, ...]
    means: str
    evidence: str
    sources: tuple[str, ...]
    attempt: str
    check: str
    clinician: str
    moment: str
    joint: str
    span: tuple[str, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """Who reads the page: which parts of a finding are shown, and whether the network's error stands apart."""

    parts: tuple[str, ...]
    full_interval: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole table; ``norm_sds`` is how many SD from the mean of the runners compared with make a finding."""

    norm_sds: float
    rules: tuple[Rule, ...]
    difference: Rule
    lean: Rule
    profiles: Mapping[str, Profile]


@cache
def read_rules(language: str = "en") -> Rules:
    """Return the table that ships with gaitlab, in the words of a language."""
    words = read_texts(language)["findings"]["rules"]
    return parse_rules(tomllib.loads(TABLE.read_text(encoding="utf-8")), words)


def parse_rules(table: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> Rules:
    """Return a table read from TOML, with what is said of each finding by its name.

    Raises
    ------
    ValueError
        for an entry that is missing, empty or unknown, naming it.
    """
    sources = table["sources"]
    profiles = {
        name: Profile(
            tuple(_known(part, PARTS, f"profile {name}") for part in said["parts"]), bool(said["full_interval"])
        )
        for name, said in table["profiles"].items()
    }
    rules = tuple(_rule(entry, words, sources, conditions=True) for entry in table["finding"])
    names = [rule.name for rule in rules]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"findings.toml: names must differ, but these come twice: {sorted(repeated)}")
    return Rules(
        norm_sds=float(table["norm_sds"]),
        rules=rules,
        difference=_rule(table["difference"], words, sources, conditions=False),
        lean=_rule(table["lean"], words, sources, conditions=False),
        profiles=profiles,
    )


def _rule(
    entry: Mapping[str, Any], words: Mapping[str, Mapping[str, str]], sources: Mapping[str, str], *, conditions: bool
) -> Rule:
    name = entry.get("name", "?")
    for key in _NEEDED:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ValueError(f"findings.toml: {name} needs a text '{key}'")
    for key in entry:
        _known(key, (*_NEEDED, *_MORE), name)
    said = words.get(name, {})
    for key in _WORDS:
        if not isinstance(said.get(key), str) or not said[key].strip():
            raise ValueError(f"locale: findings.rules.{name} needs a text '{key}'")
    named = tuple(sources[_known(source, tuple(sources), name)] for source in entry.get("sources", ()))
    when = tuple(_condition(one, name) for one in entry.get("when", ()))
    if not named or bool(when) != conditions or (conditions and not entry.get("group")):
        raise ValueError(f"findings.toml: {name} needs sources, and a group and conditions where it stands in a list")
    return Rule(
        name=name, title=said["title"], group=entry.get("group", name), when=when, means=said["means"],
        evidence=_known(entry["evidence"], GRADES, name), sources=named, attempt=said["try"], check=said["check"],
        clinician=said["clinician"], moment=entry.get("moment", ""), joint=entry.get("joint", ""),
        span=tuple(entry.get("span", ())), plain=bool(entry.get("plain", False)),
    )  # fmt: skip


def _condition(said: Mapping[str, Any], name: str) -> Condition:
    kinds = [kind for kind in ("above", "below", "differs") if kind in said]
    if len(kinds) != 1 or set(said) != {"metric", *kinds}:
        raise ValueError(f"findings.toml: a condition of {name} is a metric and one of above, below, differs: {said}")
    (kind,) = kinds
    limit = said[kind]
    if kind == "differs":
        if limit is not True:
            raise ValueError(f"findings.toml: differs of {name} can be true only, not {limit!r}")
        return Condition(said["metric"], kind, None)
    if limit == NORM:
        return Condition(said["metric"], kind, None)
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        raise ValueError(f"findings.toml: a limit of {name} is a number or '{NORM}', not {limit!r}")
    return Condition(said["metric"], kind, float(limit))


def _known(word: str, words: tuple[str, ...], name: str) -> str:
    if word not in words:
        raise ValueError(f"findings.toml: {name} has {word!r}, which is none of {', '.join(words)}")
    return word
