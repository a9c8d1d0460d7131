"""A file from a person's own folder, through the browser into the inventory."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

REAL_FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "lighting_fixtures.csv"


def bring(page, path):
    page.set_input_files("input[type=file]", str(path))
    page.locator("main form button[type=submit]").last.click()


def test_the_real_stock_list_is_imported_with_progress(open_page):
    if not REAL_FILE.exists():
        pytest.skip("the real list of fixtures does not lie beside the repository")
    page = open_page("manager", "/imports/new")
    bring(page, REAL_FILE)
    expect(page.locator("main")).to_contain_text("627 rows")
    page.get_by_role("button", name=re.compile("Check")).click()
    expect(page.locator("main")).to_contain_text("627")
    page.get_by_role("button", name=re.compile("^Import 627")).click()
    expect(page.locator("main")).to_contain_text("627 rows were read", timeout=60_000)
    page.goto("/inventory?q=spica-250m")
    expect(page.locator("tbody")).to_contain_text("Spica 250M")


def test_a_hostile_file_is_refused_at_its_field(open_page, tmp_path):
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{n}" for n in range(1000)) + "\n")
    page = open_page("manager", "/imports/new")
    bring(page, wide)
    expect(page.locator(".av-error").first).to_contain_text("columns")
