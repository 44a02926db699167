"""A real Chromium for the tests, driven over its debugging pipe: nothing to install but the browser itself."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-dev-shm-usage",
    "--disable-features=OptimizationHints,MediaRouter,Translate", "--hide-scrollbars", "--remote-debugging-pipe",
    # Every name but loopback's is unknown: a request that tries to leave is seen, and goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)  # fmt: skip


def path() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class BrowserError(Exception):
    """Chromium refused a command, or did not answer in time."""


class Chromium:
    """One browser with one page; a context manager. `requests` are all URLs asked for, `messages` the console's."""

    def __init__(self, profile: Path, *, width: int = 1280, height: int = 900, language: str = "ko") -> None:
        executable = path()
        assert executable is not None
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        command = [executable, *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        command += [f"--lang={language}", f"--accept-lang={language}", "about:blank"]
        # Chromium reads commands at descriptor 3 and answers at 4.
        script = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, "chromium", *command],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.messages: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._read)
        os.close(self._write)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command of the DevTools protocol and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 120
        while True:
            found = self._message(deadline)
            if found.get("id") == self._number:
                if "error" in found:
                    raise BrowserError(f"{method}: {found['error']}")
                result: dict[str, Any] = found["result"]
                return result

    def open(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""
        self._events.clear()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def wait(self, event: str, seconds: float = 120) -> dict[str, Any]:
        """Wait for an event that came since the last `open` or `click`."""
        deadline = time.monotonic() + seconds
        while True:
            for found in self._events:
                if found["method"] == event:
                    parameters: dict[str, Any] = found["params"]
                    return parameters
            self._message(deadline)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; works where the page itself may run no script."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise BrowserError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def click(self, selector: str) -> None:
        """Click the middle of an element as a person would, and wait for the page that comes."""
        self._events.clear()
        self._press(selector)
        self.wait("Page.loadEventFired")

    def press(self, selector: str) -> None:
        """Click the middle of an element; no page need come."""
        self._press(selector)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def key(self, name: str) -> None:
        """Press a key: `Enter`, `Tab`."""
        codes = {"Enter": (13, "\r"), "Tab": (9, "\t")}
        code, text = codes[name]
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if kind == "keyDown" and name == "Enter" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **extra)

    def emulate(self, *, dark: bool = False, width: int | None = None, height: int = 844) -> None:
        """Prefer dark colours; take the size of a phone."""
        value = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])
        if width:
            self.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True
            )

    def screenshot(self, file: Path) -> None:
        """What the window shows, as PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def settle(self, seconds: float = 0.3) -> None:
        """Take in what the browser still has to say."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self._message(deadline)
            except BrowserError:
                return

    def _press(self, selector: str) -> None:
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def _message(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._read], [], [], left)[0]:
                raise BrowserError("Chromium did not answer in time")
            piece = os.read(self._read, 1 << 20)
            if not piece:
                raise BrowserError("Chromium ended")
            self._buffer += piece
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        if "method" in message:
            self._events.append(message)
            self._note(message["method"], message["params"])
        return message

    def _note(self, method: str, parameters: Mapping[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Log.entryAdded":
            self.messages.append(f"{parameters['entry']['level']}: {parameters['entry']['text']}")
        elif method == "Runtime.consoleAPICalled":
            self.messages.append(f"{parameters['type']}: {[arg.get('value') for arg in parameters['args']]}")
        elif method == "Runtime.exceptionThrown":
            self.messages.append(f"error: {parameters['exceptionDetails'].get('text')}")
