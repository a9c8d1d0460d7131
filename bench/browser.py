"""What a load of a page costs on the wire, as Chromium counts it."""

import shutil
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Load:
    """Bytes over the wire, headers included, and requests that left the browser."""

    size: int
    requests: int


def loads(url: str, session_token: str) -> tuple[Load, Load]:
    """A load with an empty cache, and one more with what that left there."""
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": "av_session", "value": session_token, "url": url}])
        page = context.new_page()
        cold = _load(page, url)
        page.goto("about:blank")
        warm = _load(page, url)
        browser.close()
    return cold, warm


def _load(page: Page, url: str) -> Load:
    """Load and count until nothing but the live stream is under way."""
    session: Any = page.context.new_cdp_session(page)
    asked, cached, size = set[str](), set[str](), 0

    def finished(event: dict[str, Any]) -> None:
        nonlocal size
        size += int(event["encodedDataLength"])

    def answered(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            cached.add(event["requestId"])

    def sent(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            asked.add(event["requestId"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    page.goto(url, wait_until="load")
    page.wait_for_timeout(1500)
    session.detach()
    return Load(size, len(asked - cached))
