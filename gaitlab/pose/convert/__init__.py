"""Networks of other frameworks (Caffe, TensorFlow, OpenVINO) as ONNX, which every OpenCV reads."""
