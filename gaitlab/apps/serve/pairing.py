"""The one-time code with which a phone of the network is let in, and the picture that it is read from."""

from __future__ import annotations

import secrets
import threading

from gaitlab.apps.serve.security import same

# Without what is mistaken for something else; eight of them are 40 bits.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 8
# After so many wrong ones the code is another.
_MOST_TRIES = 5


class Pairing:
    """The present code; it is good for one device."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries = 0
        self.code = _new()

    def take(self, given: str) -> bool:
        """Return whether a code is the present one, which then is used up."""
        plain = "".join(letter for letter in given.upper() if letter in _LETTERS)
        with self._lock:
            right = same(plain, self.code)
            self._tries += 1
            if right or self._tries >= _MOST_TRIES:
                self._tries, self.code = 0, _new()
            return right


def _new() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def qr_picture(address: str) -> str:
    """Return an address as a QR code, an SVG element."""
    import segno

    made: str = segno.make(address, micro=False).svg_inline(scale=6, dark="black", light="white")
    return made
