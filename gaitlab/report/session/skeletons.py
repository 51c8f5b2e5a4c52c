"""Skeleton of one frame as lines, points and angle labels for an SVG, in image pixels."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaitlab.core.pose import FloatArray
from gaitlab.report.session.content import Content, column_key
from gaitlab.report.session.keyframes import Moment
from gaitlab.report.shared.numbers import decimal

# Radius of the angle arcs as a share of the image height.
_ARC_SHARE = 0.055


@dataclass(frozen=True, slots=True)
class Limb:
    """A line between two points; ``side`` is ``left``, ``right`` or ``middle``."""

    side: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Label:
    """An angle at a joint; ``guide`` and ``arc`` are the SVG paths of its legs."""

    side: str
    name: str
    text: str
    x: float
    y: float
    guide: str = ""
    arc: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Drawing of a moment.

    Attributes
    ----------
    moment : Moment
        the moment.
    limbs : tuple[Limb, ...]
        lines, the far leg first.
    labels : tuple[Label, ...]
        angles of the moment's leg and of the trunk.
    picture : str
        the still as a data URI; empty if there is none.
    """

    moment: Moment
    limbs: tuple[Limb, ...]
    labels: tuple[Label, ...]
    picture: str

    @property
    def angles(self) -> str:
        """Text alternative with the angles."""
        return ", ".join(f"{label.name} {label.text}" for label in self.labels)


def draw(content: Content, moment: Moment, *, jpeg: bytes | None = None, told: str = "") -> Drawing:
    """Return the drawing of a moment; ``jpeg`` is the still of its box, ``told`` the column a finding tells of."""
    picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}" if jpeg else ""
    return Drawing(moment, _limbs(content, moment), _labels(content, moment, told), picture)


def _limbs(content: Content, moment: Moment) -> tuple[Limb, ...]:
    skeleton, xy = content.pose.skeleton, content.pose.xy[moment.frame]
    limbs = []
    for a, b in skeleton.edges:
        (x1, y1), (x2, y2) = xy[skeleton.index(a)], xy[skeleton.index(b)]
        if np.isfinite([x1, y1, x2, y2]).all():
            limbs.append(Limb(limb_side(a, b), *(round(float(v), 1) for v in (x1, y1, x2, y2))))
    # The leg of the moment is drawn last.
    return tuple(sorted(limbs, key=lambda limb: limb.side == moment.side))


def limb_side(a: str, b: str) -> str:
    """Return the side of a limb from its names; ``middle`` for trunk and head."""
    return next((side for name in (b, a) if (side := name.partition("_")[0]) in ("left", "right")), "middle")


def _labels(content: Content, moment: Moment, told: str) -> tuple[Label, ...]:
    labels = []
    for joint in content.layout["joints"]:
        if joint.get("findings", False) and joint["column"] != told:
            continue
        values = content.angles.values_deg.get(joint["column"].format(side=moment.side))
        x, y = content.pose.point(joint["at"].format(side=moment.side))[moment.frame]
        if joint["view"] != content.view or values is None or not np.isfinite([values[moment.frame], x, y]).all():
            continue
        name = content.texts["short"][column_key(joint["column"])]
        text = f"{decimal(float(values[moment.frame]), 0, point=content.point)}°"
        side = moment.side if "{side}" in joint["column"] else "middle"
        radius = _ARC_SHARE * (moment.box_px[3] - moment.box_px[1])
        points = _arc(content, moment, joint, np.array([x, y]))
        guide, arc = opening(np.array([x, y]), *points, radius=radius) if points else ("", "")
        labels.append(Label(side, name, text, round(float(x), 1), round(float(y), 1), guide, arc))
    return tuple(labels)


def _arc(content: Content, moment: Moment, joint: Mapping[str, Any], at: FloatArray) -> list[FloatArray]:
    """Return the three points of `opening`, px; none where a joint has no arc."""
    if "level" in joint:
        to = content.pose.point(joint["level"].format(side=moment.side))[moment.frame]
        return [at, at + [np.sign(to[0] - at[0]), 0.0], to]
    return [content.pose.point(p.format(side=moment.side))[moment.frame] for p in joint.get("arc", ())]


def opening(joint: FloatArray, start: FloatArray, end: FloatArray, to: FloatArray, *, radius: float) -> tuple[str, str]:
    """Return the SVG paths of an angle: a line that extends ``start`` to ``end`` beyond the joint, and the arc
    from there to the direction of ``to``. All (2,) px; empty where a point is missing or two coincide.
    """
    before, after = end - start, to - joint
    lengths = np.hypot(*before), np.hypot(*after)
    if not (np.isfinite(lengths).all() and min(lengths) > 0):
        return "", ""
    first, last = joint + radius * before / lengths[0], joint + radius * after / lengths[1]
    beyond = joint + 1.5 * radius * before / lengths[0]
    # In SVG, with y down, a positive sweep is from x to y, as is the sign of the cross product.
    sweep = int(before[0] * after[1] - before[1] * after[0] > 0)
    guide = f"M{joint[0]:.1f} {joint[1]:.1f}L{beyond[0]:.1f} {beyond[1]:.1f}"
    return guide, f"M{first[0]:.1f} {first[1]:.1f}A{radius:.1f} {radius:.1f} 0 0 {sweep} {last[0]:.1f} {last[1]:.1f}"
