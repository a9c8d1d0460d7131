"""Whoever acts sees it at once, whatever the stream waits for, and Undo is that of what was done last."""

import re
import subprocess
import sys
from collections.abc import Generator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import WIDE
from tests.e2e.test_events import add_event, pick

# a transaction of somebody else's, in another database of the same cluster
ELSEWHERE = """
import asyncio, sys
from app.db.engine import connect_directly
async def hold():
    connection = await connect_directly(sys.argv[1])
    async with connection.transaction():
        await connection.fetchval("select pg_current_xact_id()")
        print("open", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(hold())
"""


@pytest.fixture
def elsewhere(postgres) -> Generator[None]:
    process = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, postgres.url("postgres")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "open\n"
    yield
    process.communicate("", timeout=30)


def test_a_step_shows_while_a_transaction_elsewhere_holds_back_the_news(open_page, elsewhere):
    page = open_page("manager", "/events/new", **WIDE)
    add_event(page, "Not held back")
    # other tests have taken every microphone of the other kind
    page.get_by_role("searchbox", name="Add gear").fill("shure sm58")
    page.get_by_role("button", name="Add Shure SM58", exact=True).click()
    expect(page.locator("#event-lines")).to_contain_text("Shure SM58")
    page.get_by_role("link", name="Hold").click()
    page.get_by_role("dialog").get_by_role("button", name="Hold").click()
    expect(page.locator("#toasts")).to_contain_text("Held")
    expect(page.locator("#event-head")).to_contain_text("until")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("button", name="Undo confirmation")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#event-head")).to_contain_text("until")


def test_undo_is_that_of_the_last_change(open_page):
    page = open_page("manager", "/events/new", **WIDE)
    add_event(page, "Changed twice")
    pick(page, "1")
    quantity = page.get_by_label("Quantity of Shure SM7B", exact=True)
    undo = page.locator("#toasts").get_by_role("button", name=re.compile("Undo"))
    for many in ("2", "3"):
        quantity.fill(many)
        with page.expect_response(re.compile(r"/rentals/\d+/quantity")):
            quantity.press("Tab")
        # the older Undo of this line has gone with the change
        expect(page.locator("#toasts")).to_contain_text("Saved")
        expect(undo).to_have_count(1)
    page.locator("#main").click(position={"x": 5, "y": 5})
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Undone")
    expect(quantity).to_have_value("2")
    expect(undo).to_have_count(0)
