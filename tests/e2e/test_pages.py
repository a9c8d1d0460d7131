"""Every page, wide and narrow, light and dark: accessible, within the policy, without sideways scrolling."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe_violations

PAGES = (
    "/", "/inventory", "/inventory?q=nothing-is-called-this", "/inventory/new", "/categories", "/maintenance",
    "/maintenance/new", "/imports", "/imports/new", "/activity", "/users", "/users/new", "/profile",
    "/profile/password", "/profile/sessions", "/settings", "/notifications", "/search?q=robe", "/nothing-here",
)  # fmt: skip
ITEM_PAGES = ("", "/edit", "/units", "/maintenance", "/history")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible(open_page, path, scheme):
    page = open_page("admin", path, color_scheme=scheme, viewport={"width": 1440, "height": 900})
    assert axe_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ITEM_PAGES)
def test_an_item_page_is_accessible(open_page, path, scheme):
    page = open_page(
        "admin", "/inventory?q=megapointe", color_scheme=scheme, viewport={"width": 1440, "height": 900}
    )
    page.get_by_role("link", name="Robe MegaPointe").first.click()
    expect(page).to_have_url(re.compile(r"/inventory/\d+$"))
    page.goto(page.url + path)
    assert axe_violations(page) == []


@pytest.mark.parametrize("path", ["/login", *PAGES])
def test_a_page_fits_a_tablet_and_a_phone(open_page, path):
    page = open_page(None if path == "/login" else "admin", path, viewport={"width": 820, "height": 1180})
    for width in (820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (
            f"{path} scrolls sideways at {width}"
        )


def test_the_sign_in_page_is_accessible(open_page):
    for scheme in ("light", "dark"):
        assert axe_violations(open_page(None, "/login", color_scheme=scheme)) == []


def test_pages_work_without_scripts(open_page):
    page = open_page("admin", "/inventory?q=sm58", java_script_enabled=False)
    expect(page.get_by_role("link", name="Shure SM58").first).to_be_visible()
    page = open_page("admin", "/search?q=sm58", java_script_enabled=False)
    expect(page.get_by_text("Shure SM58").first).to_be_visible()
