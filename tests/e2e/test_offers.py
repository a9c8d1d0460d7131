"""A client opens a quote, chooses, signs and accepts it; whoever has the link besides sees that at once."""

import asyncio
import re

from playwright.sync_api import expect

from app.db.engine import create_engine, sessions_of
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.conftest import in_thread
from tests.e2e.conftest import WIDE
from tests.integration.offers import Sent, a_sent_quote

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "reduced_motion": "reduce"}


def sent_quote(environment: dict[str, str]) -> Sent:
    async def make() -> Sent:
        engine = create_engine(environment["DATABASE_URL"])
        async with unit_of_work(sessions_of(engine), SYSTEM) as work:
            made = await a_sent_quote(work, secret=environment["SECRET_KEY"])
        await engine.dispose()
        return made

    return in_thread(lambda: asyncio.run(make()))


def test_a_client_chooses_signs_and_accepts(environment, open_page, fine):
    sent = sent_quote(environment)
    office = open_page("manager", f"/quotes/{sent.quote_id}", **WIDE)
    expect(office.locator("#sending")).to_contain_text("not yet")
    client, second = open_page(None, sent.path, **WIDE), open_page(None, sent.path, **PHONE)
    expect(office.locator("#sending")).not_to_contain_text("not yet")
    fine(client, "an open quote")
    fine(second, "an open quote on a phone in the dark")
    for page, width in ((client, 1440), (second, 390)):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    before = client.locator("#accept-sum").inner_text()
    client.get_by_role("checkbox", name=sent.extra.name).check()
    expect(client.locator("#accept-sum")).to_contain_text("with 1 option")
    assert client.locator("#accept-sum").inner_text() != before
    client.get_by_role("button", name="Accept and sign").click()
    expect(client.get_by_role("alert")).to_contain_text("Write your name.")
    expect(client.get_by_role("checkbox", name=sent.extra.name)).to_be_checked()
    client.get_by_label("Your name").fill("Claudia Bärtschi")
    box = client.locator("canvas").bounding_box()
    client.mouse.move(box["x"] + 20, box["y"] + 60)
    client.mouse.down()
    client.mouse.move(box["x"] + 120, box["y"] + 30, steps=4)
    client.mouse.up()
    terms = client.get_by_role("checkbox", name="I accept the terms of hire")
    if terms.count():
        terms.check()
    client.get_by_role("button", name="Accept and sign").click()
    expect(client.get_by_role("heading", name="Accepted, thank you")).to_be_visible()
    fine(client, "a quote that was accepted")
    expect(office.locator("#sending")).to_contain_text("Claudia Bärtschi")
    expect(office.get_by_role("img", name="Signature of Claudia Bärtschi")).to_be_visible()
    # who was still about to answer is told, politely
    second.get_by_label("Your name").fill("Somebody Else")
    second.get_by_text("Type", exact=True).click()
    if second.get_by_role("checkbox", name="I accept the terms of hire").count():
        second.get_by_role("checkbox", name="I accept the terms of hire").check()
    second.get_by_role("button", name="Accept and sign").click()
    expect(second.locator("#answer")).to_contain_text(
        re.compile("Accepted, thank you.*Claudia Bärtschi", re.DOTALL)
    )
