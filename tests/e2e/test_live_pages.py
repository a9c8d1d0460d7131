"""Many open pages, many edits by others, and a server that goes away in between.

On an idle machine with more patience: LIVE_PAGES=50 LIVE_EDITS=200 pytest -s tests/e2e/test_live_pages.py
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Server

PEOPLE = ("admin", "manager", "technician", "employee", "viewer")
PAGES = int(os.environ.get("LIVE_PAGES", "12"))
EDITS = int(os.environ.get("LIVE_EDITS", "60"))
# a browser opens six connections to a server for each person, and every page keeps one for its stream
PAGES_EACH = 5
ROWS = 40
COLUMN = "location"

# what the stream delivers, as the page gets it and before it does anything
LISTEN = """
window.heard = [];
window.joined = 0;
document.addEventListener("htmx:sse:after:connection", () => { window.joined += 1; });
document.addEventListener("htmx:sse:before:message", ({ detail: { message } }) => window.heard.push(message));
"""
JOINED = """() => new Promise((resolve) => window.joined ? resolve()
    : document.addEventListener("htmx:sse:after:connection", () => resolve(), {once: true}))"""
HEARD = "() => ({heard: window.heard, joined: window.joined, opened: performance.timeOrigin})"
SHOWN = """() => Object.fromEntries([...document.querySelectorAll("tr[data-live]")].map((row) => [
    row.dataset.live.split("-")[1],
    [Number(row.dataset.version), row.querySelector("[data-field=location]").innerText.trim()],
]))"""
# resolves as soon as every row shows its last edit, to what is missing when that takes too long
SETTLE = """(wanted) => new Promise((resolve) => {
    const missing = () => Object.entries(wanted).filter(([id, text]) =>
        document.querySelector(`#equipment-${id} [data-field=location]`)?.innerText.trim() !== text);
    const check = () => missing().length === 0 && done();
    const watch = new MutationObserver(check);
    const done = () => { watch.disconnect(); resolve(missing()); };
    watch.observe(document.body, {childList: true, subtree: true, characterData: true});
    setTimeout(done, 60000);
    check();
})"""


class Editor:
    """A program that edits through the JSON API, and remembers every version it made."""

    def __init__(self, client: httpx.Client, versions: dict[str, int]) -> None:
        self.client = client
        self.versions = {item: [version] for item, version in versions.items()}
        self.texts: dict[str, str] = {}

    def edit(self, numbers: range) -> None:
        """Make these edits, each of the next row."""
        ids = list(self.versions)
        for number in numbers:
            item, text = ids[number % len(ids)], f"L-{number:03}"
            change = {COLUMN: text, "version": self.versions[item][-1]}
            answer = self.client.patch(f"/equipment/{item}", json=change)
            assert answer.status_code == 200, answer.text
            self.versions[item].append(answer.json()["data"]["version"])
            self.texts[item] = text


@pytest.fixture
def away(environment: dict[str, str], server: Server) -> Generator[Server]:
    """A second process of the application: the one the pages are connected to."""
    running = Server(environment).start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


def test_every_page_shows_every_edit_through_a_restart(browser, away, cookies, api):
    with ExitStack() as stack:
        some = max(len(PEOPLE), -(-PAGES // PAGES_EACH))
        contexts = [_context(stack, browser, away, cookies(PEOPLE[n % len(PEOPLE)])) for n in range(some)]
        pages = [_open(contexts[n % some]) for n in range(PAGES)]
        cut_off = _open(contexts[0], blocked=True)
        before = cut_off.evaluate(SHOWN)
        editor = Editor(api("manager"), {item: before[item][0] for item in list(before)[:ROWS]})
        opened = [page.evaluate(HEARD)["opened"] for page in pages]

        editor.edit(range(EDITS // 3))
        with ThreadPoolExecutor(1) as pool:
            editing = pool.submit(editor.edit, range(EDITS // 3, 2 * EDITS // 3))
            away.stop()
            editing.result()
        away.start()
        editor.edit(range(2 * EDITS // 3, EDITS))

        edited = time.monotonic()
        missing = {number: page.evaluate(SETTLE, editor.texts) for number, page in enumerate(pages)}
        assert {number: rows for number, rows in missing.items() if rows} == {}
        print(f"{PAGES} pages show {EDITS} edits {time.monotonic() - edited:.1f} s after the last")  # noqa: T201
        for page, moment in zip(pages, opened, strict=True):
            found = page.evaluate(HEARD)
            assert found["opened"] == moment, "the page was loaded again"
            assert found["joined"] >= 2, "the restart cut nobody off"
            _assert_heard_once_and_in_order(found["heard"], editor.versions)
            shown = page.evaluate(SHOWN)
            assert {item: shown[item] for item in editor.texts} == {
                item: [editor.versions[item][-1], text] for item, text in editor.texts.items()
            }
        # without its stream a page knows nothing of all this: the pages above have it from there
        assert cut_off.evaluate(SHOWN) == before
        assert cut_off.evaluate(HEARD)["joined"] == 0
        expect(cut_off.locator("#live-state")).to_have_text("Reconnecting")


def _context(stack: ExitStack, browser: Browser, away: Server, cookies: list[Any]) -> Any:
    context = browser.new_context(base_url=away.url)
    stack.callback(context.close)
    context.add_cookies(cookies)
    context.add_init_script(LISTEN)
    return context


def _open(context: Any, *, blocked: bool = False) -> Page:
    page = context.new_page()
    if blocked:
        page.route("**/live?**", lambda route: route.abort())
    page.goto("/inventory", wait_until="domcontentloaded")
    if not blocked:
        page.evaluate(JOINED)
    return page


def _assert_heard_once_and_in_order(heard: list[dict[str, Any]], versions: dict[str, list[int]]) -> None:
    positions = [[int(part) for part in message["id"].split("-")[1:]] for message in heard if message["id"]]
    changed = [message for message in heard if message["event"] == "change"]
    assert all(earlier <= later for earlier, later in pairwise(positions))
    assert len({message["id"] for message in changed}) == len(changed)
    assert not [message for message in heard if message["event"] == "resync"]
    got = defaultdict[str, list[int]](list)
    for message in changed:
        for change in json.loads(message["data"])["changes"]:
            if change["entity"] == "equipment":
                got[str(change["id"])].append(change["version"])
    assert got == {item: numbers[1:] for item, numbers in versions.items()}
