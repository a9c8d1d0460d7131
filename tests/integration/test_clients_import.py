"""Client lists: read as they come, shown before anything happens, imported once by a job, taken back."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db.models import Address, Change, Client, Contact
from app.domain.clients.importing.checking import check_rows
from app.domain.clients.importing.fields import TARGETS
from app.domain.clients.importing.known import KnownClients
from app.domain.clients.importing.queries import load_known
from app.domain.clients.importing.writing import write_rows
from app.domain.clients.service import create_client, delete_client
from app.domain.importing.mapping import suggest_mapping
from app.domain.importing.running import run_import
from app.jobs.tasks import IMPORTED
from app.jobs.worker import JobWorker
from app.lib.tabular import read_table
from tests.integration.importing import (
    CLIENT_IMPORTS,
    chosen_columns,
    finished,
    imported,
    mapped,
    record_of,
    upload,
    uploaded,
    value,
)
from tests.statements import noted

Work = Callable[..., Any]
PART = {"hx-request": "true", "hx-request-type": "partial"}
LIST = """Company;E-Mail;Telefon;PLZ;Ort;Strasse;Contact person;Contact e-mail;Zahlungsziel;Tags;Lieferant
Hafen Events GmbH;office@hafen.example;+49 8382 1;88131;Lindau;Kai 3;Iris Roth;iris@hafen.example;14 Tage;gala, fair;nein
müller  licht;;+49 8382 2;;Bregenz;;;;30;;ja
Broken One;not-a-mail;;;;;;;;;
Twice;;;;;;;;;;
twice;;;;;;;;;;
;;+49 1;;;;;;;;
""".encode()
MANY = "name,city,contact\n" + "".join(f"{{0}} {n},Bregenz,Person {n}\n" for n in range(130))


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


async def count(work: Work, model: Any, *conditions: Any) -> int:
    async with work() as unit:
        statement = select(func.count()).where(model.deleted_at.is_(None), *conditions)
        return await unit.session.scalar(statement)


async def client_named(work: Work, name: str) -> Client:
    async with work() as unit:
        return (
            await unit.session.scalars(select(Client).where(Client.name == name, Client.deleted_at.is_(None)))
        ).one()


async def brought(client: Any, runtime: Any, data: bytes, name: str = "list.csv", **form: str) -> Any:
    """The whole way of a list that needs no decisions, with a worker."""
    worker = await JobWorker(runtime).start()
    record = await imported(client, runtime, data, name, CLIENT_IMPORTS, **form)
    await worker.stop()
    return record


async def checked(client: Any, data: bytes, name: str = "list.csv") -> tuple[int, str]:
    """A list up to its check: the import and the page."""
    import_id = await uploaded(client, data, name, CLIENT_IMPORTS)
    assert (await mapped(client, import_id, CLIENT_IMPORTS)).status_code == 303
    return import_id, (await client.get(f"{CLIENT_IMPORTS}/{import_id}/check")).text


def counts(page: str) -> list[int]:
    """New, changed, already the same, cannot be used."""
    figures = re.search(r'av-figures--tight">(.*?)</div>', page, re.DOTALL)
    assert figures
    return [int(number) for number in re.findall(r"<b[^>]*>(\d+)</b>", figures[1])]


async def write(work: Work, data: str, known: KnownClients | None = None) -> Any:
    """Check a list, against what is there unless told otherwise, and write it as one chunk."""
    table = read_table(data.encode(), "list.csv")
    mapping = suggest_mapping(table, TARGETS)
    async with work("manager") as unit:
        there = await load_known(unit.session, table, mapping) if known is None else known
        return await write_rows(unit, check_rows(table, mapping, there).to_write)


async def test_a_list_is_shown_imported_once_and_taken_back(sign_in: Any, work: Work, runtime: Any) -> None:
    async with work() as unit:
        await create_client(unit, {"name": "Müller Licht", "phone": "+49 8382 9", "notes": "Old friend"})
    clients, manager = await count(work, Client), await sign_in("manager")
    import_id = await uploaded(manager, LIST, "list.csv", CLIENT_IMPORTS)
    columns = chosen_columns((await manager.get(f"{CLIENT_IMPORTS}/{import_id}/columns")).text)
    assert list(columns.values()) == [
        "name", "email", "phone", "postal_code", "city", "street", "contact_name", "contact_email",
        "payment_terms_days", "tags", "supplier",
    ]  # fmt: skip
    import_id, page = await checked(manager, LIST)
    assert counts(page) == [1, 1, 0, 4]
    assert "Write an e-mail address" in page
    assert page.count("The name is there more than once in this file.") == 2
    assert "Name is missing." in page
    assert "Changes Phone, Payment terms (days), Supplier, an address" in page
    assert await count(work, Client) == clients
    worker = await JobWorker(runtime).start()
    await manager.post(f"{CLIENT_IMPORTS}/{import_id}/run", data={"bad": "leave_out"})
    record = await finished(runtime, import_id)
    assert (record.state, record.report["created"], record.report["changed"], record.report["problems"]) == (
        "done", 1, 1, 4,
    )  # fmt: skip
    assert await count(work, Client) == clients + 1
    made, known = await client_named(work, "Hafen Events GmbH"), await client_named(work, "Müller Licht")
    assert (made.email, made.payment_terms_days, made.tags, made.supplier) == (
        "office@hafen.example", 14, ["gala", "fair"], False,
    )  # fmt: skip
    assert (known.phone, known.notes, known.supplier) == ("+49 8382 2", "Old friend", True)
    assert (await count(work, Contact), await count(work, Address)) == (1, 2)
    again, page = await checked(manager, LIST)
    assert counts(page) == [0, 0, 2, 4]
    assert "Nothing to import" in page
    await manager.post(f"{CLIENT_IMPORTS}/{again}/run", data={"bad": "leave_out"})
    second = await finished(runtime, again)
    written = "select count(*) from change where operation = :it and entity <> 'client_import'"
    assert await value(runtime, written, it=second.operation) == 0
    await manager.post(f"{CLIENT_IMPORTS}/{import_id}/stop")
    taken_back = await finished(runtime, import_id, "stopped")
    await worker.stop()
    assert taken_back.report["undo"]["kept_count"] == 0
    assert await count(work, Client) == clients
    assert (await count(work, Contact), await count(work, Address)) == (0, 0)
    assert (await client_named(work, "Müller Licht")).phone == "+49 8382 9"


async def test_columns_are_chosen_anew_and_what_was_exported_comes_back(
    sign_in: Any, work: Work, runtime: Any
) -> None:
    employee = await sign_in("employee")
    import_id = await uploaded(employee, b"Wer;Note\nAlpha Show;Hello\n", "wer.csv", CLIENT_IMPORTS)
    undecided = await mapped(employee, import_id, CLIENT_IMPORTS, **{"column-0": ""})
    assert undecided.status_code == 422
    assert "Choose the column that is the Name." in undecided.text
    doubled = {"column-0": "name", "column-1": "name"}
    assert "cannot both become Name" in (await mapped(employee, import_id, CLIENT_IMPORTS, **doubled)).text
    url = f"{CLIENT_IMPORTS}/{import_id}/columns?column-0=name&column-1=tags"
    chosen = await employee.get(url, headers=PART)
    assert chosen.text.lstrip().startswith("<div")
    assert "1 new, 0 known" in chosen.text
    await mapped(employee, import_id, CLIENT_IMPORTS, **{"column-0": "name"})
    assert "Import 1 row" in (await employee.get(f"{CLIENT_IMPORTS}/{import_id}/check")).text
    await employee.post(f"{CLIENT_IMPORTS}/{import_id}/run")
    await run_import(runtime.sessions, runtime.files, IMPORTED, import_id)
    assert (await client_named(work, "Alpha Show")).notes == "Hello"
    for ending in ("csv", "xlsx"):
        exported = (await employee.get(f"/clients/export?format={ending}&archived=all")).content
        _, page = await checked(employee, exported, f"clients.{ending}")
        found = counts(page)
        assert (found[0], found[1], found[3]) == (0, 0, 0), ending


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This file is empty."),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "it is a picture"),
        (b"name\n" + b"x\n" * 100_001, "rows"),
    ],
)
async def test_what_is_no_list_is_refused(sign_in: Any, content: bytes, message: str) -> None:
    employee = await sign_in("employee")
    refused = await upload(employee, content, "list.csv", CLIENT_IMPORTS)
    assert refused.status_code == 422
    assert message in refused.text
    assert "Client list" in refused.text
    assert (await employee.post(f"{CLIENT_IMPORTS}/new", data={})).status_code == 422


async def test_what_a_form_says_is_not_trusted(sign_in: Any, work: Work, runtime: Any) -> None:
    employee, clients = await sign_in("employee"), await count(work, Client)
    import_id = await uploaded(employee, b"a,b\nOdd one,9\n", "<b>.csv", CLIENT_IMPORTS)
    odd = {"column-0": "name", "column-1": "merged_into_id"}
    assert (await mapped(employee, import_id, CLIENT_IMPORTS, **odd)).status_code == 303
    assert "<b>.csv" not in (await employee.get(f"{CLIENT_IMPORTS}/{import_id}/check")).text
    await employee.post(f"{CLIENT_IMPORTS}/{import_id}/run")
    await run_import(runtime.sessions, runtime.files, IMPORTED, import_id)
    assert (await client_named(work, "Odd one")).merged_into_id is None
    assert await count(work, Client) == clients + 1


async def test_each_kind_is_seen_at_its_own_address_by_those_who_may(sign_in: Any, runtime: Any) -> None:
    employee, technician, admin = [await sign_in(role) for role in ("employee", "technician", "admin")]
    own = await uploaded(employee, b"name\nA client\n", "clients-only.csv", CLIENT_IMPORTS)
    stock = await uploaded(technician, b"name,sku\nA thing,KIND-1\n", "stock-only.csv")
    for path in ("", "/columns", "/check", "/left-out.csv"):
        assert (await employee.get(f"/imports/{own}{path}")).status_code == 403, path
        assert (await technician.get(f"{CLIENT_IMPORTS}/{stock}{path}")).status_code == 403, path
        assert (await admin.get(f"/imports/{own}{path}")).status_code == 404, path
        assert (await admin.get(f"{CLIENT_IMPORTS}/{stock}{path}")).status_code == 404, path
    for path in ("columns", "guess", "reading", "run", "stop"):
        assert (await admin.post(f"/imports/{own}/{path}")).status_code == 404, path
    assert (await record_of(runtime, own)).state == "mapping"
    clients, things = (await admin.get(CLIENT_IMPORTS)).text, (await admin.get("/imports")).text
    assert "clients-only.csv" in clients
    assert "stock-only.csv" not in clients
    assert "stock-only.csv" in things
    assert "clients-only.csv" not in things
    assert (await (await sign_in("viewer")).get(f"{CLIENT_IMPORTS}/new")).status_code == 403


async def test_a_mapping_is_remembered_for_its_kind(sign_in: Any, runtime: Any) -> None:
    admin = await sign_in("admin")
    data = b"Wer,Extra\nRemembered,x\n"
    first = await uploaded(admin, data, "first.csv", CLIENT_IMPORTS)
    await mapped(admin, first, CLIENT_IMPORTS, **{"column-0": "name", "column-1": "city"})
    second = await uploaded(admin, data, "second.csv", CLIENT_IMPORTS)
    assert (await record_of(runtime, second)).mapping["targets"] == ["name", "city"]
    stock = await uploaded(admin, data, "stock.csv")
    assert (await record_of(runtime, stock)).mapping["targets"] == ["name", None]
    await mapped(admin, stock, **{"column-1": "location"})
    third = await uploaded(admin, data, "third.csv", CLIENT_IMPORTS)
    assert (await record_of(runtime, third)).mapping["targets"] == ["name", "city"]


async def test_the_old_addresses_lead_on_and_the_template_comes_back_in(
    sign_in: Any, work: Work, runtime: Any
) -> None:
    manager = await sign_in("manager")
    assert (await manager.get("/clients/import")).headers["location"] == f"{CLIENT_IMPORTS}/new"
    old = await manager.get("/clients/import/template.csv")
    template = await manager.get(old.headers["location"])
    assert "client-list.csv" in template.headers["content-disposition"]
    record = await brought(manager, runtime, template.content)
    assert (record.report["created"], record.report["problems"]) == (1, 0)
    assert await count(work, Contact, Contact.name == "Iris Roth") == 1


async def test_what_is_left_out_comes_back_as_a_file(sign_in: Any, runtime: Any) -> None:
    manager = await sign_in("manager")
    data = b"name,email,blocked,contact e-mail\nFits,fits@in.example,,\nBad mail,x,,\nNo reason,,yes,\nWhose,,,a@b.example\n"
    record = await brought(manager, runtime, data, bad="leave_out")
    assert (record.report["created"], record.report["problems"]) == (1, 3)
    page = (await manager.get(f"{CLIENT_IMPORTS}/{record.id}")).text
    assert f'href="{CLIENT_IMPORTS}/{record.id}/left-out.csv"' in page
    assert "Go to the clients" in page
    answer = await manager.get(f"{CLIENT_IMPORTS}/{record.id}/left-out.csv")
    table = read_table(answer.content, "left-out.csv")
    assert table.header == ["name", "email", "blocked", "contact e-mail", "Problem"]
    assert [(row[0], row[4]) for row in table.rows] == [
        ("Bad mail", "E-mail “x”: Write an e-mail address, like ana@example.com."),
        ("No reason", "It is blocked without a reason."),
        ("Whose", "The contact has no name."),
    ]
    nothing = await brought(manager, runtime, data.replace(b"Fits,fits", b"Too,too"), bad="nothing")
    assert (nothing.state, nothing.report["created"]) == ("stopped", 0)


async def test_a_client_is_found_by_its_tax_number_and_warned_of_by_its_e_mail(
    sign_in: Any, work: Work, runtime: Any
) -> None:
    async with work() as unit:
        await create_client(unit, {"name": "Old Name Ltd", "tax_number": "DE 123.456"})
        await create_client(unit, {"name": "Mail Owner", "email": "shared@owner.example"})
        for name in ("Same twice", "Same Twice"):
            await create_client(unit, {"name": name})
    manager = await sign_in("manager")
    data = (
        b"name,tax number,email\nNew Name Ltd,de123456,\nSomebody,,Shared@owner.example\n"
        b"One,AT1,both@new.example\nTwo,AT2,both@new.example\nsame twice,,\n"
    )
    import_id, page = await checked(manager, data)
    assert counts(page) == [2, 1, 0, 2]
    assert "Has the same tax number; changes Name" in page
    assert re.search(r"<del>Old Name Ltd</del> <ins>New Name Ltd</ins>", page)
    assert "“Mail Owner” has this e-mail. Use that name, or add the client by hand." in page
    assert "Several clients have this name. Merge them first." in page
    await manager.post(f"{CLIENT_IMPORTS}/{import_id}/run", data={"bad": "leave_out"})
    await run_import(runtime.sessions, runtime.files, IMPORTED, import_id)
    assert (await client_named(work, "New Name Ltd")).tax_number == "de123456"
    assert await count(work, Client, Client.name == "Old Name Ltd") == 0
    _, page = await checked(manager, data)
    assert counts(page) == [0, 0, 3, 2]
    # whoever the list itself speaks of by name is not taken for another
    both = b"name,tax number,email\nNew Name Ltd,,\nThe branch,DE123456,\nMail Owner,,\nIts branch,,shared@owner.example\n"
    _, page = await checked(manager, both)
    assert counts(page) == [2, 0, 2, 0]
    doubtful = b"name,tax number\nThe branch,DE123456\nThe other branch,DE 123456\n"
    _, page = await checked(manager, doubtful)
    assert counts(page) == [0, 0, 0, 2]
    assert "and so have other rows of this file" in page


async def test_a_client_that_appears_or_goes_after_the_check_does_not_harm_the_chunk(
    work: Work, runtime: Any
) -> None:
    async with work() as unit:
        await create_client(unit, {"name": "Löwen Bühne", "phone": "+43 1"})
    written = await write(
        work, "name,email,contact\nlowen buhne,a@lowen.example,Ana\nNew here,,\n", KnownClients()
    )
    assert (written.created, written.changed) == (1, 1)
    known = await client_named(work, "Löwen Bühne")
    assert (known.email, known.phone) == ("a@lowen.example", "+43 1")
    table = read_table(b"name,phone\nNew here,+43 5\nlowen buhne,+43 6\n", "list.csv")
    mapping = suggest_mapping(table, TARGETS)
    async with work("manager") as unit:
        rows = check_rows(table, mapping, await load_known(unit.session, table, mapping)).to_write
    async with work() as unit:
        await delete_client(unit, known.id, version=None)
    async with work("manager") as unit:
        written = await write_rows(unit, rows)
    assert (written.changed, written.failures) == (1, {1: "Somebody deleted it meanwhile."})
    assert (await client_named(work, "New here")).phone == "+43 5"


async def test_two_imports_of_one_list_at_once_add_everybody_once(
    sign_in: Any, work: Work, runtime: Any
) -> None:
    manager = await sign_in("manager")
    started = [(await checked(manager, MANY.format("Race").encode()))[0] for _ in range(2)]
    for import_id in started:
        await manager.post(f"{CLIENT_IMPORTS}/{import_id}/run")
    await asyncio.gather(
        *(run_import(runtime.sessions, runtime.files, IMPORTED, import_id) for import_id in started)
    )
    reports = [(await record_of(runtime, import_id)).report for import_id in started]
    assert sum(report["created"] for report in reports) == 130
    assert await count(work, Client, Client.name.like("Race %")) == 130
    assert await value(runtime, "select count(*) from contact c join client o on o.id = c.client_id"
                       " where o.name like 'Race %'") == 130  # fmt: skip


async def test_a_killed_worker_is_followed_by_another_and_progress_is_told(
    sign_in: Any, app: Any, work: Work, runtime: Any
) -> None:
    heard: list[str] = []
    app.app.state.feed.on_signal(heard.append)
    manager = await sign_in("manager")
    import_id, _ = await checked(manager, MANY.format("Gone on").encode())
    await manager.post(f"{CLIENT_IMPORTS}/{import_id}/run")
    page = (await manager.get(f"{CLIENT_IMPORTS}/{import_id}")).text
    assert f'data-live-region="client_import-{import_id}"' in page
    assert f'data-progress="client_import-{import_id}"' in page
    running = asyncio.create_task(run_import(runtime.sessions, runtime.files, IMPORTED, import_id))
    deadline = time.monotonic() + 30
    while not (await record_of(runtime, import_id)).done:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)
    running.cancel()
    await asyncio.wait([running])
    assert (await record_of(runtime, import_id)).state == "running"
    worker = await JobWorker(runtime).start()
    record = await finished(runtime, import_id)
    await worker.stop()
    assert (record.state, record.report["created"], record.done) == ("done", 130, 130)
    assert await count(work, Client, Client.name.like("Gone on %")) == 130
    while not any('"client_import"' in payload and '"done": 130' in payload for payload in heard):
        assert time.monotonic() < deadline, heard
        await asyncio.sleep(0.01)
    async with work() as unit:
        actions = await unit.session.scalars(
            select(Change.action)
            .where(Change.entity == "client_import", Change.entity_id == import_id)
            .order_by(Change.id)
        )
    assert actions.all() == [f"client_import.{what}" for what in ("uploaded", "started", "finished")]
    news = (await manager.get("/notifications")).text
    assert "Your import is finished" in news
    assert f'href="{CLIENT_IMPORTS}/{import_id}"' in news


async def test_a_hundred_rows_take_no_more_statements_than_five(work: Work) -> None:
    taken: dict[int, tuple[int, int]] = {}
    for amount in (5, 100):
        lines = "".join(f"Counted {amount}-{n},+43 {n},Town,Person\n" for n in range(amount))
        data = f"name,phone,city,contact\n{lines}"
        taken[amount] = (await statements(work, data), await statements(work, data.replace("+43", "+49")))
        assert (
            await count(work, Client, Client.name.like(f"Counted {amount}-%"), Client.phone.like("+49%"))
            == amount
        )
    assert taken[100] == taken[5]


async def statements(work: Work, data: str) -> int:
    """How many statements it takes to write a list."""
    table = read_table(data.encode(), "list.csv")
    mapping = suggest_mapping(table, TARGETS)
    async with work("manager") as unit:
        rows = check_rows(table, mapping, await load_known(unit.session, table, mapping)).to_write
        found = await noted(unit)
        assert not (await write_rows(unit, rows)).failures
    return len(found)
