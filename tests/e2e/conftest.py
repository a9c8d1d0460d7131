"""A real server over the sample company, and a real browser that minds every error."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from app.config import load_settings
from tests.conftest import in_thread
from tests.integration.postbox import Postbox

# a machine may have more to do than these tests
expect.set_options(timeout=15_000)

PASSWORD = "correct-horse-battery"
PATIENCE = 60.0
AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")


TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => console.error(
    "Content Security Policy:", event.violatedDirective, event.blockedURI, event.sourceFile));"""


class Server:
    """The application as a process of its own, which can be stopped, killed and started again."""

    def __init__(self, environment: dict[str, str], workers: int = 1) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, **environment, "PORT": str(self.port), "WEB_WORKERS": str(workers), "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        self.log = Path(tempfile.mkstemp(prefix="av-e2e-", suffix=".log")[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"], env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text()[-3000:])
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=1).status_code == 200:
                    return self
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the server did not get ready: " + self.log.read_text()[-3000:])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Stop and return how many seconds it took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        return time.monotonic() - started


@pytest.fixture(scope="session")
def post() -> Generator[Postbox]:
    """A mail server in a thread of its own."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    box = Postbox(port=port)
    listening = Controller(box, hostname="127.0.0.1", port=port)
    listening.start()
    yield box
    listening.stop()


@pytest.fixture(scope="session")
def environment(postgres: Any, redis_url: str, post: Postbox) -> Generator[dict[str, str]]:
    """The environment of a server over a database with the sample company."""
    from app.db import migrations

    postgres.create_database("e2e")
    url = postgres.url("e2e")
    in_thread(lambda: migrations.upgrade(url))
    folder = tempfile.mkdtemp(prefix="av-e2e-data-")
    given = {
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "e2e-" + "k" * 40,
        "DATA_DIR": folder,
        "JOBS_IN_PROCESS": "1",
        "LOGIN_RATE_LIMIT": "1000/900",
        "UPLOAD_RATE_LIMIT": "1000/60",
        "API_RATE_LIMIT": "10000/60",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(post.port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "Northlight AV <hire@northlight.example>",
    }
    in_thread(lambda: asyncio.run(_load(given)))
    yield given
    shutil.rmtree(folder, ignore_errors=True)


async def _load(given: dict[str, str]) -> None:
    from app.db.engine import create_engine, sessions_of
    from app.lib.file_store import FileStore
    from app.lib.unit_of_work import SYSTEM, unit_of_work
    from app.sample.loader import load_catalogue, load_company, load_people, store_photos

    settings = load_settings(given)
    photos = await store_photos(FileStore(settings.files_dir))
    engine = create_engine(given["DATABASE_URL"])
    async with unit_of_work(sessions_of(engine), SYSTEM) as work:
        people = await load_people(work, PASSWORD)
        await load_company(work)
        await load_catalogue(work, people, photos)
    await engine.dispose()


@pytest.fixture(scope="session")
def server(environment: dict[str, str]) -> Generator[Server]:
    """The server most tests share."""
    running = Server(environment).start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="session")
def playwright_() -> Generator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_: Playwright) -> Generator[Browser]:
    """Chromium as it is installed on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)))
    launched = playwright_.chromium.launch(
        executable_path=path,
        args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
    )
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def cookies(server: Server) -> Callable[[str], list[dict[str, Any]]]:
    """The session cookie of a person, signed in once through the real form."""
    kept: dict[str, list[dict[str, Any]]] = {}

    def of(role: str) -> list[dict[str, Any]]:
        if role not in kept:
            with httpx.Client(base_url=server.url) as client:
                page = client.get("/login").text
                token = page.split('name="_csrf_token" value="')[1].split('"')[0]
                form = {"username": role, "password": PASSWORD, "_csrf_token": token, "keep": "1"}
                answer = client.post("/login", data=form)
                assert answer.status_code == 303, answer.text[:500]
                kept[role] = [
                    {"name": "av_session", "value": client.cookies["av_session"], "url": server.url}
                ]
        return kept[role]

    return of


@pytest.fixture(scope="session")
def api(server: Server) -> Generator[Callable[[str], httpx.Client]]:
    """`api("manager")`: a program of that person, signed in to the JSON API."""
    with ExitStack() as stack:
        kept: dict[str, httpx.Client] = {}

        def of(role: str) -> httpx.Client:
            if role not in kept:
                client = stack.enter_context(httpx.Client(base_url=f"{server.url}/api", timeout=30))
                login = {"username": role, "password": PASSWORD}
                token = client.post("/auth/login", json=login).json()["data"]["token"]
                client.headers["authorization"] = f"Bearer {token}"
                kept[role] = client
            return kept[role]

        yield of


@pytest.fixture(scope="module")
def walk(
    browser: Browser,
    server: Server,
    cookies: Callable[[str], list[dict[str, Any]]],
    api: Callable[[str], httpx.Client],
) -> Generator[Any]:
    """A walk over pages, in windows that are closed behind it."""
    from tests.e2e.visiting import Walk

    with ExitStack() as windows:
        yield Walk(browser, server, cookies, api("admin"), windows)


@pytest.fixture
def open_page(
    browser: Browser, server: Server, cookies: Callable[[str], list[dict[str, Any]]]
) -> Generator[Callable[..., Page]]:
    """`open_page("manager", "/inventory")`: a page of its own context. Errors in it fail the test."""
    problems: list[str] = []
    with ExitStack() as stack:

        def opened(role: str | None, path: str, **options: Any) -> Page:
            context: BrowserContext = browser.new_context(base_url=server.url, **options)
            stack.callback(context.close)
            if role:
                context.add_cookies(cookies(role))  # type: ignore[arg-type]
            page = context.new_page()
            page.set_default_timeout(PATIENCE * 1000 / 4)
            context.add_init_script(TELL_VIOLATIONS)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda message: problems.append(message.text) if _is_problem(message.text) else None,
            )
            page.goto(path)
            return page

        yield opened
    assert not problems


def _is_problem(text: str) -> bool:
    return "Content Security Policy" in text or "Refused to" in text


# colours on their way from one scheme to the other are nobody's choice
AXE_RUN = """async ([within, rules]) => {
    // a popover lies above everything, which axe does not know
    for (const popover of document.querySelectorAll(":popover-open")) popover.style.zIndex = 1;
    let moving;
    do {
        await new Promise(requestAnimationFrame);
        moving = document.getAnimations().filter((animation) => animation.playState === "running");
        await Promise.allSettled(moving.map((animation) => animation.finished));
    } while (moving.length > 0);
    const results = await axe.run(within, rules);
    for (const popover of document.querySelectorAll(":popover-open")) popover.style.removeProperty("z-index");
    return results;
}"""
WIDE: Any = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
# no rule among these reads style sheets that would have to be fetched again
_QUICK = {"preload": False, "resultTypes": ["violations"]}
_AXE_TAGS = _QUICK | {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_AXE_COLOURS = _QUICK | {"runOnly": ["color-contrast", "link-in-text-block"]}


def axe_violations(page: Page, within: str = "html") -> list[str]:
    """What axe finds wrong on a page or in a part of it, light and dark, in one line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = []
    # in the dark only the colours are others
    for scheme, rules in (("light", _AXE_TAGS), ("dark", _AXE_COLOURS)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = page.evaluate(AXE_RUN, [within, rules])
        found += [
            f"{scheme}: {violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]
    return found


@pytest.fixture
def fine() -> Generator[Callable[..., None]]:
    """`fine(page, "what is open", "#within")`: axe finds nothing there."""
    found: list[str] = []

    def look(page: Page, state: str, within: str = "html") -> None:
        found.extend(f"{state}: {violation}" for violation in axe_violations(page, within))

    yield look
    assert not found, "\n".join(found)
