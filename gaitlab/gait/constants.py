"""Leads and weights of the marks, written by ``python -m benchmarks.fit_events``: do not edit by hand.

Origin: 1519 contacts of 12 runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), filmed at 30-120 fps with 2-4 mm of noise, half of them with the points moved to
where a pose network might see them. Fitted on markers all the same: no network's own habits are in these numbers.
"""

from __future__ import annotations

from gaitlab.gait.marks import Lead

# Belt speeds of the fit, leg lengths a second.
FITTED_BELT_SPEED = (2.5, 6.3)
# Whether heel and toe were seen: the marks used, and the root mean square error for a runner left out of the fit, s.
STRIKE: dict[bool, tuple[dict[str, Lead], float]] = {
    True: (
        {
            "foot_matches_belt": Lead(0.0128, 0.0099, 0.292),
            "ankle_lands": Lead(0.0321, -0.0014, 0.297),
            "shank_turns": Lead(0.0289, 0.0499, 0.263),
            "hips_fall": Lead(0.0017, 0.0783, 0.149),
        },
        0.0061,
    ),
    False: (
        {
            "foot_matches_belt": Lead(0.0172, 0.0409, 0.078),
            "ankle_lands": Lead(0.0283, 0.0133, 0.391),
            "shank_turns": Lead(0.0298, 0.0446, 0.350),
            "hips_fall": Lead(0.0010, 0.0780, 0.181),
        },
        0.0063,
    ),
}
OFF: dict[bool, tuple[dict[str, Lead], float]] = {
    True: (
        {
            "knee_bends": Lead(0.0295, -0.0155, 0.309),
            "ankle_leaves": Lead(-0.0107, -0.1309, 0.205),
            "hips_top": Lead(0.0728, -0.1157, 0.168),
            "leg_longest": Lead(0.0387, 0.0002, 0.126),
            "toe_clear": Lead(-0.0169, 0.2080, 0.191),
        },
        0.0074,
    ),
    False: (
        {
            "knee_bends": Lead(0.0299, -0.0167, 0.446),
            "ankle_leaves": Lead(-0.0114, -0.1095, 0.291),
            "hips_top": Lead(0.0728, -0.1112, 0.263),
        },
        0.0088,
    ),
}

# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
