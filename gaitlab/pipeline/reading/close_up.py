"""A close-up of the lower legs read without a network: the tape dots are all that is known of the runner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gaitlab.core.errors import GaitlabError, InputError, ModelError, NobodyError, argument
from gaitlab.pipeline.reading.film import Film, clean_clip, found_film
from gaitlab.pipeline.spec import Progress, RecordingSpec

if TYPE_CHECKING:
    from gaitlab.io.video.reader import Video

_NOTE = (
    "a close-up of the lower legs without a body: only the tape dots were followed; left and right are told by where "
    "they stand, and foot contacts by how the dots move"
)


def body_or_dots(
    spec: RecordingSpec, opened: Video, *, dots: bool, dots_told: bool, slow_motion: float, progress: Progress
) -> Film:
    """Find the keypoints of a film with the network, or, where it sees nobody from behind, the tape dots alone."""
    try:
        return found_film(spec, opened, dots=dots, dots_told=dots_told, slow_motion=slow_motion, progress=progress)
    except (NobodyError, ModelError) as nobody:
        if dots_told and isinstance(nobody, NobodyError):
            raise NobodyError(
                f"{nobody}; dots that were clicked, or are known from another recording, are followed with the body in "
                f"the picture, those of a close-up of the lower legs by themselves: {argument('dots')} auto"
            ) from nobody
        if dots_told or not dots or spec.view != "rear":
            raise
        return _film_of_dots(spec, opened, slow_motion=slow_motion, progress=progress, instead_of=nobody)


def _film_of_dots(
    spec: RecordingSpec, opened: Video, *, slow_motion: float, progress: Progress, instead_of: GaitlabError
) -> Film:
    """Follow the dots of a film in which no network sees anybody.

    Parameters
    ----------
    slow_motion : float
        how many times slower than life the video plays.
    instead_of : GaitlabError
        why there is no body: nobody found, or no network.

    Raises
    ------
    GaitlabError
        if there are no dots of two lower legs either.
    """
    from gaitlab.markers.close_up.runner import DOTS_ALONE, CloseUp
    from gaitlab.pipeline.reading.repeated import RepeatedPictures
    from gaitlab.pose.scout import spread_pictures

    path = opened.info.path
    try:
        looked = CloseUp(spread_pictures(opened, spec.start_s, spec.end_s), path, moves=not spec.stands)
    except InputError as none:
        # Without a network nobody looked for a body, and a film without a close-up needs one.
        raise (instead_of if isinstance(instead_of, ModelError) else none) from none
    pictures, times_s = RepeatedPictures(), []
    total = opened.count(spec.start_s, spec.end_s)
    with clean_clip(spec, opened.info) as clean:
        small = None if clean is None else clean.size
        for frame in opened.frames(spec.start_s, spec.end_s, small=small):
            pictures.see(frame.image)
            looked.see(frame.image)
            if clean is not None:
                clean.see(frame)
            times_s.append(frame.time_s)
            progress("finding the dots", len(times_s), total)
    time_s = np.array(times_s)
    dots = looked.followed(time_s / slow_motion)
    return Film(
        replace(dots.pose, time_s=time_s), {"name": DOTS_ALONE}, (_NOTE,), pictures,
        unreadable=total - len(time_s), dot_sd_px=dots.sd_px,
    )  # fmt: skip
