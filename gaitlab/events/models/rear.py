"""Offsets and weights of the rear view's features, by ``benchmarks/fit_rear_events.py``: do not edit.

Origin: 1519 contacts of 12 runners at 2.5, 3.5 and 4.5 m/s on an instrumented treadmill (Fukuchi et al.
2017, PeerJ 5:e3298; 50 N threshold), projected from behind and afar at 30-120 fps with 4 mm of noise. Fitted on
markers, so no network's systematic errors are included. Speeds are those of the lifted ankle.
"""

from __future__ import annotations

from gaitlab.core.gait import TimingBias
from gaitlab.events.features import EventModel, FeatureOffset

STRIKE = EventModel(
    offsets={
        True: {
            "ankle_low": FeatureOffset(0.0127, -0.0014, 0.456),
            "ankle_lowers": FeatureOffset(0.0045, -0.0222, 0.323),
            "toe_low": FeatureOffset(0.0309, -0.0190, 0.154),
            "hips_fall": FeatureOffset(0.0096, 0.0258, 0.067),
        },
        False: {
            "ankle_low": FeatureOffset(0.0126, -0.0014, 0.620),
            "ankle_lowers": FeatureOffset(0.0048, -0.0232, 0.283),
            "hips_fall": FeatureOffset(0.0097, 0.0254, 0.097),
        },
    },
    sd_s={True: 0.0052, False: 0.0055},
    belt_speed=(1.2, 6.1),
)
OFF = EventModel(
    offsets={
        True: {
            "ankle_up": FeatureOffset(-0.0182, -0.0278, 0.129),
            "ankle_high": FeatureOffset(0.0025, 0.0292, 0.225),
            "toe_clear": FeatureOffset(-0.0004, 0.0140, 0.176),
            "toe_leaves": FeatureOffset(-0.0183, 0.0228, 0.089),
            "leg_longest": FeatureOffset(0.0031, -0.0103, 0.217),
            "hips_top": FeatureOffset(0.0659, -0.0523, 0.165),
        },
        False: {
            "ankle_up": FeatureOffset(-0.0181, -0.0279, 0.265),
            "ankle_high": FeatureOffset(0.0026, 0.0290, 0.459),
            "hips_top": FeatureOffset(0.0659, -0.0524, 0.277),
        },
    },
    sd_s={True: 0.0071, False: 0.0080},
    belt_speed=(1.2, 6.1),
)

# Of mean times over a recording, by whether the feet are visible: markers, a runner left out.
BIAS = {
    True: TimingBias(strike_s=0.0030, off_s=0.0024, contact_s=0.0028, strike_both_s=0.0023, contact_both_s=0.0067),
    False: TimingBias(strike_s=0.0024, off_s=0.0018, contact_s=0.0032, strike_both_s=0.0030, contact_both_s=0.0079),
}
