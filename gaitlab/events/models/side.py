"""Offsets and weights of the side view's features, written by ``benchmarks/fit_events.py``: do not edit.

Origin: 1519 contacts of 12 runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), projected at 30-120 fps with 2-4 mm of noise, some of them with the points
displaced as by a pose network. Fitted on markers nevertheless: no particular network's systematic errors are included.
"""

from __future__ import annotations

from gaitlab.core.gait import TimingBias
from gaitlab.events.features import EventModel, FeatureOffset

STRIKE = EventModel(
    offsets={
        True: {
            "foot_matches_belt": FeatureOffset(0.0132, 0.0078, 0.309),
            "ankle_lands": FeatureOffset(0.0338, -0.0105, 0.327),
            "shank_turns": FeatureOffset(0.0286, 0.0529, 0.244),
            "hips_fall": FeatureOffset(0.0010, 0.0798, 0.120),
        },
        False: {
            "foot_matches_belt": FeatureOffset(0.0205, 0.0465, 0.103),
            "ankle_lands": FeatureOffset(0.0294, 0.0065, 0.401),
            "shank_turns": FeatureOffset(0.0289, 0.0517, 0.344),
            "hips_fall": FeatureOffset(0.0003, 0.0820, 0.153),
        },
    },
    sd_s={True: 0.0061, False: 0.0065},
    belt_speed=(2.6, 6.7),
)
OFF = EventModel(
    offsets={
        True: {
            "knee_bends": FeatureOffset(0.0312, -0.0230, 0.302),
            "ankle_leaves": FeatureOffset(-0.0117, -0.1268, 0.250),
            "hips_top": FeatureOffset(0.0724, -0.1138, 0.144),
            "leg_longest": FeatureOffset(0.0372, 0.0094, 0.105),
            "toe_clear": FeatureOffset(-0.0091, 0.1714, 0.199),
        },
        False: {
            "knee_bends": FeatureOffset(0.0320, -0.0263, 0.435),
            "ankle_leaves": FeatureOffset(-0.0121, -0.1247, 0.355),
            "hips_top": FeatureOffset(0.0725, -0.1145, 0.210),
        },
    },
    sd_s={True: 0.0075, False: 0.0085},
    belt_speed=(2.6, 6.7),
)

# Of mean times over a recording, by whether the feet are visible: markers, a runner left out.
BIAS = {
    True: TimingBias(strike_s=0.0020, off_s=0.0025, contact_s=0.0027, strike_both_s=0.0035, contact_both_s=0.0071),
    False: TimingBias(strike_s=0.0020, off_s=0.0028, contact_s=0.0031, strike_both_s=0.0029, contact_both_s=0.0081),
}

# Walking: 94 % of Zeni's events lie within 16.7 ms of the force plate, which is 1.88 standard deviations.
WALKING_SD_S = 0.009
# From the ankle alone, not validated on force plates: a heel-to-toe roll moves it by about this much.
WALKING_ANKLES_SD_S = 0.025
