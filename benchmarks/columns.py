"""Tables of which some networks' columns were measured anew: the others' stay, where nothing else has changed."""

from __future__ import annotations

import re

Rows = dict[str, dict[str, str]]


def with_former(new: str, old: str, *, known: str) -> tuple[str, tuple[str, ...]]:
    """Return a section with the columns that only its former version has, and whose they are.

    Parameters:
        new, old: a line "...; analysed: NAME COUNT, NAME COUNT." and below it a Markdown table, a column a source or a
            source and leg ("NAME, near").
        known: the source that has the truth for points. Where its errors are others than before, clips or analysis have
            changed, and nothing is kept.
    """
    (said, rows), (said_before, before) = _read(new), _read(old)
    if _of(known, rows) != _of(known, before):
        return new, ()
    columns = list(dict.fromkeys(column for row in before.values() for column in row))
    fresh = list(dict.fromkeys(column for row in rows.values() for column in row))
    sources = {_source(column) for column in fresh}
    kept = tuple(dict.fromkeys(_source(column) for column in columns if _source(column) not in sources))
    order = [*(column for column in columns if column in fresh or _source(column) in kept),
             *(column for column in fresh if column not in columns)]  # fmt: skip
    for name, row in before.items():
        rows.setdefault(name, {}).update({column: row[column] for column in row if _source(column) in kept})
    lines = ["| error | " + " | ".join(order) + " |", "|---" * (1 + len(order)) + "|"]
    lines += [
        f"| {name} | " + " | ".join(row.get(column, "-") for column in order) + " |" for name, row in rows.items()
    ]
    counts = _counts(said_before) | _counts(said)
    told = ", ".join(f"{source} {counts[source]}" for source in dict.fromkeys(map(_source, order)))
    return f"{said[: said.index('analysed: ')]}analysed: {told}.\n\n" + "\n".join(lines), kept


def _read(section: str) -> tuple[str, Rows]:
    said, head, _, *lines = (line for line in section.strip().splitlines() if line)
    columns = _cells(head)[1:]
    rows = {name: dict(zip(columns, cells, strict=True)) for name, *cells in map(_cells, lines)}
    return said, rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _source(column: str) -> str:
    return column.partition(",")[0]


def _of(source: str, rows: Rows) -> dict[tuple[str, str], str]:
    cells = {(name, column): cell for name, row in rows.items() for column, cell in row.items()}
    return {key: cell for key, cell in cells.items() if _source(key[1]) == source and cell != "-"}


def _counts(said: str) -> dict[str, str]:
    return dict(re.findall(r"([^,]+?) (\d+)[,.] ?", said.partition("analysed: ")[2]))
