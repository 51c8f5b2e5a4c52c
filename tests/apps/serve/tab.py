"""A tab of the page in a real browser, and a short film for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from axe_playwright_python.sync_playwright import Axe

from gaitlab.io.video.reader import open_video
from tests.apps.serve.server import CLIP
from tests.browser import LAPTOP, PHONE

TABLET = {"width": 820, "height": 1180}
SIZES = (LAPTOP, TABLET, PHONE)
PATIENCE_MS = 120_000


def short_clip(path: Path, *, seconds: float, twice: bool = False) -> Path:
    """Write the clip's first seconds; ``twice`` shows it two times side by side."""
    with open_video(CLIP) as video, av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=60)
        stream.width, stream.height, stream.pix_fmt = video.info.width * (1 + twice), video.info.height, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        for frame in video.frames(0, seconds):
            image = np.concatenate([frame.image] * (1 + twice), axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path


class Tab:
    """A tab at an address, with all that went wrong in it."""

    def __init__(self, browser: Any, address: str, size: dict[str, int] = LAPTOP, **options: Any) -> None:
        self.context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda m: self.troubles.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.troubles.append("a dialog opened"), dialog.dismiss()))
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.goto(address)

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def grave(self) -> list[str]:
        """Return the serious findings of axe in light and dark."""
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            for one in Axe().run(self.page).response["violations"]:
                if one["impact"] in ("serious", "critical"):
                    found.append(f"{scheme} {one['id']}: {[node['html'][:120] for node in one['nodes']][:3]}")
        return found

    def grave_or_wider(self) -> list[str]:
        """Return the serious findings of axe, and what is wider than the window, on laptop, tablet and phone."""
        found = []
        for size in SIZES:
            self.page.set_viewport_size(size)
            found += [f"{size['width']}: {one}" for one in (*self.grave(), *self.wider())]
        return found

    def wider(self) -> list[str]:
        """Return what is wider than the window, except in the picture of the dots, which scrolls."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('body, body *')].filter(e => e.getClientRects().length"
            " && !e.closest('nav, .hidden, .skip, svg, #place > *')"
            " && e.getBoundingClientRect().right > innerWidth + 1)"
            ".map(e => e.tagName + '.' + e.className)"
        )
        return found
