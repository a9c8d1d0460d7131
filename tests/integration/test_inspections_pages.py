"""The pages of inspections and stock takes: lists, forms, files, and what a role may."""

import re
from calendar import monthrange
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from PIL import Image

from app.domain.inspections import service
from app.domain.stock_takes import service as stock_takes
from app.lib.clock import now
from app.sample.company import COMPANY
from tests.integration.bench import with_units
from tests.integration.booking import some_equipment
from tests.statements import statements_for

PART = {"hx-request": "true", "hx-request-type": "partial"}
LONG_AGO = date(2020, 1, 31)


async def some_units(work: Any, *tags: str) -> tuple[int, list[int], int]:
    """Equipment with units under a rule by which they are expired: the ids of it, of them, and of the rule."""
    async with work() as unit:
        equipment_id, units = await with_units(unit, tags)
        given = {"name": f"PAT {tags[0]}", "interval_months": 12, "starts_on": LONG_AGO}
        rule = await service.create_rule(unit, {**given, "equipment_id": equipment_id})
        return equipment_id, [one.id for one in units], rule.id


def sent(unit_ids: list[int], rule_id: int, **more: Any) -> dict[str, Any]:
    today = now().date().isoformat()
    return {"unit": unit_ids, "rule_id": rule_id, "passed": "1", "inspected_on": today, **more}


async def test_the_list_says_what_is_expired_and_goes_on(work: Any, sign_in: Any) -> None:
    _, units, rule = await some_units(work, *[f"LI-{number:03}" for number in range(60)])
    async with work() as unit:
        await service.record(unit, units[:2], rule, passed=True, inspected_on=now().date())
    viewer = await sign_in("viewer")

    async def tags(query: str) -> list[str]:
        return re.findall(r">(LI-\d+)</a>", (await viewer.get(f"/inspections?{query}", headers=PART)).text)

    first = await viewer.get(f"/inspections?rule={rule}", headers=PART)
    assert "60 tests" in first.text
    (further,) = set(re.findall(r"after=([\w-]+)", first.text))
    rest = re.findall(
        r">(LI-\d+)</a>", (await viewer.get(f"/inspections?rule={rule}&after={further}", headers=PART)).text
    )
    assert sorted(await tags(f"rule={rule}") + rest) == [f"LI-{number:03}" for number in range(60)]
    assert await tags(f"rule={rule}&status=valid") == ["LI-000", "LI-001"]
    assert await tags(f"rule={rule}&q=li-007") == ["LI-007"]
    assert await tags(f"rule={rule}&location=nowhere") == []
    export = await viewer.get(f"/inspections/export?rule={rule}&status=expired")
    assert export.headers["content-type"].startswith("text/csv")
    assert len(export.text.splitlines()) == 59
    assert "Record" not in first.text


async def test_a_test_is_recorded_with_its_certificate(work: Any, sign_in: Any) -> None:
    _, (one, other), rule = await some_units(work, "CE-1", "CE-2")
    technician = await sign_in("technician")
    scanned = await technician.get(f"/inspections/new?unit={one}&code=ce-2")
    assert scanned.headers["location"] == f"/inspections/new?unit={one}&unit={other}"
    form = (await technician.get(scanned.headers["location"])).text
    today = now().astimezone(ZoneInfo(COMPANY.time_zone)).date()
    # the year after a leap year has no 29 February
    day = min(today.day, monthrange(today.year + 1, today.month)[1])
    until = date(today.year + 1, today.month, day) - timedelta(days=1)
    assert f'value="{until.isoformat()}"' in form
    unknown = await technician.get("/inspections/new?code=CE-")
    assert unknown.status_code == 422
    assert "No unit has the tag" in unknown.text
    bad = await technician.post(
        "/inspections/new",
        data=sent([one], rule, inspector="Ana"),
        files={"certificate": ("virus.exe", b"MZ", "application/pdf")},
    )
    assert bad.status_code == 422
    assert "Choose a PDF or a picture" in bad.text
    assert 'value="Ana"' in bad.text
    done = await technician.post(
        "/inspections/new",
        data=sent([one, other], rule),
        files={"certificate": ("../../my paper.pdf", b"%PDF-1.7 <script>", "text/html")},
    )
    assert (done.status_code, done.headers["location"]) == (303, "/inspections")
    shown = (await technician.get(f"/units/{one}/inspections")).text
    (address,) = re.findall(r"/inspections/\d+/certificate", shown)
    file = await technician.get(address)
    assert file.content == b"%PDF-1.7 <script>"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"] == 'attachment; filename="my paper.pdf"'
    assert "sandbox" in file.headers["content-security-policy"]
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    await technician.post(
        "/inspections/new",
        data=sent([one], rule),
        files={"certificate": ("a.png", picture.getvalue(), "image/png")},
    )
    newest = re.findall(
        r"/inspections/\d+/certificate", (await technician.get(f"/units/{one}/inspections")).text
    )[0]
    assert (await technician.get(newest)).content[:4] == b"RIFF"


async def test_a_failed_test_leads_to_its_job(work: Any, sign_in: Any) -> None:
    _, (one, other), rule = await some_units(work, "FL-1", "FL-2")
    technician = await sign_in("technician")
    failed = await technician.post("/inspections/new", data=sent([one], rule, passed="0", notes="No earth"))
    assert re.fullmatch(r"/maintenance/\d+", failed.headers["location"])
    assert "No earth" in (await technician.get(failed.headers["location"])).text
    shown = (await technician.get(f"/units/{one}/inspections")).text
    assert "failed on" in shown
    assert f'href="{failed.headers["location"]}"' in shown
    record = re.findall(r"/inspections/(\d+)/edit", shown)[0]
    version = {"version": "1"}
    gone = await technician.post(f"/inspections/{record}/deletion", data=version)
    assert gone.headers["location"] == f"/units/{one}/inspections"
    assert "Nothing recorded yet" in (await technician.get(gone.headers["location"])).text
    missing = await technician.post("/inspections/new", data={"unit": other, "rule_id": "", "passed": "1"})
    assert missing.status_code == 422
    assert "Choose the test." in missing.text


async def test_rules_are_added_edited_and_deleted(work: Any, sign_in: Any) -> None:
    equipment_id, _, rule = await some_units(work, "RU-1")
    manager = await sign_in("manager")
    form = {"name": "Load test", "equipment_id": equipment_id, "interval_months": "6", "warn_days": "10"}
    refused = await manager.post("/inspections/rules/new", data=form)
    assert refused.status_code == 422
    assert 'value="Load test"' in refused.text
    added = await manager.post("/inspections/rules/new", data={**form, "starts_on": "2026-11-01"})
    assert added.headers["location"] == "/inspections/rules"
    assert "Load test" in (await manager.get("/inspections/rules")).text
    page = (await manager.get(f"/inspections/rules/{rule}/edit")).text
    assert 'value="PAT RU-1"' in page
    edited = {
        "name": "PAT renamed",
        "interval_months": "24",
        "warn_days": "30",
        "starts_on": "2026-11-01",
        "notes": "",
    }
    await manager.post(f"/inspections/rules/{rule}/edit", data={**edited, "version": "1"})
    assert "PAT renamed" in (await manager.get("/inspections/rules")).text
    stale = await manager.post(f"/inspections/rules/{rule}/deletion", data={"version": "1"})
    assert stale.status_code == 409
    await manager.post(f"/inspections/rules/{rule}/deletion", data={"version": "2"})
    assert "PAT renamed</a>" not in (await manager.get("/inspections/rules")).text


async def test_roles_see_and_do_what_is_theirs(work: Any, sign_in: Any) -> None:
    _, (one,), rule = await some_units(work, "RO-1")
    viewer, employee, technician = [await sign_in(role) for role in ("viewer", "employee", "technician")]
    for path in ("/inspections", "/inspections/rules", f"/units/{one}/inspections"):
        assert (await viewer.get(path)).status_code == 200
    assert (await employee.get("/inspections/new")).status_code == 403
    assert (await employee.post("/inspections/new", data=sent([one], rule))).status_code == 403
    assert (await employee.get("/inspections/rules/new")).status_code == 403
    assert (await employee.get("/stock-takes")).status_code == 403
    assert (await technician.get("/stock-takes")).status_code == 200


async def test_counting_answers_with_a_verdict_and_the_list(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 4, location="PG-1")
        await with_units(unit, ["PG-tag"])
    technician = await sign_in("technician")
    refused = await technician.post("/stock-takes", data={"location": "the moon"})
    assert refused.status_code == 422
    started = await technician.post("/stock-takes", data={"location": "PG-1"})
    here = started.headers["location"]
    nonce = str(uuid4())
    for _ in range(3):
        counted = await technician.post(
            f"{here}/counts", data={"nonce": nonce, "equipment_id": cable.id, "quantity": "3"}, headers=PART
        )
        assert counted.status_code == 200
        assert ">3<small>of 4</small>" in counted.text
    scan = {"nonce": str(uuid4()), "code": "PG-TAG"}
    assert "PG-tag" in (await technician.post(f"{here}/scans", data=scan, headers=PART)).text
    again = await technician.post(f"{here}/scans", data=scan | {"nonce": str(uuid4())}, headers=PART)
    assert "Counted already" in again.text
    unknown = await technician.post(
        f"{here}/scans", data={"nonce": str(uuid4()), "code": "nope"}, headers=PART
    )
    assert (unknown.status_code, 'data-kind="unknown"' in unknown.text) == (422, True)
    plain = await technician.post(f"{here}/scans", data={"nonce": str(uuid4()), "code": cable.sku})
    assert (plain.status_code, plain.headers["location"]) == (303, here)
    assert "4<small>of 4" in (await technician.get(f"{here}?show=all")).text
    asked = (await technician.get(f"{here}/application")).text
    assert "Found here" in asked
    assert "Apply 1 change" in asked
    applied = await technician.post(f"{here}/application")
    assert applied.headers["location"] == here
    assert "PG-tag" in (await technician.get(here)).text
    assert (await technician.post(f"{here}/application")).status_code == 409
    late = await technician.post(f"{here}/scans", data=scan | {"nonce": str(uuid4())}, headers=PART)
    assert (late.status_code, "is over" in late.text) == (409, True)
    assert (await technician.get(f"{here}/news", headers=PART)).headers["hx-redirect"] == here


async def test_pages_take_a_fixed_number_of_statements(app: Any, work: Any, sign_in: Any) -> None:
    few_item, (few, *_), few_rule = await some_units(work, "ST-1")
    many_item, (many, *_), many_rule = await some_units(work, *[f"ST-{number}" for number in range(2, 40)])
    async with work() as unit:
        for number in range(1, 13):
            await service.record(unit, [many], many_rule, passed=True, inspected_on=date(2026, 1, number))
        for _ in range(20):
            await some_equipment(unit, 4, location="ST-many")
        await some_equipment(unit, 4, location="ST-few")
        takes = [(await stock_takes.start(unit, {"location": place})).id for place in ("ST-few", "ST-many")]
    viewer, technician = await sign_in("viewer"), await sign_in("technician")

    async def same(client: Any, one: str, other: str) -> None:
        assert await statements_for(app, client, one) == await statements_for(app, client, other)

    await same(viewer, f"/inspections?rule={few_rule}", f"/inspections?rule={many_rule}")
    await same(viewer, f"/units/{few}/inspections", f"/units/{many}/inspections")
    await same(viewer, f"/inventory/{few_item}/units", f"/inventory/{many_item}/units")
    for path in ("", "/application", "/news"):
        await same(technician, f"/stock-takes/{takes[0]}{path}", f"/stock-takes/{takes[1]}{path}")


async def test_the_api_records_counts_and_applies(work: Any, sign_in: Any) -> None:
    equipment_id, (one, other), rule = await some_units(work, "AP-1", "AP-2")
    admin = await sign_in("admin")
    due = (await admin.get(f"/api/inspections/due?rule_id={rule}&limit=1")).json()
    assert due["pagination"]["total"] == 2
    assert due["data"][0] | {"asset_tag": "AP-1", "status": "expired", "inspected_on": None} == due["data"][0]
    following = f"/api/inspections/due?rule_id={rule}&limit=1&cursor={due['pagination']['next_cursor']}"
    assert (await admin.get(following)).json()["data"][0]["asset_tag"] == "AP-2"
    body = {"unit_ids": [one, other], "rule_id": rule, "passed": True, "inspected_on": "2026-11-20"}
    recorded = (await admin.post("/api/inspections", json=body)).json()["data"]
    assert [record["valid_until"] for record in recorded] == ["2027-11-19", "2027-11-19"]
    wrong = await admin.post("/api/inspections", json=body | {"rule_id": 999_999})
    assert wrong.status_code == 404
    both = {"name": "X", "interval_months": 1, "starts_on": "2026-01-01"}
    assert (await admin.post("/api/inspection-rules", json=both)).status_code == 422
    made = await admin.post("/api/inspection-rules", json=both | {"equipment_id": equipment_id})
    assert made.status_code == 201
    take = (await admin.post("/api/stock-takes", json={})).json()["data"]["id"]
    count = {"nonce": str(uuid4()), "code": "AP-1"}
    for _ in range(2):
        counted = (await admin.post(f"/api/stock-takes/{take}/counts", json=count)).json()["data"]
        assert (counted["unit_id"], counted["pieces"], counted["again"]) == (one, 1, False)
    lacking = (await admin.get(f"/api/stock-takes/{take}/differences")).json()["data"]["units"]
    assert other in [unit["unit_id"] for unit in lacking]
    assert one not in [unit["unit_id"] for unit in lacking]
    nothing = await admin.post(f"/api/stock-takes/{take}/counts", json={"nonce": str(uuid4())})
    assert nothing.status_code == 422
    cancelled = await admin.post(f"/api/stock-takes/{take}/cancellation")
    assert cancelled.json()["data"]["status"] == "cancelled"
    assert (await admin.post(f"/api/stock-takes/{take}/application")).status_code == 409
