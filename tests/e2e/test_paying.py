"""A client pays an invoice in the browser, at a stand-in for Stripe that tells the server itself."""

import asyncio
from collections.abc import Generator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.db.engine import create_engine, sessions_of
from app.domain.payments.links import pay_path
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.conftest import in_thread
from tests.e2e.conftest import TELL_VIOLATIONS, WIDE, Server
from tests.integration.paying import issued
from tests.standins.stripe import GOOD, PUBLIC_KEY, SECRET_KEY, WEBHOOK_SECRET, Payer

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def shop(environment: dict[str, str], stripe_url: str) -> Generator[Server]:
    """A server that takes payments, and hears of them."""
    stripe = {
        "STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_PUBLISHABLE_KEY": PUBLIC_KEY, "STRIPE_API_BASE": stripe_url,
    }  # fmt: skip
    running = Server({**environment, **stripe}).start()
    hook = {"url": f"{running.url}/webhooks/stripe", "secret": WEBHOOK_SECRET}
    httpx.post(f"{stripe_url}/_config/webhooks/shop", json=hook).raise_for_status()
    yield running
    running.stop()


def an_invoice(environment: dict[str, str], gross: str) -> tuple[int, str]:
    """An issued invoice: its id, and where it is paid."""

    async def make() -> tuple[int, str]:
        engine = create_engine(environment["DATABASE_URL"])
        async with unit_of_work(sessions_of(engine), SYSTEM) as work:
            made = await issued(work, gross)
        await engine.dispose()
        return made.id, pay_path(environment["SECRET_KEY"], made.id, made.content_hash)

    return in_thread(lambda: asyncio.run(make()))


@pytest.fixture
def window(browser: Browser, shop: Server, cookies: Any) -> Generator[Any]:
    """`window("manager")`: a page of that person, or of a client; nothing in it breaks the policy."""
    broken: list[str] = []
    contexts: list[Any] = []

    def opened(role: str | None = None) -> Page:
        context = browser.new_context(base_url=shop.url, **WIDE)
        contexts.append(context)
        if role:
            context.add_cookies([{**one, "url": shop.url} for one in cookies(role)])
        context.add_init_script(TELL_VIOLATIONS)
        page = context.new_page()
        page.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert broken == []


def test_a_client_pays_by_card_and_the_office_sees_it(environment, window, fine):
    invoice_id, path = an_invoice(environment, "1240.50")
    office, client = window("manager"), window()
    office.goto(f"/invoices/{invoice_id}/payments")
    expect(office.get_by_text("Nothing came in yet.")).to_be_visible()
    client.goto(path)
    expect(client.get_by_role("heading", name="Autumn gala")).to_be_visible()
    fine(client, "the page to pay on")
    client.get_by_role("button", name="Pay €1,240.50 online").click()
    client.get_by_label("Card number").fill(GOOD)
    client.get_by_role("button", name="Pay").click()
    expect(client.get_by_role("heading", name="This invoice is paid. Thank you!")).to_be_visible()
    assert client.url.endswith(path)
    expect(office.get_by_text("€\u00a01\u2009240.50")).to_be_visible()


def test_a_client_who_never_comes_back_has_paid_all_the_same(environment, window, stripe_url):
    invoice_id, path = an_invoice(environment, "80.00")
    office, client = window("manager"), window()
    office.goto(f"/invoices/{invoice_id}/payments")
    client.goto(path)
    client.get_by_role("button", name="Pay €80.00 online").click()
    client.get_by_label("Card number").wait_for()
    page_url = client.url
    client.close()
    assert Payer(stripe_url).type_card(page_url, GOOD).status_code == 303
    # nothing but the message of the stand-in can have told it
    expect(office.get_by_text("€\u00a080.00")).to_be_visible()
    office.get_by_role("link", name="Give back").click()
    dialog = office.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("30")
    dialog.get_by_label("Reason").fill("One day less")
    dialog.get_by_role("button", name="Give back").click()
    expect(office.get_by_text("\u2212€\u00a030.00")).to_be_visible()


def test_the_pages_of_payments_are_fine_wide_and_narrow(environment, window, fine):
    invoice_id, path = an_invoice(environment, "60.00")
    office = window("manager")
    office.goto(f"/invoices/{invoice_id}/payments/new")
    office.get_by_label("Amount").fill("20")
    office.get_by_role("button", name="Record").click()
    office.goto(f"/invoices/{invoice_id}/payments")
    payment = office.locator("#invoice-payments li a").first.get_attribute("href")
    addresses = (
        f"/invoices/{invoice_id}/payments", f"/invoices/{invoice_id}/payments/new", "/payments", payment,
        f"{payment}/refunds/new", path,
    )  # fmt: skip
    for address in addresses:
        office.set_viewport_size({"width": 1440, "height": 900})
        office.goto(address)
        fine(office, address)
        for width in (820, 390):
            office.set_viewport_size({"width": width, "height": 900})
            office.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
