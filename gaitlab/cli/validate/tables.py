"""What ``gaitlab validate`` prints: how clocks were aligned, and the tables of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitlab.cli.printing import console

if TYPE_CHECKING:
    from gaitlab.report.validation.tables import Row
    from gaitlab.stats.validation.result import Compared, Validation


def aligned(one: Compared) -> str:
    """Return how a truth was put on the clock of its session, with the sign in words."""
    offset = one.offset
    if offset.source == "given":
        fit = "given"
    else:
        fit = f"by {offset.source}, correlation {offset.correlation:.3f}, {offset.overlap_s:.1f} s in common"
    seconds = round(offset.offset_s, 3) + 0.0  # no negative zero
    way = "later" if seconds >= 0 else "earlier"
    return (
        f"{Path(one.session).name}: {one.kind}; its times {seconds:+.3f} s are the session's, whose clock "
        f"reads {abs(seconds):.3f} s {way} ({fit})"
    )


def print_validation(found: Validation) -> None:
    """Print the tables as the page has them; of the metrics those of both legs together."""
    from gaitlab.report.shared.texts import read_texts
    from gaitlab.report.validation.tables import angle_rows, event_rows, metric_rows

    texts = read_texts("en")
    events = [row for _, rows in event_rows(found, texts) for row in rows]
    metrics = [row for _, rows in metric_rows(found, texts) for row in rows if row.side == "both"]
    words = texts["validation"]
    _print("events, ms (found minus true)", events, words["events"])
    _print("metrics of both legs (found minus true)", metrics, words["metrics"])
    _print("angles, degrees (found minus true)", angle_rows(found, texts), words["angles"])


def _print(title: str, rows: Sequence[Row], words: Mapping[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        console().print(Text(f"{title}: nothing to compare", style="dim"))
        return
    printed = Table(title=title, title_justify="left")
    for heading in ("", "side", *(words.get(key, key) for key in rows[0].cells)):
        printed.add_column(heading, justify="right" if heading not in ("", "side") else "left")
    for row in rows:
        label = f"{row.label}, {row.unit}" if row.unit else row.label
        printed.add_row(label, row.side, *(cell.value for cell in row.cells.values()))
    console().print(printed)
