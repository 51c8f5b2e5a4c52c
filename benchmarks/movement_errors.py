"""What stands beside the ± of jumps, squats, chairs and pedals: a network's errors from one person to the next.

    python -m benchmarks.movement_errors [--models NAME…] [--only MOVEMENT] [--write]     (needs ``.[synthetic]``)

Five or six rendered people a movement, from the side, 60 frames a second, through `gaitlab.analyze` as a user has it.
Printed are mean error, spread between people and the bound that holds 95 % of further people; ``--write`` puts them
into gaitlab/metrics/movement_errors.csv and the bounds into docs/accuracy.md. Networks and movements that were not
looked at keep theirs.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

import gaitlab
from benchmarks.end_to_end import write_tables
from benchmarks.movement_clips import OUT, PEOPLE, clip_of
from benchmarks.movements import ROWS, Errors, Row, held
from benchmarks.network_errors import write_table
from gaitlab.core.errors import GaitlabError
from gaitlab.metrics import METRICS
from gaitlab.metrics.network_errors import MOVEMENT_TABLE, Key, NetworkError, key_of, network_error, read_table
from gaitlab.metrics.spec import MetricSpec

_DOC = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
_HEAD = (
    "Written by `python -m benchmarks.movement_errors --write`: not to be edited by hand.",
    "Found minus true on rendered people, from the side, 60 frames a second, scaled by the body height. Of times and",
    "lengths as a share of the mean; of the others in the metric's unit. bias and sd: between people.",
)
# The best of some repetitions, and what it is the best of.
_BEST = {"jump_height_best": "jump_height"}
_LEGS = ("both", "near", "far", "difference")
Means = dict[tuple[str, str], tuple[float, float]]


def means_of(errors: Errors) -> Means:
    """Return (metric, leg) to the means that were found and that are true, over the repetitions of one person."""
    pairs: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for (row, leg), values in errors.of.items():
        if row in ROWS:
            known = METRICS[row.metric].per_side and leg
            pairs[row.metric, leg if known else "both"] += values
    means = {key: np.mean(values, axis=0) for key, values in pairs.items()}
    means |= {(best, "both"): np.max(pairs[of, "both"], axis=0) for best, of in _BEST.items() if (of, "both") in pairs}
    return {key: (float(found), float(true)) for key, (found, true) in means.items()}


def errors_of(means: Means, network: str) -> dict[Key, float]:
    """Return the errors of one person's means under their keys, and of the near leg's less the far leg's."""
    found: dict[Key, float] = {}
    for (metric, leg), (value, true) in means.items():
        spec = METRICS[metric]
        found[_key(spec, network, leg)] = (value - true) / (abs(value) if spec.ratio else 1.0)
        far = means.get((metric, "far"))
        if leg == "near" and far is not None:
            apart = (value - far[0]) - (true - far[1])
            mean = (abs(value) + abs(far[0])) / 2
            found[_key(spec, network, "difference")] = apart / (mean if spec.ratio else 1.0)
    return found


def _key(spec: MetricSpec, network: str, leg: str) -> Key:
    return key_of(spec, network=network, view="side", leg=leg, scale="body height", rearfoot="", dots=False)


def measured(network: str, only: str) -> Iterator[tuple[str, Errors]]:
    """Yield the name of a clip and what was found of it."""
    for movement, takes in PEOPLE.items():
        if only not in movement:
            continue
        for name, take in takes.items():
            video, truth = clip_of(name, take)
            errors = Errors()
            try:
                session = gaitlab.analyze(
                    video, movement=movement, view="side", model=network, height_m=float(truth["height_m"]),
                    output=OUT / f"session-{network}", force=True, settings={"video.annotate": False},
                )  # fmt: skip
            except GaitlabError as error:
                errors.true += int(truth["repetitions"])
                errors.failed.append(str(error))
            else:
                held(errors, movement, truth, session, OUT / f"session-{network}")
            yield name, errors


def bounds(table: Mapping[Key, NetworkError]) -> str:
    """Return what stands beside ± as a Markdown table, with what it is made of, a row a quantity and leg."""
    networks = list(dict.fromkeys(key.network for key in table))
    columns = (f"{network}: {what}" for network in networks for what in ("mean error", "bound"))
    lines = ["| movement | quantity | " + " | ".join(columns) + " |", "|---" * (2 + 2 * len(networks)) + "|"]
    for row in ROWS:
        spec = METRICS[row.metric]
        for leg in _LEGS:
            factor = 100.0 if spec.ratio or spec.unit == "m" else 1.0
            errors = (table.get(_key(spec, network, leg)) for network in networks)
            cells = [cell for error in errors for cell in _cells(error, factor)]
            if set(cells) != {"-"}:
                lines.append(f"| {row.movement} | {_named(row, spec, leg)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(error: NetworkError | None, factor: float) -> tuple[str, str]:
    if error is None or not np.isfinite(error.bound):
        return "-", "-"
    return f"{factor * error.bias:+.1f}", f"{factor * error.bound:.1f}"


def _named(row: Row, spec: MetricSpec, leg: str) -> str:
    unit = "%" if spec.ratio else {"m": "cm"}.get(spec.unit, spec.unit)
    which = {"both": "", "difference": ", near less far"}.get(leg, f", {leg} leg")
    return f"{row.label}{which}, {unit}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=["runner"])
    parser.add_argument("--only", default="", help="part of a movement's name")
    parser.add_argument("--write", action="store_true", help=f"put them into {MOVEMENT_TABLE.name} and {_DOC.name}")
    options = parser.parse_args()
    table = dict(read_table(MOVEMENT_TABLE)) if MOVEMENT_TABLE.is_file() else {}
    for network in options.models:
        people: dict[Key, list[list[float]]] = defaultdict(list)
        for name, errors in measured(network, options.only):
            counts = f"{errors.found} of {errors.true}, {errors.wrong} wrong"
            print(f"{network} {name}: {counts}", *errors.failed, flush=True)
            for key, error in errors_of(means_of(errors), network).items():
                people[key].append([error])
        looked_at = {movement for movement in PEOPLE if options.only in movement}
        table = {k: e for k, e in table.items() if k.network != network or METRICS[k.metric].movement not in looked_at}
        table |= {key: network_error(errors) for key, errors in people.items()}
    table = dict(sorted(table.items()))  # networks stand as before, whichever was looked at
    shown = bounds(table)
    print(shown)
    if options.write:
        write_table(MOVEMENT_TABLE, table, _HEAD)
        write_tables(_DOC, {"movement bounds": shown})


if __name__ == "__main__":
    main()
