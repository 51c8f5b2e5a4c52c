"""One session folder, read: its facts, its tables as DataFrames, its keypoints as a pose sequence."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gaitlab.core.errors import InputError
from gaitlab.core.gait import Activity, Angles, Contact, GaitEvents, Repetition, Side
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.io.brand import Brand, brand_of
from gaitlab.io.cells import as_written
from gaitlab.io.notes import Note, read_notes
from gaitlab.io.session.arrays import read_arrays
from gaitlab.io.session.contents import REPETITIONS, REQUIRED, within
from gaitlab.io.session.migrate import migrated, row_of_today, variations_of
from gaitlab.io.session.schema import ENTRIES, ENTRIES_OF_TODAY, check_entries, read_object
from gaitlab.io.session.tables import TABLES, check_ends, damaged, read_session_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray

SCHEMA_VERSION = 3


@dataclass(frozen=True)
class Session:
    """A session folder on disk; everything is read when it is first asked for.

    `open_session` has checked it whole. Whatever reads a file of it later raises an InputError that names the file
    where it is damaged or a link.

    Attributes
    ----------
    folder : Path
        where it lies.
    """

    folder: Path

    @cached_property
    def info(self) -> dict[str, Any]:
        """The content of session.json, in today's layout."""
        path = within(self.folder, "session.json")
        content = read_object(path)
        check_version(self.folder, content.get("schema_version"))
        check_entries(content, path, ENTRIES)
        content = migrated(content, self.folder, to=SCHEMA_VERSION)
        check_entries(content, path, ENTRIES_OF_TODAY)
        return content

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, what forbids to build on the numbers first; the pages and commands say the same."""
        return tuple(self.info["warnings"])

    @property
    def notes(self) -> tuple[Note, ...]:
        """What people noted, by date; `gaitlab.add_note` adds to it."""
        return read_notes(self.folder)

    @property
    def brand(self) -> Brand | None:
        """The shop or clinic whose page it is, with its logo."""
        return brand_of(self.folder, self.info)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row a metric and side: n, mean, sd, uncertainty, unit, reference range, or why it is missing."""
        table = self._frame("summary")
        if "variation_percent" not in table:
            table["variation_percent"] = variations_of(self.rows("summary"))
        # Sessions from before these were measured do not know them.
        later = ("network_error", "seen_share", "systematic")
        return table.assign(**{name: float("nan") for name in later if name not in table})

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """A row a metric, side and accepted gait cycle."""
        return self._frame("cycles")

    @cached_property
    def angles(self) -> pd.DataFrame:
        """Angle curves, a row a frame."""
        return self._frame("angles")

    @cached_property
    def events(self) -> pd.DataFrame:
        """A row a contact."""
        return self._frame("events")

    @cached_property
    def gait_events(self) -> GaitEvents:
        """The contacts as gaitlab's own type."""
        activity: Activity = self.info["activity"]
        contacts = tuple(_contact(row) for row in self.rows("events"))
        path = self.folder / "events.csv"
        if any(later.foot_strike_s < contact.foot_strike_s for contact, later in pairwise(contacts)):
            raise damaged(path, "its foot strikes are not in order")
        if not all(contact.accepted or contact.reason for contact in contacts):
            raise damaged(path, "a contact is not accepted, but no reason is given")
        return GaitEvents(contacts, activity)

    @property
    def movement(self) -> str:
        """The movement, a key of `gaitlab.metrics.MOVEMENTS`; empty for gait."""
        return str(self.info.get("movement", {}).get("name", ""))

    @cached_property
    def repetitions(self) -> tuple[Repetition, ...]:
        """The repetitions of a movement, in the order of time; none in a session of gait."""
        path = within(self.folder, REPETITIONS)
        if not self.movement or not path.is_file():
            return ()
        found: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in self.rows("repetitions"):
            found.setdefault((row["side"], row["repetition"]), []).append(row)
        return tuple(sorted((_repetition(rows, path) for rows in found.values()), key=lambda one: one.start_s))

    @cached_property
    def angle_curves(self) -> Angles:
        """The angles as gaitlab's own type, a value a frame of the keypoints."""
        rows = self.rows("angles")
        if len(rows) != len(self.pose):
            raise InputError(
                f"'{self.folder}' is damaged: {len(rows)} rows of angles for {len(self.pose)} frames of keypoints; "
                "analyse again"
            )
        columns = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0]}
        return Angles(columns.pop("time_s"), columns)

    @cached_property
    def pose(self) -> PoseSequence:
        """The smoothed keypoints."""
        return self._pose("xy", "score")

    @cached_property
    def raw_pose(self) -> PoseSequence:
        """The keypoints as the network (or the file) gave them."""
        return self._pose("raw_xy", "raw_score")

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.folder / "report.html"

    @property
    def video(self) -> Path | None:
        """The annotated video, where one was written."""
        return self._if_there("annotated.mp4")

    @property
    def clip(self) -> Path | None:
        """The clean video of the page, where one was written."""
        return self._if_there("clip.mp4")

    @property
    def companion(self) -> Session | None:
        """The session of the other clip of the same run, where there is one."""
        other = self.info.get("with")
        return open_session(within(self.folder, other["folder"])) if other else None

    def __repr__(self) -> str:
        who = " · ".join(text for text in (self.info.get("athlete"), self.info.get("label")) if text)
        cycles = sum(self.info.get("quality", {}).get("cycles_accepted", {}).values())
        counted = "repetitions" if self.movement else "gait cycles"
        cycles = sum(one.accepted for one in self.repetitions) if self.movement else cycles
        return (
            f"<Session '{self.folder}'{f': {who}' if who else ''}: {self.info['view']} view, "
            f"{self.info.get('activity') or 'no gait'}, {counted}: {cycles}, warnings: {len(self.warnings)}>"
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the session in a line, its warnings, and its summary; all text is escaped."""
        from html import escape

        shown = ("label", "side", "n", "mean", "uncertainty", "unit", "missing_reason")
        table = self.summary[list(shown)].to_html(index=False, escape=True, na_rep="", float_format="{:.4g}".format)
        warnings = "".join(f"<li>{escape(warning)}</li>" for warning in self.warnings)
        return f"<p><code>{escape(repr(self))}</code></p>{f'<ul>{warnings}</ul>' if warnings else ''}{table}"

    def to_xarray(self, *, raw: bool = False) -> xarray.Dataset:
        """Return the keypoints as a poses dataset of movement; `gaitlab.load_keypoints` takes one back.

        Parameters
        ----------
        raw : bool, optional
            the keypoints as the network gave them, instead of the smoothed ones.

        Returns
        -------
        xarray.Dataset
            ``position`` (time, space, keypoints, individuals) in px, x right and y down, NaN where a point was not
            seen; ``confidence`` (time, keypoints, individuals), 0 to 1; ``time`` in seconds.

        Raises
        ------
        InputError
            xarray is not installed (``pip install 'gaitlab-run[xarray]'``), or the session is damaged.
        """
        from gaitlab.io.keypoints.programs.movement import to_dataset

        return to_dataset(self.raw_pose if raw else self.pose, source_file=str(self.folder / "keypoints.npz"))

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return a table (``summary``, ``cycles``, ``angles``, ``events``) as text, without pandas."""
        rows = read_session_table(within(self.folder, f"{table}.csv"))
        return [row_of_today(row) for row in rows] if table == "summary" else rows

    def check(self) -> None:
        """Read all that a session must have, the other clip of the same run too.

        Raises
        ------
        InputError
            where something is missing or damaged.
        """
        _ = self.repetitions
        _ = self.info, self.gait_events, self.angle_curves, self.rows("summary"), self.rows("cycles"), self.companion
        _ = self.notes, self.brand

    def _if_there(self, name: str) -> Path | None:
        path = within(self.folder, name)
        return path if path.is_file() else None

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        self.rows(name)  # checks it
        try:
            table = pd.read_csv(self.folder / f"{name}.csv", dtype={"unit": str})
        except (OSError, ValueError) as error:
            raise InputError(f"cannot read the table '{self.folder / name}.csv': {error}") from error
        # A share has no unit, which is not the same as not knowing it.
        return as_written(table.fillna({"unit": ""}) if "unit" in table else table)

    def _pose(self, xy: str, score: str) -> PoseSequence:
        data = read_arrays(within(self.folder, "keypoints.npz"))
        return PoseSequence(data[xy], data[score], data["time_s"], Skeleton("session", tuple(data["names"].tolist())))


def open_session(folder: str | Path) -> Session:
    """Open a session folder; what lies in it is read once, and checked, so that no use of it meets damage halfway.

    Raises
    ------
    InputError
        no such folder, not a session, files missing or damaged, or written by a newer gaitlab.
    """
    session = _described(Path(folder))
    replace(session).check()  # a copy: keypoints and curves of many sessions would fill the memory
    return session


def glance_at(folder: str | Path) -> Session:
    """Open a session folder for a list of many: the summary is checked whole, other files at their ends only.

    Raises
    ------
    InputError
        as `open_session`, as far as that shows it.
    """
    session = _described(Path(folder))
    check_files_end_well(session.folder)
    session.rows("summary")
    return session


def check_files_end_well(folder: Path) -> None:
    """Raise InputError where headings and last row of a table, or the end of the keypoints, show damage."""
    for name in TABLES:
        path = within(folder, f"{name}.csv")
        if path.name in REQUIRED or path.is_file():
            check_ends(path)
    path = within(folder, "keypoints.npz")
    if not zipfile.is_zipfile(path):
        read_arrays(path)  # which says what is wrong


def _described(folder: Path) -> Session:
    """Return a session of which all files are there, and its description is sound."""
    if not os.path.isdir(folder):  # which, unlike a path's own, says so of a name that cannot be
        raise InputError(f"no such session folder: '{folder}'; `gaitlab sessions` lists what is there")
    check_complete(folder, [name for name in REQUIRED if not (folder / name).is_file()])
    session = Session(folder)
    _ = session.info
    return session


def check_complete(folder: str | Path, missing: Sequence[str]) -> None:
    """Raise InputError where a session folder lacks files."""
    if missing:
        raise InputError(f"'{folder}' is not a whole session folder: {', '.join(missing)} missing")


def check_version(folder: str | Path, version: Any) -> None:
    """Raise InputError where a session's schema is not one that this gaitlab reads."""
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(f"'{folder}' has the schema version {version!r}; expected a number from 1 to {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"'{folder}' was written by a newer gaitlab (schema {version}; this one knows {SCHEMA_VERSION}): "
            "update gaitlab"
        )


def _repetition(rows: list[dict[str, str]], path: Path) -> Repetition:
    """Return the repetition of its rows, a row a moment."""
    times_s = {row["moment"]: float(row["time_s"] or "nan") for row in rows}
    if not {"start", "end"} <= set(times_s) or not times_s["start"] < times_s["end"]:
        raise damaged(path, "a repetition has no beginning before its end")
    first, start_s, end_s = rows[0], times_s.pop("start"), times_s.pop("end")
    side: Literal["left", "right", "both"] = (
        "left" if first["side"] == "left" else "right" if first["side"] == "right" else "both"
    )
    return Repetition(
        side, int(first["repetition"]), start_s, end_s, times_s, first["accepted"] == "true", first["reason"]
    )


def _contact(row: dict[str, str]) -> Contact:
    side: Side = "left" if row["side"] == "left" else "right"

    def seconds(name: str) -> float:
        return float(row[name] or "nan")

    return Contact(
        side,
        foot_strike_s=seconds("foot_strike_s"),
        toe_off_s=seconds("toe_off_s"),
        foot_strike_sd_s=seconds("foot_strike_sd_s"),
        toe_off_sd_s=seconds("toe_off_sd_s"),
        accepted=row["accepted"] == "true",
        reason=row["reason"],
    )
