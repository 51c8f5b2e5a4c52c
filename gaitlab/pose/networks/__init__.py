"""Pose networks: loaded through cv2.dnn, run on images, decoded to people."""
