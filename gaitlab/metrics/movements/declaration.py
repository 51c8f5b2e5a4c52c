"""The declaration of a movement: one entry in the table, from which analysis, session, page and commands follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gaitlab.core.gait import Repetition
from gaitlab.core.metric import View
from gaitlab.metrics.spec import MetricSpec
from gaitlab.metrics.trial import Trial

FRONTAL: tuple[View, View] = ("front", "rear")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a movement: its repetitions in the order of time, and what to say, a sentence each.

    ``askew``: the camera stands so that angles and lengths are those of the picture, not of the body.
    """

    repetitions: tuple[Repetition, ...]
    warnings: tuple[str, ...] = ()
    askew: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """A movement, declared once with everything that others need.

    Attributes
    ----------
    name : str
        what it is called in commands and in session.json.
    views : tuple[View, ...]
        from where it can be measured.
    find : Callable[[Trial], Found]
        finds the repetitions; a pure function of keypoints and angles. ``trial.pose`` is smoothed, and
        ``trial.pose.unsmoothed`` what it was before: smoothing rounds off a take-off.
    metrics : tuple[MetricSpec, ...]
        what is computed of every repetition; ``movement`` of each is ``name``.
    headlines : Mapping[View, tuple[str, ...]]
        metrics at the top of the page.
    moments : tuple[str, ...]
        moments that the page shows as stills, in their order; those of `core.gait.Repetition`.
    mark : str
        the moment that divides the repetition in its curves.
    curves : Mapping[View, tuple[str, ...]]
        columns of angles.csv that the page draws over the repetition; ``{side}`` stands for both legs.
    cutoff_hz : float
        -3 dB frequency of the smoothing that leaves the movement as it is.
    enough : tuple[float, float]
        repetitions from which a recording is good, and below which it is poor.
    fps : tuple[float, float]
        frames a second likewise.
    texts : Mapping[str, Any]
        English texts of its page, laid over those of ``report/texts``: headings, names of moments, what to film.
    ankle_about_mean : bool, optional
        whether nobody stands in it, so that the ankle's angle has no other zero than its mean.
    """

    name: str
    views: tuple[View, ...]
    find: Callable[[Trial], Found]
    metrics: tuple[MetricSpec, ...]
    headlines: Mapping[View, tuple[str, ...]]
    moments: tuple[str, ...]
    mark: str
    curves: Mapping[View, tuple[str, ...]]
    cutoff_hz: float
    enough: tuple[float, float]
    fps: tuple[float, float]
    texts: Mapping[str, Any]
    ankle_about_mean: bool = False
