"""The client's page of a quote: what it shows, what it takes, and what it keeps to itself."""

import base64
import io
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text, update

from app.db.models import Event, QuoteVersion, Rental
from app.domain.documents.summing import with_options
from app.domain.quotes import public_controllers
from app.domain.quotes.links import renew_link, revoke_links
from app.domain.quotes.sending import withdraw_version
from tests.integration.guests import browser
from tests.integration.offers import SECRET, a_client, a_sent_quote, content_of, form_of, happened


async def test_what_was_shown_is_what_is_accepted(app: Any, work: Any, sign_in: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        document = await content_of(unit, sent.version_id)
    guest = await a_client(app, sent.path)
    page = await guest.get(f"{sent.path}?options={sent.key}")
    whole = with_options(document, [sent.key])
    assert whole.gross > document.gross
    assert f"{whole.gross:,.2f}" in page.text
    form = form_of(page.text)
    assert Decimal(form["gross"]) == whole.gross
    answer = await guest.post(f"{sent.path}/acceptance", data={**form, "options": sent.key})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{sent.path}#answer")
    assert "You may add" in page.text
    page = await guest.get(sent.path)
    assert "Accepted, thank you" in page.text
    assert 'id="answer"' in page.text
    assert "You may add" not in page.text, "it was added"
    assert "/acceptance" not in page.text, "it is accepted once"
    async with work("manager") as unit:
        kept = await unit.session.get_one(QuoteVersion, sent.version_id)
        [accepted] = await happened(unit, sent.version_id, "accepted")
        event = await unit.session.get_one(Event, sent.event_id)
        option = await unit.session.get_one(Rental, sent.option.id)
    assert (accepted.name, accepted.chosen, accepted.gross) == ("Claudia Bärtschi", [sent.key], whole.gross)
    assert accepted.content_hash == kept.content_hash == form["content_hash"]
    assert (kept.state, event.status, option.optional) == ("accepted", "confirmed", False)


async def test_a_total_that_is_not_the_one_shown_is_not_accepted(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    form = form_of((await guest.get(sent.path)).text)
    answer = await guest.post(f"{sent.path}/acceptance", data={**form, "options": sent.key})
    assert answer.status_code == 422
    assert "The total has changed" in answer.text
    assert Decimal(form_of(answer.text)["gross"]) > Decimal(form["gross"]), "now it shows the right one"
    for changed in ({"content_hash": "0" * 64}, {"content_hash": ""}, {"options": "line:99999"}):
        refused = await guest.post(f"{sent.path}/acceptance", data={**form, **changed})
        assert refused.status_code == 422, changed
    async with work("manager") as unit:
        assert (await unit.session.get_one(QuoteVersion, sent.version_id)).state == "sent"


async def test_totals_follow_the_options_with_and_without_scripts(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        document = await content_of(unit, sent.version_id)
    guest = await a_client(app, sent.path)
    whole = f"{with_options(document, [sent.key]).gross:,.2f}"
    part = await guest.get(f"{sent.path}/sums?version=1&options={sent.key}", headers={"hx-request": "true"})
    assert part.text.count(whole) >= 3
    assert "<html" not in part.text
    form = form_of((await guest.get(sent.path)).text)
    page = await guest.post(f"{sent.path}/options", data={**form, "options": sent.key})
    assert page.status_code == 200
    assert whole in page.text
    assert "Claudia" in page.text, "what was typed is kept"


@pytest.mark.parametrize("how", ["drawn", "typed", "forgotten"])
async def test_a_signature_is_drawn_or_typed(app: Any, work: Any, sign_in: Any, how: str) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    form = form_of((await guest.get(sent.path)).text)
    picture = io.BytesIO()
    Image.new("RGB", (84, 35), "white").save(picture, "PNG")
    drawn = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    form |= {"signing": "type" if how == "typed" else "draw", "signature": drawn if how == "drawn" else ""}
    answer = await guest.post(f"{sent.path}/acceptance", data=form)
    if how == "forgotten":
        assert answer.status_code == 422
        assert "Draw your signature" in answer.text
        return
    assert answer.status_code == 303
    async with work("manager") as unit:
        [accepted] = await happened(unit, sent.version_id, "accepted")
    assert bool(accepted.signature) == (how == "drawn")
    if accepted.signature:
        office = await sign_in("manager")
        assert (await office.get(f"/photos/{accepted.signature}")).status_code == 200
        assert (await guest.get(f"/photos/{accepted.signature}")).status_code in {303, 401, 403}


async def test_what_is_missing_is_said_at_its_field(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    form = form_of((await guest.get(sent.path)).text)
    answer = await guest.post(f"{sent.path}/acceptance", data={**form, "name": "  "})
    assert answer.status_code == 422
    assert "Write your name." in answer.text
    answer = await guest.post(f"{sent.path}/acceptance", data={**form, "terms": ""})
    assert ("Please accept the terms of hire." in answer.text) == ("av-terms" in answer.text)
    for path, field in (("decline", "reason"), ("questions", "question")):
        answer = await guest.post(f"{sent.path}/{path}", data={"version": "1", field: " "})
        assert answer.status_code == 422, path
        assert f'id="{field}-error"' in answer.text
    for path in ("acceptance", "decline", "questions", "options"):
        again = await guest.get(f"{sent.path}/{path}")
        assert (again.status_code, again.headers["location"]) == (303, sent.path), "loaded again"


async def test_questions_are_answered_and_markup_stays_words(app: Any, work: Any, sign_in: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    evil = "<script>alert(1)</script>"
    asked = await guest.post(
        f"{sent.path}/questions", data={"version": "1", "name": evil, "question": f"Is it loud? {evil}"}
    )
    assert asked.status_code == 303
    office = await sign_in("employee")
    panel = await office.get(f"/quotes/{sent.quote_id}/versions/1/sending")
    assert "Is it loud?" in panel.text
    said = await office.post(f"/quotes/{sent.quote_id}/versions/1/answers", data={"answer": "Very."})
    assert said.status_code == 303
    page = await guest.get(sent.path)
    for shown in (panel.text, page.text):
        assert evil not in shown
        assert "&lt;script&gt;" in shown
    assert "Very." in page.text
    form = form_of(page.text)
    await guest.post(f"{sent.path}/acceptance", data={**form, "name": evil})
    for shown in ((await guest.get(sent.path)).text, (await office.get(panel.url.path)).text):
        assert evil not in shown


async def test_declined_with_a_reason_once(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    said = {"version": "1", "name": "Claudia", "reason": "Too dear"}
    assert (await guest.post(f"{sent.path}/decline", data=said)).status_code == 303
    assert (await guest.post(f"{sent.path}/decline", data=said)).status_code == 303, "it says how it stands"
    page = await guest.get(sent.path)
    assert "Too dear" in page.text
    form = {"version": "1", "content_hash": "x", "gross": "1", "name": "C"}
    assert (await guest.post(f"{sent.path}/acceptance", data=form)).status_code in {303, 422}
    async with work("manager") as unit:
        assert (await unit.session.get_one(QuoteVersion, sent.version_id)).state == "declined"
        assert len(await happened(unit, sent.version_id, "declined")) == 1
        assert (await unit.session.get_one(Event, sent.event_id)).status == "quoted"


async def test_links_that_were_made_up_or_changed_or_revoked_open_nothing(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent, other = await a_sent_quote(unit), await a_sent_quote(unit)
    guest = browser(app)
    number, _, secret = sent.path.removeprefix("/q/").partition("-")
    forged = [
        f"{number}-{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        f"{number}-{secret.swapcase()}",
        f"{other.path.removeprefix('/q/').partition('-')[0]}-{secret}",
        f"{number}-",
        f"0{number}-{secret}",
        "9" * 30 + f"-{secret}",
        "x",
    ]
    for token in forged:
        answer = await guest.get(f"/q/{token}")
        assert answer.status_code == 404, token
        assert "Helvetia" not in answer.text
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    guest = await a_client(app, sent.path)
    async with work("manager") as unit:
        renewed = await renew_link(unit, SECRET, sent.quote_id)
    assert (await guest.get(sent.path)).status_code == 410
    assert (
        await guest.post(f"{sent.path}/decline", data={"version": "1", "reason": "no"})
    ).status_code == 410
    assert (await guest.get(renewed.path)).status_code == 200
    async with work("manager") as unit:
        assert await revoke_links(unit, sent.quote_id)
        assert not await revoke_links(unit, sent.quote_id)
    assert (await guest.get(renewed.path)).status_code == 410


async def test_nothing_of_it_is_kept_indexed_or_passed_on(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = browser(app)
    for path in ("", "/sums?version=1", "/quote.pdf?version=1", "/files/1/x.webp"):
        answer = await guest.get(f"{sent.path}{path}")
        assert answer.headers["x-robots-tag"] == "noindex, nofollow", path
        if answer.status_code == 200:
            assert "no-store" in answer.headers["cache-control"], path
    page = await guest.get(sent.path)
    assert page.headers["referrer-policy"] == "same-origin"
    assert '<meta name="robots" content="noindex, nofollow">' in page.text


async def test_a_form_without_its_token_is_refused(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = browser(app)
    form = form_of((await guest.get(sent.path)).text)
    for path in ("acceptance", "decline", "questions", "options"):
        assert (await guest.post(f"{sent.path}/{path}", data=form)).status_code == 403


async def test_an_address_may_not_send_without_end(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    app.app.state.runtime.rate_limits._windows.clear()
    for _ in range(public_controllers.ANSWERS.count):
        assert (await guest.post(f"{sent.path}/decline", data={"version": "1"})).status_code == 422
    answer = await guest.post(f"{sent.path}/decline", data={"version": "1", "reason": "no"})
    assert answer.status_code == 429
    assert (await guest.get(sent.path)).status_code == 200, "looking is counted apart"
    app.app.state.runtime.rate_limits._windows.clear()


async def test_a_visit_is_noted_once_and_that_of_the_office_never(app: Any, work: Any, sign_in: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    office = await sign_in("viewer")
    page = await office.get(sent.path)
    assert "You are signed in" in page.text
    guest = browser(app)
    async with work("manager") as unit:
        assert not await happened(unit, sent.version_id, "opened")
    for _ in range(3):
        await guest.get(sent.path)
    async with work("manager") as unit:
        assert len(await happened(unit, sent.version_id, "opened")) == 1
        actions = await unit.session.scalars(
            text("select action from change where entity = 'quote_version' and entity_id = :id order by id"),
            {"id": sent.version_id},
        )
        assert actions.all()[-1] == "quote_version.opened", "pages hear of it"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("expired", "no longer valid"),
        ("withdrawn", "no longer valid"),
        ("superseded", "There is a newer version"),
    ],
)
async def test_what_is_over_is_said_politely_and_takes_no_answer(
    app: Any, work: Any, sign_in: Any, state: str, words: str
) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    form = form_of((await guest.get(sent.path)).text)
    async with work("manager") as unit:
        if state == "withdrawn":
            await withdraw_version(unit, sent.version_id)
        else:
            await unit.session.execute(
                update(QuoteVersion).where(QuoteVersion.id == sent.version_id).values(state=state)
            )
    page = await guest.get(sent.path)
    assert words in page.text
    office = await (await sign_in("employee")).get(f"/quotes/{sent.quote_id}")
    assert ("Withdrawn" in office.text) == (state == "withdrawn")
    assert 'action="' + sent.path + '/acceptance"' not in page.text
    assert (await guest.post(f"{sent.path}/acceptance", data=form)).status_code == 303
    async with work("manager") as unit:
        assert (await unit.session.get_one(QuoteVersion, sent.version_id)).state != "accepted"


async def test_only_pictures_of_the_quote_are_given_out(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    files = app.app.state.runtime.files
    name = files.put(b"somebody else's picture", ".webp")
    guest = browser(app)
    assert (await guest.get(f"{sent.path}/files/1/{name}")).status_code == 404


async def test_the_page_costs_as_much_however_many_lines_it_has(app: Any, work: Any, statements: Any) -> None:
    async with work("manager") as unit:
        small, large = await a_sent_quote(unit), await a_sent_quote(unit, lines=30)
    guest = browser(app)
    counts = list[int]()
    for sent in (small, large, small):
        await guest.get(sent.path)
        statements.clear()
        assert (await guest.get(sent.path)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8, statements
