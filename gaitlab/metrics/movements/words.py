"""English texts that the pages of all movements share, laid over those of ``report/texts``."""

from __future__ import annotations

WORDS = {
    "no_athlete": "Unnamed athlete",
    "words": {"front": "front view"},
    "facts": {"runner": "Athlete"},
    "headlines": {
        "published": "others: {range}{unit}",
        "no_range_here": "no range known",
        "bar_range": "; others {range}{unit}",
    },
    "findings": {
        "none": "Nothing lies beyond its uncertainty and what the network may be off.",
        "too_little": "Too few repetitions to say what stands out.",
        "unknown": "How far the keypoints are off in this movement was never measured on filmed people, so no number "
        "of this page is called a finding; the ± holds spread, event timing and scale, the network ± the error on "
        "drawn people.",
    },
    "video": {
        "none": "There is no video in this session: the athlete below is drawn from the keypoints.",
        "previous_strike": "Beginning of the previous repetition",
        "next_strike": "Beginning of the next repetition",
        "contacts": "Repetitions",
        "alt": "The athlete, seen from the camera",
        "keyboard": "Keys: space plays, ← → step one frame, shift ← → jump to the previous or next repetition, 1 2 3 "
        "set the speed.",
    },
    "still": {
        "alt": "The athlete at this moment: {event}, with the skeleton drawn over the picture",
        "alt_drawing": "The athlete's skeleton at this moment: {event}",
    },
    "cycle": {
        "title": "Over the repetition",
        "lead": "Mean ± standard deviation of the accepted repetitions, from the beginning (0 %) to the end (100 %). "
        "Dotted lines: {mark}.",
        "x": "% of the repetition",
        "none": "There is no accepted repetition to average.",
        "alt": "{title} over the repetition. {peaks}",
    },
    "time": {
        "lead": "Every frame, after smoothing. Bars at the bottom: the repetitions; hatched: not used.",
        "contacts": "Repetitions",
        "alt": "Angles over time and the repetitions: {left} left and {right} right, {rejected} of them not used.",
        "contact_hover": "{side}: repetition, {duration} ms",
        "contact_assumed": "{side}: repetition, {duration} ms (assumed)",
        "contact_untimed": "{side}: repetition",
    },
    "keyframes": {
        "lead": "One typical repetition.",
        "none": "There is no accepted repetition to show.",
        "alt": "{event}: {angles}",
    },
    "metrics": {
        "lead": "Mean ± half-width of its 95 % interval: spread between repetitions, timing and scale together; fewer "
        "than three tell no spread, and the ± is that of timing and scale alone. "
        "Network ±: what the network was off on 95 % of drawn people, from the side; on filmed people it may be more. "
        "Unknown: never measured. The difference is right minus left; bold where it is larger than all of these.",
        "range": "Others",
        "both_sides": "both",
    },
    "next": {
        "same": "The same camera, place and shoes: then a change is the athlete's.",
        "checks": {
            "share_of_leg_points_seen": "More light, tighter clothes, and nothing before the legs.",
            "fps": "More frames a second.",
        },
    },
    "quality": {
        "no_scale": "No scale is known (the body height would give one): lengths are shares of the leg length.",
        "rejected": "Repetitions that were not used, and why",
        "verdict_good": "A good recording: nothing in it makes the numbers less sure than their ± says. What the "
        "network is off comes on top.",
    },
    "checks": {
        "repetitions": {
            "label": "Accepted repetitions",
            "found": "{accepted}, {rejected} not used",
            "meaning": "Each is measured by itself; several make a mean and show how alike they are.",
        },
        "share_filled": {"meaning": "Short gaps are bridged by a spline, long ones stay open."},
        "fps": {
            "meaning": "One frame lasts {frame} ms: a moment is known to about ± {half} ms at best.",
        },
    },
    "columns": {
        "elbow_flexion": "Elbow flexion",
        "shoulder_flexion": "Shoulder flexion (arm to trunk)",
        "shoulder_abduction": "Shoulder abduction (arm to trunk)",
        "pelvis_tilt": "Pelvis (right side down +)",
        "trunk_side_lean": "Trunk side lean (to the right +)",
    },
    "short": {
        "elbow_flexion": "elbow",
        "shoulder_flexion": "shoulder",
        "shoulder_abduction": "shoulder",
        "pelvis_tilt": "pelvis",
        "trunk_side_lean": "trunk",
        "thigh": "thigh",
        "shank": "shank",
    },
    "athlete": {
        "numbers_lead": "Mean ± half-width of its 95 % interval: spread between repetitions, timing and scale "
        "together. How far the network itself is off is not in it, and was measured on drawn people at most: sessions "
        "of one network and view share that error, those of different networks may not.",
    },
    "comparison": {
        "videos": {
            "lead": "All are shown at the same moment of the repetition, from its beginning to its end.",
            "nobody": "no accepted repetition: nothing to synchronise",
            "leg": "Repetition of the",
            "position": "Position in the repetitions",
            "cycle": "repetition {stride} of {strides} · {percent} %",
            "previous_strike": "Beginning of this or the previous repetition",
            "next_strike": "Beginning of the next repetition",
            "keyboard": "Keys: space plays, ← → step all together, shift ← → jump to the beginning of a repetition, "
            "1 2 3 set the speed.",
            "click": "A click on a picture plays and pauses; one in a curve goes to that part of the repetition.",
        },
        "curves": {
            "title": "Curves over the repetition",
            "lead": "Mean ± standard deviation of the accepted repetitions, from the beginning to the end.",
            "none": "There is no accepted repetition to average.",
            "alt": "{title} over the repetition: {ranges}",
        },
        "differences": {
            "lead": "The later session less {letter}, with the half-width of its 95 % interval: the spread over "
            "repetitions, how much neighbouring ones resemble each other, timing and scale together.",
        },
    },
}  # fmt: skip
