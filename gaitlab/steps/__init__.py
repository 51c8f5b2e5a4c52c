"""The steps of an analysis as separate functions.

    pose = gaitlab.preprocess(gaitlab.load_keypoints("run.csv", fps=120))
    events = gaitlab.detect_contacts(pose)
    angles = gaitlab.compute_angles(pose, events=events)
    table = gaitlab.compute_metrics(pose, events=events, angles=angles, belt_speed_mps=2.8)

The results equal those of `gaitlab.analyze`, which runs all steps and writes a session folder.
"""

from gaitlab.steps.loading import estimate_poses, load_keypoints
from gaitlab.steps.measuring import compute_angles, compute_metrics, detect_contacts, preprocess

__all__ = ["compute_angles", "compute_metrics", "detect_contacts", "estimate_poses", "load_keypoints", "preprocess"]
