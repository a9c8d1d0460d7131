"""Walks over the pages of an area, wide and narrow, light and dark, and notes what is wrong with each.

An area has a test file of its own, so that several may be walked over at the same time.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from playwright.sync_api import Browser, Error, Page

from app.asgi import assemble
from app.config import Settings, load_settings
from tests.e2e.conftest import TELL_VIOLATIONS, WIDE, Server, axe_violations

# what is fetched into a page or stored as a file, and what programs ask for
NOT_PAGES = {
    "/users/rows", "/inventory/rows", "/inventory/free", "/inventory/{equipment_id:int}/row", "/inventory/count",
    "/inventory/{equipment_id:int}/cells/{field:str}", "/notifications/bell", "/live", "/photos/{name:str}",
    "/clients/rows", "/clients/export", "/clients/contact-choices", "/clients/import/template.csv",
    "/timeline/rows/{day:str}", "/calendar/items", "/inventory/{equipment_id:int}/calendar/items", "/calendar/feeds/{name:str}",
    "/inventory/export", "/imports/template.csv", "/imports/{import_id:int}/left-out.csv",
    "/clients/imports/template.csv", "/clients/imports/{import_id:int}/left-out.csv",
    "/attachments/{attachment_id:int}/file", "/handovers/{handover_id:int}/receipt.pdf",
    "/missing/export", "/missing/part", "/payments/export", "/quotes/export", "/invoices/export", "/invoices/journal",
    "/prep/{event_id:int}/dispatch/gate", "/prep/{event_id:int}/approvals", "/prep/{event_id:int}/news", "/prep/{event_id:int}/summary",
    "/inspections/export", "/inspections/{inspection_id:int}/certificate", "/stock-takes/{stock_take_id:int}/news",
    "/quotes/{quote_id:int}/versions/{number:int}/paper.pdf", "/quotes/{quote_id:int}/versions/{number:int}/confirmation.pdf",
    "/invoices/{invoice_id:int}/paper.pdf", "/clients/{client_id:int}/statement.pdf",
    "/price-rules/{price_rule_id:int}/row", "/price-rules/{price_rule_id:int}/cells/{field:str}", "/factor-tables/preview",
    "/q/{token:str}/sums", "/q/{token:str}/quote.pdf", "/q/{token:str}/confirmation.pdf", "/q/{token:str}/files/{number:int}/{name:str}",
    "/q/{token:str}/options", "/q/{token:str}/acceptance", "/q/{token:str}/decline", "/q/{token:str}/questions",
    "/health/live", "/health/ready", "/metrics", "/favicon.ico", "/manifest.webmanifest", "/static",
    "/schema", "/schema/openapi.json", "/schema/{path:str}",
}  # fmt: skip
# a shop that is set up has no set-up any more (test_setting_up.py), what is not there is an error by intent,
# those who are signed in need not sign in (test_pages.py), and what
# stands in for something has to be named (test_pages_bench.py)
NOT_HERE = {
    # for these something has to be paid (test_paying.py)
    "/payments/{payment_id:int}", "/payments/{payment_id:int}/refunds/new", "/invoices/{invoice_id:int}/payments",
    "/invoices/{invoice_id:int}/payments/new", "/pay/{token:str}", "/pay/{token:str}/return",
    "/setup", "/setup/{token:str}", "/{path:path}", "/login", "/password/{token:str}",
    "/prep/{event_id:int}/substitutions",
    # a client's page of a quote is in test_offers.py
    "/q/{token:str}",
    # what was accepted is in test_pages_quotes.py
    "/quotes/{quote_id:int}/versions/{number:int}/confirmation",
    # what is decided about is in test_bench_story.py
    "/missing/{rental_id:int}", "/quarantine/jobs/{job_id:int}/decisions/{decision:str}",
    "/quarantine/pieces/{rental_id:int}/decisions/{decision:str}",
}  # fmt: skip
# the first word of their addresses; what is in none of them is in test_pages.py
AREAS = {
    "events": {"events", "rentals", "attachments", "gear-templates"},
    "inventory": {"inventory", "units", "categories", "scan"},
    "gear": {"cases", "imports", "kits", "maintenance"},
    "stock": {"inspections", "stock-takes"},
    "clients": {"clients", "contacts", "addresses", "sub-hire", "shortages"},
    "bench": {"prep"},
    "quotes": {"quotes", "quote-versions"},
    "invoices": {"invoices", "invoice-lines"},
    "prices": {"price-lists", "price-rules", "factor-tables", "tax-rates"},
}
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
    "case_id": "/cases",
    "event_id": "/events?status=held",
    "rental_id": "/rentals",
    "sub_hire_id": "/sub-hires",
    "change_id": "/changes",
    "attachment_id": "/attachments",
    "template_id": "/gear-templates",
    "inspection_id": "/inspections",
    "rule_id": "/inspection-rules",
    "quote_id": "/quotes?state=draft",
    "price_list_id": "/price-lists?q=standard",
    "price_rule_id": "/price-lists/1/rules",
    # a price list, a factor table, a rate of tax: each has the first ids
    "record_id": "/tax-rates",
}
STOCK_LIST = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"name,sku,quantity\nPar,PAR-1,4\n"}
WRONG = ("troubles", "violations", "too_wide")
# what is drawn by a script follows a new size a moment later
FITS = "width => document.documentElement.scrollWidth <= width"


@dataclass
class Visit:
    """What was found wrong on one page: errors, what axe says, and the widths it does not fit."""

    troubles: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    too_wide: list[int] = field(default_factory=list)


Visits = dict[str, Visit]


def wrong_with(visits: Visits, what: str) -> dict[str, list[Any]]:
    """The pages with something of this kind."""
    return {address: found for address, visit in visits.items() if (found := getattr(visit, what))}


class Visitor:
    """A browser window in which every error is noted at the page where it happened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.visits: Visits = {}
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


class Walk:
    """Visits pages as an admin sees them, or somebody who is not signed in."""

    def __init__(
        self,
        browser: Browser,
        server: Server,
        cookies: Callable[[str], list[Any]],
        client: httpx.Client,
        windows: ExitStack,
    ) -> None:
        self.browser, self.server, self.cookies, self.client = browser, server, cookies, client
        self.windows = windows
        self.routes = _addresses(load_settings(server.environment)) - NOT_PAGES - NOT_HERE

    def window(self, role: str | None = "admin") -> Page:
        """A window of its own."""
        context = self.browser.new_context(base_url=self.server.url, **WIDE)
        self.windows.callback(context.close)
        if role:
            context.add_cookies(self.cookies(role))
        return context.new_page()

    def over(self, area: str, *more: str, **ids: str) -> Visits:
        """All pages of an area, with these ids where they are known, and more addresses of them."""
        visitor = Visitor(self.window())
        for route in sorted(route for route in self.routes if area_of(route) == area):
            visitor.visit(self._address(route, ids))
        for address in more:
            visitor.visit(address)
        return visitor.visits

    def as_guest(self, *addresses: str) -> Visits:
        """Pages for those who are not signed in."""
        visitor = Visitor(self.window(None))
        for address in addresses:
            visitor.visit(address)
        return visitor.visits

    def upload(self, path: str) -> str:
        """Send a file to the imports there; returns the id of the import."""
        page = self.window()
        page.goto(f"{path}/new")
        page.set_input_files("input[type=file]", STOCK_LIST)  # type: ignore[arg-type]
        page.get_by_role("button", name="Read the file").click()
        page.wait_for_url("**/columns")
        return page.url.split("/")[-2]

    def newest(self, path: str) -> int:
        """The id of the first record that the API lists there."""
        return self.client.get(path).json()["data"][0]["id"]

    def _address(self, route: str, ids: dict[str, str]) -> str:
        step = "hold" if route.startswith("/events") else "resolve"
        address = route.replace("{step:str}", step).replace("{way:str}", "substitution")
        # the first gear of the sample that left
        address = address.replace("{paper:str}", "pick-list").replace("{handover_id:int}", "1")
        for name, known in ids.items():
            address = address.replace(f"{{{name}:int}}", known).replace(f"{{{name}:str}}", known)
        for name, path in RECORDS.items():
            if f"{{{name}:int}}" in address:
                address = address.replace(f"{{{name}:int}}", str(self.newest(path)))
        if address == "/inventory/labels":
            address += f"?ids={self.newest(RECORDS['equipment_id'])}"
        return address


@cache
def _addresses(settings: Settings) -> frozenset[str]:
    """Everything that can be asked for, programs apart."""
    return frozenset(
        route.path
        for route in assemble(settings).app.routes
        if "GET" in getattr(route, "methods", {"GET"}) and not route.path.startswith("/api")
    )


def area_of(route: str) -> str:
    """The area a page belongs to, "" for none."""
    first = route.split("/")[1]
    return next((area for area, firsts in AREAS.items() if first in firsts), "")
