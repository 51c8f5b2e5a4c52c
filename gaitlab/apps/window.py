"""A window for images with tkinter, because OpenCV's headless wheel, which gaitlab installs, has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from gaitlab.core.errors import InputError
from gaitlab.io.video.reader import Image

if TYPE_CHECKING:
    import tkinter

_MAX_LINES = 900


class Window:
    """Window that shows one image after the other until it is closed (or q or Escape is pressed).

    Raises
    ------
    InputError
        if there is no screen, or this Python has no tkinter.
    """

    def __init__(self, title: str) -> None:
        try:
            import tkinter as tk
        except ImportError as error:
            raise InputError(
                "a window needs tkinter, which this Python lacks: apt-get install python3-tk, brew install python-tk, "
                "or tick Tcl/Tk in the installer of Windows"
            ) from error
        try:
            self._root = tk.Tk(className="gaitlab")
        except tk.TclError as error:
            raise InputError(f"a window needs a screen, and there is none here ({error})") from error
        self._root.title(title)
        self._label = tk.Label(self._root, borderwidth=0)
        self._label.pack()
        self._picture: tkinter.PhotoImage | None = None
        self._photo = tk.PhotoImage
        self.closed = False
        self._root.protocol("WM_DELETE_WINDOW", self.close)
        for key in ("q", "<Escape>"):
            self._root.bind(key, lambda event: self.close())

    def show(self, image: Image) -> None:
        """Show a (height, width, 3) BGR image, reduced if it is larger than a screen."""
        if self.closed:
            return
        height, width = image.shape[:2]
        if height > _MAX_LINES:
            size = (round(width * _MAX_LINES / height), _MAX_LINES)
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        _, encoded = cv2.imencode(".ppm", image)
        self._picture = self._photo(data=encoded.tobytes())
        self._label.configure(image=self._picture)
        self._root.update()

    def close(self) -> None:
        """Close the window."""
        if not self.closed:
            self.closed = True
            self._root.destroy()
