"""Addresses of lists say what differs from the list as it is by itself."""

from dataclasses import dataclass

import pytest

from app.domain.maintenance.filters import JobFilter
from app.domain.sub_hire.filters import SubHireFilter
from app.lib.addresses import address_of


@dataclass(frozen=True, slots=True)
class Filters:
    """Some filters."""

    q: str = ""
    sort: str = "name"
    page: int = 1


def test_only_what_differs_is_said():
    assert address_of("/things", Filters()) == "/things"
    assert address_of("/things", Filters("a & b", page=3)) == "/things?q=a+%26+b&page=3"
    assert address_of("/things", Filters("lamp", "size"), sort="name", page=2) == "/things?q=lamp&page=2"


def test_a_filter_that_is_none_is_refused():
    with pytest.raises(TypeError, match="no such filter: colour"):
        address_of("/things", Filters(), colour="red")


def test_lists_start_over_unless_the_page_is_named():
    assert SubHireFilter(show="draft", page=4).query() == "/sub-hire?show=draft"
    assert SubHireFilter(show="draft", page=4).query(page=5) == "/sub-hire?show=draft&page=5"
    assert JobFilter(q="hum", page=4).query(tab="due") == "/maintenance?tab=due&q=hum"
    assert JobFilter(sort="title").sort_url("title") == "/maintenance?sort=-title"
