"""Leads and weights of the marks, written by ``python -m benchmarks.fit_events``: do not edit by hand.

Origin: 1519 contacts of 12 runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), filmed at 30-120 fps with 2-4 mm of noise, half of them with the points moved to
where a pose network might see them. Fitted on markers all the same: no network's own habits are in these numbers.
"""

from __future__ import annotations

from gaitlab.gait.marks import Fitted, Lead

STRIKE = Fitted(
    leads={
        True: {
            "foot_matches_belt": Lead(0.0128, 0.0100, 0.292),
            "ankle_lands": Lead(0.0321, -0.0014, 0.297),
            "shank_turns": Lead(0.0289, 0.0499, 0.263),
            "hips_fall": Lead(0.0018, 0.0783, 0.149),
        },
        False: {
            "foot_matches_belt": Lead(0.0174, 0.0400, 0.078),
            "ankle_lands": Lead(0.0283, 0.0136, 0.392),
            "shank_turns": Lead(0.0300, 0.0440, 0.349),
            "hips_fall": Lead(0.0010, 0.0778, 0.181),
        },
    },
    sd_s={True: 0.0061, False: 0.0063},
    belt_speed=(2.5, 6.3),
)
OFF = Fitted(
    leads={
        True: {
            "knee_bends": Lead(0.0295, -0.0155, 0.309),
            "ankle_leaves": Lead(-0.0107, -0.1308, 0.205),
            "hips_top": Lead(0.0728, -0.1157, 0.169),
            "leg_longest": Lead(0.0387, 0.0002, 0.126),
            "toe_clear": Lead(-0.0169, 0.2078, 0.191),
        },
        False: {
            "knee_bends": Lead(0.0299, -0.0166, 0.447),
            "ankle_leaves": Lead(-0.0116, -0.1085, 0.290),
            "hips_top": Lead(0.0726, -0.1106, 0.263),
        },
    },
    sd_s={True: 0.0074, False: 0.0088},
    belt_speed=(2.5, 6.3),
)

# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
