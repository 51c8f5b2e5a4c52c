"""The movements that are no gait, by name: a new one is a file like `squat` and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from gaitlab.metrics.movements.cycling import CYCLING
from gaitlab.metrics.movements.declaration import Movement
from gaitlab.metrics.movements.free import ANY
from gaitlab.metrics.movements.jump import JUMP
from gaitlab.metrics.movements.sit_to_stand import SIT_TO_STAND
from gaitlab.metrics.movements.squat import SQUAT

MOVEMENTS: Mapping[str, Movement] = {one.name: one for one in (JUMP, SQUAT, SIT_TO_STAND, CYCLING, ANY)}
