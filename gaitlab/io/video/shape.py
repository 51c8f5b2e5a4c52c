"""The shape of a video's pictures: made upright, of square pixels, of one size, whole and of ordinary light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

import av
import numpy as np
from av.filter import Graph
from av.sidedata.sidedata import Type as SideData
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray

from gaitlab.core.units import ROTATIONS

Image = NDArray[np.uint8]  # (height, width, 3) BGR
Light = Literal["", "pq", "hlg"]
Interlaced = Literal["", "top", "bottom"]

# Pixels that differ from squares by less are rounding of an encoder's; by more than this many times, nonsense.
_SQUARE, _MOST_ASPECT = 0.005, 4.0
_HDR: dict[int, Light] = {ColorTrc.SMPTE2084: "pq", ColorTrc.ARIB_STD_B67: "hlg"}
# White of ordinary light in a picture of high dynamic range, and its brightest, cd/m2 (ITU-R BT.2408).
_WHITE_CDM2, _PEAK_CDM2 = 203.0, 1000.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What is to be done to the pictures of a video, in this order; nothing for most.

    Attributes
    ----------
    width, height : int
        of the coded pictures when their pixels are square, px; pictures of another size are fitted in.
    sample_aspect : Fraction
        width of a coded pixel over its height.
    mirrored : bool
        whether left and right change places.
    rotation_deg : int
        by how much the mirrored picture is turned anticlockwise: 0, 90, 180 or 270.
    light : Light
        the curve of a high dynamic range, which is mapped to ordinary light.
    """

    width: int
    height: int
    sample_aspect: Fraction = Fraction(1)
    mirrored: bool = False
    rotation_deg: int = 0
    light: Light = ""

    def fits(self, picture: Any) -> bool:
        """Whether a decoded picture is of the size of the first one."""
        return square(picture.width, picture.height, self.sample_aspect) == (self.width, self.height)

    def upright(self, picture: Any, *, rotate_deg: int, size: tuple[int, int] | None = None) -> Image:
        """Return a decoded picture as it is to be seen, turned clockwise by ``rotate_deg`` on top.

        Parameters
        ----------
        picture : Any
            as decoded.
        rotate_deg : int
            0, 90, 180 or 270.
        size : tuple[int, int] | None, optional
            width and height of the result, px, by area averaging; None keeps every pixel.
        """
        turn_deg = (rotate_deg - self.rotation_deg) % 360
        wanted = (self.width, self.height)
        if size is not None:
            wanted = size[::-1] if turn_deg % 180 == 90 else size
        width, height = square(picture.width, picture.height, self.sample_aspect)
        inside = wanted
        if (width, height) != (self.width, self.height):
            share = min(wanted[0] / width, wanted[1] / height)
            inside = (max(round(width * share), 1), max(round(height * share), 1))
        way = "BICUBIC" if size is None else "AREA"
        image: Image = picture.to_ndarray(format="bgr24", width=inside[0], height=inside[1], interpolation=way)
        if inside != wanted:
            image = _centred(image, *wanted)
        if self.light:
            import cv2

            image = np.asarray(cv2.LUT(image, _ordinary_light(self.light)), dtype=np.uint8)
        if self.mirrored:
            image = np.ascontiguousarray(image[:, ::-1])
        return turned(image, turn_deg)


def shape_of(picture: Any, sample_aspect: Fraction | None) -> Shape:
    """Return the shape that the first picture of a video asks for.

    Parameters
    ----------
    picture : Any
        as decoded.
    sample_aspect : Fraction | None
        value in the stream; None or an invalid value means square pixels.
    """
    aspect = sample_aspect or Fraction(1)
    if not abs(aspect - 1) > _SQUARE or not 1 / _MOST_ASPECT <= aspect <= _MOST_ASPECT:
        aspect = Fraction(1)
    width, height = square(picture.width, picture.height, aspect)
    mirrored, rotation_deg = _placed(picture)
    return Shape(width, height, aspect, mirrored, rotation_deg, _HDR.get(int(picture.color_trc), ""))


def square(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """Return the size of a picture of square pixels; the shorter side of a pixel grows, so that no detail is lost."""
    return (round(width * aspect), height) if aspect >= 1 else (width, round(height / aspect))


def turned(image: Image, clockwise_deg: int) -> Image:
    """Return a picture turned clockwise by 0, 90, 180 or 270 degrees."""
    turns = ROTATIONS.index(clockwise_deg) if clockwise_deg in ROTATIONS else 0
    return np.ascontiguousarray(np.rot90(image, -turns)) if turns else image


def _placed(picture: Any) -> tuple[bool, int]:
    """Return whether the track matrix mirrors, and by how many degrees it then turns anticlockwise.

    It takes x, y (right, down) to a x + c y, b x + d y. A turn clockwise by t is a = d = cos t, b = -c = sin t; a
    mirror before it changes the signs of a and b.
    """
    matrix = picture.side_data.get(SideData.DISPLAYMATRIX)
    if matrix is None:
        return False, 0
    a, b, _, c, d = np.frombuffer(bytes(matrix), dtype=np.int32)[:5].astype(np.float64)
    clockwise_deg = 90 * round(float(np.degrees(np.arctan2(-c, d))) / 90)
    return bool(a * d - b * c < 0), -clockwise_deg % 360


def _centred(image: Image, width: int, height: int) -> Image:
    """Return a picture in the middle of a black one."""
    result = np.zeros((height, width, 3), dtype=np.uint8)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    result[top : top + image.shape[0], left : left + image.shape[1]] = image
    return result


@lru_cache(maxsize=2)
def _ordinary_light(light: Light) -> Image:
    """Return (256,) values of ordinary light for those of a high dynamic range, channel by channel.

    The curves are those of ITU-R BT.2100. What is darker than white keeps its light, and what is brighter is pressed
    into what is left. Colours stay a little paler than they were: people are found in them all the same.
    """
    code = np.arange(256) / 255
    if light == "pq":
        power = code ** (1 / 78.84375)
        nits = 10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    else:
        scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        nits = _PEAK_CDM2 * scene**1.2
    relative = np.minimum(nits, _PEAK_CDM2) / _WHITE_CDM2
    pressed = relative / np.sqrt(1 + relative**2)
    pressed /= pressed.max()
    shown = np.where(pressed <= 0.0031308, 12.92 * pressed, 1.055 * pressed ** (1 / 2.4) - 0.055)
    return np.round(255 * shown).astype(np.uint8)


def field_order(pictures: Iterator[Any]) -> Interlaced:
    """Return which field of interlaced pictures comes first, "" where their two fields show the same moment.

    What moves tells it, by FFmpeg's ``idet``; where nothing moves, what each picture says of itself.
    """
    counts: dict[str, float] = {}
    with_graph: Graph | None = None
    for picture in pictures:
        with_graph = with_graph or _graph(picture, "idet")
        for seen in _through(with_graph, picture):
            counts = {
                name: float(seen.metadata[f"lavfi.idet.multiple.{name}"]) for name in ("tff", "bff", "progressive")
            }
    fields = counts.get("tff", 0.0) + counts.get("bff", 0.0)
    if counts.get("progressive", 0.0) > fields:
        return ""
    return "bottom" if counts.get("bff", 0.0) > counts.get("tff", 0.0) else "top"


def fields(pictures: Iterator[tuple[Any, float]], *, first: Interlaced, field_s: float) -> Iterator[tuple[Any, float]]:
    """Yield both fields of every picture as pictures of their own, the second so much later, by FFmpeg's ``bwdif``."""
    parity = {"top": "tff", "bottom": "bff"}[first]
    graph: Graph | None = None
    size: tuple[int, int, str] | None = None
    waiting: list[float] = []

    def timed(made: Iterator[Any]) -> Iterator[tuple[Any, float]]:
        for picture in made:
            yield picture, waiting.pop(0)

    for picture, time_s in pictures:
        if graph is None or size != (picture.width, picture.height, picture.format.name):
            if graph is not None:
                yield from timed(_through(graph, None))
            size = (picture.width, picture.height, picture.format.name)
            graph, waiting = _graph(picture, "bwdif", f"mode=send_field:parity={parity}:deint=all"), []
        waiting += [time_s, time_s + field_s]
        yield from timed(_through(graph, picture))
    if graph is not None:
        yield from timed(_through(graph, None))


def _graph(picture: Any, name: str, options: str | None = None) -> Graph:
    """Return a filter for frames of the same format as a given one."""
    graph = Graph()
    source = graph.add_buffer(
        width=picture.width, height=picture.height, format=picture.format, time_base=picture.time_base
    )
    graph.link_nodes(source, graph.add(name, options), graph.add("buffersink")).configure()
    return graph


def _through(graph: Graph, picture: Any) -> Iterator[Any]:
    """Push a frame, or None at the end, and yield the filtered frames."""
    graph.push(picture)
    while True:
        try:
            yield graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
