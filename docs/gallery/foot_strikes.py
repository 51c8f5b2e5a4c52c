"""Foot strikes as the camera saw them

A number is only as good as the moment it was read at. So look: the frame next to each foot strike that was found, cut
out around the foot that lands. Every foot should be about to bear weight, none in the air, none flat already.
"""

import cv2
import numpy as np

import gaitlab

HALF_PX = 70  # half the side of a cut-out
INK = {"fontFace": cv2.FONT_HERSHEY_SIMPLEX, "fontScale": 0.42, "color": (0, 0, 0), "lineType": cv2.LINE_AA}

session = gaitlab.open_session("reports/demo")
pose = session.pose
video = cv2.VideoCapture(str(session.video))
frames = [video.read()[1] for _ in range(len(pose))]

rows = []
for side in ("left", "right"):
    cut_outs = []
    for strike_s in session.events.query("side == @side and accepted")["foot_strike_s"][:6]:
        frame = int(np.abs(pose.time_s - strike_s).argmin())
        foot_px = np.mean([pose.point(f"{side}_{name}")[frame] for name in ("ankle", "big_toe")], axis=0)
        x, y = foot_px.round().astype(int)
        picture = cv2.copyMakeBorder(frames[frame], *[HALF_PX] * 4, cv2.BORDER_REPLICATE)
        picture = picture[y : y + 2 * HALF_PX, x : x + 2 * HALF_PX].copy()
        cv2.rectangle(picture, (0, 0), (2 * HALF_PX, 20), (255, 255, 255), cv2.FILLED)
        cv2.putText(picture, f"{side} {strike_s:.3f} s", (6, 15), **INK)
        cut_outs.append(picture)
    rows.append(np.hstack(cut_outs))
picture = np.vstack(rows)
cv2.imwrite("foot_strikes.webp", picture)
