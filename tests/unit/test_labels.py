"""Labels on paper: the code says the tag, everything lies on its label, and what is long is shortened."""

import re
from itertools import combinations

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.inventory.label_formats import DEFAULT_FORMAT, FORMATS
from app.domain.inventory.labels import QUIET_MODULES, Label, PlacedLabel, layout, qr_path
from app.lib.text_width import ELLIPSIS, fit, fit_end, fit_lines, width

# Labels are cut to a tenth of a millimetre at best; positions are rounded to a thousandth.
ROUNDING = 0.002

formats = st.sampled_from(list(FORMATS.values()))
texts = st.text(st.characters(codec="utf-8"), max_size=80)
labels = st.builds(
    Label,
    code=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    title=texts,
    line=texts,
    sublines=st.lists(texts, max_size=3).map(tuple),
)


def modules_of(path: str, side: int) -> list[list[int]]:
    """Paint the path on squared paper."""
    painted = [[0] * side for _ in range(side)]
    for column, row, across, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert across == back
        for place in range(int(column), int(column) + int(across)):
            painted[int(row)][place] += 1
    assert re.sub(r"M\d+ \d+h\d+v1h-\d+z", "", path) == ""
    return painted


def boxes(placed: PlacedLabel, quiet: int = 0) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of the code and of every line, in the label's own millimetres."""
    margin = quiet * placed.qr.module
    found = [
        (
            placed.qr.x - margin,
            placed.qr.y - margin,
            placed.qr.x + placed.qr.size + margin,
            placed.qr.y + placed.qr.size + margin,
        )
    ]
    for line in placed.lines:
        wide = width(line.text) * line.size
        left = line.x - wide / 2 if line.anchor == "middle" else line.x
        found.append((left, line.y - 0.95 * line.size, left + wide, line.y + 0.25 * line.size))
    return found


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > ROUNDING
        and min(one[3], other[3]) - max(one[1], other[1]) > ROUNDING
    )


@pytest.mark.parametrize(
    "code",
    ["SM58-001", "0042", "lower case, too", "Größe/12", "機材-007", "日本", "https://example.org/x?a=1", " "],
)
def test_the_path_paints_what_the_encoder_drew(code):
    path, side = qr_path(code)
    expected = (
        segno.make_qr(code.encode(), error="m") if not code.isascii() else segno.make_qr(code, error="m")
    )
    assert modules_of(path, side) == [list(row) for row in expected.matrix]
    assert expected.error in {"M", "Q", "H"}


def test_letters_beyond_ascii_are_utf_8_bytes():
    drawn = modules_of(*qr_path("日本"))
    explicit = segno.make_qr("日本".encode(), error="m", mode="byte")
    guessed = segno.make_qr("日本", error="m")
    assert drawn == [list(row) for row in explicit.matrix]
    assert drawn != [list(row) for row in guessed.matrix]


def test_what_no_code_can_hold_is_refused():
    with pytest.raises(ValueError, match="needs a tag"):
        qr_path("")
    qr_path("x" * 2331)
    with pytest.raises(ValueError, match="too large"):
        qr_path("x" * 2332)


@pytest.mark.parametrize("each", FORMATS.values(), ids=FORMATS)
def test_every_place_of_a_format_lies_on_the_paper_and_on_no_other(each):
    corners = [each.corner(place) for place in range(each.per_page)]
    for x, y in corners:
        assert x >= 0
        assert y >= 0
        assert x + each.width <= each.paper.width + ROUNDING
        assert y + each.height <= each.paper.height + ROUNDING
    for (left, top), (other_left, other_top) in combinations(corners, 2):
        assert (
            abs(left - other_left) >= each.width - ROUNDING or abs(top - other_top) >= each.height - ROUNDING
        )


@pytest.mark.parametrize("each", FORMATS.values(), ids=FORMATS)
def test_sheets_are_symmetrical(each):
    """What is left empty at the right and below is what is left empty at the left and above."""
    x, y = each.corner(each.per_page - 1)
    assert each.paper.width - x - each.width == pytest.approx(each.left, abs=0.1)
    assert each.paper.height - y - each.height == pytest.approx(each.top, abs=0.1)


@given(formats, st.integers(0, 150), st.integers(-5, 150))
@settings(deadline=None)
def test_all_labels_are_placed_once_in_order_after_the_skipped_places(each, count, skip):
    wanted = [Label(f"T-{number}") for number in range(count)]
    pages = layout(wanted, each, skip)

    assert [placed.label for page in pages for placed in page.labels] == wanted
    skipped = min(max(skip, 0), each.per_page - 1)
    spots = [(number, placed.x, placed.y) for number, page in enumerate(pages) for placed in page.labels]
    places = [divmod(place, each.per_page) for place in range(skipped, skipped + count)]
    assert spots == [(page, *each.corner(place)) for page, place in places]
    assert all(page.corners == tuple(each.corner(place) for place in range(each.per_page)) for page in pages)
    assert all(page.labels for page in pages)


@given(formats, labels)
@settings(max_examples=300, deadline=None)
def test_code_and_text_stay_inside_and_apart(each, label):
    placed = layout([label], each)[0].labels[0]
    code, *lines = boxes(placed)

    for left, top, right, bottom in (code, *lines):
        assert left >= each.inset_x - ROUNDING
        assert right <= each.width - each.inset_x + ROUNDING
        assert top >= each.inset_y - ROUNDING
        assert bottom <= each.height - each.inset_y + ROUNDING
    for one, other in combinations(boxes(placed, QUIET_MODULES), 2):
        assert not overlap(one, other)


@given(formats, labels)
@settings(max_examples=100, deadline=None)
def test_the_quiet_zone_is_on_the_label(each, label):
    left, top, right, bottom = boxes(layout([label], each)[0].labels[0], QUIET_MODULES)[0]
    assert min(left, top) >= -ROUNDING
    assert right <= each.width + ROUNDING
    assert bottom <= each.height + ROUNDING


@pytest.mark.parametrize("each", FORMATS.values(), ids=FORMATS)
def test_a_common_tag_is_whole_and_scans(each):
    page = layout([Label("MEGAP-0042", "Robe MegaPointe", "LGT-MEGAPT")], each)[0]
    placed = page.labels[0]
    assert [line.text for line in placed.lines if line.role == "tag"] == ["MEGAP-0042"]
    assert min(line.size for line in placed.lines) >= 1.9
    assert placed.qr.module >= 0.5
    assert page.too_fine == ()


def test_a_tag_shrinks_then_takes_two_lines_then_loses_its_middle():
    def tag_lines(code: str) -> list[str]:
        placed = layout([Label(code)], DEFAULT_FORMAT)[0].labels[0]
        return [line.text for line in placed.lines if line.role == "tag"]

    assert tag_lines("SM58-001") == ["SM58-001"]
    assert tag_lines("CABLE-CEE-001") == ["CABLE-CEE-001"]
    assert tag_lines("CABLE-CEE-32A-20M-001") == ["CABLE-CEE-32A-", "20M-001"]
    first, second = tag_lines("CABLE-CEE-32A-20M-HAMBURG-STOCK-0042")
    assert first.startswith("CABLE-CEE")
    assert second.startswith(ELLIPSIS)
    assert second.endswith("-0042")


def test_the_name_uses_the_lines_that_are_free_and_ends_in_an_ellipsis():
    placed = layout([Label("K2-01", "L-Acoustics K2 line array " * 8, "SPK-K2")], DEFAULT_FORMAT)[0].labels[0]
    titles = [line.text for line in placed.lines if line.role == "title"]
    assert len(titles) >= 3
    assert titles[-1].endswith(ELLIPSIS)
    assert [line.text for line in placed.lines if line.role == "line"] == ["SPK-K2"]


def test_marks_that_are_not_printed_are_left_out_of_the_text_but_not_of_the_code():
    placed = layout([Label("A\tB\u202eC\x07", "two\nlines")], DEFAULT_FORMAT)[0].labels[0]
    assert [line.text for line in placed.lines] == ["A BC", "two lines"]
    assert placed.qr.path == qr_path("A\tB\u202eC\x07")[0]


def test_codes_too_fine_to_scan_are_named():
    short, long = Label("A-1"), Label("x" * 200)
    assert layout([short, long], FORMATS["a4-5x13"])[0].too_fine == (long.code,)


@given(texts, st.floats(0, 40))
def test_what_is_fitted_is_not_too_wide(text, room):
    for fitted in (fit(text, room), fit_end(text, room), *fit_lines(text, room, 3)):
        assert width(fitted) <= room or len(fitted) == 1


def test_text_is_shortened_at_its_end_or_its_beginning():
    assert fit("Shure SM58", 10) == "Shure SM58"
    assert fit("Shure SM58 microphone", 7.2) == f"Shure SM58{ELLIPSIS}"
    assert fit("Shure SM58", 0.5) == ""
    assert fit_end("STOCK-HAMBURG-0042", 5) == f"{ELLIPSIS}G-0042"


def test_lines_break_between_words_or_where_they_must():
    assert fit_lines("dynamic vocal microphone", 8, 3) == ["dynamic vocal", "microphone"]
    assert fit_lines("L-Acoustics", 4, 5) == ["L-Acou", "stics"]
    assert fit_lines("FOH-RACK/12", 5, 5) == ["FOH-", "RACK/12"]
    assert fit_lines("ABCDEFGHIJ", 3, 5) == ["ABCD", "EFGH", "IJ"]
    assert fit_lines("", 5, 2) == []
    assert fit_lines("anything", 5, 0) == []


def test_accents_add_nothing_and_wide_scripts_are_wide():
    assert width("É") == width("E")
    assert width("e\u0301") == width("e")
    assert width("機材") == 2
    assert width("Ж") == 1
    assert width("Ab") == width("A") + width("b")
