"""Columns of networks that were not looked at stay in a table, as long as what they were held against stays."""

from __future__ import annotations

from benchmarks.columns import with_former

OLD = """Clips: 2, of 5 s; analysed: true points 2, runner 2, other+one 1.

| error | true points, near | true points, far | runner, near | runner, far | other+one, near | other+one, far |
|---|---|---|---|---|---|---|
| foot strike, each, ms | 7.5 (-7.1) | 6.2 | 1 | 2 | 3 | 4 |
| seen by one alone | - | - | - | - | 5 | 6 |
"""
NEW = """Clips: 2, of 5 s; analysed: true points 2, runner 2.

| error | true points, near | true points, far | runner, near | runner, far |
|---|---|---|---|---|
| foot strike, each, ms | 7.5 (-7.1) | 6.2 | 10 | 20 |
"""


def test_a_column_that_was_not_measured_anew_stays_beside_the_new_ones() -> None:
    joined, kept = with_former(NEW, OLD, known="true points")
    assert kept == ("other+one",)
    assert joined == OLD.replace("| 1 | 2 | 3 | 4 |", "| 10 | 20 | 3 | 4 |").strip()


def test_nothing_stays_where_the_true_points_have_other_errors() -> None:
    changed = NEW.replace("6.2", "6.3")
    assert with_former(changed, OLD, known="true points") == (changed, ())
    more = NEW + "| toe-off, each, ms | 7.9 | 7.8 | 1 | 2 |\n"
    assert with_former(more, OLD, known="true points") == (more, ())
