"""The first minutes: the set-up offers what the browser knows, and the sample fills itself in."""

import re
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.db import migrations
from tests.conftest import in_thread
from tests.e2e.conftest import PASSWORD, Server


@pytest.fixture
def unset(environment: dict[str, str], postgres: Any, tmp_path: Any) -> Generator[Server]:
    """A server that nobody has set up."""
    postgres.create_database("e2e_unset")
    url = postgres.url("e2e_unset")
    in_thread(lambda: migrations.upgrade(url))
    server = Server({**environment, "DATABASE_URL": url, "DATA_DIR": str(tmp_path), "REDIS_URL": ""}).start()
    yield server
    server.stop()
    postgres.drop_database("e2e_unset")


def test_the_set_up_knows_the_time_zone_and_the_photos_of_the_sample_follow(
    unset: Server, browser: Browser
) -> None:
    link = re.search(r"/setup/\S+", unset.log.read_text())
    assert link
    context = browser.new_context(base_url=unset.url, timezone_id="America/Montevideo")
    page = context.new_page()
    page.goto(link[0])
    expect(page.get_by_label("Time zone")).to_have_value("America/Montevideo")
    page.get_by_label("Username").fill("boss")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_label("Name", exact=True).fill("Small Shop")
    page.get_by_label("The sample stock, to look around").check()
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_text("The photos of the sample appear one by one.")).to_be_visible()
    page.goto("/inventory")
    # without loading it again
    expect(page.locator("tbody img").nth(5)).to_be_visible(timeout=60_000)
    context.close()
