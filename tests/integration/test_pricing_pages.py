"""The pages of prices: lists, rules edited in place, prices to try, factor tables, tax rates, money settings."""

import re
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from app.db.models import Client, Company, PriceList, PriceRule
from app.domain.clients.service import create_client, edit_client
from app.domain.company.fields import MONEY_READERS
from app.domain.company.service import edit_company
from app.domain.pricing import service
from app.web.undo_permissions import MONEY_OF_COMPANY
from tests.integration.booking import some_equipment
from tests.integration.kits import a_kit
from tests.statements import statements_for

PART = {"hx-request": "true", "hx-request-type": "partial"}
_numbers = count(1)
D = Decimal


async def a_list(work: Any, *rules: dict[str, Any], **values: Any) -> tuple[int, list[int]]:
    """A price list with these rules: the ids of it and of them."""
    async with work() as unit:
        price_list = await service.create_list(unit, {"name": f"Prices {next(_numbers)}", **values})
        made = [await service.create_rule(unit, price_list.id, rule) for rule in rules]
        return price_list.id, [rule.id for rule in made]


async def test_lists_are_added_edited_and_deleted(work: Any, sign_in: Any) -> None:
    manager = await sign_in("manager")
    bad = await manager.post("/price-lists/new", data={"name": "", "currency": "XXX", "notes": "Kept"})
    assert bad.status_code == 422
    assert "Give the list a name." in bad.text
    assert "Kept" in bad.text
    made = await manager.post("/price-lists/new", data={"name": "Theatres", "currency": "EUR", "notes": ""})
    assert made.status_code == 303
    address = made.headers["location"]
    shown = (await manager.get(address)).text
    assert "Theatres" in shown
    assert "No rules yet" in shown
    saved = await manager.post(
        f"{address}/edit", data={"name": "Theatres", "currency": "EUR", "notes": "For stages", "version": "1"}
    )
    assert saved.headers["location"] == address
    stale = await manager.post(f"{address}/deletion", data={"version": "1"})
    assert stale.status_code == 409
    gone = await manager.post(f"{address}/deletion", data={"version": "2"})
    assert gone.headers["location"] == "/price-lists"
    assert "Deleted" in (await manager.get("/price-lists")).text
    answer = await manager.get(address)
    assert answer.status_code == 404
    assert "Theatres" in answer.text
    assert (await manager.get("/price-lists")).text.count("Theatres") == 0


async def test_two_people_edit_a_list(work: Any, sign_in: Any) -> None:
    list_id, _ = await a_list(work, notes="Before")
    manager, admin = await sign_in("manager"), await sign_in("admin")
    data = {"name": f"Renamed {list_id}", "currency": "EUR", "version": "1"}
    await manager.post(f"/price-lists/{list_id}/edit", data=data | {"notes": "Hers"})
    merged = await admin.post(f"/price-lists/{list_id}/edit", data={"currency": "CHF", "version": "1"})
    assert merged.status_code == 303
    clash = await admin.post(f"/price-lists/{list_id}/edit", data={"notes": "His", "version": "1"})
    assert clash.status_code == 409
    assert "Hers" in clash.text
    assert "His" in clash.text


async def test_gear_is_found_with_its_price_and_gets_a_rule(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, name="Glimmerlight 9", daily_rate=D("20.00"))
        await a_kit(unit, (lamp, 2), name="Glimmerlight set", daily_rate=D("35.00"))
    list_id, _ = await a_list(work)
    employee, manager = await sign_in("employee"), await sign_in("manager")
    query = "q=glimmer&start=2026-11-25&end=2026-11-27&quantity=2"
    found = (await employee.get(f"/price-lists/{list_id}?{query}")).text
    assert "€\u00a0120.00" in found
    assert "€\u00a0210.00" in found
    assert "€\u00a020.00 a day × 3 days." in found
    assert "Add rule" not in found
    assert "Add rule for Glimmerlight 9" in (await manager.get(f"/price-lists/{list_id}?{query}")).text
    data = {"scope": "equipment", "target_id": str(lamp.id)}
    added = await manager.post(f"/price-lists/{list_id}/rules", data=data, headers=PART)
    assert "Glimmerlight 9" in added.text
    assert "Has a rule" in (await manager.get(f"/price-lists/{list_id}?{query}")).text
    again = await manager.post(f"/price-lists/{list_id}/rules", data=data, headers=PART)
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start=2026-11-27&end=2026-11-25", "Choose a first and a last day"),
        ("start=0001-01-01&end=9999-12-31", "Choose a first and a last day"),
        ("start=nonsense&end=2026-11-25", "Choose a first and a last day"),
        ("quantity=many", "Write how many"),
        ("quantity=100001", "Write how many"),
    ],
)
async def test_questions_that_make_no_sense(work: Any, sign_in: Any, query: str, words: str) -> None:
    async with work() as unit:
        await some_equipment(unit, 5, name="Oddlight")
    list_id, _ = await a_list(work)
    answer = await (await sign_in("employee")).get(f"/price-lists/{list_id}?q=oddlight&{query}")
    assert answer.status_code == 200
    assert words in answer.text


async def test_cells_of_rules_are_edited_in_place(work: Any, sign_in: Any) -> None:
    _, (rule_id,) = await a_list(work, {"scope": "everything", "amount": D("5.0000")})
    manager = await sign_in("manager")
    editor = await manager.get(f"/price-rules/{rule_id}/cells/amount", headers=PART)
    assert 'value="5"' in editor.text
    saved = await manager.put(
        f"/price-rules/{rule_id}/cells/amount", data={"value": "7,50", "version": "1"}, headers=PART
    )
    assert "€\u00a07.50" in saved.text
    assert f'hx-target="#price_rule-{rule_id}"' in saved.text
    bad = await manager.put(
        f"/price-rules/{rule_id}/cells/minimum_days", data={"value": "0", "version": "2"}, headers=PART
    )
    assert (bad.status_code, 'value="0"' in bad.text) == (422, True)
    other = await manager.put(
        f"/price-rules/{rule_id}/cells/weekend", data={"value": "one", "version": "1"}, headers=PART
    )
    assert other.status_code == 200
    clash = await manager.put(
        f"/price-rules/{rule_id}/cells/amount", data={"value": "8", "version": "1"}, headers=PART
    )
    assert clash.status_code == 409
    assert "changed this to <strong>7.5</strong>" in clash.text
    assert (await manager.get(f"/price-rules/{rule_id}/cells/name")).status_code == 404
    async with work() as unit:
        rule = await unit.session.get_one(PriceRule, rule_id)
        assert (rule.amount, rule.weekend, rule.version) == (D("7.5000"), "one", 3)


async def test_rules_have_a_form_without_scripts_and_can_be_brought_back(work: Any, sign_in: Any) -> None:
    list_id, (rule_id,) = await a_list(work, {"scope": "everything"})
    manager = await sign_in("manager")
    form = {
        "amount": "12", "basis": "week", "factor_table_id": "", "weekend": "days", "minimum_days": "1",
        "minimum_charge": "", "version": "1",
    }  # fmt: skip
    async with work() as unit:
        price_list = await unit.session.get_one(PriceList, list_id)
    assert f">{price_list.name}</a>" in (await manager.get(f"/price-rules/{rule_id}")).text, "the way back"
    shown = (await manager.get(f"/price-lists/{list_id}")).text
    assert 'href="#try-q"' in shown
    assert 'id="try-q"' in shown, "a rule begins with what it is for"
    saved = await manager.post(f"/price-rules/{rule_id}", data=form)
    assert saved.headers["location"] == f"/price-lists/{list_id}"
    gone = await manager.post(f"/price-rules/{rule_id}/deletion", data={"version": "2"})
    assert gone.status_code == 303
    page = (await manager.get(gone.headers["location"])).text
    assert "No rules yet" in page
    (undo,) = set(re.findall(r"/operations/[\w-]+/undo", page))
    await manager.post(undo)
    assert "a week begun" in (await manager.get(f"/price-lists/{list_id}")).text
    history = (await manager.get(f"/price-lists/{list_id}/history")).text
    assert "brought back" in history or "took back" in history


async def test_a_list_is_duplicated_as_often_as_wanted(work: Any, sign_in: Any) -> None:
    list_id, _ = await a_list(work, {"scope": "everything"}, name="Clones")
    manager = await sign_in("manager")
    for name in ("Clones (copy)", "Clones (copy 2)"):
        made = await manager.post(f"/price-lists/{list_id}/copies")
        shown = (await manager.get(made.headers["location"])).text
        assert f"<h1>{name}</h1>" in shown
        assert "everything else" in shown


async def test_factor_tables_are_previewed_and_saved(work: Any, sign_in: Any) -> None:
    manager = await sign_in("manager")
    typed = {"steps": "1 = 1\n3 = 2,4", "further": "0.5"}
    preview = await manager.get("/factor-tables/preview", params=typed, headers=PART)
    assert re.findall(r'<th scope="row" class="num">(\d+)</th>', preview.text) == [
        str(d) for d in range(1, 15)
    ]
    assert "2.4" in preview.text
    wrong = await manager.get(
        "/factor-tables/preview", params={"steps": "2 = 1", "further": "1"}, headers=PART
    )
    assert "The first step is for 1 day." in wrong.text
    typed = {"name": "Shows", "steps": "1 = 1\n2 = zwei", "further": "1"}
    bad = await manager.post("/factor-tables/new", data=typed)
    assert bad.status_code == 422
    assert "2 = zwei" in bad.text
    await manager.post("/factor-tables/new", data=typed | {"steps": "1 = 1\r\n2 = 1.5\r\n"})
    assert "Shows" in (await manager.get("/price-lists")).text


async def test_tax_rates_are_kept(work: Any, sign_in: Any) -> None:
    manager = await sign_in("manager")
    made = await manager.post("/tax-rates/new", data={"name": "MwSt", "percent": "8,1", "is_default": "1"})
    assert made.headers["location"] == "/price-lists"
    page = (await manager.get("/price-lists")).text
    assert "8.1 %" in page
    (address,) = re.findall(r"/tax-rates/\d+(?=/edit)", page)
    refused = await manager.post(f"{address}/deletion", data={"version": "1"})
    assert refused.status_code == 409
    await manager.post(f"{address}/edit", data={"is_default": "0", "version": "1"})
    assert (await manager.post(f"{address}/deletion", data={"version": "2"})).status_code == 303


async def test_money_settings_are_saved_by_managers(work: Any, sign_in: Any) -> None:
    manager = await sign_in("manager")
    page = (await manager.get("/settings/money")).text
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    good = {
        "prices_include_tax": "1", "tax_rounding": "line", "quote_days": "21", "deposit_percent": "33.3",
        "due_days": "10", "terms": "Handle with care", "bank_name": "Bank",
        "iban": "de89 3704 0044 0532 0130 00", "bic": "cobadeff", "version": version,
    }  # fmt: skip
    for field, value in (("iban", "DE89370400440532013001"), ("bic", "COBA"), ("deposit_percent", "101")):
        bad = await manager.post("/settings/money", data=good | {field: value})
        assert bad.status_code == 422
        assert value in bad.text
        assert "Handle with care" in bad.text
    assert (await manager.post("/settings/money", data=good)).status_code == 303
    async with work() as unit:
        company = await unit.session.get_one(Company, 1)
        assert (company.iban, company.bic) == ("DE89370400440532013000", "COBADEFF")
        assert (company.prices_include_tax, company.deposit_percent) == (True, D("33.300"))
    stale = await manager.post("/settings/money", data=good | {"quote_days": "7"})
    assert stale.status_code == 409


async def test_money_settings_are_taken_back_by_managers_and_the_rest_by_admins(
    work: Any, sign_in: Any
) -> None:
    assert set(MONEY_READERS) == MONEY_OF_COMPANY
    async with work() as unit:
        await edit_company(unit, {"due_days": 30, "terms": "As before"}, version=None)
    async with work() as unit:
        both = await edit_company(unit, {"due_days": 14, "city": "Elsewhere"}, version=None)
        await edit_company(unit, {"due_days": 30}, version=None)
    manager = await sign_in("manager")
    page = (await manager.get("/settings/money")).text
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    saved = await manager.post("/settings/money", data={"due_days": "45", "version": version})
    assert saved.status_code in {200, 303}
    page = (await manager.get("/settings/money")).text
    first, *_ = re.findall(r'action="(/changes/\d+/undo)"', page)
    assert f"/changes/{both.change_id}/undo" not in page, "it changed more than money"
    activity = (await manager.get("/activity?record=company")).text
    assert first in activity
    assert 'href="/settings/money"' in activity
    undone = await manager.post(first)
    assert (undone.status_code, undone.headers["location"]) == (303, "/settings/money")
    assert "taken back" in (await manager.get("/settings/money")).text
    async with work() as unit:
        assert (await unit.session.get_one(Company, 1)).due_days == 30
    assert (await manager.post(f"/changes/{both.change_id}/undo")).status_code == 403
    employee = await sign_in("employee")
    assert (await employee.post(first)).status_code == 403


async def test_what_quotes_for_a_client_begin_with(work: Any, sign_in: Any) -> None:
    list_id, _ = await a_list(work, name="For friends")
    employee, viewer = await sign_in("employee"), await sign_in("viewer")
    form = {
        "name": "Freunde", "kind": "company", "price_list_id": str(list_id), "discount_percent": "7,5",
        "language": "de", "tax_treatment": "reverse_charge",
    }  # fmt: skip
    bad = await employee.post("/clients/new", data=form | {"discount_percent": "105"})
    assert bad.status_code == 422
    address = (await employee.post("/clients/new", data=form)).headers["location"]
    shown = (await employee.get(address)).text
    for words in ("For friends", "7.5 %", "German", "Reverse charge"):
        assert words in shown
        assert words not in (await viewer.get(address)).text
    assert "7.5" in (await employee.get(f"{address}/history")).text
    assert "7.5" not in (await viewer.get(f"{address}/history")).text
    async with work() as unit:
        await service.edit_list(unit, list_id, {"archived": True}, version=None)
    edit = (await employee.get(f"{address}/edit")).text
    assert re.search(rf'<option value="{list_id}" selected>For friends', edit)
    refused = await employee.post(f"{address}/edit", data={"price_list_id": "999999999", "version": "1"})
    assert refused.status_code == 422
    async with work() as unit:
        client = await unit.session.get_one(Client, int(address.rsplit("/", 1)[1]))
        assert (client.price_list_id, client.discount_percent, client.language) == (list_id, D("7.500"), "de")


async def test_a_price_list_has_its_name_wherever_changes_and_merges_speak_of_it(
    work: Any, sign_in: Any
) -> None:
    list_id, _ = await a_list(work, name="Spring tariff")
    other_id, _ = await a_list(work, name="Old tariff")
    async with work() as unit:
        kept = await create_client(unit, {"name": "Kept", "price_list_id": other_id})
        gone = await create_client(unit, {"name": "Gone", "price_list_id": list_id})
    async with work() as unit:
        await edit_client(unit, kept.id, {"price_list_id": None}, version=None)
        await service.edit_list(unit, other_id, {"archived": True}, version=None)
    manager = await sign_in("manager")
    merge = (await manager.get(f"/clients/{kept.id}/merge?other={gone.id}")).text
    history = (await manager.get(f"/clients/{kept.id}/history")).text
    activity = (await manager.get("/activity?record=client")).text
    assert "Spring tariff" in merge
    assert "Old tariff" in history, "also of a list that is in the archive"
    assert "Old tariff" in activity


async def test_who_may_see_and_change_prices(work: Any, sign_in: Any) -> None:
    list_id, (rule_id,) = await a_list(work, {"scope": "everything"})
    pages = (f"/price-lists/{list_id}", "/price-lists")
    for role in ("viewer", "technician"):
        person = await sign_in(role)
        assert [(await person.get(page)).status_code for page in pages] == [403, 403]
    employee = await sign_in("employee")
    shown = (await employee.get(f"/price-lists/{list_id}")).text
    assert "everything else" in shown
    assert "av-editable" not in shown
    assert (await employee.get("/settings/money")).status_code == 403
    edits = (
        employee.put(f"/price-rules/{rule_id}/cells/amount", data={"value": "1", "version": "1"}),
        employee.post(f"/price-lists/{list_id}/deletion", data={"version": "1"}),
        employee.post("/tax-rates/new", data={"name": "No", "percent": "1"}),
    )
    assert [(await edit).status_code for edit in edits] == [403, 403, 403]


async def test_pages_cost_the_same_whatever_is_on_them(app: Any, work: Any, sign_in: Any) -> None:
    manager = await sign_in("manager")
    few, _ = await a_list(work, {"scope": "everything"})
    async with work() as unit:
        gear = [await some_equipment(unit, 1, name=f"Countlight {at}", daily_rate=D(9)) for at in range(12)]
    many, _ = await a_list(work, *({"scope": "equipment", "equipment_id": one.id} for one in gear))
    path = "/price-lists/{}?q=countlight"
    costs = [await statements_for(app, manager, path.format(key)) for key in (few, many)]
    assert costs[0] == costs[1] <= 12
    before = await statements_for(app, manager, "/price-lists")
    await a_list(work, {"scope": "everything"})
    assert await statements_for(app, manager, "/price-lists") == before <= 8
