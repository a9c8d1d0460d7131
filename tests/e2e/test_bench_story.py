"""Two tablets and an office browser on one event, from the first tap until the last piece is accounted for.

After each step everything that is derived from it is looked at: counters, units, availability, desk, lists, boards.
"""

import re
from dataclasses import dataclass, replace

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.conftest import WIDE, axe_violations
from tests.e2e.standing import Outing, Standing, an_outing, figure, standing
from tests.e2e.tablets import TABLET, Scanner
from tests.e2e.test_pages_bench import LEAST, TOO_SMALL

SIZES = ((1180, 820), (390, 844), (1440, 900), (820, 1180))


@dataclass
class Shop:
    """Tom and Jonas with a tablet each, the office, and what all of them work on."""

    api: httpx.Client
    tom: Page
    jonas: Page
    office: Page
    outing: Outing
    to_prep: int
    before: Standing

    @property
    def tablets(self) -> tuple[Page, Page]:
        return (self.tom, self.jonas)

    def now(self, **changed) -> None:
        """Everything stands as it did before, but for this."""
        self.before = replace(self.before, **changed)
        assert standing(self.api, self.office, self.outing, self.to_prep) == self.before

    def line(self, page: Page, rental_id: int):
        return page.locator(f"#line-{rental_id}")

    def on_tablets(self, words: str) -> None:
        """Both tablets say how far the step is."""
        for tablet in self.tablets:
            expect(tablet.locator("#bench-progress")).to_contain_text(words)

    def in_office(self, words: str) -> None:
        """The page of the event says so about its prep."""
        expect(self.office.locator("#event-prep")).to_contain_text(words)

    def back(self, words: str) -> None:
        """Both tablets say how much came back."""
        for tablet in self.tablets:
            expect(tablet.locator("#standing .av-tally")).to_contain_text(words)


def _fits(page: Page) -> None:
    """Large enough for a thumb, and never wider than its window."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_SMALL, LEAST) == []


def _more(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^One more Stand")).click()


def _scan(page: Page, code: str, verdict: str) -> None:
    Scanner(page).scan(code)
    expect(page.locator("#verdict")).to_contain_text(code)
    expect(page.locator("#verdict")).to_contain_text(verdict)


def _opened(api: httpx.Client, open_page) -> Shop:
    outing = an_outing(api)
    tom = open_page("technician", f"/prep/{outing.event_id}", **TABLET)
    jonas = open_page("manager", f"/prep/{outing.event_id}", **TABLET)
    office = open_page("admin", f"/events/{outing.event_id}", **WIDE)
    for page in (tom, jonas):
        expect(page.locator("#live-state")).to_contain_text("Live")
    expect(tom.locator("#presence .av-face")).not_to_have_count(0)
    start = Standing("not_started", {}, {}, (0, 1), ("in_stock",) * 3, board=frozenset({"prep", "out"}))
    return Shop(api, tom, jonas, office, outing, figure(office, "to prep") - 1, start)


def _picked_by_both(shop: Shop) -> None:
    """Counts are taps that add up, whoever taps; units are bound by scanning."""
    _more(shop.tom)
    expect(shop.tom.locator("#verdict")).to_contain_text("Right")
    shop.on_tablets("1 of 8")
    _more(shop.jonas)
    _more(shop.jonas)
    shop.on_tablets("3 of 8")
    expect(shop.line(shop.tom, shop.outing.stand).locator(".av-figure")).to_contain_text("3")
    # the verdict is of one's own taps alone
    expect(shop.tom.locator("#verdict")).to_contain_text("1of 6")
    _scan(shop.tom, shop.outing.lamps[0], "Right")
    _scan(shop.jonas, shop.outing.lamps[1], "Complete")
    shop.on_tablets("5 of 8")
    shop.in_office("5 of 8")
    shop.now(
        fulfilment="in_prep",
        stands={"picked": 3},
        lamps={"picked": 2},
        units=("prepped", "prepped", "in_stock"),
    )


def _changed_by_the_office(shop: Shop) -> None:
    """The banner is there at once, takes nothing away that is typed, and goes once it is acknowledged."""
    name = f"Stand {shop.outing.tag}"
    shop.tom.locator("#scan").fill("half typed")
    quantity = shop.office.get_by_label(f"Quantity of {name}")
    quantity.fill("4")
    quantity.press("Enter")
    for tablet in shop.tablets:
        expect(tablet.locator(".av-delta")).to_contain_text("6 to 4")
    expect(shop.tom.locator("#scan")).to_have_value("half typed")
    shop.tom.locator("#scan").fill("")
    shop.in_office("Not seen yet")
    shop.now(free=(2, 1))
    shop.tom.get_by_role("button", name=f"Got it: {name}").click()
    for tablet in shop.tablets:
        expect(tablet.locator(".av-delta")).to_have_count(0)
    shop.on_tablets("5 of 6")
    shop.in_office("seen by Tom")
    shop.now()


def _packed(shop: Shop) -> None:
    """All of a line at once, units by scanning, and one that is taken back with a reason."""
    _more(shop.tom)
    expect(shop.tom.locator("#verdict")).to_contain_text("Complete")
    for tablet in shop.tablets:
        tablet.get_by_role("link", name="Pack", exact=True).click()
        expect(tablet.locator("#bench-progress")).to_contain_text("0 of 6")
    # held for half a second, a counter asks for a number and counts nothing
    shop.tom.get_by_role("button", name=re.compile("^One more Stand")).click(delay=700)
    shop.tom.get_by_role("button", name="All of this line, 4").click()
    shop.on_tablets("4 of 6")
    _scan(shop.jonas, shop.outing.lamps[0], "Right")
    _scan(shop.jonas, shop.outing.lamps[1], "Complete")
    shop.on_tablets("Ready")
    shop.in_office("Ready")
    packed = {"picked": 4, "packed": 4}, {"picked": 2, "packed": 2}
    shop.now(fulfilment="ready", stands=packed[0], lamps=packed[1], board=frozenset({"out"}))
    shop.jonas.get_by_role("link", name="Undo").click()
    expect(shop.jonas.get_by_role("dialog")).to_contain_text("Take back")
    assert axe_violations(shop.jonas, "dialog") == []
    shop.jonas.get_by_role("button", name="Counted twice").click()
    expect(shop.jonas.locator("#verdict")).to_contain_text("Taken back")
    shop.on_tablets("5 of 6")
    shop.now(fulfilment="in_prep", lamps={"picked": 2, "packed": 1}, board=frozenset({"prep", "out"}))
    _scan(shop.jonas, shop.outing.lamps[1], "Complete")
    shop.on_tablets("Ready")
    shop.now(fulfilment="ready", lamps=packed[1], board=frozenset({"out"}))


def _dispatched(shop: Shop) -> None:
    """It leaves, signed for with a finger."""
    tom = shop.tom
    tom.get_by_role("link", name="Dispatch", exact=True).click()
    tom.get_by_role("button", name=re.compile("^One less")).click()
    tom.get_by_role("button", name=re.compile("^One more")).click()
    # a scan ticks what it finds on the page
    lamp = tom.get_by_role("checkbox", name=shop.outing.lamps[0], exact=True)
    lamp.uncheck()
    _scan(tom, shop.outing.lamps[0], "Ticked")
    expect(lamp).to_be_checked()
    expect(tom.locator("#verdict .av-verdict__count")).to_have_text("2of 2")
    tom.get_by_label("Who takes it over").fill("Ada Lovelace")
    box = tom.locator("canvas").bounding_box()
    assert box
    tom.mouse.move(box["x"] + 40, box["y"] + 90)
    tom.mouse.down()
    tom.mouse.move(box["x"] + 300, box["y"] + 40, steps=8)
    tom.mouse.move(box["x"] + 500, box["y"] + 120, steps=8)
    tom.mouse.up()
    _fits(tom)
    tom.get_by_role("button", name="It leaves now").click()
    tom.wait_for_url("**/handovers/*")
    signature = tom.get_by_role("img", name="Signature of Ada Lovelace")
    expect(signature).to_be_visible()
    tom.wait_for_function("one => one.naturalWidth > 0", arg=signature.element_handle())
    shop.in_office("Out")
    shop.now(
        fulfilment="out",
        stands={"picked": 4, "packed": 4, "dispatched": 4},
        lamps={"picked": 2, "packed": 2, "dispatched": 2},
        units=("out", "out", "in_stock"),
        board=frozenset({"back"}),
        today=False,
    )


def _record(line, **fields: str) -> None:
    """Say more about what came back."""
    line.locator("summary").click()
    more = line.locator("details")
    for label, value in fields.items():
        field = more.get_by_label(label.replace("_", " "))
        field.check() if not value else field.fill(value)
    more.get_by_role("button", name="Record it").click()


def _first_session(shop: Shop) -> None:
    """Tom scans two stands, one of them by mistake, and a lamp; the other lamp is damaged. Jonas sees it."""
    for tablet in shop.tablets:
        tablet.goto(f"/prep/{shop.outing.event_id}/check-in")
    for count in (1, 2):
        Scanner(shop.tom).scan(f"STAND-{shop.outing.tag}")
        shop.back(f"{count} of 6 back")
    shop.tom.get_by_role("button", name="Take it back").click()
    shop.back("1 of 6 back")
    Scanner(shop.tom).scan(shop.outing.lamps[0])
    shop.back("2 of 6 back")
    _record(shop.line(shop.tom, shop.outing.lamp), Note="the lens is cracked")
    shop.back("3 of 6 back")
    shop.line(shop.tom, shop.outing.stand).locator("summary").click()
    _fits(shop.tom)
    assert axe_violations(shop.tom) == []
    shop.in_office("Partly returned")
    shop.now(
        fulfilment="partly_returned",
        stands={"picked": 4, "packed": 4, "dispatched": 4, "returned": 1, "checked": 1},
        lamps={"picked": 2, "packed": 2, "dispatched": 2, "returned": 2, "checked": 2},
        free=(3, 2),
        units=("in_stock", "quarantine", "in_stock"),
        desk=frozenset({shop.outing.lamps[1]}),
    )


def _second_session(shop: Shop) -> None:
    """Jonas: a stand is missing, the rest is back, and nobody has looked at it."""
    _record(shop.line(shop.jonas, shop.outing.stand), How_many="1", Missing="")
    expect(shop.jonas.locator("#standing")).to_contain_text("1 missing")
    shop.jonas.get_by_role("button", name="All the rest is back, to be checked").click()
    shop.jonas.locator("#confirm-action").click()
    shop.back("5 of 6 back")
    shop.in_office("Partly returned")
    expect(shop.office.locator("#missing-of")).to_contain_text("1 piece is missing")
    shop.now(
        stands={"picked": 4, "packed": 4, "dispatched": 4, "returned": 3, "checked": 1, "missing": 1},
        free=(5, 2),
        desk=shop.before.desk | {f"2 × Stand {shop.outing.tag}"},
        missing=1,
    )


def _decided_by_the_office(shop: Shop) -> None:
    """What is damaged is written off, what was unchecked is fine, what is missing is charged."""
    office, tag = shop.office, shop.outing.tag
    office.goto(f"/quarantine?q={tag}")
    expect(office.locator("#desk tbody tr")).to_have_count(2)
    office.get_by_role("link", name=f"Write off: {shop.outing.lamps[1]}").click()
    expect(office.get_by_role("dialog")).to_be_visible()
    assert axe_violations(office) == []
    office.get_by_label("Reason").fill("not worth it")
    office.get_by_role("dialog").get_by_role("button", name="Write off").click()
    expect(office.locator("#desk tbody tr")).to_have_count(1)
    office.get_by_role("button", name=f"Back to stock: 2 × Stand {tag}").click()
    expect(office.get_by_text("Nothing undecided")).to_be_visible()
    shop.now(
        stands=shop.before.stands | {"checked": 3},
        units=("in_stock", "written_off", "in_stock"),
        desk=frozenset(),
    )
    office.goto(f"/missing?event={shop.outing.event_id}")
    office.get_by_role("link", name=re.compile("^Decide")).click()
    office.wait_for_url("**/missing/*")
    assert axe_violations(office) == []
    office.get_by_label("Reason").fill("invoice 12")
    office.get_by_role("button", name="Settle").click()
    office.locator("#confirm-action").click()
    office.wait_for_url("**/missing")
    stands = {"picked": 4, "packed": 4, "dispatched": 4, "returned": 3, "checked": 3, "settled": 1}
    shop.now(fulfilment="checked", stands=stands, missing=0, board=frozenset())
    office.goto(f"/events/{shop.outing.event_id}")
    shop.in_office("Checked")


def test_an_event_from_the_first_tap_to_the_last_piece(open_page, api):
    shop = _opened(api("admin"), open_page)
    shop.now()
    _picked_by_both(shop)
    _changed_by_the_office(shop)
    _packed(shop)
    _dispatched(shop)
    _first_session(shop)
    _second_session(shop)
    _decided_by_the_office(shop)
