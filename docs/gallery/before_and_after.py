"""Before and after: two sessions compared

What changed, and is it more than noise? To know the answer beforehand, the same keypoints are analysed twice, the
second time played 5 % faster: 63 frames a second and not 60, and a belt 5 % faster. So the cadence must rise by 5 %,
contact times must fall by as much, and lengths and angles must stay. `interval` is the half-width of the 95 % interval
of the difference: ten steps of each foot are enough to prove the cadence, but not 12 ms of contact time.
"""

import pandas as pd

import gaitlab

demo = gaitlab.open_session("reports/demo")
pose = demo.raw_pose
rows = pd.MultiIndex.from_product([range(len(pose)), pose.skeleton.names], names=["frame", "keypoint"])
columns = {"x_px": pose.xy[..., 0].ravel(), "y_px": pose.xy[..., 1].ravel(), "score": pose.score.ravel()}
pd.DataFrame(columns, index=rows).dropna().to_csv("keypoints.csv")

for name, factor in {"before": 1.0, "after": 1.05}.items():
    belt_speed_mps = factor * demo.info["calibration"]["belt_speed_mps"]
    gaitlab.analyze(
        keypoints="keypoints.csv", fps=60 * factor, belt_speed_mps=belt_speed_mps, output=f"reports/{name}", force=True
    )

changes = gaitlab.compare(["reports/before", "reports/after"])
shown = ["cadence", "contact_time", "step_length", "overstride", "peak_knee_flexion_swing", "trunk_lean"]
table = changes[changes["metric"].isin(shown)]
table = table[["metric", "side", "a", "b", "difference", "interval", "unit", "verdict"]].round(3)
print(table.to_string(index=False))
