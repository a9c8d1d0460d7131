"""Every page of prices: accessible, within the policy, without sideways scrolling; a cell edited by hand."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    empty = walk.client.post("/price-lists", json={"name": "Nothing yet"}).json()["data"]["id"]
    return walk.over(
        "prices",
        f"/price-lists/{empty}",
        "/price-lists/1?q=robe",
        "/price-lists/1?q=nothing-has-this-name",
        "/price-lists/1?q=robe&start=2026-12-24&end=2026-12-01",
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_prices(visits: Visits, what: str) -> None:
    assert len(visits) >= 12
    assert wrong_with(visits, what) == {}


def test_gear_is_found_gets_a_rule_and_its_price_is_typed_into_the_table(open_page):
    page = open_page("manager", "/price-lists/1")
    page.get_by_label("Gear, kit or category").fill("megapointe")
    page.get_by_role("button", name="Add rule for Robe MegaPointe").click()
    row = page.locator("#rules tr", has=page.get_by_role("link", name="Robe MegaPointe"))
    expect(page.locator("#price-found").get_by_text("Has a rule").first).to_be_visible()
    expect(page).to_have_url(re.compile("q=megapointe"))
    row.get_by_role("button", name="€\u00a095.00, its daily rate, edit").click()
    row.get_by_label("Price").fill("77.50")
    row.get_by_label("Price").press("Enter")
    expect(row.get_by_role("button", name="€\u00a077.50")).to_be_focused()
    expect(page.locator("#price-found")).to_contain_text("€\u00a077.50 a day")
    row.get_by_role("button", name="a day").click()
    row.get_by_label("Charged for").select_option("week")
    expect(row.get_by_role("button", name="a week begun")).to_be_visible()
    row.get_by_role("button", name="Delete the rule for Robe MegaPointe").click()
    expect(page.locator("#rules").get_by_role("link", name="Robe MegaPointe")).to_have_count(0)


def test_what_is_typed_stays_when_the_answer_to_an_earlier_change_comes_late(open_page, walk):
    page = open_page("manager", "/price-lists/1")
    by_day = page.locator("td[data-field=minimum_days] .av-editable")
    rows, held = page.locator("#rules tbody tr").filter(has=by_day), list[Route]()
    changed, edited = rows.nth(0), rows.nth(1)
    rule = f"/price-rules/{(changed.get_attribute('id') or '').rpartition('-')[2]}"
    version = int(changed.get_attribute("data-version") or "0")
    address = re.compile(r"/price-lists/1(\?.*)?$")
    late = {"yes"}
    page.route(address, lambda route: held.append(route) if late else route.continue_())
    with page.expect_request(address):
        answer = walk.client.patch(rule, json={"minimum_days": 3, "version": version})
        assert answer.status_code == 200, answer.text
    edited.locator("td[data-field=amount] .av-editable").click()
    typed = edited.get_by_label("Price")
    typed.fill("81.25")
    late.clear()
    for route in held:
        route.continue_()
    expect(page.locator("#price-rules > .av-since")).to_be_visible()
    expect(typed).to_have_value("81.25")
    typed.press("Escape")
    expect(changed.locator("td[data-field=minimum_days]")).to_have_text("3")
    expect(page.locator("#price-rules > .av-since")).to_have_count(0)
    back = walk.client.patch(rule, json={"minimum_days": 1, "version": version + 1})
    assert back.status_code == 200, back.text
