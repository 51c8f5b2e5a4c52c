"""The networks: loaded through cv2.dnn, run on pictures, decoded to people."""
