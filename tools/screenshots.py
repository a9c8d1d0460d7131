"""Picture every page of the demo, wide and narrow, light and dark, into test-results/screenshots.

Run by ``make screenshots``; ``python -m tools.screenshots item today`` takes those pages alone. Serves the
sample company on a port of its own, signs in and finds the pages of single records through the links of the
lists. Pages that are not there are named at the end, with exit status 1. The pictures of the README are
copied into docs/images.
"""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "test-results" / "screenshots"
README_IMAGES = {
    "inventory-1440-light": "inventory-light",
    "item-1440-dark": "item-dark",
    "today-1440-light": "today-light",
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PASSWORD = "screenshots-of-the-demo"  # noqa: S105 - of a throw-away database
WIDTHS = {1440: 900, 820: 1180}
THEMES = ("light", "dark")
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: where it is, what is done there before the picture, which status it has."""

    name: str
    path: str
    prepare: Callable[[Page], None] | None = None
    status: int = 200
    signed_in: bool = True


def main() -> None:
    """Serve, visit, picture, copy."""
    wanted, missing = set(sys.argv[1:]), set[str]()
    if not wanted:
        shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)))
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        state = sign_in(browser, url)
        shots = [shot for shot in all_shots(browser, url, state) if not wanted or shot.name in wanted]
        for view in itertools.product(WIDTHS, THEMES):
            missing |= picture(browser, url, state, shots, view)
        browser.close()
        state.unlink()
    copy_readme_images()
    print(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET.relative_to(ROOT)}")
    if missing:
        sys.exit("Not there: " + ", ".join(sorted(missing)))


@contextlib.contextmanager
def demo() -> Generator[str]:
    """The demo as a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"PORT": str(port), "DEMO_PASSWORD": PASSWORD, "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "demo"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/health/ready", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until `url` answers; exits with a message when the demo ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(url, timeout=2)  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    sys.exit("The demo did not start.")


def sign_in(browser: Browser, url: str) -> Path:
    """Sign in as admin through the form; the cookies, kept in a file."""
    page = browser.new_page()
    page.goto(f"{url}/login")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit], form button[type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)
    state = TARGET.parent / "screenshots-session.json"
    page.context.storage_state(path=state)
    page.context.close()
    return state


def all_shots(browser: Browser, url: str, state: Path) -> list[Shot]:
    """Every page, those of single records found through the lists."""
    page = browser.new_context(storage_state=state).new_page()
    item = first_link(page, url, "/inventory?q=megapointe&tracking=serialized", "/inventory/")
    unit = first_link(page, url, f"{item}/units", "/units/")
    job = first_link(page, url, "/maintenance", "/maintenance/")
    person = first_link(page, url, "/users", "/users/")
    event = first_link(page, url, "/events?show=held", "/events/")
    client = first_link(page, url, "/clients", "/clients/")
    kit = first_link(page, url, "/kits?q=conference", "/kits/")
    hired = first_link(page, url, "/sub-hire", "/sub-hire/")
    bench = first_link(page, url, "/prep?when=week&view=prep", "/prep/")
    quote = first_link(page, url, "/quotes?show=draft", "/quotes/")
    offered = first_link(page, url, "/quotes?show=sent", "/quotes/")
    page.context.close()
    return [
        Shot("login", "/login", signed_in=False),
        Shot("today", "/"),
        Shot("today-week", "/?show=week"),
        Shot("shortages", "/shortages"),
        Shot("inspections", "/inspections"),
        Shot("inspection-rules", "/inspections/rules"),
        Shot("inspection-new", f"/inspections/new?unit={unit.removeprefix('/units/')}"),
        Shot("unit-inspections", f"{unit}/inspections"),
        Shot("quotes", "/quotes"),
        Shot("quote-draft", quote),
        Shot("quote-sent", offered),
        Shot("quote-difference", f"{offered}/difference"),
        Shot("prices", "/price-lists"),
        Shot("price-list", "/price-lists/1?q=esprite"),
        Shot("factor-table", "/factor-tables/1/edit"),
        Shot("money-settings", "/settings/money"),
        Shot("payments", "/payments"),
        Shot("client-account", "/clients/1/account"),
        Shot("invoices", "/invoices"),
        Shot("invoice-issued", "/invoices/1"),
        Shot("invoice-draft", "/invoices/3"),
        Shot("paper-invoice", "/invoices/1/paper"),
        Shot("stock-takes", "/stock-takes"),
        Shot("sub-hire", "/sub-hire"),
        Shot("sub-hire-record", hired),
        Shot("inventory", "/inventory"),
        Shot("inventory-search", "/inventory?q=robe&sort=-daily_rate"),
        Shot("inventory-free", f"/inventory?{soon()}&sort=free"),
        Shot("inventory-why", f"/inventory?{soon()}&sort=free", explain_first),
        Shot("inventory-filtered-empty", "/inventory?q=nothing-has-this-name"),
        Shot("inventory-selected", "/inventory", select_rows),
        Shot("item", item),
        Shot("item-units", f"{item}/units"),
        Shot("item-maintenance", f"{item}/maintenance"),
        Shot("item-accessories", f"{item}/accessories"),
        Shot("item-history", f"{item}/history"),
        Shot("item-new", "/inventory/new"),
        Shot("item-new-errors", "/inventory/new", submit_empty),
        Shot("item-edit", f"{item}/edit"),
        Shot("units-held-back", "/units?show=in_repair"),
        Shot("units-new", f"{item}/units/new"),
        Shot("unit-edit", f"{unit}/edit" if unit else ""),
        Shot("labels", f"/inventory/labels?ids={item.rsplit('/', 1)[-1]}"),
        Shot("categories", "/categories"),
        Shot("imports", "/imports"),
        Shot("import-new", "/imports/new"),
        Shot("clients-imports", "/clients/imports"),
        Shot("clients-import-new", "/clients/imports/new"),
        Shot("maintenance", "/maintenance"),
        Shot("maintenance-job", job),
        Shot("maintenance-new", f"/maintenance/new?equipment={item.rsplit('/', 1)[-1]}"),
        Shot("kits", "/kits"),
        Shot("kit", kit),
        Shot("kit-new", "/kits/new"),
        Shot("kit-new-errors", "/kits/new", submit_empty),
        Shot("kit-edit", f"{kit}/edit"),
        Shot("kit-history", f"{kit}/history"),
        Shot("cases", "/cases"),
        Shot("case", "/cases/1"),
        Shot("case-new", "/cases/new"),
        Shot("case-new-errors", "/cases/new", submit_empty),
        Shot("case-edit", "/cases/1/edit"),
        Shot("case-history", "/cases/1/history"),
        Shot("register-code", "/inventory/register?code=MK-77&q=robe"),
        Shot("event-kits", f"{event}/kits"),
        Shot("events", "/events"),
        Shot("event", event),
        Shot("event-new", "/events/new"),
        Shot("event-new-errors", "/events/new", submit_empty),
        Shot("event-edit", f"{event}/edit"),
        Shot("paper-pick-list", "/events/2/papers/pick-list"),
        Shot("paper-packing-list", "/events/2/papers/packing-list"),
        Shot("paper-delivery-note", "/events/2/papers/delivery-note"),
        Shot("paper-return-note", "/events/2/papers/return-note"),
        Shot("paper-statement", "/clients/1/statement"),
        Shot("paper-receipt", "/handovers/1/receipt"),
        Shot("paper-changes", "/prep/2/changes?since=1"),
        Shot("prep-board", "/prep?when=week"),
        Shot("prep", bench),
        Shot("prep-line", bench, open_first_line),
        Shot("prep-inbox", f"{bench}/inbox"),
        Shot("dispatch", f"{bench}/dispatch?what=all"),
        Shot("check-in", "/prep/2/check-in"),
        Shot("handover", "/handovers/1"),
        Shot("missing", "/missing"),
        Shot("quarantine", "/quarantine"),
        Shot("calendar", "/calendar"),
        Shot("calendar-week", "/calendar?view=week"),
        Shot("calendar-list", "/calendar?view=list"),
        Shot("timeline", "/timeline"),
        Shot("timeline-day", "/timeline?zoom=day"),
        Shot("timeline-quarter", "/timeline?zoom=quarter"),
        Shot("timeline-units", "/timeline?rows=units"),
        Shot("calendar-links", "/calendar/subscriptions"),
        Shot("item-calendar", f"{item}/calendar"),
        Shot("clients", "/clients"),
        Shot("client", client),
        Shot("client-new", "/clients/new"),
        Shot("client-edit", f"{client}/edit"),
        Shot("client-contact-new", f"{client}/contacts/new"),
        Shot("client-merge-with", f"{client}/merge"),
        Shot("client-merge", "/clients/1/merge?other=2"),
        Shot("client-duplicates", "/clients/duplicates"),
        Shot("activity", "/activity"),
        Shot("users", "/users"),
        Shot("user", person),
        Shot("user-new", "/users/new"),
        Shot("profile", "/profile"),
        Shot("sessions", "/profile/sessions"),
        Shot("password", "/profile/password"),
        Shot("settings", "/settings"),
        Shot("search", "/search?q=shure"),
        Shot("notifications", "/notifications"),
        Shot("error-404", "/nothing-is-here", status=404),
        Shot("palette", "/inventory", lambda page: page.keyboard.press("Control+k")),
        Shot("shortcuts", "/inventory", lambda page: page.keyboard.press("Shift+?")),
    ]


def first_link(page: Page, url: str, listed_at: str, prefix: str) -> str:
    """The path of the first link below `prefix` that names a record; empty when there is none."""
    page.goto(url + listed_at)
    links: list[str] = page.locator(f"main a[href^='{prefix}']").evaluate_all(
        "links => links.map(link => link.getAttribute('href').split('?')[0])"
    )
    return next((link for link in links if link.removeprefix(prefix).split("/")[0].isdigit()), "")


def select_rows(page: Page) -> None:
    """Tick some rows, so that the bar of bulk actions shows."""
    for box in page.locator("tbody input[name=ids]").all()[:3]:
        box.check()


def explain_first(page: Page) -> None:
    """Press the first figure, so that its reason shows."""
    page.locator(".av-free").first.click()
    page.wait_for_selector("#why:popover-open")


def open_first_line(page: Page) -> None:
    """Tap the first figure of the pick list, so that its field for a number shows."""
    page.locator("a.av-figure").first.click()
    page.wait_for_selector("dialog[open]")


def soon() -> str:
    """The next two weeks as the dates of an address."""
    today = datetime.now(UTC).date()
    return f"from={today}T08:00&to={today + timedelta(days=14)}T20:00"


def submit_empty(page: Page) -> None:
    """Send a form that is not filled in."""
    page.evaluate(
        "for (const field of document.querySelectorAll('main form [required]')) field.required = false"
    )
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_selector("[aria-invalid=true]")


def picture(browser: Browser, url: str, state: Path, shots: list[Shot], view: tuple[int, str]) -> set[str]:
    """Picture all pages at one width in one theme. Returns the names of those that are not there."""
    width, theme = view
    missing = set[str]()
    size = {"width": width, "height": WIDTHS[width]}
    options = {"viewport": size, "color_scheme": theme, "reduced_motion": "reduce", "base_url": url}
    inside = browser.new_context(storage_state=state, **options)
    outside = browser.new_context(**options)
    for shot in shots:
        page = (inside if shot.signed_in else outside).new_page()
        try:
            answer = page.goto(shot.path) if shot.path else None
            if answer is None or answer.status != shot.status:
                missing.add(shot.name)
                continue
            settle(page)
            if shot.prepare:
                shot.prepare(page)
                settle(page)
            else:
                show_all(page)
            page.screenshot(path=TARGET / f"{shot.name}-{width}-{theme}.png")
        except Error as error:
            print(f"{shot.name} at {width}, {theme}: {error.message.splitlines()[0]}")
            missing.add(shot.name)
        finally:
            page.close()
    inside.close()
    outside.close()
    return missing


def show_all(page: Page) -> None:
    """Make the window as high as the page: what sticks to its edges is where it belongs."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    if size and height > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_timeout(100)


def settle(page: Page) -> None:
    """Wait for fonts and pictures, and for what the page fetches when it is shown."""
    page.evaluate("document.fonts.ready")
    page.wait_for_function("[...document.images].every(image => image.complete || image.loading === 'lazy')")
    page.wait_for_timeout(300)


def copy_readme_images() -> None:
    """The pictures the README shows."""
    images = ROOT / "docs" / "images"
    images.mkdir(parents=True, exist_ok=True)
    for source, target in README_IMAGES.items():
        if (TARGET / f"{source}.png").exists():
            shutil.copyfile(TARGET / f"{source}.png", images / f"{target}.png")


if __name__ == "__main__":
    main()
