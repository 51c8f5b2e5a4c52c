"""A shop's head: what is accepted, and the one line that says what is wrong with the rest."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from gaitlab.analysis.shop import brand_from, read_shop
from gaitlab.core.errors import InputError
from gaitlab.io.brand import Brand, Logo, brand_of, checked_logo, write_logo

SVG = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">'
    "<script>alert(1)</script><rect width='4' height='2'/></svg>"
)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height))))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


PNG = png(4, 2)


def jpeg(width: int, height: int) -> bytes:
    cv2 = pytest.importorskip("cv2")
    done, content = cv2.imencode(".jpg", np.zeros((height, width, 3), np.uint8))
    assert done
    return bytes(content.tobytes())


def brand(folder: Path, text: str) -> Brand:
    path = folder / "shop.toml"
    path.write_text(f"[brand]\n{text}")
    return brand_from(path)


def test_only_the_name_is_needed(tmp_path: Path) -> None:
    assert brand(tmp_path, 'name = " Shop "') == Brand("Shop")
    with pytest.raises(InputError, match=r"brand\.name is missing"):
        brand(tmp_path, 'contact = "here"')


@pytest.mark.parametrize(("name", "content", "kind"), [("a.png", PNG, "png"), ("a", SVG.encode(), "svg")])
def test_a_logo_is_told_by_its_content(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert brand(tmp_path, f'name = "Shop"\nlogo = "{name}"').logo == Logo(kind, content)


def test_a_photograph_has_its_size_read() -> None:
    assert checked_logo(jpeg(40, 20), Path("a.jpg")).kind == "jpg"
    with pytest.raises(InputError, match="4100x10 px; expected a whole picture of 4000x4000 px"):
        checked_logo(jpeg(4100, 10), Path("a.jpg"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "Shop"\ncolour = "blue"', r"brand\.colour: expected a colour such as #1f5fa8, not 'blue'"),
        ('name = "Shop"\ncolour = "#12345"', "expected a colour such as"),
        ('name = "Shop"\ncolour = 7', "expected a text, not 7"),
        ('name = "Shop"\nlogo = "none.png"', r"cannot read the logo '.*none\.png'.*brand\.logo in"),
        ('name = "Shop"\nlogo = "."', "it is a folder"),
        ('name = "Shop"\nlogo = "large.png"', "has 301 kB; expected 300 kB at most"),
        ('name = "Shop"\nlogo = "text.png"', "is no PNG, JPEG or SVG"),
        ('name = "Shop"\nlogo = "half.png"', "is damaged"),
        ('name = "Shop"\nlogo = "wide.png"', "is 5000x1 px"),
        ('name = "Shop"\nlogo = "broken.svg"', "is no sound SVG"),
        ('name = "Shop"\nlogo = "page.svg"', "is XML, but no SVG"),
        ('name = "Shop"\nlogo = "bomb.svg"', "has a DOCTYPE"),
        ('name = "Shop"\nphone = "1"', r"unknown entry 'phone' in \[brand\]; expected name, contact, colour, logo"),
        ('name = "a\\u001bb"', "nothing to read"),
    ],
)
def test_one_line_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    files = {
        "large.png": PNG + bytes(301_000 - len(PNG)), "text.png": b"hello", "half.png": PNG[:-12],
        "wide.png": png(5000, 1),
        "broken.svg": SVG[:-9].encode(), "page.svg": b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>",
        "bomb.svg": b'<!DOCTYPE svg [<!ENTITY a "aa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as error:
        brand(tmp_path, text)
    assert "\n" not in str(error.value)


def test_a_file_may_head_pages_sort_or_both(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    shipped = (Path(__file__).resolve().parents[2] / "configs" / "shop_profile.toml").read_text()
    path.write_text(f'{shipped}\n[brand]\nname = "Shop"')
    both = read_shop(path)
    assert (both.profile is not None, both.brand) == (True, Brand("Shop"))
    path.write_text(shipped)
    with pytest.raises(InputError, match=r"has no section \[brand\]"):
        brand_from(path)
    path.write_text('[brands]\nname = "Shop"')
    with pytest.raises(InputError, match="unknown section 'brands'"):
        read_shop(path)
    path.write_text('[brand]\nname = "Shop"\n[shoes]\nless = "soft"')
    with pytest.raises(InputError, match=r"expected the sections \[profile\] and \[shoes\]"):
        read_shop(path)


def test_a_session_has_one_logo_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    info = {"brand": {"name": "Shop", "contact": "", "colour": "#123456"}}
    write_logo(tmp_path, Brand("Shop", logo=Logo("svg", SVG.encode())))
    write_logo(tmp_path, Brand("Shop", logo=Logo("png", PNG)))
    assert [path.name for path in tmp_path.iterdir()] == ["logo.png"]
    assert brand_of(tmp_path, info) == Brand("Shop", "", "#123456", Logo("png", PNG))
    assert brand_of(tmp_path, {}) is None
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"logo\.png' is no PNG"):
        brand_of(tmp_path, info)
    write_logo(tmp_path, Brand("Shop"))
    assert list(tmp_path.iterdir()) == []
