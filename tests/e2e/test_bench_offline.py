"""Tablets on a bad connection: what was tapped and scanned is counted once, whatever happens on the way."""

import random
import re
from collections import Counter
from collections.abc import Callable, Generator
from uuid import uuid4

import pytest
from playwright.sync_api import Error, Page, Request, Route, expect

from tests.e2e.conftest import Server
from tests.e2e.tablets import (
    TABLET,
    Scanner,
    all_kept,
    all_sent,
    an_event_with,
    field_of,
    moved,
    packed,
    waiting,
)

PEOPLE = ("technician", "manager")
SENDINGS = 5
ABORTED, LOST, REPEATED = 0.12, 0.24, 0.4


@pytest.fixture
def away(environment: dict[str, str], server: Server) -> Generator[Server]:
    """A process of the application that may be stopped: nobody else is connected to it."""
    running = Server(environment).start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


class BadConnection:
    """What lies between tablets and the server: drops requests, loses answers, delivers twice and out of order."""

    def __init__(self, seed: int, number: Callable[[str], str]) -> None:
        self.dice = random.Random(seed)
        self.number = number
        self.is_down = False
        self.arrived: Counter[str] = Counter()
        self.seen: dict[str, Request] = {}

    def carry(self, route: Route) -> None:
        """Deliver one request, or not."""
        nonce = field_of(route.request.post_data, "nonce")
        self.seen[nonce] = route.request
        chance = self.dice.random()
        if self.is_down or chance < ABORTED:
            route.abort()
            return
        if chance > 1 - REPEATED:
            self.repeat(route, self.dice.choice(list(self.seen)))
        try:
            answer = route.fetch(post_data=self._numbered(route.request))
        except Error:  # the server is not there
            route.abort()
            return
        assert answer.ok, answer.status
        self.arrived[nonce] += 1
        if chance < LOST:
            route.abort()
        else:
            route.fulfill(response=answer)

    def repeat(self, route: Route, nonce: str) -> None:
        """Deliver an earlier request of the same tablet again: it was on its way all the time."""
        page, earlier = route.request.frame.page, self.seen[nonce]
        if earlier.frame.page == page:
            self.deliver(page, earlier)

    def deliver(self, page: Page, request: Request) -> None:
        """Send what was sent before once more, from this tablet."""
        kept = {name: request.headers[name] for name in ("accept", "hx-request", "hx-request-type")}
        form = {"content-type": "application/x-www-form-urlencoded"}
        headers = kept | form | page.evaluate("() => av.headers()")
        try:
            answer = page.request.post(request.url, data=self._numbered(request), headers=headers)
        except Error:
            return
        assert answer.ok, answer.status
        self.arrived[field_of(request.post_data, "nonce")] += 1

    def deliver_the_rest(self, pages: list[Page], sendings: int) -> None:
        """Top up: every request arrives as often as is asked for, in any order, from either tablet."""
        missing = [nonce for nonce in self.seen for _ in range(sendings - self.arrived[nonce])]
        self.dice.shuffle(missing)
        for at, nonce in enumerate(missing):
            self.deliver(pages[at % len(pages)], self.seen[nonce])

    def _numbered(self, request: Request) -> str:
        body, nonce = request.post_data or "", field_of(request.post_data, "nonce")
        return body.replace(nonce, self.number(nonce))


def tablets(open_page, address, connection):
    """A page of each person on its way through a bad connection."""
    pages = [open_page(role, address, **TABLET) for role in PEOPLE]
    for page in pages:
        page.context.route("**/scans", connection.carry)
    return pages


def scan_on_both(pages, code, count):
    scanners = [Scanner(page) for page in pages]
    for at in range(count):
        scanners[at % 2].scan(code)


def kill(page: Page) -> None:
    """End the process behind a page, as a tablet does that runs out of memory."""
    with pytest.raises(Error):
        page.goto("chrome://crash")


def test_fifty_scans_sent_five_times_each_come_to_fifty(open_page, away, api, environment):
    event_id, code = an_event_with(api("admin"), 300)
    connection = BadConnection(4, number=lambda nonce: nonce)
    address = f"{away.url}/prep/{event_id}"
    pages = tablets(open_page, address, connection)
    # dropped requests, lost answers
    scan_on_both(pages, code, 14)
    for page in pages:
        all_sent(page)
    # one tablet is out of reach, and its page is killed with what waits
    connection.is_down = True
    scan_on_both(pages, code, 10)
    expect(pages[0].locator("#waiting")).to_contain_text("5 waiting")
    all_kept(pages[0], 5)
    kill(pages[0])
    connection.is_down = False
    again = pages[0].context.new_page()
    again.goto(address)
    pages[0] = again
    # the server is started again while scans come in
    away.stop()
    scan_on_both(pages, code, 10)
    expect(pages[1].locator("#verdict")).to_contain_text("Waiting for the connection")
    away.start()
    for page in pages:
        all_sent(page)
    # the network of one tablet goes, and the page is loaded anew in between
    pages[1].context.set_offline(True)
    scan_on_both(pages, code, 8)
    pages[1].context.set_offline(False)
    pages[1].reload()
    scan_on_both(pages, code, 8)
    for page in pages:
        all_sent(page)
    assert len(connection.seen) == 50
    connection.deliver_the_rest(pages, SENDINGS)
    assert min(connection.arrived.values()) >= SENDINGS
    assert moved(environment, event_id) == (50, 50, 50)
    for page in pages:
        expect(page.locator("[data-rental]")).to_contain_text(re.compile(r"50\s*of 300"))


def test_with_a_number_made_at_each_sending_they_would_double(open_page, away, api, environment):
    event_id, code = an_event_with(api("admin"), 300)
    connection = BadConnection(4, number=lambda _: str(uuid4()))
    pages = tablets(open_page, f"{away.url}/prep/{event_id}", connection)
    scan_on_both(pages, code, 10)
    for page in pages:
        all_sent(page)
    connection.deliver_the_rest(pages, 2)
    assert moved(environment, event_id)[1] == connection.arrived.total() > 10


def test_what_waits_is_told_held_back_and_sent_with_its_hour(open_page, api, environment):
    event_id, code = an_event_with(api("admin"), 3)
    page = open_page("technician", f"/prep/{event_id}", **TABLET)
    bodies = []
    page.on("request", lambda asked: "/scans" in asked.url and bodies.append(asked.post_data))
    scanner = Scanner(page)
    page.context.set_offline(True)
    for scanned in (code, "NOT-OURS-1"):
        scanner.scan(scanned)
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Waiting for the connection")
    expect(verdict).to_contain_text("NOT-OURS-1")
    page.get_by_role("button", name="2 waiting").tap()
    dialog = page.get_by_role("dialog", name="Waiting to be sent")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    expect(dialog).to_contain_text(code)
    page.keyboard.press("Escape")
    # leaving asks, both by a link and by closing
    page.get_by_role("link", name="Back to the prep board").tap()
    asked = page.get_by_role("dialog", name="2 taps and scans are waiting to be sent")
    asked.get_by_role("button", name="Cancel").tap()
    # what completes the page is not for asking
    page.evaluate("document.querySelector('a[aria-label^=Back]').setAttribute('data-when-sent', '')")
    page.get_by_role("link", name="Back to the prep board").tap()
    expect(page.locator(".av-toast")).to_contain_text("2 taps and scans are waiting to be sent")
    with page.expect_event("dialog") as warned:
        page.close(run_before_unload=True)
    assert warned.value.type == "beforeunload"
    warned.value.dismiss()
    page.context.set_offline(False)
    all_sent(page)
    assert moved(environment, event_id)[1] == 1
    last = {field_of(body, "code"): body for body in bodies}
    assert {field_of(body, "queued") for body in last.values()} == {"1"}
    assert all(re.match(r"\d{4}-\d\d-\d\dT", field_of(body, "device_at")) for body in last.values())
    expect(page.locator("#notices")).to_contain_text("did not fit any more")
    expect(page.locator("#waiting")).to_be_hidden()
    page.get_by_role("link", name="Back to the prep board").tap()
    expect(page).to_have_url(re.compile(r"/prep$"))


def test_what_was_scanned_after_a_case_goes_into_it_however_late(open_page, api, environment):
    event_id, code = an_event_with(api("admin"), 9)
    label = f"C-{uuid4().hex[:6].upper()}"
    case_id = api("admin").post("/cases", json={"code": label, "name": "Flight case"}).json()["data"]["id"]
    address = f"/prep/{event_id}?step=packed"
    page = open_page("technician", address, **TABLET)
    page.context.set_offline(True)
    scanner = Scanner(page)
    for scanned in (code, label, code, code):
        scanner.scan(scanned)
    expect(page.locator("#waiting")).to_contain_text("4 waiting")
    all_kept(page, 4)
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    all_sent(page)
    assert packed(environment, event_id) == {None: 1, case_id: 2}
    expect(page).to_have_url(re.compile(rf"case_id={case_id}"))


def test_busy_answers_and_faults_are_tried_again_and_refusals_are_final(open_page, api, environment):
    event_id, code = an_event_with(api("admin"), 3)
    page = open_page("technician", f"/prep/{event_id}", **TABLET)
    answers = [
        {"status": 429, "headers": {"x-request-id": "1", "retry-after": "1"}},
        {"status": 503, "headers": {"x-request-id": "2"}},
        {"status": 500, "headers": {"x-request-id": "3"}},
        {"status": 200, "body": "<p>Sign in to the wireless network</p>"},
    ]
    page.route("**/scans", lambda route: route.fulfill(**answers.pop()) if answers else route.continue_())
    Scanner(page).scan(code)
    all_sent(page)
    assert answers == []
    assert moved(environment, event_id)[1] == 1
    assert api("admin").delete(f"/events/{event_id}/confirmation").is_success
    Scanner(page).scan(code)
    expect(page.locator("#verdict [data-sound=wrong]")).to_be_visible()
    assert waiting(page) == 0
    assert moved(environment, event_id)[1] == 1


def test_a_session_that_ended_keeps_what_waits_and_another_person_does_not_send_it(
    open_page, api, environment, cookies
):
    event_id, code = an_event_with(api("admin"), 9)
    page = open_page("technician", f"/prep/{event_id}", **TABLET)
    context = page.context
    scanner = Scanner(page)
    context.set_offline(True)
    scanner.scan(code)
    scanner.scan(code)
    expect(page.locator("#waiting")).to_contain_text("2 waiting")
    context.clear_cookies()
    context.set_offline(False)
    expect(page.locator("#verdict")).to_contain_text("Sign in to go on")
    sign_in = page.get_by_role("link", name="Sign in")
    expect(sign_in).to_have_attribute("href", f"/login?next=%2Fprep%2F{event_id}")
    # somebody else signs in on this tablet
    context.add_cookies(cookies("manager"))
    others = page.locator("#waiting-others")
    expect(others).to_contain_text(re.compile(r": 2\."))
    expect(page.locator("body")).not_to_have_attribute("data-viewer-name", others.inner_text().split(":")[0])
    Scanner(page).scan(code)
    expect(page.locator("[data-rental] .av-figure")).to_contain_text(re.compile(r"^1"))
    assert moved(environment, event_id)[1] == 1
    context.clear_cookies()
    context.add_cookies(cookies("technician"))
    page.reload()
    all_sent(page)
    expect(others).to_be_hidden()
    expect(page.locator("[data-rental] .av-figure")).to_contain_text(re.compile(r"^3"))
    assert moved(environment, event_id) == (3, 3, 3)
