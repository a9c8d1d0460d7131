"""Lists say their order in the address, and a click on a column turns it round."""

import pytest

from app.domain.cases.filters import CaseFilter
from app.domain.kits.filters import KitFilter
from app.lib.fields import day_in


def test_a_list_is_in_its_usual_order_unless_the_address_says_another() -> None:
    assert (CaseFilter().key, CaseFilter().descending) == ("code", False)
    assert (KitFilter().key, KitFilter(sort="-sku").key) == ("name", "sku")
    assert KitFilter(sort="-sku").direction("sku") == "descending"
    assert KitFilter(sort="-sku").direction("name") == ""


def test_a_column_is_sorted_by_and_then_turned_round() -> None:
    chosen = CaseFilter(q="cable")
    assert chosen.sorted_by("name") == "/cases?q=cable&sort=name"
    assert chosen.sorted_by("code") == "/cases?q=cable&sort=-code", "it is in this order already"
    assert CaseFilter(sort="-name").sorted_by("name") == "/cases?sort=name"


@pytest.mark.parametrize("text", [None, "", "soon", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_what_is_no_sensible_day_in_an_address_is_none(text: str | None) -> None:
    assert day_in(text) is None
