"""The papers of an event: what stands on them, for whom, and how they become PDFs."""

import html as markup
import io
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from app.db.models import Address, Case, Equipment, Event, Rental, Unit
from app.domain.clients.service import create_client
from app.domain.company.service import edit_company
from app.domain.events import service
from app.domain.events.rentals import add_rental, edit_rental
from app.domain.handovers.checking_in import check_in
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.inventory.service import edit_equipment
from app.domain.papers import printing
from app.domain.prep.counting import count
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.errors import NotInstalled
from app.lib.pdf import Resource, laid_out
from app.lib.photos import process_photo
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_category, a_rental, an_event, some_equipment
from tests.statements import statements_for

PAPERS = ("pick-list", "packing-list", "delivery-note", "return-note")
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
    body = page[page.index("<main") :]
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", body)).split()).replace(" ,", ",")


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 100), "navy").save(buffer, "PNG")
    return buffer.getvalue()


async def shown(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text[-500:]
    return words(answer.text)


async def an_outing(work: Work, tag: str) -> tuple[Event, Rental, Rental, list[Unit]]:
    """A confirmed event with 4 cables and 2 tagged lamps."""
    async with work() as unit:
        client = await create_client(unit, {"name": f"Client {tag}"})
        unit.session.add(
            Address(client_id=client.id, street="Hafenstraße 12", postal_code="88131", city="Lindau")
        )
        event = await an_event(
            unit, now() + 2 * HOUR, 24, name=f"Event {tag}", client_id=client.id, venue="Kongresshalle",
            venue_address="Dock 2\n20457 Hamburg", client_notes="Two people for unloading",
        )  # fmt: skip
        cable = await some_equipment(unit, 20, name=f"Cable {tag}", location="E-02", weight_kg="0.5")
        lamp_id, units = await with_units(unit, (f"{tag}-1", f"{tag}-2", f"{tag}-3"))
        line = await a_rental(unit, event, cable, 4, heading="Power", notes="black tape")
        lamps = await add_rental(unit, event.id, lamp_id, {"quantity": 2, "heading": "Light"})
        await service.confirm(unit, event.id)
    return event, line, lamps, units


async def test_a_pick_list_by_location_and_by_category(work: Work, sign_in: SignIn) -> None:
    event, cable, _, _ = await an_outing(work, "PL")
    async with work() as unit:
        clip = await some_equipment(unit, 50, name="Clip", location="Z-09")
        await add_rental(unit, event.id, clip.id, {"quantity": 4, "accessory_of_id": cable.id})
        stage = await some_equipment(
            unit, 9, name="Riser", location="E-10", category_id=await a_category(unit)
        )
        await a_rental(unit, event, stage, 1, optional=True)
        await scan(unit, act(), event.id, "PL-2", step="picked")
        await edit_company(unit, {"prep_steps": ["picked", "tested", "packed"]}, version=None)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"/events/{event.id}/papers/pick-list")
    assert "Pick Qty Equipment SKU Units, notes Test Pack" in page
    assert re.search(r"E-02 4 Cable PL EQ-\d+ black tape 4 Clip EQ-\d+ Z-09", page)
    assert re.search(r"Without a location 1 2 Equipment \d+ EQ-\d+ PL-2 and any 1", page)
    assert "Riser" not in page
    assert "10 pieces, at least 2 kg (6 of unknown weight)" in page
    assert "Picked by, date Tested by, date Packed by, date" in page
    by_category = await shown(viewer, f"/events/{event.id}/papers/pick-list?by=category")
    assert "E-02" not in by_category
    assert re.search(r"Category \d+ 4 Cable PL", by_category)


async def test_a_pick_list_shows_what_the_office_changed_since_prep_began(
    work: Work, sign_in: SignIn
) -> None:
    event, cable, lamps, _ = await an_outing(work, "OC")
    async with work() as unit:
        await count(unit, act(), event.id, cable.id, step="picked", quantity=3)
        await edit_rental(unit, cable.id, {"quantity": 6}, version=None)
        await edit_rental(unit, lamps.id, {"optional": True}, version=None)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"/events/{event.id}/papers/pick-list")
    assert "3 6 Cable OC was 4" in page
    async with work() as unit:
        await edit_rental(unit, cable.id, {"quantity": 2}, version=None)
        await add_rental(unit, event.id, cable.equipment_id, {"quantity": 1, "heading": "Late"})
    assert "1 Cable OC new" in await shown(viewer, f"/events/{event.id}/papers/pick-list")
    assert "2 Cable OC was 4 put back 1" in await shown(viewer, f"/events/{event.id}/papers/pick-list")


async def test_a_packing_list_has_a_sheet_for_each_case(work: Work, sign_in: SignIn) -> None:
    event, cable, _, units = await an_outing(work, "PK")
    async with work() as unit:
        await edit_company(unit, {"prep_steps": ["picked", "packed"]}, version=None)
        trunk = Case(code="PK-T1", name="Cable trunk", weight_kg=12)
        unit.session.add_all([trunk, Case(code="PK-T2", name="Empty trunk")])
        await unit.session.flush()
        await count(unit, act(), event.id, cable.id, step="packed", quantity=3, case_id=trunk.id)
        await count(unit, act(), event.id, cable.id, step="packed", quantity=1)
        await scan(unit, act(), event.id, units[0].asset_tag, step="packed", case_id=trunk.id)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"/events/{event.id}/papers/packing-list")
    assert "Case PK-T1, Cable trunk" in page
    assert "Contents 4 pieces Weight at least 14 kg Empty case 12 kg" in page
    assert re.search(r"3 Cable PK EQ-\d+ 1.5 1 Equipment \d+ EQ-\d+ PK-1", page)
    assert re.search(r"Loose, in no case .* 1 Cable PK EQ-\d+ 0.5", page)
    assert "PK-T2" not in page
    one = await shown(viewer, f"/events/{event.id}/papers/packing-list?case={trunk.id}")
    assert "Loose" not in one
    nothing = await shown(viewer, f"/events/{event.id}/papers/packing-list?case=999999")
    assert "Nothing is packed yet" in nothing


async def test_from_delivery_to_return_with_receipts(work: Work, sign_in: SignIn, app: Any) -> None:
    event, cable, lamps, units = await an_outing(work, "DN")
    viewer = await sign_in("viewer")
    note = f"/events/{event.id}/papers/delivery-note"
    assert "Nothing has left yet." in await shown(viewer, note)
    photo = process_photo(picture())
    signature = await app.app.state.runtime.files.put_async(photo.full, ".webp", photo.variants)
    async with work() as unit:
        (await unit.session.get_one(Unit, units[0].id)).serial_number = "S-4711"
        await unit.session.flush()
        parts = [Part(cable.id, 3), Part(lamps.id, 1, units[0].id), Part(lamps.id, 1, units[1].id)]
        left = await dispatch(
            unit, act(), event.id, parts, vehicle="HH NL 412", signed_name="Clara Weiß", signature=signature
        )
    page = await shown(viewer, note)
    assert "Client Client DN Hafenstraße 12 88131 Lindau Venue Kongresshalle Dock 2 20457 Hamburg" in page
    assert re.search(r"Power 3 Cable DN .* Light 2 Equipment \d+ EQ-\d+ DN-1 \(S-4711\), DN-2", page)
    assert "Still to follow: 1 × Cable DN." in page
    assert "Two people for unloading" in page
    receipt = await viewer.get(f"/handovers/{left.handover_id}/receipt")
    assert "Hand-over receipt 1" in words(receipt.text)
    assert "Vehicle HH NL 412 Pieces 5" in words(receipt.text)
    assert f'<img src="/photos/{signature}" alt="Signature of Clara Weiß">' in receipt.text

    async with work() as unit:
        back = [
            Part(cable.id, 1),
            Part(cable.id, 1, condition="unchecked"),
            Part(lamps.id, 1, units[0].id, condition="damaged", note="lens cracked"),
            Part(lamps.id, 1, units[1].id, condition="missing"),
        ]
        came = await check_in(unit, act(), event.id, back)
    page = await shown(viewer, f"/events/{event.id}/papers/return-note")
    assert "Went out 5 pieces Came back 3 pieces" in page
    assert re.search(r"Power 1 Cable DN of 3", page)
    assert re.search(r"Missing, still owed .* 1 Equipment \d+ EQ-\d+ DN-2", page)
    assert "To replace" not in page
    async with work() as unit:
        lamp = await unit.session.get_one(Equipment, lamps.equipment_id)
        await edit_equipment(unit, lamp.id, {"replacement_value": "1250"}, version=lamp.version)
    valued = await shown(await sign_in("employee"), f"/events/{event.id}/papers/return-note")
    assert re.search(r"DN-2 1 250.00 To replace: EUR 1 250.00", valued)
    page = await shown(viewer, f"/handovers/{came.handover_id}/receipt")
    assert "Return receipt 1" in page
    assert "Pieces 3 Missing 1" in page
    assert re.search(r"1 Cable DN EQ-\d+ Fine 1 Cable DN EQ-\d+ Back, to be checked", page)
    assert re.search(r"1 Equipment \d+ lens cracked EQ-\d+ DN-1 \(S-4711\) Damaged", page)


async def test_every_paper_carries_its_code_and_who_printed_it_when(work: Work, sign_in: SignIn) -> None:
    event, cable, _, _ = await an_outing(work, "QR")
    client = await sign_in("technician")
    first = await shown(client, f"/events/{event.id}/papers/pick-list")
    revision = int(re.search(rf"PL-{event.id}, revision (\d+) printed", first)[1])  # type: ignore[index]
    async with work() as unit:
        await edit_rental(unit, cable.id, {"quantity": 5}, version=None)
    for paper, kind in zip(PAPERS, ("PL", "PK", "DN", "RN"), strict=True):
        answer = await client.get(f"/events/{event.id}/papers/{paper}")
        assert f'aria-label="QR code AV-{kind}-{event.id}-{revision + 1}"' in answer.text
    async with work("technician") as unit:
        old = await scan(unit, act(), event.id, f"AV-PL-{event.id}-{revision}", step="picked")
        fresh = await scan(unit, act(), event.id, f"AV-PL-{event.id}-{revision + 1}", step="picked")
    assert (old.title, fresh.title) == ("1 change old", "Up to date")
    (offer,) = old.offers
    page = await shown(client, offer.values["href"])
    assert f"1 change since revision {revision}" in page
    assert "Cable QR 4 5 +1" in page
    assert "changed 5 × Cable QR" in page
    up_to_date = await shown(client, f"/prep/{event.id}/changes?since={revision + 1}")
    assert "This paper is up to date" in up_to_date


async def test_the_size_is_that_of_the_shop_or_what_was_asked_for(work: Work, sign_in: SignIn) -> None:
    event, _, _, _ = await an_outing(work, "SZ")
    viewer = await sign_in("viewer")
    path = f"/events/{event.id}/papers/pick-list"
    assert 'class="av-print is-a4"' in (await viewer.get(path)).text
    assert 'class="av-print is-letter"' in (await viewer.get(f"{path}?size=letter")).text
    async with work() as unit:
        await edit_company(unit, {"paper_size": "Letter"}, version=None)
    assert 'class="av-print is-letter"' in (await viewer.get(f"{path}?size=poster")).text
    assert 'class="av-print is-a4"' in (await viewer.get(f"{path}?size=A4")).text
    async with work() as unit:
        await edit_company(unit, {"paper_size": "A4"}, version=None)


async def test_a_plan_says_that_it_is_one_and_what_is_not_there_is_not_found(
    work: Work, sign_in: SignIn
) -> None:
    async with work() as unit:
        event = await an_event(unit, name='Plan "<b>"')
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"/events/{event.id}/papers/pick-list")
    assert "Not confirmed." in page
    assert "There is no gear on this event." in page
    for path in (f"/events/{event.id}/papers/invoice", f"/events/{event.id}/papers/pick-list.pdf.pdf",
                 "/events/999999/papers/pick-list", "/handovers/999999/receipt", "/cases/999999/label",
                 "/prep/999999/changes"):  # fmt: skip
        assert (await viewer.get(path)).status_code == 404, path


async def test_the_label_of_a_case_carries_its_code(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        case = Case(code="C-011", name="Mic case")
        unit.session.add(case)
        await unit.session.flush()
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"/cases/{case.id}/label?format=roll-62x29")
    assert "C-011 Mic case Northlight AV" in page


async def test_many_units_stand_in_a_row_of_their_own(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        event = await an_event(unit, now() + HOUR, 24)
        lamp_id, units = await with_units(unit, [f"MANY-LAMPS-{number:02}" for number in range(30)])
        line = await add_rental(unit, event.id, lamp_id, {"quantity": 30})
        await service.confirm(unit, event.id)
        await dispatch(unit, act(), event.id, [Part(line.id, 1, one.id) for one in units])
    viewer = await sign_in("viewer")
    for paper in ("delivery-note", "return-note"):
        page = await shown(viewer, f"/events/{event.id}/papers/{paper}")
        assert re.search(
            r"30 Equipment \d+ EQ-\d+ 30, below MANY-LAMPS-00, MANY-LAMPS-01, .* MANY-LAMPS-29", page
        )
    page = await shown(viewer, f"/events/{event.id}/papers/pick-list")
    assert re.search(r"units below MANY-LAMPS-00, .* MANY-LAMPS-29", page)


async def test_a_fixed_number_of_statements(work: Work, sign_in: SignIn, app: Any) -> None:
    event, cable, _, _ = await an_outing(work, "ST")
    async with work() as unit:
        left = await dispatch(unit, act(), event.id, [Part(cable.id, 2)])
    viewer = await sign_in("viewer")
    paths = [f"/events/{event.id}/papers/{paper}" for paper in PAPERS]
    paths += [f"/handovers/{left.handover_id}/receipt", f"/prep/{event.id}/changes?since=0"]
    few = [await statements_for(app, viewer, path) for path in paths]
    async with work() as unit:
        for number in range(12):
            more = await some_equipment(unit, 5, location=f"L-{number}")
            line = await a_rental(unit, event, more, 2)
            case = Case(code=f"ST-{number}", name="Case")
            unit.session.add(case)
            await unit.session.flush()
            await count(unit, act(), event.id, line.id, step="packed", quantity=1, case_id=case.id)
    assert [await statements_for(app, viewer, path) for path in paths] == few


async def test_where_libraries_are_missing_the_page_still_prints(
    work: Work, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, _, _, _ = await an_outing(work, "ML")
    viewer = await sign_in("viewer")
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = await viewer.get(f"/events/{event.id}/papers/pick-list.pdf?by=category")
    assert answer.status_code == 501
    assert "apt-get install libpango-1.0-0" in answer.text
    assert "Cable ML" in answer.text
    assert f'href="/events/{event.id}/papers/pick-list?by=location"' in answer.text
    assert (await viewer.get(f"/events/{event.id}/papers/pick-list")).status_code == 200


async def recorded(
    client: Any, monkeypatch: pytest.MonkeyPatch, path: str, *, written: bool = True
) -> tuple[Any, Any]:
    """The answer to a request for a PDF, and the pages it is laid out on; it need not be written as well."""
    seen: list[tuple[str, Mapping[str, Resource]]] = []
    render = printing.render_pdf

    async def noted(html: str, resources: Mapping[str, Resource]) -> bytes:
        seen.append((html, resources))
        return await render(html, resources) if written else b""

    monkeypatch.setattr(printing, "render_pdf", noted)
    answer = await client.get(path)
    monkeypatch.setattr(printing, "render_pdf", render)
    return answer, laid_out(*seen[0])


def texts(page: Any) -> list[str]:
    """The lines of text on a page, from above to below within each box."""
    return [box.text for box in page._page_box.descendants() if getattr(box, "text", None)]


async def test_a_paper_of_two_lines_is_one_page(
    work: Work, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, app: Any
) -> None:
    event, _, _, _ = await an_outing(work, "Ř2")
    photo = process_photo(picture())
    logo = await app.app.state.runtime.files.put_async(photo.full, ".webp", photo.variants)
    async with work() as unit:
        await edit_company(unit, {"logo": logo, "address": "Speicherstraße 14\n20457 Hamburg"}, version=None)
    viewer = await sign_in("viewer")
    for paper in PAPERS:
        answer, document = await recorded(viewer, monkeypatch, f"/events/{event.id}/papers/{paper}.pdf")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith(
            f'inline; filename="{paper.capitalize().replace("-", " ")} Event R2.pdf"'
        )
        (page,) = document.pages
        assert (round(page.width), round(page.height)) == (794, 1123)
        read = " ".join(texts(page))
        assert "Page 1 of 1" in read
        assert "Speicherstraße 14" in read
        assert b"/Subtype /Image" in answer.content
    answer, document = await recorded(
        viewer, monkeypatch, f"/events/{event.id}/papers/pick-list.pdf?size=letter"
    )
    assert (round(document.pages[0].width), round(document.pages[0].height)) == (816, 1056)


async def test_a_paper_of_three_hundred_lines_keeps_its_heads_rows_and_groups(
    work: Work, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with work() as unit:
        event = await an_event(unit, now() + timedelta(days=90), 24, name="Three hundred")
        category = await a_category(unit)
        for number in range(300):
            gear = await some_equipment(
                unit, 5, name=f"Gear-{number:03}", location=f"Aisle-{number // 7:02}", category_id=category
            )
            unit.session.add(
                Rental(event_id=event.id, equipment_id=gear.id, quantity=1, name=gear.name, position=number)
            )
    viewer = await sign_in("viewer")
    path = f"/events/{event.id}/papers/pick-list.pdf"
    answer, document = await recorded(viewer, monkeypatch, path, written=False)
    assert answer.status_code == 200
    pages = [texts(page) for page in document.pages]
    assert 5 < len(pages) < 20
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert {"Qty", "Equipment", "SKU"} <= set(page)
        # what is on it, from above to below: a heading is never the last
        of_list = [text for text in page if re.match(r"Aisle-|Gear-", text)]
        assert of_list, page
        assert of_list[-1].startswith("Gear-")
    gear = [text for page in pages for text in page if text.startswith("Gear-")]
    assert gear == [f"Gear-{number:03}" for number in range(300)]
    headings = [text for page in pages for text in page if text.startswith("Aisle-")]
    assert headings == [f"Aisle-{number:02}" for number in range(43)]


async def test_each_case_has_its_own_count_of_pages(
    work: Work, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with work() as unit:
        await edit_company(unit, {"prep_steps": ["picked", "packed"]}, version=None)
        event = await an_event(unit, now() + timedelta(days=90), 24, name="Two trunks")
        trunks = [Case(code=f"PN-{number}", name="Trunk") for number in range(3)]
        unit.session.add_all(trunks)
        await unit.session.flush()
        lines = [await a_rental(unit, event, await some_equipment(unit, 5), 3) for _ in range(40)]
        await service.confirm(unit, event.id)
        for line in lines:
            await count(unit, act(), event.id, line.id, step="packed", quantity=1, case_id=trunks[0].id)
        for trunk in trunks[1:]:
            await count(unit, act(), event.id, lines[0].id, step="packed", quantity=1, case_id=trunk.id)
    viewer = await sign_in("viewer")
    for size in ("A4", "Letter"):
        path = f"/events/{event.id}/papers/packing-list.pdf?size={size}"
        _, document = await recorded(viewer, monkeypatch, path, written=False)
        feet = [
            [text for text in texts(page) if text.startswith(("Packing list, case PN-", "Page "))]
            for page in document.pages
        ]
        cases = [case.split(",")[1] for case, _ in feet]
        assert cases == [*[" case PN-0"] * (len(feet) - 2), " case PN-1", " case PN-2"]
        long = len(feet) - 2
        assert long > 1
        numbers = [number for _, number in feet]
        assert numbers == [
            *[f"Page {number} of {long}" for number in range(1, long + 1)], "Page 1 of 1", "Page 1 of 1"
        ]  # fmt: skip
