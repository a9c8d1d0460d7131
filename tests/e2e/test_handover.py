"""Gear leaves with a signature and comes back over two sessions: one tablet each, the office sees every state."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import axe_violations
from tests.e2e.tablets import TABLET, an_event_with
from tests.e2e.test_pages_bench import LEAST, TOO_SMALL

SIZES = ((820, 1180), (1180, 820), (390, 844), (1440, 900))


def _fits(page):
    """Accessible in both themes, large enough for a thumb, and never wider than its window."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_SMALL, LEAST) == []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert axe_violations(page) == []
    page.set_viewport_size(TABLET["viewport"])


def _back(page):
    return page.locator("#standing .av-figure").first


def _dispatch(tablet):
    """It leaves, signed."""
    tablet.get_by_role("button", name=re.compile("One less")).click()
    tablet.get_by_role("button", name=re.compile("One more")).click()
    tablet.get_by_label("Who takes it over").fill("Ada Lovelace")
    box = tablet.locator("canvas").bounding_box()
    tablet.mouse.move(box["x"] + 40, box["y"] + 90)
    tablet.mouse.down()
    tablet.mouse.move(box["x"] + 300, box["y"] + 40, steps=8)
    tablet.mouse.move(box["x"] + 500, box["y"] + 120, steps=8)
    tablet.mouse.up()
    _fits(tablet)
    tablet.get_by_role("button", name="It leaves now").click()
    tablet.wait_for_url("**/handovers/*")
    expect(tablet.get_by_role("img", name="Signature of Ada Lovelace")).to_be_visible()
    signature = tablet.get_by_role("img", name="Signature of Ada Lovelace").element_handle()
    tablet.wait_for_function("one => one.naturalWidth > 0", arg=signature)


def _first_session(tablet, second, sku):
    """Two are scanned, one of them by mistake, and one is damaged; `second` sees it."""
    for count in (1, 2):
        tablet.locator("#scan").fill(sku)
        tablet.locator("#scan").press("Enter")
        expect(_back(tablet)).to_contain_text(re.compile(f"^{count}"))
        expect(_back(second)).to_contain_text(re.compile(f"^{count}"))
    tablet.get_by_role("button", name="Take it back").click()
    expect(_back(tablet)).to_contain_text(re.compile("^1"))
    tablet.locator("#standing .av-pick summary").click()
    more = tablet.locator("#standing .av-pick details")
    more.get_by_label("How many").fill("1")
    more.get_by_label("Note").fill("a leg is bent")
    more.get_by_role("button", name="Record it").click()
    expect(_back(tablet)).to_contain_text(re.compile("^2"))
    tablet.locator("#standing .av-pick summary").click()
    _fits(tablet)


def _second_session(page):
    """One is missing, the rest is back, and nobody has looked at it."""
    page.locator("#standing .av-pick summary").click()
    more = page.locator("#standing .av-pick details")
    more.get_by_label("How many").fill("1")
    more.get_by_label("Missing").check()
    more.get_by_role("button", name="Record it").click()
    expect(page.locator("#standing")).to_contain_text("1 missing")
    page.get_by_role("button", name="All the rest is back, to be checked").click()
    page.locator("#confirm-action").click()
    expect(_back(page)).to_contain_text(re.compile("^5"))
    _fits(page)


def _office_decides(office, event_id, sku):
    """What is damaged is written off, what was unchecked is fine, what is missing is charged."""
    office.goto(f"/quarantine?q={sku}")
    expect(office.locator("#desk tbody tr")).to_have_count(2)
    office.get_by_role("link", name=re.compile("^Write off: 1 ")).click()
    expect(office.get_by_role("dialog")).to_be_visible()
    assert axe_violations(office) == []
    office.get_by_label("Reason").fill("not worth it")
    office.get_by_role("dialog").get_by_role("button", name="Write off").click()
    expect(office.locator("#desk tbody tr")).to_have_count(1)
    office.get_by_role("button", name=re.compile("^Back to stock: 3 ")).click()
    expect(office.get_by_text("Nothing undecided")).to_be_visible()
    office.goto(f"/missing?event={event_id}")
    office.get_by_role("link", name=re.compile("^Decide")).click()
    office.wait_for_url("**/missing/*")
    assert axe_violations(office) == []
    office.get_by_label("Reason").fill("invoice 12")
    office.get_by_role("button", name="Settle").click()
    office.locator("#confirm-action").click()
    office.wait_for_url("**/missing")


def test_it_leaves_with_a_signature_and_comes_back_over_two_sessions(open_page, api):
    event_id, sku = an_event_with(api("manager"), 6)
    tablet = open_page("technician", f"/prep/{event_id}/dispatch?what=all", **TABLET)
    office = open_page("manager", f"/events/{event_id}")
    state = office.locator("#event-prep")
    expect(state).to_contain_text("Not started")
    _dispatch(tablet)
    expect(state).to_contain_text("Out")
    tablet.goto(f"/prep/{event_id}/check-in")
    second = open_page("manager", f"/prep/{event_id}/check-in", **TABLET)
    _first_session(tablet, second, sku)
    expect(state).to_contain_text("Partly returned")
    _second_session(second)
    expect(state).to_contain_text("Partly returned")
    expect(office.locator("#missing-of")).to_contain_text("1 piece is missing")
    _office_decides(office, event_id, sku)
    office.goto(f"/events/{event_id}")
    expect(state).to_contain_text("Checked")


def test_it_works_without_scripts(open_page, api):
    event_id, sku = an_event_with(api("manager"), 2)
    page = open_page("technician", f"/prep/{event_id}/dispatch?what=all", java_script_enabled=False)
    page.get_by_role("button", name="It leaves now").click()
    page.goto(f"/prep/{event_id}/check-in")
    page.locator("#scan").fill(sku)
    page.locator("#scan").press("Enter")
    expect(page.locator("#standing .av-figure")).to_contain_text("1")
    page.get_by_role("button", name="All the rest is back, fine").click()
    expect(page.locator("#standing")).to_contain_text("none out")
