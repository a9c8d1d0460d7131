"""Price lists, rules, factor tables, tax rates, prices and terms of clients in the API."""

from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from app.db.models import Client
from app.domain.pricing import service
from tests.integration.booking import some_equipment
from tests.integration.kits import a_kit

_numbers = count(1)
THREE_DAYS = {"start": "2026-11-25T08:00:00+01:00", "end": "2026-11-27T20:00:00+01:00"}
D = Decimal


async def test_a_price_list_is_made_changed_copied_and_deleted(sign_in: Any) -> None:
    manager = await sign_in("manager")
    made = await manager.post("/api/price-lists", json={"name": "By API", "currency": "EUR"})
    assert made.status_code == 201
    path = made.headers["location"]
    assert made.json()["data"]["is_default"] is False
    assert (await manager.post("/api/price-lists", json={"name": "by api"})).status_code == 422
    assert (await manager.post("/api/price-lists", json={"name": "X", "currency": "XXX"})).status_code == 422
    rule = await manager.post(f"{path}/rules", json={"scope": "everything", "amount": "12.5"})
    assert rule.json()["data"]["amount"] == "12.5000"
    rule_path = rule.headers["location"]
    assert (await manager.post(f"{path}/rules", json={"scope": "everything"})).status_code == 422
    unknown = await manager.post(f"{path}/rules", json={"scope": "kit", "kit_id": 999_999_999})
    assert "kit_id" in unknown.json()["details"]["fields"]
    negative = await manager.patch(rule_path, json={"amount": "-1", "version": 1})
    assert negative.status_code == 422
    changed = await manager.patch(rule_path, json={"basis": "week"}, headers={"if-match": '"1"'})
    assert (changed.json()["data"]["basis"], changed.headers["etag"]) == ("week", '"2"')
    assert (await manager.patch(rule_path, json={"basis": "flat", "version": 1})).status_code == 409
    copy = await manager.post(f"{path}/copies", json={"name": "By API 2"})
    copied = (await manager.get(f"{copy.headers['location']}/rules")).json()["data"]
    assert [(one["scope"], one["basis"], one["name"]) for one in copied] == [
        ("everything", "week", "everything else")
    ]
    assert (await manager.delete(f"{rule_path}?version=2")).status_code == 204
    assert (await manager.post(f"{rule_path}/restoration")).json()["data"]["amount"] == "12.5000"
    assert (await manager.delete(f"{path}?version=1")).status_code == 204
    assert (await manager.get(f"{path}/rules")).status_code == 404
    assert (await manager.get(rule_path)).status_code == 404
    found = (await manager.get("/api/price-lists?q=by%20api&sort=name")).json()["data"]
    assert [one["name"] for one in found] == ["By API 2"]


async def test_factor_tables_and_tax_rates(sign_in: Any) -> None:
    manager = await sign_in("manager")
    steps = [{"days": 1, "factor": "1"}, {"days": 3, "factor": 2.4}]
    made = await manager.post("/api/factor-tables", json={"name": "API days", "steps": steps})
    assert made.status_code == 201
    assert made.json()["data"]["steps"] == [{"days": 1, "factor": "1"}, {"days": 3, "factor": "2.4"}]
    path = made.headers["location"]
    for wrong in ([], [{"days": 2, "factor": "1"}], [{"days": 1, "factor": "-1"}], [{"days": 1}]):
        assert (await manager.patch(path, json={"steps": wrong, "version": 1})).status_code == 422
    changed = await manager.patch(path, json={"further": "0.5", "version": 1})
    assert changed.json()["data"]["further"] == "0.5000"
    tax = await manager.post("/api/tax-rates", json={"name": "API tax", "percent": "19"})
    assert (tax.json()["data"]["percent"], tax.status_code) == ("19.000", 201)
    too_much = await manager.patch(tax.headers["location"], json={"percent": "100.5", "version": 1})
    assert too_much.status_code == 422
    assert (await manager.delete(f"{path}?version=2")).status_code == 204
    assert (await manager.delete(f"{tax.headers['location']}?version=1")).status_code == 204


async def test_what_something_costs_and_why(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, daily_rate=D("20.00"))
        kit = await a_kit(unit, (lamp, 2), daily_rate=D("35.00"))
        table = await service.create_table(
            unit, {"name": "Asked", "steps": [[1, "1"], [3, "2.4"]], "further": D("0.5000")}
        )
        price_list = await service.create_list(unit, {"name": f"Asked {next(_numbers)}"})
        await service.create_rule(unit, price_list.id, {"scope": "everything", "factor_table_id": table.id})
        client = Client(name="Asker", price_list_id=price_list.id, discount_percent=D(10), version=1)
        unit.session.add(client)
    employee = await sign_in("employee")

    async def price(**query: Any) -> dict[str, Any]:
        answer = await employee.get("/api/prices", params={**THREE_DAYS, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    plain = await price(equipment_id=lamp.id, quantity=2)
    assert (plain["rate"], plain["basis"], plain["units"], plain["price"]) == ("20.00", "day", 3, "120.00")
    assert plain["explanation"] == ["Its own daily rate.", "€\u00a020.00 a day × 3 days."]
    listed = await price(equipment_id=lamp.id, price_list_id=price_list.id)
    assert (listed["multiple"], listed["price"], listed["rule_id"] is None) == ("2.4", "48.00", False)
    theirs = await price(kit_id=kit.id, client_id=client.id)
    assert (theirs["full"], theirs["discount_percent"], theirs["price"]) == ("84.00", "10.000", "75.60")
    assert theirs["explanation"][-1] == "Less 10 %."
    assert theirs["price_list_id"] == price_list.id


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"equipment_id": 1, "kit_id": 1}, 422),
        ({"equipment_id": 999_999_999}, 404),
        ({"equipment_id": 1, "client_id": 999_999_999}, 404),
        ({"equipment_id": 1, "price_list_id": 999_999_999}, 404),
        ({"equipment_id": 1, "quantity": -1}, 422),
        ({"equipment_id": 1, "end": "2026-11-20T08:00:00Z"}, 422),
        ({"equipment_id": 1, "start": "2026-11-20"}, 422),
    ],
)
async def test_questions_that_cannot_be_answered(sign_in: Any, query: dict[str, Any], status: int) -> None:
    employee = await sign_in("employee")
    answer = await employee.get("/api/prices", params={**THREE_DAYS, **query})
    assert answer.status_code in (status, 400 if status == 422 else status)


async def test_terms_of_a_client(sign_in: Any) -> None:
    employee, viewer = await sign_in("employee"), await sign_in("viewer")
    client = await employee.post("/api/clients", json={"name": "Terms"})
    path = f"{client.headers['location']}/terms"
    assert (await employee.get(path)).json()["data"]["discount_percent"] == "0.000"
    changed = await employee.patch(path, json={"discount_percent": "2.5", "language": "de", "version": 1})
    assert (changed.json()["data"]["language"], changed.json()["data"]["version"]) == ("de", 2)
    wrong = await employee.patch(path, json={"price_list_id": 999_999_999, "version": 2})
    assert wrong.status_code == 422
    assert (await employee.patch(path, json={"language": "en", "version": 1})).status_code == 409
    assert (await viewer.get(path)).status_code == 403
    assert "discount_percent" not in (await viewer.get(client.headers["location"])).json()["data"]


async def test_who_may_ask(sign_in: Any) -> None:
    technician, employee = await sign_in("technician"), await sign_in("employee")
    for path in ("/api/price-lists", "/api/factor-tables", "/api/tax-rates"):
        assert (await technician.get(path)).status_code == 403
        assert (await employee.get(path)).status_code == 200
        assert (await employee.post(path, json={"name": "No"})).status_code == 403
    assert (await technician.get("/api/prices", params={**THREE_DAYS, "equipment_id": 1})).status_code == 403


async def test_equipment_has_a_rate_of_tax(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    manager = await sign_in("manager")
    tax = (await manager.post("/api/tax-rates", json={"name": "For gear", "percent": "7"})).json()["data"]
    path = f"/api/equipment/{lamp.id}"
    changed = await manager.patch(path, json={"tax_rate_id": tax["id"], "version": 1})
    assert changed.json()["data"]["tax_rate_id"] == tax["id"]
    wrong = await manager.patch(path, json={"tax_rate_id": 999_999_999, "version": 2})
    assert "tax_rate_id" in wrong.json()["details"]["fields"]
    form = (await manager.get(f"/inventory/{lamp.id}/edit")).text
    assert f'<option value="{tax["id"]}" selected>For gear' in form
    assert "For gear" not in (await (await sign_in("technician")).get(f"/inventory/{lamp.id}/edit")).text
