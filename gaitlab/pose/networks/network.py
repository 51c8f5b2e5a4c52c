"""A network in cv2.dnn, read from any of the formats and run on images, with OpenCV 4 and 5."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gaitlab.core.errors import ModelError, argument
from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Image
from gaitlab.pose.convert.caffe import caffe_to_onnx
from gaitlab.pose.convert.openvino import openvino_to_onnx
from gaitlab.pose.convert.tensorflow import with_constant_resizes
from gaitlab.pose.models.catalogue import InstalledModel

# OpenCV 5's classic engine: a small network takes three quarters of the new engine's time, with the same results.
_CLASSIC = {"engine": cv2.dnn.ENGINE_CLASSIC} if hasattr(cv2.dnn, "ENGINE_CLASSIC") else {}


def _onnx(paths: Sequence[Path]) -> Any:
    return cv2.dnn.readNetFromONNX(str(paths[0]), **_CLASSIC)


def _caffe(paths: Sequence[Path]) -> Any:
    # OpenCV 5 has no Caffe importer; after conversion both versions run the same network.
    prototxt, caffemodel = paths
    model = caffe_to_onnx(prototxt.read_text(encoding="utf-8"), caffemodel.read_bytes())
    return cv2.dnn.readNetFromONNX(np.frombuffer(model, dtype=np.uint8))


def _openvino(paths: Sequence[Path]) -> Any:
    xml, weights = paths
    model = openvino_to_onnx(xml.read_text(encoding="utf-8"), weights.read_bytes())
    return cv2.dnn.readNetFromONNX(np.frombuffer(model, dtype=np.uint8))


def _tensorflow(paths: Sequence[Path]) -> Any:
    graph = with_constant_resizes(paths[0].read_bytes())
    return cv2.dnn.readNetFromTensorflow(np.frombuffer(graph, dtype=np.uint8))


def _tflite(paths: Sequence[Path]) -> Any:
    # OpenCV 5's new engine reads these files, but cannot return some of their outputs without the others.
    return cv2.dnn.readNetFromTFLite(str(paths[0]), **_CLASSIC)


# Format of the catalogue to its reader.
READERS: Mapping[str, Callable[[Sequence[Path]], Any]] = {
    "onnx": _onnx,
    "caffe": _caffe,
    "openvino": _openvino,
    "tensorflow": _tensorflow,
    "tflite": _tflite,
}


class Network:
    """A network and its input recipe.

    Attributes
    ----------
    outputs : tuple[str, ...]
        names of its outputs.
    border : float
        grey level for the area beyond the image.
    """

    def __init__(self, model: InstalledModel, *, outputs: Sequence[str] = ()) -> None:
        self._model = model
        recipe = model.recipe
        self._scale = float(recipe.get("scale", 1.0))
        self._mean = tuple(float(m) for m in recipe.get("mean", (0.0, 0.0, 0.0)))
        self._swap_rb = bool(recipe.get("swap_rb", False))
        self._nets: dict[tuple[int, ...], Any] = {}
        # The mean as a grey level becomes zero in the network's input.
        self.border = float(np.mean(self._mean))
        last = self._net(()).getUnconnectedOutLayersNames()
        self.outputs = tuple(outputs or last)

    def forward(self, pictures: Sequence[Image]) -> list[FloatArray]:
        """Run the network on images of equal size and return its outputs, each with the batch axis first.

        Raises
        ------
        ModelError
            if OpenCV cannot run it.
        """
        blob = cv2.dnn.blobFromImages(
            list(pictures), scalefactor=self._scale, mean=self._mean, swapRB=self._swap_rb, crop=False
        )
        net = self._net(blob.shape)
        try:
            net.setInput(blob)
            return list(net.forward(list(self.outputs)))
        except cv2.error as error:
            raise ModelError(
                f"the pose network '{self._model.name}' cannot run in OpenCV {cv2.__version__} on input of "
                f"{blob.shape[3]}x{blob.shape[2]}: {_reason(error)}; try another with {argument('model')}"
            ) from error

    def _net(self, shape: tuple[int, ...]) -> Any:
        """Return the net for an input shape; one per shape, because OpenCV 4 fuses layers wrongly if it changes."""
        if shape not in self._nets:
            # The net that was read for the names of the outputs is used for the first shape.
            self._nets[shape] = self._nets.pop((), None) or read(self._model)
        return self._nets[shape]


def read(model: InstalledModel) -> Any:
    """Read a network into cv2.dnn.

    Raises
    ------
    ModelError
        if its files are damaged or unsupported by this OpenCV.
    """
    try:
        return READERS[model.format](model.paths)
    except (cv2.error, OSError, ValueError) as error:
        names = " and ".join(f"'{path}'" for path in model.paths)
        raise ModelError(
            f"the pose network '{model.name}' cannot be read from {names}: {_reason(error)}; "
            f"check it with: gaitlab models verify {model.name}"
        ) from error


def _reason(error: Exception) -> str:
    text = str(getattr(error, "err", "") or error)
    return " ".join(text.split())[:160]
