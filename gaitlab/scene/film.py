"""What a film and its camera do, watched while the film is read: motion of the background, cuts."""

from __future__ import annotations

from gaitlab.core.pose import FloatArray
from gaitlab.io.video.reader import Frame
from gaitlab.scene.background import Background
from gaitlab.scene.shots import ShotFinder


class FilmWatch:
    """Watches the pictures of a film of a size, px; ask ``background`` and ``shots`` at its end."""

    def __init__(self, *, width: int, height: int) -> None:
        self.background = Background(width=width, height=height)
        self.shots = ShotFinder()

    def see(self, frame: Frame, box: FloatArray | None) -> None:
        """Look at the next frame; ``box`` is the runner's in it, (4,) px left, top, right, bottom."""
        self.background.see(frame, box)
        self.shots.see(frame.image)
