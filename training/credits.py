"""Whose photographs the network learnt from: ``python -m training.credits`` writes docs/picture_credits.md."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from gaitlab.io.files import whole_file
from training.photographs import told_by_machines, trained_on

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "picture_credits.md"
_HEAD = """# Picture credits

Photographs and films of real people from which `runner` and `runner-fast` ([model card](model_card.md)) learnt: {crops} crops of {sources}. Of each only one person's surroundings were used, in crops, at other brightness, turned and mirrored; none is part of gaitlab. Their keypoints are those of the COCO Consortium (cocodataset.org, CC BY 4.0) or were told by openpose-light, BlazePose heavy and MoveNet Thunder (all Apache-2.0). COCO holds no names of photographers: the address leads to them. This page is written by `python -m training.credits`.
"""  # noqa: E501 (a paragraph of a page)


def main() -> None:
    kept = set(told_by_machines().names)
    by_licence: dict[tuple[str, str], dict[str, tuple[str, int]]] = defaultdict(dict)
    crops = 0
    for crop in trained_on():
        if not crop["keypoints"] and crop["file"] not in kept:
            continue
        crops += 1
        row = by_licence[crop["licence"], crop["licence_url"]]
        row[crop["source"]] = (crop["source_url"], row.get(crop["source"], ("", 0))[1] + 1)
    sources = sum(len(row) for row in by_licence.values())
    lines = [_HEAD.format(crops=crops, sources=f"{sources} photographs and films")]
    for (licence, url), row in sorted(by_licence.items()):
        lines += [f"## {licence}", "", f"<{url}>" if url else "", "", "| picture | crops |", "|---|---|"]
        lines += [f"| {_linked(source, *at)} |" for source, at in sorted(row.items())]
        lines.append("")
    with whole_file(_PAGE) as partial:
        partial.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _linked(source: str, url: str, crops: int) -> str:
    name, url = source.replace("|", "/"), url.replace("http://", "https://", 1)
    return f"{f'[{name}]({url})' if url.startswith('http') else name} | {crops}"


if __name__ == "__main__":
    main()
