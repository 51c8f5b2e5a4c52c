"""The tables the commands print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gaitlab.cli.printing import console
from gaitlab.metrics import METRICS
from gaitlab.metrics.quality import GRADES, grade_of, grave_warnings, shown_rate
from gaitlab.metrics.summary import LABELS_OVERGROUND, NO_CYCLE, REARFOOT_NOTES
from gaitlab.stats.naming import letter
from gaitlab.stats.sessions import CHANGED, UNKNOWN, not_compared

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from gaitlab.apps.selftest import Check
    from gaitlab.io.session.session import Session

# Metric -> side -> the row of the summary.
Rows = Mapping[str, dict[str, dict[str, str]]]

# What a session says is missing -> the option that gives it. Pages and tables say it without: whoever reads them may
# never have seen a command line.
OPTIONS: Mapping[str, str] = {
    "the body mass": "--mass",
    "the body height": "--height",
    "the belt speed": "--speed",
    "the true frame rate": "--capture-fps",
    "the side the person faces": "--facing",
    "the view": "--view",
    "the movement": "--movement",
    "the person's number": "--person",
    "a recording of it": "--standing",
    "use more of the recording": "--start, --end",
    "the part to analyse": "--start, --end",
    "the same levelling": "--level",
}
# A share of rejected cycles that is nothing to tell in a terminal, and how many reasons are told there.
_FEW_REJECTED, _REASONS = 0.25, 3
# A narrower column of remarks breaks them into words; then they go below the table.
_LEAST_REMARK = 26
_GRADE_STYLES = dict(zip(GRADES, ("green", "yellow", "bold red"), strict=True))


def _decimals(metric: str) -> int:
    return METRICS[metric].decimals if metric in METRICS else 2


def _number(value: float, metric: str) -> str:
    return f"{value:.{_decimals(metric)}f}"


def _half_width(value: float, metric: str) -> str:
    """Return an uncertainty, never rounded to 0, as on the page."""
    return _number(max(value, 10.0 ** -_decimals(metric)) if value > 0 else value, metric)


def _value(row: dict[str, str] | None) -> Text:
    """Return ``12.3 ± 0.4 (n 15)``, or a dash."""
    if row is None or not row["mean"]:
        return Text("-", style="dim")
    text = _number(float(row["mean"]), row["metric"])
    if row["uncertainty"]:
        text += f" ± {_half_width(float(row['uncertainty']), row['metric'])}"
    return Text(f"{text} (n {row['n']})")


def with_options(sentence: str) -> str:
    """Return a sentence with the option behind each thing that it asks for: ``needs the body mass (--mass)``."""
    asked = re.search(r"\bneeds\b|\bmust be entered\b|\brecord longer\b", sentence)
    for thing, option in OPTIONS.items() if asked else ():
        sentence = sentence.replace(thing, f"{thing} ({option})", 1)
    return sentence


def warning_lines(session: Session) -> list[str]:
    """Return a session's warnings as a terminal says them; what forbids to build on the numbers is no mere note."""
    grave = grave_warnings(session.info)
    return [f"{'WARNING' if text in grave else 'note'}: {with_options(text)}" for text in session.warnings]


def rejected_lines(session: Session) -> list[str]:
    """Return why gait cycles were not used, the most frequent reasons in one line; nothing where most could be.

    Of a clip that contradicts what was said of it the reasons would be as false as the numbers.
    """
    quality = session.info["quality"]
    rejected: Mapping[str, int] = quality["cycles_rejected"]
    # A repetition of both legs is accepted for either, and one all the same.
    accepted = (
        [one.accepted for one in session.repetitions] if session.movement else quality["cycles_accepted"].values()
    )
    total = sum(rejected.values()) + sum(accepted)
    if not rejected or quality.get("doubt") or sum(rejected.values()) <= _FEW_REJECTED * total:
        return []
    kinds: Counter[str] = Counter()
    for reason, count in rejected.items():  # each names its own seconds: as a kind they are one
        kinds[re.sub(r"(?<= of )\d+\.\d+ s(?= outside)", "a length", reason)] += count
    most = "; ".join(f"{count} × {kind}" for kind, count in kinds.most_common(_REASONS))
    more = "; and others" if len(kinds) > _REASONS else ""
    counted = f"{'repetition' if session.movement else 'gait cycle'}{'' if total == 1 else 's'}"
    count = sum(rejected.values())
    return [f"note: {count} of {total} {counted} {'was' if count == 1 else 'were'} not used: {most}{more}"]


def _network(rows: dict[str, dict[str, str]]) -> str:
    """Return how far the network may be off, left and right where they differ; a question mark where nobody knows."""
    told = []
    for row in rows.values():
        if row["mean"]:
            error = row.get("network_error")
            told.append(_half_width(float(error), row["metric"]) if error else "?")
    return " / ".join(dict.fromkeys(told))


def _remarks(rows: dict[str, dict[str, str]]) -> list[str]:
    """Return why there is no value, what showed the rearfoot, and that cycles are few."""
    remarks = {row["missing_reason"] for row in rows.values() if row["missing_reason"]}
    notes = {
        note.partition(",")[0] if note.startswith("only ") else note
        for row in rows.values()
        for note in row["note"].split("; ")
    }
    return sorted(remarks | {n for n in notes if n.startswith("only ") or n in REARFOOT_NOTES.values()})


def _difference(row: dict[str, Any] | None, metric: str) -> str:
    """Return right minus left where it is more than noise; marked where it may be the network's."""
    if row is None or not row["beyond_noise"]:
        return ""
    doubt = "" if row.get("network_error") is not None else " ?"
    return f"{row['difference']:+.{_decimals(metric)}f}{doubt}"


def _setting(info: Mapping[str, Any]) -> list[str]:
    """Return where somebody moved and what the camera did, of a side view that says so."""
    if info["view"] != "side" or not info.get("setting"):
        return []
    camera = {"fixed": "camera stands", "hand-held": "camera in the hand", "following": "camera follows"}
    said = [info["setting"], camera.get(info.get("camera") or "")]
    if (drift_px := info.get("camera_drift_px")) is not None:
        said.append(f"ground known to {drift_px:.0f} px")
    return [", ".join(part for part in said if part)]


def _frame_rate(info: Mapping[str, Any]) -> str:
    """Return the frame rate of the measurement, with what is known of it."""
    source = info.get("clock", {}).get("source")
    return f"{shown_rate(info)[0]:.4g} fps{ {'assumed': ' (assumed)', 'unknown': ' as played'}.get(source, '') }"


def print_summary(session: Session) -> None:
    """Print a session's metrics: a row a metric, left and right beside each other, or why there is none."""
    info = session.info
    about = [info["athlete"], info["label"], f"{info['view']} view", info["activity"]]
    about += _setting(info)
    about += [f"facing {info['facing']}", _frame_rate(info), info["model"].get("name")]
    title = " · ".join(str(part) for part in about if part)
    by_metric: dict[str, dict[str, dict[str, str]]] = {}
    for row in session.rows("summary"):
        by_metric.setdefault(row["metric"], {})[row["side"]] = row
    terminal = console()
    measured = {metric: rows for metric, rows in by_metric.items() if any(row["mean"] for row in rows.values())}
    # A difference between the sides is told only where it is more than noise.
    between = {row["metric"]: _difference(row, row["metric"]) for row in info["asymmetry"]}
    wide = _wide(title, by_metric, between)
    if measured and _width(wide, terminal) <= terminal.width:
        terminal.print(wide)
        return
    # Columns that do not fit cut values and break remarks into words. A table of dashes says nothing.
    terminal.print(_narrow(title, measured, between) if measured else Text(title, style="bold"))
    for line in _remark_lines(by_metric, measured=bool(measured)):
        terminal.print(Text(with_options(line), style="dim"), soft_wrap=True)


def _wide(title: str, by_metric: Rows, between: Mapping[str, str]) -> Table:
    """Return the table with a column for everything."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading, justify in (
        ("metric", "left"), ("left", "right"), ("right", "right"), ("network ±", "right"), ("right - left", "right"),
        ("unit", "left"),
    ):  # fmt: skip
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("remark", style="dim")
    for metric, rows in by_metric.items():
        any_row = next(iter(rows.values()))
        table.add_row(
            Text(any_row["label"]), *_values(rows), _network(rows), between.get(metric, ""), any_row["unit"],
            Text(with_options("; ".join(_remarks(rows)))),
        )  # fmt: skip
    return table


def _width(wide: Table, terminal: Console) -> int:
    """Return the characters that the table with a column for everything needs, its remarks broken into short lines."""
    unbounded = terminal.options.update(width=1000)  # by itself no table asks for more than the terminal has
    remark = Measurement.get(terminal, unbounded, Text("\n").join(wide.columns[-1].cells)).maximum  # type: ignore[arg-type]
    return Measurement.get(terminal, unbounded, wide).maximum - max(remark - _LEAST_REMARK, 0)


def _narrow(title: str, by_metric: Rows, between: Mapping[str, str]) -> Table:
    """Return the table for 80 characters: units beside the names, what the network may be off below the values."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("metric")
    for heading in ("left", "right"):
        table.add_column(heading, justify="right", no_wrap=True)
    for metric, rows in by_metric.items():
        any_row = next(iter(rows.values()))
        left, right = _values(rows)
        if network := _network(rows):
            left.append(f"\nnetwork ± {network}", style="dim")
        if difference := between.get(metric):
            right.append(f"\nright - left {difference}")
        table.add_row(Text(", ".join(filter(None, (any_row["label"], any_row["unit"])))), left, right)
    return table


def _values(rows: Mapping[str, dict[str, str]]) -> tuple[Text, Text]:
    """Return the cells of the left and the right side; what is of both stands in the first."""
    if "both" in rows:
        return _value(rows["both"]), Text("")
    return _value(rows.get("left")), _value(rows.get("right"))


def _remark_lines(by_metric: Rows, *, measured: bool) -> list[str]:
    """Return the remarks, a line each with the metrics that it is of.

    Not how few cycles they have, which n says; nor that there is none, where nothing was measured: a warning says it.
    """
    of: dict[str, list[str]] = {}
    for rows in by_metric.values():
        for remark in _remarks(rows):
            if remark.startswith("only ") or (remark == NO_CYCLE and not measured):
                continue
            sides = [side for side, row in rows.items() if remark in _remarks({side: row})]
            whose = f" ({sides[0]})" if len(sides) < len(rows) else ""
            of.setdefault(f"{remark}{whose}", []).append(next(iter(rows.values()))["label"])
    return [f"{remark}: {'; '.join(labels)}" for remark, labels in of.items()]


def print_sessions(sessions: Sequence[Session]) -> None:
    """Print a row a session, and below it why a poor recording is one."""
    table = Table()
    for heading in ("session", "athlete", "label", "recorded", "view", "activity", "cycles", "quality", "warnings"):
        table.add_column(heading)
    for session in sessions:
        info = session.info
        cycles = info["quality"]["cycles_accepted"]
        cells: list[Any] = [
            session.folder, info["athlete"], info["label"], _date(info), info["view"],
            info["activity"], f"{cycles['left']} + {cycles['right']}", _quality(info), len(session.warnings),
        ]  # fmt: skip
        table.add_row(*(c if isinstance(c, Text) else Text("" if c is None else str(c)) for c in cells))
    terminal = console()
    terminal.print(table)
    for session in sessions:
        for warning in grave_warnings(session.info):
            terminal.print(Text(f"{session.folder}: {warning}"))


def _date(info: Mapping[str, Any]) -> str:
    date = (info["recorded_at"] or "")[:10]
    return f"{date} (file)" if info["dated_by"] == "file" else date


def _quality(info: Mapping[str, Any]) -> Text:
    grade = grade_of(info)
    return Text(grade, style=_GRADE_STYLES[grade])


def print_comparison(table: pd.DataFrame) -> None:
    """Print the differences that can be told, a block a session, and why others cannot."""
    for number, (name, rows) in enumerate(table.groupby("session", sort=False), start=1):
        here = letter(number)
        title = f"A {table.attrs['first']} · {here} {name}"
        printed = Table(title=title, title_justify="left")
        for heading in ("metric", "side", "A", here, "difference", "unit", "verdict"):
            printed.add_column(heading, justify="right" if heading in ("A", here, "difference") else "left")
        for row in rows[rows["verdict"] != UNKNOWN].to_dict("records"):
            metric = str(row["metric"])
            numbers = [_number(float(row[key]), metric) for key in ("a", "b")]
            difference = f"{float(row['difference']):+.{_decimals(metric)}f}"
            printed.add_row(
                _label(metric), str(row["side"]), *numbers,
                f"{difference} ± {_number(float(row['interval']), metric)}", str(row["unit"]),
                Text(str(row["verdict"]), style="bold" if row["verdict"] == CHANGED else "dim"),
            )  # fmt: skip
        console().print(printed if printed.row_count else Text(f"{title}: nothing can be compared"))
        for reason, side, metrics in not_compared(rows.to_dict("records")):
            line = f"not compared{f' ({side})' if side else ''}: {'; '.join(map(_label, metrics))}: {reason}"
            console().print(Text(with_options(line), style="dim"), soft_wrap=True)


def _label(metric: str) -> str:
    """Return what a metric is called in a comparison, where some may be on a treadmill and others overground."""
    if metric in LABELS_OVERGROUND:
        return LABELS_OVERGROUND[metric]
    return METRICS[metric].label if metric in METRICS else metric


def print_checks(network: str, checks: Sequence[Check]) -> None:
    """Print a self-test: what was found, what is true, how far off it may be, pass or fail."""
    table = Table(title=f"self-test · {network}", title_justify="left", title_style="bold")
    for column in ("check", "found", "truth", "tolerance"):
        table.add_column(column, justify="left" if column == "check" else "right")
    table.add_column("")
    for check in checks:
        verdict = Text("pass", style="green") if check.passed else Text("FAIL", style="bold red")
        table.add_row(check.what, check.found, check.expected, check.tolerance, verdict)
    console().print(table)
