"""Names of downloads: whole for browsers that can, harmless for all."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.content_disposition import attachment


def saved_as(header: str) -> str:
    """The name a browser gives the file: the extended one if it is there, else the plain one."""
    match = re.fullmatch(r"""attachment; filename="([^"]+)"(?:; filename\*=UTF-8''([^;"\s]+))?""", header)
    assert match is not None
    return unquote(match[2], errors="strict") if match[2] else match[1]


def test_a_plain_name_stays_plain():
    assert attachment("inventory 2026-10-14.csv") == 'attachment; filename="inventory 2026-10-14.csv"'


def test_other_letters_are_spelt_twice():
    header = attachment("Übersicht Łódź.xlsx")
    assert header == (
        'attachment; filename="Ubersicht odz.xlsx"; '
        "filename*=UTF-8''%C3%9Cbersicht%20%C5%81%C3%B3d%C5%BA.xlsx"
    )
    assert saved_as(header) == "Übersicht Łódź.xlsx"


def test_a_name_without_ascii_has_a_fallback_with_the_ending():
    header = attachment("機材.csv")
    assert header.startswith('attachment; filename="download.csv"; ')
    assert saved_as(header) == "機材.csv"


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("../../etc/passwd", "-..-etc-passwd"),
        ('a"; filename="evil.exe', "a-; filename=-evil.exe"),
        ("two\r\nSet-Cookie: a=b.csv", "twoSet-Cookie- a=b.csv"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("100 %.csv", "100 %.csv"),
        ("", "download"),
        (" .. ", "download"),
        (".htaccess", "htaccess"),
        ("x" * 300 + ".csv", "x" * 100 + ".csv"),
        ("report.a-very-long-ending", "report.a-very-long-ending"),
    ],
)
def test_hostile_and_odd_names(typed, saved):
    assert saved_as(attachment(typed)) == saved


@given(st.text(max_size=200))
def test_any_name_gives_a_header_of_one_ascii_line(typed):
    header = attachment(typed)
    assert header.isascii()
    assert header.isprintable()
    name = saved_as(header)
    assert name
    assert not set('\\/:*?"<>|') & set(name)
    assert len(name) <= 110
