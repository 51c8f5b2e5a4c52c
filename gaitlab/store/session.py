"""One session folder, read: its facts, its tables as DataFrames, its keypoints as a pose sequence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitlab.core.gait import Activity, Contact, GaitEvents, Side
from gaitlab.core.pose import PoseSequence
from gaitlab.core.skeleton import Skeleton
from gaitlab.errors import InputError
from gaitlab.store.migrate import migrated, row_of_today, variations_of
from gaitlab.store.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 3
REQUIRED = ("session.json", "keypoints.npz", "angles.csv", "events.csv", "cycles.csv", "summary.csv")


@dataclass(frozen=True)
class Session:
    """A session folder on disk; everything is read when it is first asked for.

    Attributes:
        folder: where it lies.
    """

    folder: Path

    @cached_property
    def info(self) -> dict[str, Any]:
        """The content of session.json, in today's layout."""
        content: dict[str, Any] = json.loads((self.folder / "session.json").read_text(encoding="utf-8"))
        check_version(self.folder, content["schema_version"])
        return migrated(content, self.folder, to=SCHEMA_VERSION)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, what forbids to build on the numbers first; the pages and commands say the same."""
        return tuple(self.info["warnings"])

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row a metric and side: n, mean, sd, uncertainty, unit, reference range, or why it is missing."""
        table = self._frame("summary.csv")
        if "variation_percent" not in table:
            table["variation_percent"] = variations_of(read_table(self.folder / "summary.csv"))
        return table

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """A row a metric, side and accepted gait cycle."""
        return self._frame("cycles.csv")

    @cached_property
    def angles(self) -> pd.DataFrame:
        """Angle curves, a row a frame."""
        return self._frame("angles.csv")

    @cached_property
    def events(self) -> pd.DataFrame:
        """A row a contact."""
        return self._frame("events.csv")

    @cached_property
    def gait_events(self) -> GaitEvents:
        """The contacts as gaitlab's own type."""
        activity: Activity = self.info["activity"]
        return GaitEvents(tuple(_contact(row) for row in read_table(self.folder / "events.csv")), activity)

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
        path = self.folder / "annotated.mp4"
        return path if path.is_file() else None

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return a table (``summary``, ``cycles``, ``angles``, ``events``) as text, without pandas."""
        rows = read_table(self.folder / f"{table}.csv")
        return [row_of_today(row) for row in rows] if table == "summary" else rows

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        table = pd.read_csv(self.folder / name, dtype={"unit": str})
        # A share has no unit, which is not the same as not knowing it.
        return table.fillna({"unit": ""}) if "unit" in table else table

    def _pose(self, xy: str, score: str) -> PoseSequence:
        with np.load(self.folder / "keypoints.npz", allow_pickle=False) as data:
            names = tuple(str(name) for name in data["names"])
            return PoseSequence(data[xy], data[score], data["time_s"], Skeleton("session", names))


def open_session(folder: str | Path) -> Session:
    """Open a session folder.

    Raises:
        InputError: no such folder, not a session, files missing, or written by a newer gaitlab.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"no such session folder: '{folder}'; `gaitlab sessions` lists what is there")
    check_complete(folder, [name for name in REQUIRED if not (folder / name).is_file()])
    session = Session(folder)
    try:
        _ = session.info
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"'{folder / 'session.json'}' is not a session's description: {error!r}") from error
    return session


def check_complete(folder: str | Path, missing: Sequence[str]) -> None:
    """Raise InputError where a session folder lacks files."""
    if missing:
        raise InputError(f"'{folder}' is not a whole session folder: {', '.join(missing)} missing")


def check_version(folder: str | Path, version: Any) -> None:
    """Raise InputError where a session's schema is not one that this gaitlab reads."""
    if not isinstance(version, int) or version < 1:
        raise InputError(f"'{folder}' has the schema version {version!r}; expected a number from 1 to {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"'{folder}' was written by a newer gaitlab (schema {version}; this one knows {SCHEMA_VERSION}): "
            "update gaitlab"
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
