"""Knee flexion over the gait cycle

Each accepted gait cycle is stretched to 0 to 100 %, from one foot strike to the next of the same foot. The line is
the mean of all cycles, the band one standard deviation: wide where the steps differ, or the camera sees the leg badly.
"""

import numpy as np
import plotly.graph_objects as go

import gaitlab

session = gaitlab.open_session("reports/demo")
percent = np.linspace(0, 100, 101)
figure = go.Figure()
for side, colour in {"left": "0, 114, 178", "right": "213, 94, 0"}.items():
    strides = session.cycles.query("metric == 'stride_time' and side == @side")
    time_s = strides["time_s"].to_numpy()[:, None] + strides["value"].to_numpy()[:, None] * percent / 100
    flexion_deg = np.interp(time_s, session.angles["time_s"], session.angles[f"{side}_knee_flexion_deg"])
    mean, sd = flexion_deg.mean(axis=0), flexion_deg.std(axis=0, ddof=1)
    figure.add_scatter(
        x=[*percent, *percent[::-1]], y=[*(mean + sd), *(mean - sd)[::-1]], fill="toself", hoverinfo="skip",
        fillcolor=f"rgba({colour}, 0.2)", mode="none", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(x=percent, y=mean, name=f"{side}, {len(strides)} cycles", line_color=f"rgb({colour})")
figure.update_layout(xaxis_title="gait cycle (%)", yaxis_title="knee flexion (deg)", hovermode="x")
figure.write_html("knee_over_the_cycle.html")
