"""Invoices in the API: the same contract as everything there."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.domain.invoices.service import final_invoice
from tests.integration.invoicing import a_line, an_agreed_event

Work = Callable[..., Any]


async def test_from_a_deposit_to_a_credit_note(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
    client = await sign_in("manager")
    key = {"Idempotency-Key": str(uuid4())}
    sent = {"event_id": event.id, "kind": "deposit", "percent": "50"}
    made = await client.post("/api/invoices", json=sent, headers=key)
    assert made.status_code == 201
    again = await client.post("/api/invoices", json=sent, headers=key)
    assert again.json()["data"] == made.json()["data"]
    deposit = made.json()["data"]
    assert (deposit["state"], deposit["number"], deposit["gross"]) == ("draft", None, None)
    here = f"/api/invoices/{deposit['id']}"
    paper = (await client.get(f"{here}/document")).json()["data"]
    assert (paper["document"]["gross"], paper["content_hash"]) == ("59.50", "")
    stale = await client.post(f"{here}/issue", json={"version": 9})
    assert stale.status_code == 422
    issued = await client.post(
        f"{here}/issue", json={"version": 1}, headers={"Idempotency-Key": str(uuid4())}
    )
    assert issued.json()["data"]["gross"] == "59.500"
    assert issued.json()["data"]["number"].startswith("INV-")
    assert (await client.post(f"{here}/issue", json={})).status_code == 409
    assert (await client.patch(here, json={"title": "Other", "version": 2})).status_code == 409
    assert (await client.delete(f"{here}?version=2")).status_code == 409
    lines = (await client.get(f"{here}/lines")).json()["data"]
    credited = [{"key": lines[0]["source"], "amount": "9.50"}]
    note = await client.post(f"{here}/credit-notes", json={"credited": credited})
    assert note.json()["data"]["state"] == "draft"
    assert (await client.post(f"/api/invoices/{note.json()['data']['id']}/issue", json={})).status_code == 200
    whole = await client.post(f"{here}/credit-notes", json={})
    assert (whole.status_code, whole.json()["data"]["gross"]) == (201, "-50.000")
    assert (await client.post(f"{here}/credit-notes", json={})).status_code == 409
    left = (await client.get(here)).json()["data"]
    assert (left["credited"], left["open"]) == ("-59.500", "0.000")
    bad = await client.post(f"{here}/credit-notes", json={"credited": [{"key": "x", "amount": "lots"}]})
    assert bad.status_code in {409, 422}
    journal = (await client.get("/api/invoices/journal")).json()["data"]
    assert (
        sum(
            (1 if row["debit_credit"] == "S" else -1) * Decimal(row["amount"].replace(",", "."))
            for row in journal
        )
        == 0
    )
    assert (await client.get("/api/invoices/journal?first=nonsense")).status_code in {400, 422}


async def test_lines_of_a_draft(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        draft = await final_invoice(unit, (await an_agreed_event(unit, a_line(1, "100"))).id)
    client = await sign_in("manager")
    here = f"/api/invoices/{draft.id}"
    made = await client.post(
        f"{here}/lines", json={"name": "Goodwill", "rate": "-10.50", "tax_percent": "19"}
    )
    assert made.status_code == 201
    line = made.json()["data"]
    assert (line["rate"], line["source"], line["version"]) == ("-10.5000", None, 1)
    path = f"/api/invoice-lines/{line['id']}"
    changed = await client.patch(path, json={"rate": "-20", "version": 1})
    assert changed.headers["etag"] == '"2"'
    assert (await client.patch(path, json={"rate": "-30", "version": 1})).status_code == 409
    assert (await client.get(f"{here}/document")).json()["data"]["document"]["net"] == "80.00"
    assert (await client.delete(f"{path}?version=2")).status_code == 204
    assert (await client.post(f"{here}/lines", json={"name": "", "rate": "1"})).status_code == 422
    found = (await client.get("/api/invoices?state=draft&kind=final&sort=-id")).json()["data"]
    assert draft.id in {one["id"] for one in found}
    assert (await client.get("/api/invoices?state=nonsense")).status_code in {400, 422}
    assert (await client.get(f"{here}/charges")).json()["data"] == []
    assert (await client.post(f"{here}/charges", json={"sources": ["movement:1"]})).status_code == 409


async def test_roles(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
    assert (await (await sign_in("technician")).get("/api/invoices")).status_code == 403
    employee = await sign_in("employee")
    assert (await employee.get("/api/invoices")).status_code == 200
    sent = {"event_id": event.id, "kind": "final"}
    assert (await employee.post("/api/invoices", json=sent)).status_code == 403
