"""Client lists: read as they come, shown before anything happens, imported once, taken back."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.db.models import Address, Change, Client, Contact
from app.domain.clients.import_controllers import MOST_ROWS
from app.domain.clients.service import create_client

Work = Callable[..., Any]
PART = {"hx-request": "true", "hx-request-type": "partial"}
LIST = """Company;E-Mail;Telefon;PLZ;Ort;Strasse;Contact person;Contact e-mail;Zahlungsziel;Tags;Lieferant
Hafen Events GmbH;office@hafen.example;+49 8382 1;88131;Lindau;Kai 3;Iris Roth;iris@hafen.example;14 Tage;gala, fair;nein
müller  licht;;+49 8382 2;;Bregenz;;;;30;;ja
Broken One;not-a-mail;;;;;;;;;
Twice;;;;;;;;;;
twice;;;;;;;;;;
;;+49 1;;;;;;;;
"""


async def _count(work: Work, model: Any) -> int:
    async with work() as unit:
        return await unit.session.scalar(select(func.count()).where(model.deleted_at.is_(None)))


async def _client(work: Work, name: str) -> Client:
    async with work() as unit:
        return (
            await unit.session.scalars(select(Client).where(Client.name == name, Client.deleted_at.is_(None)))
        ).one()


async def _upload(client: httpx.AsyncClient, content: str | bytes, name: str = "list.csv") -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    return await client.post("/clients/import", files={"file": (name, data, "text/csv")})


def _form(page: str) -> dict[str, str]:
    """What the page would send as it stands."""
    form = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="(filename|table)" value="([^"]*)"', page)
    }
    for name, options in re.findall(r'name="(column-\d+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\w*)" selected', options)
        assert chosen
        form[name] = chosen[1]
    return form


async def test_a_list_is_shown_imported_once_and_taken_back(sign_in: Any, work: Work) -> None:
    async with work() as unit:
        await create_client(unit, {"name": "Müller Licht", "phone": "+49 8382 9", "notes": "Old friend"})
    clients, manager = await _count(work, Client), await sign_in("manager")
    shown = await _upload(manager, LIST)
    assert shown.status_code == 200, shown.text
    form = _form(shown.text)
    assert [form[f"column-{place}"] for place in range(11)] == [
        "name", "email", "phone", "postal_code", "city", "street", "contact_name", "contact_email",
        "payment_terms_days", "tags", "supplier",
    ]  # fmt: skip
    assert "<strong>1</strong> new · <strong>1</strong> changed · <strong>0</strong>" in shown.text
    assert "Write an e-mail address" in shown.text
    assert shown.text.count("The name is there more than once in this file.") == 2
    assert "Name is missing." in shown.text
    assert "changes Phone, Payment terms (days), Supplier, an address" in shown.text
    assert await _count(work, Client) == clients
    done = await manager.post("/clients/import/run", data=form)
    assert done.headers["location"] == "/clients", done.text
    assert await _count(work, Client) == clients + 1
    made, known = await _client(work, "Hafen Events GmbH"), await _client(work, "Müller Licht")
    assert (made.email, made.payment_terms_days, made.tags, made.supplier) == (
        "office@hafen.example", 14, ["gala", "fair"], False,
    )  # fmt: skip
    assert (known.phone, known.notes, known.supplier) == ("+49 8382 2", "Old friend", True)
    assert (await _count(work, Contact), await _count(work, Address)) == (1, 2)
    again = await _upload(manager, LIST)
    assert "<strong>0</strong> new · <strong>0</strong> changed · <strong>2</strong>" in again.text
    assert "Nothing to import" in again.text
    async with work() as unit:
        operation = await unit.session.scalar(
            select(Change.operation).where(Change.entity == "client", Change.entity_id == made.id)
        )
    assert (await manager.post(f"/operations/{operation}/undo", headers=PART)).status_code == 200
    assert await _count(work, Client) == clients
    assert (await _client(work, "Müller Licht")).phone == "+49 8382 9"


async def test_columns_are_chosen_anew_and_what_was_exported_comes_back(sign_in: Any, work: Work) -> None:
    employee = await sign_in("employee")
    form = _form((await _upload(employee, "Wer;Note\nAlpha Show;Hello\n")).text)
    assert form["column-0"] == ""
    undecided = await employee.post("/clients/import/run", data=form)
    assert undecided.status_code == 422
    assert "Choose the column that is the Name." in undecided.text
    doubled = form | {"column-0": "name", "column-1": "name"}
    refused = await employee.post("/clients/import/check", data=doubled, headers=PART)
    assert "cannot both become Name" in refused.text
    chosen = await employee.post("/clients/import/check", data=form | {"column-0": "name"}, headers=PART)
    assert chosen.text.lstrip().startswith("<div")
    assert "Import 1 row" in chosen.text
    await employee.post("/clients/import/run", data=form | {"column-0": "name"})
    assert (await _client(work, "Alpha Show")).notes == "Hello"
    for ending in ("csv", "xlsx"):
        exported = (await employee.get(f"/clients/export?format={ending}&archived=all")).content
        unchanged = await _upload(employee, exported, f"clients.{ending}")
        assert "<strong>0</strong> new · <strong>0</strong> changed" in unchanged.text, ending
        assert "<strong>0</strong> cannot be used" in unchanged.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This file is empty."),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, ""),
        (b"name\n" + b"x\n" * (MOST_ROWS + 1), ""),
    ],
)
async def test_what_is_no_list_is_refused(sign_in: Any, content: bytes, message: str) -> None:
    employee = await sign_in("employee")
    refused = await _upload(employee, content)
    assert refused.status_code == 422
    assert message in refused.text
    assert (await employee.post("/clients/import", data={})).status_code == 422


async def test_what_a_page_carries_is_not_trusted(sign_in: Any, work: Work) -> None:
    employee, clients = await sign_in("employee"), await _count(work, Client)
    for table in ("", "name\nNo number\n", "\x00"):
        assert (await employee.post("/clients/import/run", data={"table": table})).status_code == 422
    odd = {
        "table": "#,a,b\n2,Odd one,9\n",
        "column-0": "name",
        "column-1": "merged_into_id",
        "filename": "<b>",
    }
    assert (await employee.post("/clients/import/run", data=odd)).status_code == 303
    assert (await _client(work, "Odd one")).merged_into_id is None
    assert await _count(work, Client) == clients + 1
    assert (await (await sign_in("viewer")).get("/clients/import")).status_code == 403
