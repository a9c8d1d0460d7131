"""Every page that belongs to no larger area: accessible, within the policy, without sideways scrolling."""

import pytest
from playwright.sync_api import expect

from tests.e2e.visiting import AREAS, WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    link = walk.client.post(f"/users/{walk.newest('/users?q=employee')}/password-link").json()["data"]["url"]
    guest = walk.as_guest("/login", link.removeprefix(walk.server.url))
    return guest | walk.over(
        "",
        "/search?q=robe",
        "/calendar?view=week",
        "/calendar?view=list",
        "/timeline?zoom=day",
        "/timeline?zoom=quarter&rows=units&show=all",
        "/activity?q=x",
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_no_area(visits, what):
    assert len(visits) > 15
    assert wrong_with(visits, what) == {}


def test_every_area_is_there(walk):
    firsts = {route.split("/")[1] for route in walk.routes}
    assert len(walk.routes) > 90
    assert set().union(*AREAS.values()) <= firsts


def test_pages_work_without_scripts(open_page):
    page = open_page("admin", "/inventory?q=sm58", java_script_enabled=False)
    expect(page.get_by_role("link", name="Shure SM58").first).to_be_visible()
    page = open_page("admin", "/search?q=sm58", java_script_enabled=False)
    expect(page.get_by_text("Shure SM58").first).to_be_visible()
