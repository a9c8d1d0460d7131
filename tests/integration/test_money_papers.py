"""Papers about money: what stands on them, in both languages and sizes, for whom, and how they break into pages."""

import html as markup
import io
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from PIL import Image

from app.db.models import Client, QuoteHappening
from app.domain.clients.service import edit_client
from app.domain.documents.printing import Print, open_press, pdf_of, press_of, print_of, rendered
from app.domain.documents.sheet import sheet_of
from app.domain.documents.statements import Entry, statement_of
from app.domain.invoices.issuing import credit_note, issue
from app.domain.invoices.service import final_invoice
from app.domain.quotes.service import edit_version
from app.lib.clock import now
from app.lib.errors import NotInstalled
from app.lib.file_store import FileStore
from app.lib.pdf import laid_out
from app.lib.photos import process_photo
from tests.integration.invoicing import a_paper, a_payment, accepted, an_agreed_event, an_event_of_client
from tests.integration.paper_samples import INVOICE, RECIPIENT, RIG, SENDER, a_document, a_line, flat
from tests.integration.quoting import a_quote
from tests.statements import statements_for

Work = Callable[..., Any]
SignIn = Callable[[str], Awaitable[Any]]


@pytest.fixture(scope="module", autouse=True)
def with_libraries() -> None:
    try:
        laid_out("", {})
    except NotInstalled:
        pytest.skip("Pango is not installed")


def words(page: str) -> str:
    """What can be read of a page, in one line."""
    body = page[page.index("<article") :]
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", body)).split()).replace(" ,", ",")


async def shown(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text[-500:]
    return words(answer.text)


async def pages_of(app: Any, paper: Any, size: str = "A4") -> list[list[str]]:
    """The text on each page of a PDF, from above to below within each box."""
    document = laid_out(*await rendered(press_of(app.app.state.runtime), paper, size=size))
    return [
        [box.text for box in page._page_box.descendants() if getattr(box, "text", None)]
        for page in document.pages
    ]


async def read(app: Any, paper: Any, size: str = "A4") -> str:
    return " ".join(text for page in await pages_of(app, paper, size) for text in page).replace("\xa0", " ")


async def test_a_quote_says_what_is_offered_and_what_it_comes_to(app: Any) -> None:
    text = await read(app, a_document(discount_percent=Decimal(5), deposit_percent=Decimal(30)))
    for fact in (
        "Quote Q-2026-0187, version 3",
        "Hamburg, 18 November 2026",
        "VAT number DE 214 555 018",
        "Show 26\u201327 November 2026 Venue Kongresshalle Hafen Charged 3 days, factor 2.4",
        "Valid until 23 November 2026, 18:00",
        "Qty Item Per day 3 days",
        "16 L-Acoustics K2 with 3 LA-RAK amplifier racks 165.00 6,336.00",
        "12 Shure SM58 10% off 201.60 7.00 181.44",
        "Sound €6,517.44",
        "1 7.5 t truck, both ways 840.00",
        "You may add",
        "Subtotal, with 1 option €11,216.64",
        "Discount 5% \u2212 €560.83",
        "Net €10,655.81",
        "VAT 19% on €10,655.81 €2,024.60",
        "Total €12,680.41",
        "Deposit at acceptance, 30% €3,804.12",
        "Gear stays the property of Northlight AV.",
        "Bank details: Hamburger Sparkasse · DE89 3704 0044 0532 0130 00 · HASPDEHHXXX",
        "Page 1 of ",
    ):
        assert fact in text, fact


async def test_an_invoice_in_german_with_the_way_to_pay_it(app: Any) -> None:
    text = await read(app, a_document(RIG[:4], language="de", **INVOICE))
    for fact in (
        "Rechnung INV-2026-0042",
        "Hamburg, 30. November 2026",
        "USt-IdNr. DE 214 555 018",
        "Veranstaltung Annual Meeting 2026 Ort Kongresshalle Hafen",
        "Leistungszeitraum 26.\u201327. November 2026 Zahlbar bis 14. Dezember 2026",
        "Anz. Position Pro Tag 3 Tage",
        "12 Shure SM58 10 % Nachlass auf 201,60 7,00 181,44",
        "Netto 10.093,44 USt. 19 % auf 10.093,44 € 1.917,75 Rechnungsbetrag 12.011,19 €",
        "Bitte überweisen Sie 12.011,19 € bis zum 14. Dezember 2026.",
        "IBAN DE89 3704 0044 0532 0130 00 BIC HASPDEHHXXX Bank Hamburger Sparkasse",
        "Verwendungszweck INV-2026-0042",
        "Seite 1 von ",
    ):
        assert fact in text, fact
    assert "Quote" not in text
    assert "Deposit" not in text


async def test_a_code_to_pay_by_is_on_what_is_asked_for_in_euros_and_on_nothing_else() -> None:
    asked = sheet_of(a_document(RIG[:4], **INVOICE)).payment
    assert asked is not None
    assert asked.code is not None
    drafted = a_document(RIG[:4], **(INVOICE | {"number": ""}))
    credited = a_document([flat("a", "Truck", "-420")], **(INVOICE | {"kind": "credit_note"}))
    nothing = a_document([flat("a", "Truck", 0)], **INVOICE)
    for document in (a_document(), drafted, credited, nothing):
        assert sheet_of(document).payment is None
    francs = sheet_of(a_document(RIG[:4], currency="CHF", **INVOICE)).payment
    no_account = sheet_of(
        a_document(RIG[:4], sender=msgspec.structs.replace(SENDER, iban=""), **INVOICE)
    ).payment
    assert francs is not None
    assert (francs.code, bool(francs.facts)) == (None, True)
    assert no_account is not None
    assert (no_account.code, no_account.facts) == (None, [])


async def test_many_rates_of_tax_within_prices_and_under_reverse_charge(app: Any) -> None:
    lines = [
        a_line("a", "Desk", 1, "119", tax_percent="19"),
        a_line("a2", "Desk two", 1, "119", tax_percent="19"),
        a_line("b", "Book", 1, "107", tax_percent="7"),
        a_line("c", "Stamp", 1, "10", tax_percent="0"),
    ]
    within = await read(app, a_document(lines, prices_include_tax=True, **INVOICE))
    assert "Amount due €852.00 includes VAT 19% on €480.00 €91.20 includes VAT 7% on €240.00 €16.80" in within
    assert "includes VAT 0% on €24.00 €0.00 All prices include VAT." in within
    assert "1 Book VAT 7% 107.00 256.80" in within
    reverse = await read(app, a_document(lines, prices_include_tax=True, reverse_charge=True, **INVOICE))
    assert "Subtotal €852.00 VAT taken off \u2212 €108.00 Amount due €744.00" in reverse
    assert "Reverse charge: VAT is owed by the recipient of the service." in reverse
    assert "VAT number of the recipient: CHE-123.456.789 MWST" in reverse
    german = await read(app, a_document(RIG[:4], language="de", reverse_charge=True, **INVOICE))
    assert "Netto 10.093,44 USt. 0 % auf 10.093,44 € 0,00 Rechnungsbetrag 10.093,44 €" in german
    assert "Steuerschuldnerschaft des Leistungsempfängers" in german


async def test_discounts_of_groups_hidden_lines_notes_and_what_has_no_price(app: Any) -> None:
    lines = [
        a_line("a", "Desk", 1, "100", heading="Sound"),
        a_line("b", "Secret", 1, "50", heading="Sound", hidden=True),
        a_line("n", "Power is on site.", 1, None, kind="note", heading="Sound"),
        a_line("c", "Rare thing", 2, None),
        a_line("w", "Tower", 2, "210", basis="week", units=2, multiple="2"),
        a_line("k", "Front of house", 1, "540", kind="kit", parts=["Desk", "2 \u00d7 Rack"]),
        flat("e", "System engineer", "390", quantity=6),
    ]
    text = await read(app, a_document(lines, {"Sound": 10}))
    assert "Secret" not in text
    assert "1 Desk 100.00 240.00 Power is on site. Discount \u2212 36.00 Sound €324.00" in text
    assert "Further items 2 Rare thing on request" in text
    assert "2 Tower per week, 2 weeks 210.00 840.00" in text
    assert "1 Front of house Desk, 2 \u00d7 Rack 540.00 1,296.00" in text
    assert "6 System engineer each 390.00 2,340.00 Subtotal €4,476.00" in text


async def test_a_confirmation_has_the_options_that_were_chosen_and_who_accepted(
    work: Work, sign_in: SignIn, app: Any
) -> None:
    files = app.app.state.runtime.files
    signature = await files.put_async(process_photo(picture()).full, ".webp")
    async with work() as unit:
        event = await an_event_of_client(unit)
        lines = [*RIG[:4], *(msgspec.structs.replace(line, chosen=False) for line in RIG[4:])]
        version = await accepted(unit, event, a_document(lines, version=1))
        unit.session.add(
            QuoteHappening(
                version_id=version.id, kind="accepted", name="Claudia Bärtschi", chosen=["f"],
                content_hash=version.content_hash, at=now(), signature=signature,
            )
        )  # fmt: skip
        sent = await a_quote(unit)
    reader = await sign_in("employee")
    path = f"/quotes/{version.quote_id}/versions/1/confirmation"
    page = await shown(reader, path)
    assert re.search(r"Order confirmation Q-\d+-\d+, version 1", page)
    assert "Options 1 Recording of both days 480.00" in page
    assert "Options €480.00" not in page
    assert "Foyer light" not in page
    assert "You may add" not in page
    assert "Valid until" not in page
    assert "Net €10,573.44 VAT 19% on €10,573.44 €2,008.95 Total €12,582.39" in page
    assert "Accepted by Claudia Bärtschi, " in page
    assert "Date, for Northlight AV" in page
    pdf = await reader.get(f"{path}.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert b"/Subtype /Image" in pdf.content
    assert (await reader.get(f"/quotes/{sent.version.quote_id}/versions/1/confirmation")).status_code == 404
    assert (await reader.get(f"/quotes/{version.quote_id}/versions/9/paper")).status_code == 404


async def test_drafts_say_that_they_are_and_an_invoice_has_no_number_before(
    work: Work, sign_in: SignIn
) -> None:
    async with work() as unit:
        quoted = await a_quote(unit)
        await edit_version(unit, quoted.version.id, {"language": "de"}, version=None)
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
    reader = await sign_in("employee")
    quote = await shown(reader, f"/quotes/{quoted.version.quote_id}/versions/1/paper")
    assert re.search(r"Entwurf Angebot Q-\d+-\d+, Version 1", quote)
    invoice = await shown(reader, f"/invoices/{draft.id}/paper")
    assert "Draft Invoice" in invoice
    assert "INV-" not in invoice
    assert "Please transfer" not in invoice
    async with work() as unit:
        await issue(unit, draft.id)
    invoice = await shown(reader, f"/invoices/{draft.id}/paper")
    assert re.search(r"Invoice INV-\d+-\d+", invoice)
    assert "Draft" not in invoice
    async with work() as unit:
        taken_back = await credit_note(unit, draft.id)
    credit = await shown(reader, f"/invoices/{taken_back.id}/paper")
    assert re.search(r"Credit note CN-\d+-\d+, for invoice INV-\d+-\d+", credit)
    assert "Credited \u2212€1,190.00" in credit


async def test_a_statement_has_every_entry_and_the_balance(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
        issued = await issue(unit, draft.id)
        await a_payment(unit, issued, "500")
        await edit_client(unit, issued.client_id, {"language": "de"}, version=None)
    reader = await sign_in("employee")
    page = await shown(reader, f"/clients/{issued.client_id}/statement")
    assert "Kontoauszug" in page
    assert re.search(r"Rechnung INV-\d+-\d+ Event .*? 1.190,00 1.190,00", page)
    assert re.search(r"Zahlung, Überweisung zu Rechnung INV-\d+-\d+ .*?\u2212500,00 690,00", page)
    assert "Offener Betrag 690,00 €" in page
    pdf = await reader.get(f"/clients/{issued.client_id}/statement.pdf?size=Letter")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"].startswith('inline; filename="Kontoauszug Client ')
    assert (await reader.get("/clients/999999/statement")).status_code == 404


async def test_a_statement_keeps_currencies_apart(app: Any) -> None:
    entries = [
        Entry("invoice", date(2031, 1, 2), "INV-1", Decimal(100), "CHF"),
        Entry("invoice", date(2031, 1, 1), "INV-2", Decimal(5000), "JPY"),
        Entry("payment", date(2031, 1, 3), "card", Decimal(-5000), "JPY", invoice="INV-2"),
        Entry("refund", date(2031, 1, 4), "cash", Decimal(20), "JPY"),
        Entry("credit_note", date(2031, 1, 5), "CN-1", Decimal(-70), "JPY", invoice="INV-2"),
    ]
    sheet = statement_of(SENDER, RECIPIENT, "en", entries, date(2031, 2, 1))
    text = await read(app, Print(sheet, template="documents/statement.html"))
    assert "2 Jan 2031 Invoice INV-1 100.00 100.00 Balance due CHF 100.00" in text
    assert "3 Jan 2031 Payment, card for invoice INV-2 \u22125,000 0" in text
    assert "4 Jan 2031 Refund, cash 20 20" in text
    assert "Credit note CN-1 for invoice INV-2 \u221270 \u221250 Balance in your favour JP¥50" in text
    empty = statement_of(SENDER, RECIPIENT, "en", [], date(2031, 2, 1))
    assert "There are no entries." in await read(app, Print(empty, template="documents/statement.html"))


@pytest.mark.parametrize(("size", "language", "count"), [("A4", "en", 300), ("Letter", "de", 120)])
async def test_hundreds_of_lines_keep_heads_groups_and_sums_together(
    app: Any, size: str, language: str, count: int
) -> None:
    lines = [a_line(f"r{at}", f"Gear-{at:03}", heading=f"Group-{at // 7:02}") for at in range(count)]
    pages = await pages_of(app, a_document(lines, language=language), size)
    assert 4 < len(pages) < 25
    head, of = {"en": ({"Qty", "Item", "Per day", "3 days"}, "of"), "de": ({"Anz.", "Position"}, "von")}[
        language
    ]
    for number, page in enumerate(pages, 1):
        assert head <= set(page)
        assert any(text.endswith(f"{number} {of} {len(pages)}") for text in page)
        of_list = [text for text in page if re.match(r"Gear-|Group-", text)]
        # a page does not begin with what a group comes to, nor end with its heading
        assert of_list[0].startswith("Gear-") or of_list[1].startswith("Gear-"), of_list[:3]
        assert of_list[-1].startswith("Gear-") or of_list[-2].startswith("Gear-"), of_list[-3:]
    gear = [text for page in pages for text in page if text.startswith("Gear-")]
    assert gear == [f"Gear-{at:03}" for at in range(count)]


@pytest.mark.parametrize("count", range(19, 23))
async def test_sums_are_never_cut_from_the_last_lines(app: Any, count: int) -> None:
    lines = [a_line(f"r{at}", f"Gear-{at:03}") for at in range(count)]
    pages = await pages_of(app, a_document(lines, language="en", **INVOICE))
    with_total = [page for page in pages if "Amount due" in page]
    assert len(with_total) == 1
    assert "Net" in with_total[0]
    assert len([text for text in with_total[0] if text.startswith("Gear-")]) >= 2


@pytest.mark.parametrize("count", [9, 11, 13])
async def test_what_closes_a_paper_never_stands_alone(app: Any, count: int) -> None:
    lines = [a_line(f"r{at}", f"Gear-{at:03}") for at in range(count)]
    pages = await pages_of(app, a_document(lines, language="en", **INVOICE))
    with_payment = [page for page in pages if "Scan to pay" in page]
    assert len(with_payment) == 1
    assert "Amount due" in with_payment[0]
    assert any(text.startswith("Gear-") for text in with_payment[0])


async def test_pictures_are_on_the_sheet_when_they_are_wanted(app: Any, work: Work) -> None:
    photo = process_photo(picture())
    runtime = app.app.state.runtime
    name = await runtime.files.put_async(photo.full, ".webp", photo.variants)
    lines = [
        a_line("a", "Desk", photo=name),
        a_line("b", "No picture"),
        a_line("c", "Gone", photo="f" * 64 + ".webp"),
    ]
    press = press_of(runtime)
    with_pictures, resources = await rendered(press, a_document(lines, show_images=True))
    assert with_pictures.count('<img src="/photos/') == 2
    assert [key for key in resources if key.startswith("/photos/")] == [
        f"/photos/{name.removesuffix('.webp')}-64.webp"
    ]
    assert b"/Subtype /Image" in await pdf_of(press, a_document(lines, show_images=True))
    without, resources = await rendered(press, a_document(lines))
    assert "<img" not in without
    assert [key for key in resources if key.startswith("/photos/")] == []


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 100), "navy").save(buffer, "PNG")
    return buffer.getvalue()


async def test_a_worker_of_its_own_prints_without_a_request(app: Any, settings: Any) -> None:
    press = open_press(settings, FileStore(settings.files_dir))
    paper = print_of(a_document([RIG[0]]), is_draft=True)
    assert (await pdf_of(press, paper, size="Letter")).startswith(b"%PDF-")
    document = laid_out(*await rendered(press, paper, size="Letter"))
    assert (round(document.pages[0].width), round(document.pages[0].height)) == (816, 1056)


async def test_what_is_written_by_others_is_text(app: Any) -> None:
    bad = '<img src="x">{{ 7 * 191 }}'
    text, _ = await rendered(
        press_of(app.app.state.runtime),
        a_document([a_line("a", bad, note=bad, heading=bad)], title=bad, terms=bad),
    )
    assert "<img" not in text
    assert "1337" not in text


async def test_prices_are_not_for_everybody(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        quoted = await a_quote(unit)
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
    paths = (
        f"/quotes/{quoted.version.quote_id}/versions/1/paper",
        f"/invoices/{draft.id}/paper",
        f"/clients/{draft.client_id}/statement",
    )
    for role, status in (("viewer", 403), ("technician", 403), ("employee", 200), ("manager", 200)):
        reader = await sign_in(role)
        for path in paths:
            assert (await reader.get(path)).status_code == status, (role, path)
            assert (await reader.get(f"{path}.pdf")).status_code == status, (role, path)


async def test_a_fixed_number_of_statements(work: Work, sign_in: SignIn, app: Any) -> None:
    async with work() as unit:
        quoted = await a_quote(unit)
        event = await an_event_of_client(unit)
        few = await accepted(unit, event, a_paper(RIG[:2]))
        issued = await issue(unit, (await final_invoice(unit, event.id)).id)
        crowd = await an_event_of_client(unit)
        many = await accepted(unit, crowd, a_paper([a_line(f"r{at}", f"Gear {at}") for at in range(60)]))
        other = await issue(unit, (await final_invoice(unit, crowd.id)).id)
        for _ in range(12):
            await a_payment(unit, other, "1")
    reader = await sign_in("employee")

    async def cost(*paths: str) -> list[int]:
        return [await statements_for(app, reader, path) for path in paths]

    def papers(version: Any, invoice: Any) -> list[str]:
        of_version = f"/quotes/{version.quote_id}/versions/1"
        return [
            f"{of_version}/paper",
            f"{of_version}/confirmation",
            f"/invoices/{invoice.id}/paper",
            f"/clients/{invoice.client_id}/statement",
        ]

    costs = await cost(*papers(few, issued))
    assert await cost(*papers(many, other)) == costs
    assert max(costs) <= 10, costs
    draft = f"/quotes/{quoted.version.quote_id}/versions/1/paper"
    assert (await cost(draft))[0] < 25
    async with work() as unit:
        assert await unit.session.get(Client, other.client_id)


async def test_where_libraries_are_missing_the_page_still_prints(
    work: Work, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with work() as unit:
        event = await an_event_of_client(unit)
        version = await accepted(unit, event, a_document(version=1))
    reader = await sign_in("employee")
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    path = f"/quotes/{version.quote_id}/versions/1/paper"
    answer = await reader.get(f"{path}.pdf?size=Letter")
    assert answer.status_code == 501
    assert "apt-get install libpango-1.0-0" in answer.text
    assert "L-Acoustics K2" in answer.text
    assert f'href="{path}?size=A4"' in answer.text
    assert (await reader.get(path)).status_code == 200
