"""From gear to paid: quoted, sent by mail, accepted, invoiced, paid online, charged for a damage, credited."""

import re
from collections.abc import Generator
from contextlib import closing
from decimal import Decimal
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import WIDE, Server
from tests.standins.stripe import GOOD, PUBLIC_KEY, SECRET_KEY, WEBHOOK_SECRET

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "reduced_motion": "reduce"}
DATES = {"out_start": "2036-09-01T08:00:00Z", "out_end": "2036-09-03T18:00:00Z"}
ADDRESS = "anna@client.example"


@pytest.fixture
def shop(environment: dict[str, str], stripe_url: str) -> Generator[Server]:
    """A process of the application that takes cards."""
    more = {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_PUBLISHABLE_KEY": PUBLIC_KEY,
        "STRIPE_API_BASE": stripe_url,
    }
    running = Server(environment | more).start()
    yield running
    running.stop()


def made(client, path, **values):
    answer = client.post(path, json=values)
    assert answer.is_success, answer.text
    return answer.json()["data"]


class Gala:
    """An event, its gear and its client, as the office and the client go on with it."""

    def __init__(self, manager, shop, office, their):
        self.manager, self.shop, self.office, self.their = manager, shop, office, their
        self.tag = f"MONEY-{uuid4().hex[:6].upper()}"
        category_id = manager.get("/categories").json()["data"][0]["id"]
        thing = {"name": f"Speaker {self.tag}", "sku": self.tag, "category_id": category_id}
        stock = {"quantity": 6, "tracking": "bulk", "daily_rate": "80.00", "replacement_value": "900.00"}
        self.gear = made(manager, "/equipment", **thing, **stock)
        self.client_id = made(manager, "/clients", name=f"Client {self.tag}", email=ADDRESS)["id"]
        given = {"name": f"Gala {self.tag}", "client_id": self.client_id}
        self.event_id = made(manager, "/events", **given, **DATES)["id"]

    def owed(self):
        """What the client owes, by the API."""
        balances = self.manager.get(f"/clients/{self.client_id}/account").json()["data"]["balances"]
        return sum(map(Decimal, balances.values()), Decimal(0))

    def open(self):
        self.office.goto(f"{self.shop.url}/events/{self.event_id}")

    def fill_dialog(self, label="", value=""):
        """Fill a field of the dialog that is open, and send it."""
        dialog = self.office.get_by_role("dialog")
        if label:
            dialog.get_by_label(label).fill(value)
        dialog.locator("[type=submit]").click()

    def issue(self):
        """Issue the draft that is shown; returns its number."""
        self.office.get_by_role("button", name="Issue", exact=True).click()
        self.office.get_by_role("dialog").get_by_role("button", name="Issue").click()
        heading = self.office.locator(".av-head h1")
        expect(heading).to_contain_text(re.compile(r"^(INV|CN)-\d{4}-\d{4}$"))
        return heading.inner_text()

    def quote(self):
        """Pick gear, quote it, send it by mail."""
        self.open()
        self.office.get_by_role("searchbox", name="Add gear").fill(self.tag)
        self.office.get_by_label(f"How many {self.gear['name']}").fill("4")
        self.office.get_by_role("button", name=f"Add {self.gear['name']}").click()
        expect(self.office.locator("#event-lines")).to_contain_text(self.gear["name"])
        self.office.get_by_role("button", name="New quote").click()
        expect(self.office).to_have_url(re.compile(r"/quotes/\d+"))
        self.office.get_by_role("button", name="Send by mail").click()
        # the state of the letter comes by itself
        letters = self.office.locator("#sending").get_by_label("Letters")
        expect(letters).to_contain_text(f"Sent Quote {ADDRESS}")

    def accept(self, link):
        """The client opens what was sent, and signs; the office sees both."""
        sending = self.office.locator("#sending")
        self.their.goto(link)
        expect(sending).not_to_contain_text("not yet")
        self.their.get_by_label("Your name").fill("Anna Client")
        self.their.get_by_text("Type", exact=True).tap()
        self.their.get_by_label("I accept the terms of hire").check()
        self.their.get_by_role("button", name="Accept and sign").tap()
        expect(self.their.locator("body")).to_contain_text(re.compile("accepted", re.IGNORECASE))
        expect(sending).to_contain_text("Anna Client")

    def pay_online(self, link):
        """The client pays by card on the provider's page, and comes back."""
        self.their.goto(link)
        self.their.get_by_role("button", name=re.compile("^Pay")).tap()
        self.their.get_by_label("Card number").fill(GOOD)
        self.their.get_by_role("button", name="Pay").tap()
        expect(self.their.locator("#pay")).to_contain_text("This invoice is paid")

    def goes_and_comes_back(self):
        """All of it leaves; one piece comes back damaged, which costs 100."""
        rentals = self.manager.get("/rentals", params={"event_id": self.event_id}).json()["data"]
        part = {"rental_id": rentals[0]["id"]}
        damaged = part | {"quantity": 1, "condition": "damaged", "note": "Grille dented"}
        leaving = {"parts": [part | {"quantity": 4}], "override_reason": "Loaded by hand"}
        here = f"/events/{self.event_id}"
        made(self.manager, f"{here}/dispatches", nonce=str(uuid4()), **leaving)
        back = [part | {"quantity": 3}, damaged]
        made(self.manager, f"{here}/check-ins", nonce=str(uuid4()), parts=back)
        jobs = self.manager.get("/maintenance", params={"equipment_id": self.gear["id"]}).json()["data"]
        job = next(one for one in jobs if one["equipment_id"] == self.gear["id"])
        cost = {"cost": "100.00", "version": job["version"]}
        assert self.manager.patch(f"/maintenance/{job['id']}", json=cost).is_success


@pytest.fixture
def gala(open_page, browser, shop, api):
    office = open_page("manager", shop.url, **WIDE)
    with closing(browser.new_context(**PHONE)) as phone:
        yield Gala(api("manager"), shop, office, phone.new_page())


def test_from_gear_to_a_balance_of_zero(gala, post):
    office = gala.office
    gala.quote()
    letter = post.letters[-1]
    assert letter["To"] == ADDRESS
    assert [paper.get_content_type() for paper in letter.iter_attachments()] == ["application/pdf"]
    gala.accept(re.search(r"https?://\S+/q/[\w.-]+", letter.get_body().get_content())[0])
    assert gala.manager.get(f"/events/{gala.event_id}").json()["data"]["status"] == "confirmed"
    when = {"equipment_id": gala.gear["id"], "start": DATES["out_start"], "end": DATES["out_end"]}
    assert gala.manager.get("/availability", params=when).json()["data"]["reserved"] == 4

    gala.open()
    office.get_by_role("link", name="Deposit").click()
    gala.fill_dialog("Percent of what was agreed", "30")
    deposit = gala.issue()
    assert gala.owed() > 0
    gala.pay_online(office.get_by_label("Link to pay online").input_value())
    expect(office.locator("#invoice-payments")).to_contain_text(re.compile("online", re.IGNORECASE))
    assert gala.owed() == 0

    gala.goes_and_comes_back()
    gala.open()
    office.get_by_role("button", name="Final invoice").click()
    office.get_by_role("link", name="Choose").click()
    gala.fill_dialog()
    expect(office.get_by_role("link", name="Choose")).to_have_count(0)
    expect(office.get_by_role("main")).to_contain_text(deposit)
    gala.issue()
    address, asked = office.url, gala.owed()

    # the damage is let off, the rest is transferred
    office.get_by_role("link", name="Credit note").click()
    gala.fill_dialog(re.compile("[Dd]amage"), "100.00")
    gala.issue()
    rest = gala.owed()
    assert Decimal(100) <= asked - rest < Decimal(125)
    office.goto(address)
    office.get_by_role("link", name="Record payment").click()
    expect(office.get_by_role("dialog").get_by_label("Amount")).to_have_value(f"{rest:.2f}")
    gala.fill_dialog()
    expect(office.get_by_role("dialog")).to_have_count(0)
    assert gala.owed() == 0
