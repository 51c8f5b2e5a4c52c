"""Phones of the network: nothing without the code, and the code is good for one device."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from gaitlab.apps.serve.pairing import Pairing, qr_picture
from gaitlab.apps.serve.run import lan_addresses
from gaitlab.core.errors import InputError
from tests.apps.serve.server import Server, library_of
from tests.apps.serve.tab import Tab, short_clip
from tests.browser import PHONE, browser

__all__ = ["browser"]  # the fixture: pytest finds it by its name here


def test_a_code_is_good_once_and_changes_after_wrong_ones() -> None:
    pairing = Pairing()
    code = pairing.code
    assert re.fullmatch(r"[A-Z2-9]{8}", code)
    assert pairing.take(f"{code[:4].lower()} {code[4:]}")
    assert not pairing.take(code)
    later = pairing.code
    assert later != code
    for _ in range(4):
        assert not pairing.take("")
    assert pairing.code != later
    assert not pairing.take(later)


def test_the_qr_code_is_a_picture_without_style() -> None:
    drawn = qr_picture("http://192.0.2.7:8765/join?code=ABCDEFGH")
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "<script" not in drawn


class Phone:
    """A device of the network: it comes by the address that others use."""

    def __init__(self, server: Server, name: str) -> None:
        self.host, self.cookie = f"{name}:{server.port}", ""

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
        sent = {"Host": self.host, "Origin": f"http://{self.host}", "Cookie": self.cookie, **headers}
        connection = http.client.HTTPConnection(self.host, timeout=30, source_address=(self.host.split(":")[0], 0))
        try:
            connection.request(method, path, body.encode(), {key: value for key, value in sent.items() if value})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers
        finally:
            connection.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        lan_addresses()
    except InputError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("lan") / "reports"
    library_of(folder, 1)
    (folder / "session-000" / "report.html").write_text("<h1>report</h1>")
    with Server(folder, "--lan") as started:
        yield started


def test_a_phone_needs_the_code(server: Server) -> None:
    phone = Phone(server, lan_addresses()[0])
    status, _, headers = phone.ask("GET", "/")
    assert (status, headers["location"]) == (303, "/join")
    for method, path in (
        ("GET", "/library"),
        ("GET", "/films"),
        ("PUT", "/films"),
        ("GET", "/phone"),
        ("GET", "/live"),
    ):
        assert phone.ask(method, path)[0] == 403, path
    shown = server.get("/phone")[1].decode()
    code = re.search(r'data-code="([A-Z2-9]{8})"', shown)[1]  # type: ignore[index]
    assert "<svg" in shown
    # Looking at the page that the QR code leads to does not use the code up.
    assert f'value="{code}"' in phone.ask("GET", f"/join?code={code}")[1]
    status, page, _ = phone.ask("POST", "/join", "code=WRONGONE")
    assert status == 403
    assert "This is not the code" in page
    assert phone.ask("POST", "/join", f"code={code}", Origin="http://evil.example")[0] == 403
    status, _, headers = phone.ask("POST", "/join", f"code={quote(code)}")
    assert status == 303
    assert {"HttpOnly", "SameSite=strict"} <= set(headers["set-cookie"].split("; "))
    phone.cookie = headers["set-cookie"].split(";")[0]
    status, page, _ = phone.ask("GET", "/")
    assert status == 200
    assert "/live" not in page
    token = re.search(r'name="token" content="([^"]+)"', page)[1]  # type: ignore[index]
    assert phone.ask("PUT", "/films", "no film", **{"X-Gaitlab-Token": token, "X-Film-Name": "run.mp4"})[0] == 201
    assert phone.ask("GET", "/phone")[0] == 403
    # A second device needs another code.
    assert Phone(server, lan_addresses()[0]).ask("POST", "/join", f"code={code}")[0] == 403
    library = phone.ask("GET", "/library")[1]
    report = re.search(r'"(/open/[^"]+)"', library)[1]  # type: ignore[index]
    phone.cookie = ""  # as in the sandbox of a report
    assert phone.ask("GET", urlsplit(report).path)[:2] == (200, "<h1>report</h1>")
    assert phone.ask("GET", "/library")[0] == 403


def test_the_pages_of_the_phone_fit_and_have_no_serious_finding(browser: Any, server: Server, tmp_path: Path) -> None:
    with Tab(browser, f"{server.address}/phone") as tab:
        assert tab.grave_or_wider() == []
        code = tab.page.locator("#code").get_attribute("data-code")
    address = f"http://{lan_addresses()[0]}:{server.port}"
    with Tab(browser, f"{address}/library", PHONE, has_touch=True, is_mobile=True) as tab:
        assert tab.page.url == f"{address}/join"
        assert tab.grave_or_wider() == []
        tab.page.fill("#code", str(code))
        tab.page.tap("button")
        tab.page.locator("#drop").wait_for()
        assert "Films go from this device to the machine" in tab.page.inner_text("#drop")
        assert str(server.folder) not in tab.page.inner_text("#drop")
        tab.page.set_input_files("#choose", short_clip(tmp_path / "phone.mp4", seconds=0.1))
        tab.page.locator("form.film", has=tab.page.locator("image")).first.wait_for()
        assert tab.grave_or_wider() == []


def test_without_lan_nobody_of_the_network_gets_an_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        name = lan_addresses()[0]
    except InputError as error:
        pytest.skip(str(error))
    with Server(tmp_path_factory.mktemp("alone") / "reports") as alone:
        with pytest.raises(ConnectionError):
            Phone(alone, name).ask("GET", "/")
        assert alone.get("/phone")[0] == 404
