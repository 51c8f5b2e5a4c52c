"""Warnings about assumptions made for a recording: the person followed, the view, slow motion and missing frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gaitlab.core.metric import View
from gaitlab.core.pose import FloatArray
from gaitlab.kinematics.view import FROM, Seen
from gaitlab.signal.missing import Missing

if TYPE_CHECKING:
    from gaitlab.pose.follow import Followed

# Relative difference below which two frame rates are considered equal.
_SAME_RATE = 0.02
# Share of missing frames and gap duration that are normal for phones.
_SOME_MISSING, _LONG_GAP_S = 0.01, 0.1


def who_was_followed(followed: Followed, *, width: int) -> tuple[str, ...]:
    """Report which of several people was followed automatically, and the numbers of the others.

    Parameters
    ----------
    width : int
        image width, px.
    """
    if followed.pose is None or not followed.chosen or not followed.others:
        return ()
    share = float(np.isfinite(followed.boxes[:, 0]).mean())
    others = ", ".join(
        f"{other['person']} ({_half(np.array(other['box']), width)} half, {other['first_s']:.1f} to "
        f"{other['last_s']:.1f} s{', never moves the legs' if other.get('stands') else ''})"
        for other in followed.others
    )
    return (
        f"{1 + len(followed.others)} people were seen; followed: person {followed.person} "
        f"({_half(np.nanmedian(followed.boxes, axis=0), width)} half of the picture, {100 * share:.0f} % of the "
        f"frames); others: {others}; to follow one of them, the person's number must be entered",
    )


def nobody_runs(followed: Followed) -> str:
    """Return that who was followed automatically never moves the legs, so that no number is one of gait; else ""."""
    if followed.pose is None or not (followed.chosen and followed.stands):
        return ""
    return (
        f"nobody who runs or walks was seen: person {followed.person}, who was followed, never moves the legs "
        "(somebody who stands, a picture, a thing), and no number here is one of gait; a part that shows the runner "
        "must be entered, or the film is of something else"
    )


def _half(box: FloatArray, width: int) -> str:
    return "left" if float(box[0] + box[2]) < width else "right"


def slow_motion(*, plays_fps: float, noted_fps: float | None, said_fps: float | None, key: str = "") -> tuple[str, ...]:
    """Report the assumed slow motion, unless the user entered it and the video agrees.

    Parameters
    ----------
    plays_fps : float
        playback frame rate, Hz.
    noted_fps : float | None
        capture frame rate noted in the video, Hz; None if there is none.
    said_fps : float | None
        capture frame rate entered by the user, Hz; None if there is none.
    key : str, optional
        name of the metadata entry.
    """
    where = f" ({key})" if key else ""
    if noted_fps is None:
        return ()
    if said_fps is not None and abs(said_fps / noted_fps - 1) > _SAME_RATE:
        return (
            f"the video says that {noted_fps:g} frames a second were taken{where}; {said_fps:g} were entered and used, "
            f"which makes it {said_fps / plays_fps:.2g} times slower than life",
        )
    if said_fps is None and abs(noted_fps / plays_fps - 1) > _SAME_RATE:
        return (
            f"slow motion: the video says that {noted_fps:g} frames a second were taken{where} and plays "
            f"{plays_fps:.4g}, so it is {noted_fps / plays_fps:.2g} times slower than life and all times are those of "
            "life; if that is wrong, as where a film was written anew at its true speed, the true frame rate must be "
            f"entered: {plays_fps:.4g}",
        )
    return ()


def resized(at_s: float | None) -> tuple[str, ...]:
    """Report that the image size changes at ``at_s`` seconds of the video; None means that it does not."""
    if at_s is None:
        return ()
    return (
        f"the size of the pictures changes at {at_s:.2f} s of the video: from there on they are fitted into the size "
        "of the first; lengths in pixels are right only if the camera and its zoom stayed as they were",
    )


def repeated(new: np.ndarray, *, fps: float, even: bool = True, rows: bool = False) -> tuple[str, ...]:
    """Report that the video repeats frames, or a file of keypoints its rows.

    Parameters
    ----------
    new : np.ndarray
        (frame,) True for frames that differ from the previous one.
    fps : float
        rate of distinct frames in real time, Hz, on average.
    even : bool, optional
        whether they follow each other evenly: then the film is one of that rate.
    rows : bool, optional
        whether rows of keypoints repeat, or lie in the middle between their neighbours.
    """
    if rows:
        return (
            f"{int((~new).sum())} of {len(new)} frames of the keypoints repeat the one before or lie in the middle of "
            f"two others: they show what {fps:.4g} frames a second show; these are left out, and what is said of the "
            f"precision is that of {fps:.4g}",
        )
    if not even:
        return (
            f"{int((~new).sum())} of {len(new)} pictures of the video repeat the one before, in some places more than "
            f"in others: each picture counts once, {fps:.3g} a second on average, and where some are missing moments "
            "are less sure than is said",
        )
    return (
        f"{int((~new).sum())} of {len(new)} pictures of the video repeat the one before: it shows what {fps:.4g} "
        f"frames a second show; each picture counts once, and what is said of the precision is that of {fps:.4g}",
    )


def damaged(missing: Missing, *, unreadable: int, lacking_s: float) -> tuple[str, ...]:
    """Report missing frames and truncation of the video; single dropped frames are ignored.

    Parameters
    ----------
    missing : Missing
        missing frames according to the frame times.
    unreadable : int
        number of frames in the file that cannot be decoded.
    lacking_s : float
        difference between the declared and the actual duration, s.
    """
    found = []
    if unreadable or missing.share > _SOME_MISSING or missing.longest_s > _LONG_GAP_S:
        count = max(missing.frames, unreadable)
        how = [f"{unreadable} of them are in the file, but could not be read"] if unreadable else []
        how += [f"the longest gap is {missing.longest_s:.2f} s"] if missing.gaps else []
        frames = "1 frame is" if count == 1 else f"{count} frames are"
        found.append(f"{frames} missing in the video ({', '.join(how)}): what happened there is not measured")
    if lacking_s > 0:
        found.append(
            f"the video ends {lacking_s:.1f} s before its file says: it was cut off, copy it again to have all of it"
        )
    return tuple(found)


def taken_for(movement: str, why: str) -> tuple[str, ...]:
    """Report what the person's movement was taken for, and why; nothing where it was said, or is gait."""
    if not (movement and why):
        return ()
    return (f"taken for {movement.replace('-', ' ')}: {why}; if it is something else, the movement must be entered",)


def mistaken(movement: str, why: str, *, said: str) -> str:
    """Return that a film shows another movement (empty: none of those that are known) than the one that was said."""
    named = movement not in ("", "any")
    seen = f"{movement.replace('-', ' ')} ({why})" if named else f"something else ({why})"
    remedy = f"the movement must be entered: {movement}" if movement else "another movement must be entered"
    return (
        f"this looks like {seen}, but was measured as {said.replace('-', ' ')}, as was said: there is no number of it; "
        f"{remedy}"
    )


def perhaps_mistaken(movement: str, why: str, *, said: str) -> str:
    """Return that a film may show another movement than the one that was said, and was measured as."""
    remedy = f"the movement must be entered: {movement}"
    return (
        f"this may be {movement.replace('-', ' ')} ({why}), but was measured as {said.replace('-', ' ')}, as was said; "
        f"if that was wrong, {remedy}"
    )


def view_unclear(seen: Seen, measured: View) -> str:
    """Report that the estimated view is uncertain."""
    return (
        f"from where the camera sees the person is not clear (most like {FROM[seen.view]}, sure to {seen.score:.1f} "
        f"of 1); this was measured as a {measured} view: if it is none, no number here is right and the view must be "
        "entered"
    )
