"""A new shop in the browser: the link of the console, the form, and pages on which there is nothing yet."""

import re
import tempfile
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import expect

from app.db import migrations
from tests.conftest import in_thread
from tests.e2e.conftest import PASSWORD, WIDE, Server

EMPTY = (
    "/", "/inventory", "/categories", "/maintenance", "/imports", "/activity", "/users", "/notifications", "/search",
    "/inventory/labels",
)  # fmt: skip


@pytest.fixture(scope="module")
def new_shop(postgres: Any, environment: dict[str, str]) -> Generator[Server]:
    """A server over an empty database, before anybody has an account."""
    postgres.create_database("e2e_new_shop")
    url = postgres.url("e2e_new_shop")
    in_thread(lambda: migrations.upgrade(url))
    with tempfile.TemporaryDirectory(prefix="av-e2e-new-") as folder:
        running = Server({**environment, "DATABASE_URL": url, "DATA_DIR": folder}).start()
        yield running
        running.stop()


def test_a_new_shop_is_set_up_and_empty(new_shop, open_page, fine):
    page = open_page(None, f"{new_shop.url}/setup", **WIDE)
    expect(page.get_by_role("heading", name="Almost there")).to_be_visible()
    fine(page, "where the link is")
    link = re.search(r"/setup/\S+", new_shop.log.read_text())
    page.goto(new_shop.url + link[0])
    fine(page, "the form")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.locator(".av-error").first).to_be_visible()
    fine(page, "the form is refused")
    for name, value in {"username": "ida", "password": PASSWORD, "company_name": "Blue Stage"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=company_time_zone]").fill("Europe/Oslo")
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_text("Everything is ready")).to_be_visible()
    for path in EMPTY:
        page.goto(new_shop.url + path)
        fine(page, f"{path} of a new shop")
