"""A headless Chromium driven through its own protocol: sign in with a token, open a page, wait for words, take a picture."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from itertools import count
from pathlib import Path
from urllib.request import urlopen

import psutil
from stack import wait_for
from websockets.sync.client import connect


def chromium_program() -> str | None:
    """Path of the browser, or None where none is installed."""
    return shutil.which("chromium")


class Browser:
    """One window of a browser of its own; ends with the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def __enter__(self) -> Browser:
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ]
        options += ["--remote-debugging-port=0", f"--user-data-dir={self._folder}", "--window-size=1400,1000"]
        self._process = subprocess.Popen(
            [chromium_program(), *options, "about:blank"], stderr=subprocess.DEVNULL, start_new_session=True
        )
        said = self._folder / "DevToolsActivePort"
        port = wait_for("the browser", lambda: said.exists() and said.read_text().split()[:1], 30)[0]
        with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(each for each in json.load(answer) if each["type"] == "page")
        self._socket = connect(page["webSocketDebuggerUrl"], max_size=None)
        return self

    def __exit__(self, *_exception) -> None:
        self._socket.close()
        first = psutil.Process(self._process.pid)
        for member in [*first.children(recursive=True), first]:
            member.kill()
        self._process.wait()

    def sign_in(self, url: str, token: str) -> None:
        """Be the user of a token from now on."""
        self._call("Network.setCookie", name="_token", value=token, url=url)

    def look(self, url: str, words: list[str], picture: Path, press: str | None = None) -> None:
        """Open a page, press a button of it, wait until it shows all words, and take its picture."""
        self._call("Page.navigate", url=url)
        if press:
            said = f"(b.ariaLabel || b.innerText).trim() == {json.dumps(press)}"
            button = f"[...document.querySelectorAll('button')].find(b => {said})"
            wait_for(f"{press} on {url}", lambda: self._value(f"!!{button}"), 40)
            self._value(f"{button}.click()")
        wait_for(f"{words} on {url}", lambda: all(word in self._text() for word in words), 40)
        picture.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def _text(self) -> str:
        return self._value("document.body ? document.body.innerText : ''") or ""

    def _value(self, expression: str):
        return self._call("Runtime.evaluate", expression=expression)["result"].get("value")

    def _call(self, method: str, **parameters) -> dict:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(timeout=30))).get("id") != number:
            pass
        assert "error" not in answer, answer
        return answer["result"]
