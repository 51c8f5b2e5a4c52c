"""Elements of the page, each a function of the content that fills the template of the same name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.gait import BOTH_SIDES
from gaitlab.metrics.quality import grade_of, grave_warnings, shown_rate
from gaitlab.report.session.advice import next_film, shown_findings
from gaitlab.report.session.checks import checks, point_name
from gaitlab.report.session.content import Content, column_key, network
from gaitlab.report.session.figures import chart_title, cycle_figures, norm_of, time_figure
from gaitlab.report.session.keyframes import Moment, moments_of, moments_of_repetition
from gaitlab.report.session.player import player_data
from gaitlab.report.session.skeletons import Drawing, draw
from gaitlab.report.session.tables import cards, formula_sources, groups, note_letters, range_sources
from gaitlab.report.shared import numbers
from gaitlab.report.shared.brand import head_of
from gaitlab.report.shared.curves import CycleCurve
from gaitlab.report.shared.glossary import BOX, about, glossary
from gaitlab.report.shared.media import Media
from gaitlab.report.shared.said import Foreign, said
from gaitlab.report.shared.texts import Texts, day, pointed


@dataclass(frozen=True, slots=True)
class Element:
    """One part of the page.

    Attributes
    ----------
    name : str
        name of its template, and its anchor in the page.
    fill : Callable[[Content, Media], Mapping[str, Any] | None]
        returns the values for the template; None omits the element.
    title : str
        key of its heading in the texts, for the navigation; empty for none.
    """

    name: str
    fill: Callable[[Content, Media], Mapping[str, Any] | None]
    title: str = ""


def _brand(content: Content, media: Media) -> Mapping[str, Any] | None:
    head = head_of(content.brand)
    return {"head": head} if head else None


def _notes(content: Content, media: Media) -> Mapping[str, Any] | None:
    notes = [(note.date, day(note.date, content.texts), note.text) for note in content.notes]
    return {"notes": notes} if notes else None


def _header(content: Content, media: Media) -> Mapping[str, Any]:
    drawings = [draw(content, m, jpeg=media.stills.get(m.key)) for m in _moments(content)]
    first = "foot_strike" if content.movement is None else content.movement.mark
    strikes = [d for d in drawings if d.moment.event == first]
    near = "left" if content.info.get("facing") == "left" else "right"
    strikes.sort(key=lambda d: (not d.picture, d.moment.side != near))
    # Both feet leave the ground at once; a step and a turn of the crank are one leg's.
    of_a_leg = content.movement is None or any(one.side != "both" for one in content.repetitions)
    return {"facts": facts(content), "still": strikes[0] if strikes else None, "of_a_leg": of_a_leg}


def facts(content: Content) -> list[tuple[str, str]]:
    """Return the facts about the recording as (name, text)."""
    info, texts = content.info, content.texts
    words, names = texts["words"], texts["facts"]
    facing = words.get(f"facing_{info.get('facing')}", "") if content.view == "side" else ""
    clock = info.get("clock", {}).get("source")
    key = {"assumed": "frames_assumed", "unknown": "frames_unknown"}.get(clock, "frames_a_second")
    fps, duration_s = shown_rate(info)
    frames = names[key].format(
        fps=pointed(f"{fps:.4g}", texts), duration=numbers.decimal(duration_s, 1, point=content.point)
    )
    file = (info["video"] or {}).get("name", "")
    found = [
        (names["label"], info["label"]),
        _date(content),
        (names["view"], ", ".join(part for part in (words.get(content.view, content.view), facing) if part)),
        (names["setting"], _setting(content)),
        (names["speed_overground" if content.info.get("setting") == "overground" else "speed"], _speed(content)),
        (names["runner"], numbers.body(info["runner"]["height_m"], info["runner"]["mass_kg"], units=content.units)),
        (names["video" if file else "recording"], ", ".join(part for part in (file, frames) if part)),
        (names["keypoints"], names["from_file"].format(name=info["keypoints"]["name"]))
        if info["keypoints"]
        else (names["network"], network(info, texts)),
    ]
    return [(name, str(value)) for name, value in found if value]


def _date(content: Content) -> tuple[str, str]:
    """Return the recording date, or the date of the file, labelled as such."""
    info, names = content.info, content.texts["facts"]
    date = info["recorded_at"] or ""
    if info["dated_by"] == "file":
        return names["file_date"], day(date[:10], content.texts)
    return names["recorded"], day(date[:16], content.texts)


def _setting(content: Content) -> str:
    """Return where the runner moved and what the camera did; empty in a rear view and in sessions that do not say."""
    info, texts = content.info, content.texts
    if content.view != "side" or not info.get("setting"):
        return ""
    words = [texts["words"][info["setting"]]]
    if info.get("camera"):
        words.append(texts["cameras"][info["camera"]])
    if (drift_px := info.get("camera_drift_px")) is not None:
        words.append(texts["cameras"]["drift"].format(px=f"{drift_px:.0f}"))
    return ", ".join(words)


def _speed(content: Content) -> str:
    names = content.texts["facts"]
    entered = content.info["runner"]["belt_speed_mps"]
    measured = content.info["calibration"]["belt_speed_mps"]
    speed_mps, how = (entered, names["entered"]) if entered else (measured, names["measured"])
    shown = numbers.speed(speed_mps, units=content.units, point=content.point) if speed_mps else ""
    return f"{shown}, {how}" if shown else ""


def _warnings(content: Content, media: Media) -> Mapping[str, Any] | None:
    grave = grave_warnings(content.info)
    others = [warning for warning in content.info["warnings"] if warning not in grave]
    shown = {
        "grave": [_sentence(warning, content.texts) for warning in grave],
        "sentences": [_sentence(warning, content.texts) for warning in others],
    }
    return shown if grave or others else None


def _sentence(text: str, texts: Texts) -> str:
    told = said(f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}", texts)
    # A number that begins the English sentence may stand elsewhere in another language's.
    return told if isinstance(told, Foreign) else f"{told[:1].upper()}{told[1:]}"


def _headlines(content: Content, media: Media) -> Mapping[str, Any] | None:
    by_name = {measure.name: measure for measure in content.measures}
    chosen = [by_name[name] for name in content.headlines if name in by_name]
    return {"cards": cards(chosen, content.texts)} if chosen else None


def _findings(content: Content, media: Media) -> Mapping[str, Any] | None:
    return shown_findings(content, media, _moments(content))


def _next(content: Content, media: Media) -> Mapping[str, Any] | None:
    return {"wishes": next_film(content)} if content.has_cycles else None


def _shop(content: Content, media: Media) -> Mapping[str, Any] | None:
    """Return a shop's own terms for the measurements, with their limitations."""
    shop = content.info.get("shop_profile")
    if not shop:
        return None
    texts = content.texts
    feet = []
    for foot in shop["feet"]:
        measured = content.said(foot["reason"])
        if foot["mean_deg"] is not None:
            spread = foot["uncertainty_deg"]
            plus_minus = (
                "" if spread is None else f" {texts['plus_minus']} {numbers.decimal(spread, 1, point=content.point)}"
            )
            measured = f"{numbers.decimal(foot['mean_deg'], 1, point=content.point)}{plus_minus}° (n {foot['n']})"
        word = texts["shop"]["words"].get(foot["word"], texts["none"])
        feet.append(
            {"side": texts["sides"][foot["side"]], "measured": measured, "word": word,
             "shoes": foot["shoes"] or texts["none"]}
        )  # fmt: skip
    less, more = (numbers.decimal(shop[name], 1, point=content.point) for name in ("less_up_to_deg", "more_from_deg"))
    return {"shop": shop, "feet": feet, "less": less, "more": more}


def _companion(content: Content, media: Media) -> Mapping[str, Any] | None:
    """Return the link to the other clip of the same run."""
    other = content.info.get("with")
    if not other:
        return None
    words = content.texts["words"]
    return {
        "video": other["name"],
        "view": words.get(other["view"], other["view"]),
        "link": f"{other['folder']}/report.html",
    }


def _video(content: Content, media: Media) -> Mapping[str, Any]:
    return {"media": media, "player": player_data(content, media), "seen": bool(np.isfinite(content.pose.xy).any())}


def _cycle(content: Content, media: Media) -> Mapping[str, Any]:
    charts, columns = [], []
    for column, (figure, curves) in cycle_figures(content).items():
        columns.append(column)
        title = chart_title(content, column)
        charts.append({"id": column_key(column), "title": title, "figure": figure,
                       "alt": content.texts["cycle"]["alt"].format(title=title, peaks=_peaks(content, curves)),
                       "sides": list(curves), "counts": {s: c.n for s, c in curves.items()}})  # fmt: skip
    stance_only = all(s.get("stance_only", False) for s in content.layout["curves"] if s["view"] == content.view)
    return {"charts": charts, "stance_only": stance_only, "norms": _norms(content, columns)}


def _norms(content: Content, columns: Iterable[str]) -> str:
    """Return whose band lies behind the curves; empty where there is none."""
    norm = next((norm for column in columns if (norm := norm_of(content, column)) is not None), None)
    if norm is None:
        return ""
    words = content.texts["cycle"]
    if norm.speed_mps is None:
        return str(words["norm_any"].format(runners=norm.runners))
    speed = numbers.speed(norm.speed_mps, units=content.units, point=content.point)
    return str(words["norm"].format(runners=norm.runners, speed=speed))


def _peaks(content: Content, curves: Mapping[str, CycleCurve]) -> str:
    peak = content.texts["cycle"]["peak"]
    return " ".join(
        peak.format(
            side=content.texts["sides"][side],
            low=numbers.decimal(float(np.nanmin(curve.mean_deg)), 0),
            high=numbers.decimal(float(np.nanmax(curve.mean_deg)), 0),
        )
        for side, curve in curves.items()
        if np.isfinite(curve.mean_deg).any()
    )


def _time(content: Content, media: Media) -> Mapping[str, Any] | None:
    figure = time_figure(content)
    if figure is None:
        return None
    counts = {side: len(content.events.of(side)) for side in BOTH_SIDES}
    # A repetition of both legs is a bar of either leg, and one all the same.
    rejected = sum(not one.accepted for one in content.repetitions or content.events.contacts)
    return {"figure": figure, "alt": content.texts["time"]["alt"].format(**counts, rejected=rejected)}


def _keyframes(content: Content, media: Media) -> Mapping[str, Any]:
    drawings = {m.key: draw(content, m, jpeg=media.stills.get(m.key)) for m in _moments(content)}
    rows: list[tuple[str, list[Drawing]]] = []
    for side in BOTH_SIDES:
        found = [drawing for drawing in drawings.values() if drawing.moment.side == side]
        if found:
            rows.append((side, found))
    return {"rows": rows, "start_s": float(content.pose.time_s[0]) if len(content.pose) else 0.0}


def _moments(content: Content) -> tuple[Moment, ...]:
    video = content.info["video"]
    size = (video["width"], video["height"]) if video else None
    if content.movement is not None:
        return moments_of_repetition(
            content.pose, content.repetitions, content.movement.moments, view=content.view,
            facing=str(content.info["facing"]), size_px=size,
        )  # fmt: skip
    return moments_of(content.pose, content.cycles, view=content.view, size_px=size)


def _metrics(content: Content, media: Media) -> Mapping[str, Any]:
    sources, notes = range_sources(content.measures), note_letters(content.measures)
    return {
        "groups": groups(content.measures, content.texts, sources=sources, notes=notes),
        "sources": list(sources),
        "notes": list(notes.items()),
        "formulas": formula_sources(content.measures, content.texts),
    }


def _glossary(content: Content, media: Media) -> Mapping[str, Any] | None:
    """Return every metric of the page in plain words; those of the first page are printed."""
    entries = glossary()
    abouts = [
        {"name": m.name, "label": m.full_label, "first": m.name in content.headlines,
         "text": about(m.name, content.texts), "marks": entries[m.name].marks}
        for m in content.measures if m.name in entries
    ]  # fmt: skip
    return {"abouts": abouts, "box": BOX} if abouts else None


def _quality(content: Content, media: Media) -> Mapping[str, Any]:
    quality, calibration = content.info["quality"], content.info["calibration"]
    seen = [
        (point_name(name, content.texts), share)
        for name, share in quality["share_of_frames_seen"].items()
        if name.partition("_")[2] not in content.layout["seen"]["not_listed"]
    ]
    return {
        "checks": checks(content),
        "verdict": grade_of(content.info),
        "grave": [_sentence(warning, content.texts) for warning in grave_warnings(content.info)],
        "rejected": [
            (content.said(reason), count)
            for reason, count in sorted(quality["cycles_rejected"].items(), key=lambda item: -item[1])
        ],
        "seen": sorted(seen, key=lambda item: item[1]),
        "scale": _scale(calibration, content),
        "tilt": _tilt(content),
        "others": len(content.info.get("others_seen") or ()),
        "smoothing": _smoothing(quality.get("history", ()), content),
    }


def _smoothing(history: Sequence[Mapping[str, Any]], content: Content) -> str:
    """Return the smoothing method with its effective cut-off."""
    texts = content.texts["quality"]
    done: Mapping[str, Any] = next((step["parameters"] for step in history if step["step"] == "smoothing"), {})
    if "effective_cutoff_hz" not in done:  # not smoothed, or an older session without this entry
        return str(texts["unsmoothed"]) if done.get("method") == "none" else ""
    if done["effective_cutoff_hz"] is None:
        return str(texts["unsmoothed"])
    cutoff = numbers.decimal(done["effective_cutoff_hz"], 1, point=content.point)
    return str(texts["smoothed"].format(method=done["method"], cutoff=cutoff))


def _tilt(content: Content) -> str:
    """Return how the image was levelled, or why not; empty for rear views, which are not levelled."""
    info, texts = content.info, content.texts["quality"]
    belt_deg, tilt_deg, source = (info["calibration"].get(name) for name in ("belt_deg", "tilt_deg", "tilt_source"))
    if info["view"] != "side" or info.get("movement") or not source:
        return ""
    level = info["settings"].get("calibration", {}).get("level", "auto")
    asked = texts["as_asked"] if level != "auto" else ""
    key = "tilt" if tilt_deg or tilt_deg == belt_deg else "tilt_unknown" if belt_deg is None else "tilt_left"
    tilt = tilt_deg if key == "tilt" else belt_deg
    shown = "" if tilt is None else numbers.decimal(abs(tilt), 1, point=content.point)
    return str(texts[key].format(tilt=shown, source=content.said(source), asked=asked))


def _scale(calibration: Mapping[str, Any], content: Content) -> list[str]:
    texts = content.texts["quality"]
    if not calibration["metres_per_px"]:
        return [texts["no_scale"]]
    lines = [
        texts["scale_from"].format(
            mm=numbers.decimal(calibration["metres_per_px"] * 1000, 2, point=content.point),
            source=content.said(calibration["source"]),
        )
    ]
    return lines + [
        texts["scale_check"].format(name=content.said(name), mm=numbers.decimal(scale * 1000, 2, point=content.point))
        for name, scale in calibration["check"].items()
        if name != calibration["source"]
    ]


def _footer(content: Content, media: Media) -> Mapping[str, Any]:
    return {"version": content.info["gaitlab_version"]}


ELEMENTS: tuple[Element, ...] = (
    Element("brand", _brand),
    Element("header", _header),
    Element("warnings", _warnings),
    Element("headlines", _headlines, "headlines"),
    Element("findings", _findings, "findings"),
    Element("next", _next),
    Element("shop", _shop),
    Element("companion", _companion),
    Element("notes", _notes, "notes"),
    Element("video", _video, "video"),
    Element("cycle", _cycle, "cycle"),
    Element("time", _time, "time"),
    Element("keyframes", _keyframes, "keyframes"),
    Element("metrics", _metrics, "metrics"),
    Element("quality", _quality, "quality"),
    Element("glossary", _glossary, "glossary"),
    Element("footer", _footer),
)
