"""From the last key of a scan to the painted verdict, in Chromium, and the server's share of it."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.browser import CHROMIUM

TABLET: Any = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "reduced_motion": "reduce"}
KEY_PAUSE = 0.004
PATIENCE = 30_000
NEXT = 150

WATCH = """() => {
    window.painted = [];
    window.asked = [];
    let started = 0;
    addEventListener("keydown", (event) => { if (event.key === "Enter") started = performance.now(); }, true);
    new MutationObserver(() => {
        if (!started) return;
        const since = started;
        started = 0;
        requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - since)));
    }).observe(document.getElementById("verdict"), { childList: true });
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) {
            if (one.name.endsWith("/scans")) window.asked.push(one.responseEnd - one.requestStart);
        }
    }).observe({ type: "resource" });
}"""
"""Milliseconds from a scan to its painted verdict (`painted`), from its request to the answer (`asked`)."""

_BOTH = "(count) => window.painted.length >= count && window.asked.length >= count"


class Scanner:
    """A hand scanner: it types at its own pace, whatever else the machine does, and ends with Enter."""

    def __init__(self, page: Page) -> None:
        self._keys = page.context.new_cdp_session(page)

    def scan(self, code: str) -> None:
        """Type a code into whatever has the focus."""
        moment = time.time() - (len(code) + 1) * KEY_PAUSE
        for at, letter in enumerate(code):
            self._press(letter, letter, moment + at * KEY_PAUSE)
        self._press("Enter", "\r", moment + len(code) * KEY_PAUSE, windowsVirtualKeyCode=13)

    def _press(self, key: str, typed: str, moment: float, **more: Any) -> None:
        down = {"type": "keyDown", "key": key, "text": typed, "timestamp": moment, **more}
        self._keys.send("Input.dispatchKeyEvent", down)
        self._keys.send("Input.dispatchKeyEvent", down | {"type": "keyUp", "text": ""})


@dataclass(frozen=True, slots=True)
class Painted:
    """Milliseconds of every scan: until its verdict was painted, and of it from the request to the answer."""

    screen: list[float] = field(default_factory=list[float])
    server: list[float] = field(default_factory=list[float])


def painted(url: str, event_id: int, session_token: str, tags: Iterable[str]) -> Painted:
    """Scan these tags one by one on the page of an event. Raises RuntimeError for one that is not counted."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(**TABLET)
        context.add_cookies([{"name": "av_session", "value": session_token, "url": url}])
        page = context.new_page()
        page.goto(f"{url}/prep/{event_id}")
        page.evaluate(WATCH)
        scanner = Scanner(page)
        for number, tag in enumerate(tags, start=1):
            scanner.scan(tag)
            page.wait_for_function(_BOTH, arg=number, polling=25, timeout=PATIENCE)
            said = page.locator("#verdict").inner_text()
            if tag not in said:
                raise RuntimeError(f"{tag}: {said}")
            # no hand is faster: what the page does after the verdict is done by then
            page.wait_for_timeout(NEXT)
        times = Painted(page.evaluate("window.painted"), page.evaluate("window.asked"))
        browser.close()
    return times
