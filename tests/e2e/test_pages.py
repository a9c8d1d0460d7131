"""Every page, wide and narrow, light and dark: accessible, within the policy, without sideways scrolling."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from app.asgi import create_app
from app.config import load_settings
from tests.e2e.conftest import TELL_VIOLATIONS, WIDE, Server, axe_violations

# what is fetched into a page or stored as a file, and what programs ask for
NOT_PAGES = {
    "/users/rows", "/inventory/rows", "/inventory/free", "/inventory/{equipment_id:int}/row", "/inventory/count",
    "/inventory/{equipment_id:int}/cells/{field:str}", "/notifications/bell", "/live", "/photos/{name:str}",
    "/clients/rows", "/clients/export", "/clients/contact-choices", "/clients/import/template.csv",
    "/timeline/rows/{day:str}", "/calendar/items", "/inventory/{equipment_id:int}/calendar/items", "/calendar/feeds/{name:str}",
    "/inventory/export", "/imports/template.csv", "/imports/{import_id:int}/left-out.csv",
    "/attachments/{attachment_id:int}/file",
    "/health/live", "/health/ready", "/metrics", "/favicon.ico", "/manifest.webmanifest", "/static",
    "/schema", "/schema/openapi.json", "/schema/{path:str}",
}  # fmt: skip
# a shop that is set up has no set-up any more (test_setting_up.py), and what is not there is an error by intent
NOT_HERE = {"/setup", "/setup/{token:str}", "/{path:path}"}
MORE = (
    "/clients/1/merge?other=2",
    "/inventory?q=nothing-is-called-this",
    "/inventory?from=2026-11-23T08:00&to=2026-12-20T20:00&sort=free",
    "/search?q=robe",
    "/maintenance/new?equipment=1",
    "/calendar?view=week",
    "/calendar?view=list",
    "/timeline?zoom=day",
    "/timeline?zoom=quarter&rows=units&show=all",
    "/activity?q=x",
    "/sub-hire/new?equipment=1",
    "/shortages?from=2031-01-01",
    "/rentals/1/ways-out/shift",
    "/rentals/1/ways-out/swap",
)
RECORDS = {
    "equipment_id": "/equipment?q=megapointe&tracking=serialized",
    "unit_id": "/units",
    "category_id": "/categories",
    "job_id": "/maintenance?state=in_progress",
    "user_id": "/users?q=technician",
    "client_id": "/clients?q=rosenberg",
    "contact_id": "/clients/1/contacts",
    "address_id": "/clients/1/addresses",
    "kit_id": "/kits?q=conference",
    "event_id": "/events?status=held",
    "rental_id": "/rentals",
    "sub_hire_id": "/sub-hires",
    "change_id": "/changes",
    "attachment_id": "/attachments",
    "template_id": "/gear-templates",
}
# what is drawn by a script follows a new size a moment later
FITS = "width => document.documentElement.scrollWidth <= width"
STOCK_LIST = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"name,sku,quantity\nPar,PAR-1,4\n"}


@dataclass
class Visit:
    """What was found wrong on one page."""

    troubles: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    too_wide: list[int] = field(default_factory=list)


class Visitor:
    """A browser window in which every error is noted at the page where it happened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.visits: dict[str, Visit] = {}
        self.here = Visit()
        page.add_init_script(TELL_VIOLATIONS)
        page.on("pageerror", lambda error: self.here.troubles.append(str(error)))
        page.on(
            "console", lambda message: message.type == "error" and self.here.troubles.append(message.text)
        )
        page.on("response", lambda answer: answer.status >= 400 and self._failed(answer.status, answer.url))
        page.on("requestfailed", lambda asked: self._failed(asked.failure, asked.url))

    def _failed(self, why: Any, url: str) -> None:
        # what was under way when the page was left is given up
        if "ERR_ABORTED" not in str(why):
            self.here.troubles.append(f"{why} {url}")

    def visit(self, address: str) -> None:
        self.here = self.visits[address] = Visit()
        self.page.set_viewport_size(WIDE["viewport"])
        self.page.goto(address)
        if self.page.locator("#bell").count():
            self.page.locator("#bell [popovertarget]").wait_for()
        self.here.violations = axe_violations(self.page)
        for width in (820, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            try:
                self.page.wait_for_function(FITS, arg=width, timeout=2000)
            except Error:
                self.here.too_wide.append(width)


@pytest.fixture(scope="module")
def visits(
    browser: Browser,
    environment: dict[str, str],
    server: Server,
    cookies: Callable[[str], list[Any]],
    api: Callable[[str], httpx.Client],
) -> Generator[dict[str, Visit]]:
    """Every page there is, seen by an admin, and the pages of those who are not signed in."""
    routes = {
        route.path
        for route in create_app(load_settings(environment)).app.routes  # type: ignore[attr-defined]
        if "GET" in getattr(route, "methods", {"GET"}) and not route.path.startswith("/api")
    } - NOT_PAGES - NOT_HERE  # fmt: skip
    context = browser.new_context(base_url=server.url, **WIDE)
    guest = Visitor(context.new_page())
    link = api("admin").post(f"/users/{_newest(api('admin'), '/users?q=employee')}/password-link")
    for address in ("/login", link.json()["data"]["url"].removeprefix(server.url)):
        guest.visit(address)
    context.add_cookies(cookies("admin"))
    page = context.new_page()
    admin = Visitor(page)
    page.goto("/imports/new")
    page.set_input_files("input[type=file]", STOCK_LIST)  # type: ignore[arg-type]
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/columns")
    import_id = page.url.split("/")[-2]
    _file_and_template(page, _newest(api("admin"), RECORDS["event_id"]))
    for route in sorted(routes - {"/login", "/password/{token:str}"}):
        admin.visit(_address(route, api("admin"), import_id))
    for address in MORE:
        admin.visit(address)
    yield guest.visits | admin.visits
    context.close()


def _file_and_template(page: Page, event_id: int) -> None:
    """What the company of the sample has none of."""
    page.goto(f"/events/{event_id}/attachments")
    page.set_input_files("#files", {"name": "rider.txt", "mimeType": "text/plain", "buffer": b"4x SM58"})  # type: ignore[arg-type]
    page.get_by_role("link", name="rider.txt", exact=True).wait_for()
    page.goto(f"/events/{event_id}/template")
    page.get_by_role("button", name="Save template").click()
    page.wait_for_url(f"**/events/{event_id}")


def _newest(client: httpx.Client, path: str) -> int:
    return client.get(path).json()["data"][0]["id"]


def _address(route: str, client: httpx.Client, import_id: str) -> str:
    step = "hold" if route.startswith("/events") else "resolve"
    route = route.replace("{import_id:int}", import_id).replace("{step:str}", step)
    route = route.replace("{way:str}", "substitution")
    for name, path in RECORDS.items():
        if f"{{{name}:int}}" in route:
            route = route.replace(f"{{{name}:int}}", str(_newest(client, path)))
    if route == "/inventory/labels":
        route += f"?ids={_newest(client, RECORDS['equipment_id'])}"
    return route


def test_there_are_many_pages(visits):
    assert len(visits) > 35


def test_every_page_keeps_to_the_policy_and_gets_all_it_asks_for(visits):
    assert {address: visit.troubles for address, visit in visits.items() if visit.troubles} == {}


def test_every_page_is_accessible_in_light_and_dark(visits):
    assert {address: visit.violations for address, visit in visits.items() if visit.violations} == {}


def test_every_page_fits_a_tablet_and_a_phone(visits):
    assert {address: visit.too_wide for address, visit in visits.items() if visit.too_wide} == {}


def test_pages_work_without_scripts(open_page):
    page = open_page("admin", "/inventory?q=sm58", java_script_enabled=False)
    expect(page.get_by_role("link", name="Shure SM58").first).to_be_visible()
    page = open_page("admin", "/search?q=sm58", java_script_enabled=False)
    expect(page.get_by_text("Shure SM58").first).to_be_visible()
