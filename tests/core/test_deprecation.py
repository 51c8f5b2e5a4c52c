"""Former names work, warn where they are used, and never hide a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitlab.core.deprecation import renamed_argument, renamed_function


@renamed_argument("speed", "belt_speed_mps", gone_in="0.4.0")
def pace_s_per_km(*, belt_speed_mps: float) -> float:
    return 1000 / belt_speed_mps


def test_the_former_argument_works_and_warns_where_it_is_used() -> None:
    with pytest.warns(DeprecationWarning, match=r"'speed' of pace_s_per_km\(\) is called 'belt_speed_mps' now") as seen:
        assert pace_s_per_km(speed=2.5) == 400  # type: ignore[call-arg]
    assert Path(seen[0].filename) == Path(__file__)
    assert "gaitlab 0.4.0" in str(seen[0].message)


@pytest.mark.filterwarnings("error")
def test_the_present_argument_is_silent() -> None:
    assert pace_s_per_km(belt_speed_mps=5.0) == 200


def test_both_names_at_once_are_an_error() -> None:
    with pytest.raises(TypeError, match="both 'belt_speed_mps' and its former name 'speed'"):
        pace_s_per_km(belt_speed_mps=5.0, speed=2.5)  # type: ignore[call-arg]


def test_a_former_function_does_the_same_and_warns() -> None:
    former = renamed_function("pace", pace_s_per_km, gone_in="0.4.0")
    with pytest.warns(DeprecationWarning, match=r"pace\(\) is called pace_s_per_km\(\) now") as seen:
        assert former(belt_speed_mps=4.0) == 250
    assert Path(seen[0].filename) == Path(__file__)
