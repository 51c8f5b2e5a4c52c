"""What a smoothing cut-off does

The angular velocity of the knee from the same keypoints, as the network gave them and after a Butterworth filter. The
runner of `gaitlab demo` is rendered, so the truth is known (dotted). At 4 Hz the fast turns are lost; without a filter
the network's jitter makes turns of its own. gaitlab takes 10 Hz from the side. What is left no filter takes away.
"""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

import gaitlab
from gaitlab.apps.demo import demo_clip
from gaitlab.apps.truth import load_truth
from gaitlab.kinematics.side import sagittal_angles
from gaitlab.signal.smoothing import butterworth


def velocity_deg_per_s(pose):
    """Return the angular velocity of the right knee, a value a frame."""
    return np.gradient(sagittal_angles(pose, forward=1).values_deg["right_knee_flexion_deg"], pose.time_s)


found = gaitlab.open_session("reports/demo").raw_pose.between(2.0, 3.5)
truth = load_truth(demo_clip()[1]).seen().between(2.0, 3.5)
shown = {"as found": (found, "#9aa3ad")}
for cutoff_hz, colour in {4: "#d55e00", 10: "#0072b2"}.items():
    smooth_px = butterworth(found.xy, found.time_s, cutoff_hz=cutoff_hz)
    shown[f"{cutoff_hz} Hz"] = (replace(found, xy=smooth_px), colour)

figure = go.Figure()
for name, (pose, colour) in shown.items():
    figure.add_scatter(x=pose.time_s, y=velocity_deg_per_s(pose), name=name, line_color=colour)
figure.add_scatter(x=truth.time_s, y=velocity_deg_per_s(truth), name="truth", line={"dash": "dot", "color": "grey"})
figure.update_layout(xaxis_title="time (s)", yaxis_title="right knee (deg/s)", hovermode="x")
figure.write_html("smoothing.html")
