"""How ``models/runner.onnx`` is made: pictures, training, judging, export. Never imported by the package."""
