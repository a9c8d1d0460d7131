"""The pages and the API of payments: who may, what they say, what they keep when something is wrong."""

import re
from decimal import Decimal
from typing import Any

import pytest

from app.domain.payments import queries
from app.domain.payments.service import NewPayment, record_payment
from tests.integration.paying import DAY, client_of, issued


async def paid_invoice(work: Any, amount: str = "40.00", gross: str = "100.00") -> tuple[Any, Any]:
    async with work() as unit:
        invoice = await issued(unit, gross)
        new = NewPayment(
            Decimal(amount), "transfer", DAY, f"page-{invoice.id}", invoice_id=invoice.id, note="Thanks"
        )
        return invoice, (await record_payment(unit, new)).payment


def nonce_of(page: str) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


async def test_recording_by_the_dialog(work, sign_in):
    async with work() as unit:
        invoice = await issued(unit, "1240.50")
    manager = await sign_in("manager")
    url = f"/invoices/{invoice.id}/payments/new"
    dialog = await manager.get(url, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<dialog" in dialog.text
    assert 'value="1240.50"' in dialog.text
    form = {
        "amount": "1.240,505",
        "method": "cash",
        "received_on": DAY.isoformat(),
        "note": "Envelope",
    }
    form["nonce"] = nonce_of(dialog.text)
    wrong = await manager.post(url, data=form)
    assert wrong.status_code == 422
    assert "Use at most 2 decimals." in wrong.text
    assert 'value="Envelope"' in wrong.text
    assert form["nonce"] == nonce_of(wrong.text)
    form["amount"] = "1.240,50"
    for _ in range(2):
        done = await manager.post(url, data=form)
        assert done.headers["location"] == f"/invoices/{invoice.id}"
    async with work() as unit:
        assert (await queries.standing(unit.session, invoice.id)).owed == 0


async def test_giving_back_by_the_dialog(work, sign_in):
    invoice, payment = await paid_invoice(work)
    manager = await sign_in("manager")
    url = f"/payments/{payment.id}/refunds/new"
    form = {"amount": "50", "method": "transfer", "received_on": DAY.isoformat(), "note": "", "nonce": "once"}
    assert "Say why." in (await manager.post(url, data=form)).text
    form["note"] = "Cancelled in time"
    assert "Only €\u00a040.00 is left of it." in (await manager.post(url, data=form)).text
    form["amount"] = "15.00"
    assert (await manager.post(url, data=form)).headers["location"] == f"/payments/{payment.id}"
    page = (await manager.get(f"/payments/{payment.id}")).text
    assert "Given back in part" in page
    assert "Cancelled in time" in page
    part = (await manager.get(f"/invoices/{invoice.id}/payments")).text
    assert "\u2212€\u00a015.00" in part
    assert "/pay/" in part


async def test_what_cannot_be_paid_says_why(work, sign_in):
    manager = await sign_in("manager")
    assert (await manager.get("/invoices/999999/payments/new")).status_code == 404
    async with work() as unit:
        invoice = await issued(unit)
        credit = await issued(unit, "-1.00", kind="credit_note", on=invoice)
    assert (await manager.get(f"/invoices/{credit.id}/payments/new")).status_code == 409


async def test_the_list_with_filters_totals_and_file(work, sign_in):
    invoice, payment = await paid_invoice(work, "77.00")
    employee = await sign_in("employee")
    page = (await employee.get("/payments", params={"q": invoice.number})).text
    assert f"/payments/{payment.id}" in page
    assert "€\u00a077.00" in page
    assert "Nothing matches" in (await employee.get("/payments", params={"q": "nobody at all"})).text
    assert f"/payments/{payment.id}" not in (await employee.get("/payments?show=back")).text
    assert f"/payments/{payment.id}" not in (await employee.get("/payments?first=2026-11-03")).text
    file = await employee.get("/payments/export", params={"q": invoice.number})
    assert file.headers["content-disposition"].startswith("attachment")
    assert [line.split(",")[7] for line in file.text.splitlines()[1:]] == ["77.00"]
    assert (
        await employee.get("/payments?page=x&client=9999999999999999999&first=2026-99-99")
    ).status_code == 200


async def test_the_account_of_a_client(work, sign_in):
    async with work() as unit:
        client = await client_of(unit)
        invoice = await issued(unit, "100.00", client=client)
        await record_payment(
            unit, NewPayment(Decimal(30), "card", DAY, f"acc-{client.id}", invoice_id=invoice.id)
        )
    employee = await sign_in("employee")
    page = (await employee.get(f"/clients/{client.id}/account")).text
    assert "€\u00a070.00" in page
    assert invoice.number in page
    manager = await sign_in("manager")
    form = {
        "amount": "70",
        "method": "cash",
        "received_on": DAY.isoformat(),
        "note": "",
        "event_id": "",
        "nonce": "n1",
    }
    done = await manager.post(f"/clients/{client.id}/payments/new", data=form)
    assert done.headers["location"] == f"/clients/{client.id}/account"
    assert "settled in EUR" in (await employee.get(f"/clients/{client.id}/account")).text
    api = (await manager.get(f"/api/clients/{client.id}/account")).json()["data"]
    assert api["balances"] == {"EUR": "0.000"}
    assert [entry["balance"] for entry in api["entries"]] == ["100.000", "70.000", "0.000"]


async def test_money_is_not_for_everybody(work, sign_in):
    invoice, payment = await paid_invoice(work)
    for role in ("technician", "viewer"):
        person = await sign_in(role)
        for path in (
            "/payments",
            f"/payments/{payment.id}",
            f"/invoices/{invoice.id}/payments",
            "/api/payments",
        ):
            assert (await person.get(path)).status_code == 403
    employee = await sign_in("employee")
    assert (await employee.get(f"/payments/{payment.id}/refunds/new")).status_code == 403
    assert "Record payment" not in (await employee.get(f"/invoices/{invoice.id}/payments")).text


@pytest.mark.parametrize(
    ("path", "most"), [("/payments", 4), ("/clients/{client}/account", 5), ("/payments/{id}", 5)]
)
async def test_pages_take_so_many_statements(work, sign_in, statements, path, most):
    invoice, payment = await paid_invoice(work)
    employee = await sign_in("employee")
    url = path.format(client=invoice.client_id, id=payment.id)
    counts: list[int] = []
    for _ in range(2):
        statements.clear()
        assert (await employee.get(url)).status_code == 200
        counts.append(len(statements))
        await paid_invoice(work)
    assert counts[0] == counts[1] <= most


async def test_the_api_records_once_and_refunds(work, sign_in):
    async with work() as unit:
        invoice = await issued(unit)
    manager = await sign_in("manager")
    body = {"amount": "60.00", "method": "transfer", "received_on": "2026-11-02", "invoice_id": invoice.id}
    answers = [
        await manager.post("/api/payments", json=body, headers={"Idempotency-Key": f"key-{invoice.id}"})
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    made = answers[0].json()["data"]
    assert answers[1].json()["data"]["id"] == made["id"]
    assert (made["amount"], made["currency"], made["client_id"]) == ("60.000", "EUR", invoice.client_id)
    url = f"/api/payments/{made['id']}/refunds"
    refund = {"amount": "20.00", "method": "transfer", "reason": "One day less", "nonce": "r1"}
    backs = [await manager.post(url, json=refund) for _ in range(2)]
    assert [one.json()["data"]["id"] for one in backs] == [backs[0].json()["data"]["id"]] * 2
    too_much = await manager.post(url, json={**refund, "amount": "40.01", "nonce": "r2"})
    assert too_much.status_code == 422
    assert "amount" in too_much.json()["details"]["fields"]
    listed = (await manager.get("/api/payments", params={"invoice_id": invoice.id})).json()
    assert [one["amount"] for one in listed["data"]] == ["-20.000", "60.000"]
    assert listed["pagination"]["total"] == 2
    offline = await manager.post(f"/api/invoices/{invoice.id}/payment-attempts", json={})
    assert offline.status_code == 404
    for bad in ({**body, "amount": "-1"}, {**body, "method": "online"}, {**body, "invoice_id": 999999999}):
        assert (await manager.post("/api/payments", json=bad)).status_code in {404, 422}
