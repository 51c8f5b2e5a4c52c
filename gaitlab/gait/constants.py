"""Leads and weights of the marks, written by ``python -m benchmarks.fit_events``: do not edit by hand.

Origin: 1519 contacts of 12 runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al. 2017,
PeerJ 5:e3298; 50 N threshold), filmed at 30, 60, 120 fps with 2 and 4 mm of noise. Fitted on skin markers: a network's
heel and toe lie elsewhere on the shoe, so real video errs more than the spread says.
"""

from __future__ import annotations

from typing import NamedTuple


class Lead(NamedTuple):
    """How long after the event a mark comes, on average, and how much it counts."""

    after_s: float
    weight: float


# Whether heel and toe were seen: the marks used, and the root mean square error for a runner left out of the fit, s.
STRIKE: dict[bool, tuple[dict[str, Lead], float]] = {
    True: (
        {
            "ankle_down": Lead(-0.0001, 0.362),
            "foot_matches_belt": Lead(0.0150, 0.182),
            "shank_turns": Lead(0.0414, 0.148),
            "hips_fall": Lead(0.0209, 0.051),
            "heel_low": Lead(0.0190, 0.096),
            "toe_falls": Lead(0.0039, 0.161),
        },
        0.0041,
    ),
    False: (
        {
            "ankle_down": Lead(0.0001, 0.619),
            "foot_matches_belt": Lead(0.0260, 0.133),
            "shank_turns": Lead(0.0412, 0.184),
            "hips_fall": Lead(0.0207, 0.064),
        },
        0.0041,
    ),
}
OFF: dict[bool, tuple[dict[str, Lead], float]] = {
    True: (
        {
            "toe_clear": Lead(0.0130, 0.548),
            "foot_turns": Lead(-0.0113, 0.040),
            "hips_rise": Lead(-0.0363, 0.066),
            "knee_straight": Lead(0.0172, 0.345),
        },
        0.0070,
    ),
    False: (
        {
            "knee_straight": Lead(0.0157, 0.954),
            "hips_rise": Lead(-0.0377, 0.046),
        },
        0.0115,
    ),
}

# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
