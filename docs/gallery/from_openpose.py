"""From OpenPose JSON to a table

The folder `openpose` holds a file `…_keypoints.json` for each frame, as OpenPose's `--write_json` (and `gaitlab pose`)
make them. Neither a video nor a network is needed any more. The frame rate must be told, for the files do not hold it.
"""

import gaitlab

session = gaitlab.analyze(
    keypoints="openpose",
    keypoints_format="openpose-json",
    fps=60,
    height_m=1.78,
    output="reports/from-openpose",
    force=True,
)
table = session.summary.query("n > 0")[["label", "side", "n", "mean", "uncertainty", "unit"]].round(3)
print(table.to_string(index=False))
