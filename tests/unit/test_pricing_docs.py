"""The examples of docs/prices.md are what the engine does."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "prices.md"


def test_every_example_comes_out_as_it_stands_there() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8", verbose=False)
    assert found.attempted > 30
    assert found.failed == 0
