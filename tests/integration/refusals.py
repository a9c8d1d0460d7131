"""What the tests of services expect to be refused with."""

import contextlib
from collections.abc import Generator

import pytest

from app.lib.errors import InvalidInput


@contextlib.contextmanager
def refused(sentence: str) -> Generator[None]:
    """InvalidInput with this among its sentences."""
    with pytest.raises(InvalidInput) as refusal:
        yield
    assert sentence in " ".join(refusal.value.fields.values())
