"""Files of events: kept as they came, pictures made anew, always served as downloads."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image
from sqlalchemy import select, text

from app.db.models import Attachment, Event
from app.domain.events.attachments import MOST_BYTES, MOST_FILES
from app.domain.operations.purging import purge_deleted
from tests.integration.booking import an_event

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def a_new_event(work: Any) -> Event:
    async with work() as unit:
        return await an_event(unit)


async def files_of(work: Any, event: Event) -> list[Attachment]:
    async with work() as unit:
        statement = select(Attachment).where(Attachment.event_id == event.id, Attachment.deleted_at.is_(None))
        return list(await unit.session.scalars(statement.order_by(Attachment.id)))


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), "teal").save(buffer, "PNG")
    return buffer.getvalue()


async def test_files_are_uploaded_listed_downloaded_and_renamed(work: Any, sign_in: Any) -> None:
    event = await a_new_event(work)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/attachments"
    page = b"<script>alert(1)</script>"
    sent = [("files", ("../Räder <b>.html", page, "text/html")), ("files", ("plot.png", picture()))]
    added = await employee.post(address, files=sent, headers=PART)
    assert added.status_code == 200
    assert "2 files added" in added.headers["hx-trigger"]
    assert "Räder &lt;b&gt;.html" in added.text
    document, plot = await files_of(work, event)
    assert (document.name, document.size, document.file[-4:]) == ("Räder <b>.html", len(page), ".bin")
    assert (plot.name, plot.media_type, plot.file[-5:]) == ("plot.webp", "image/webp", ".webp")
    shown = (await employee.get(f"/events/{event.id}")).text
    assert f"/photos/{plot.file.replace('.webp', '-64.webp')}" in shown
    viewer = await sign_in("viewer")
    got = await viewer.get(f"/attachments/{document.id}/file")
    assert got.content == page
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    base = f"/attachments/{document.id}"
    assert 'name="name"' in (await employee.get(f"{base}/edit", headers=PART)).text
    data = {"version": "1", "name": ""}
    assert (await employee.post(f"{base}/edit", data=data)).status_code == 422
    assert (await employee.post(f"{base}/edit", data=data | {"name": "Rider.html"})).status_code == 303
    assert "Rider.html" in (await viewer.get(address)).text
    assert (await viewer.post(address, files=sent)).status_code == 403
    listed = (await viewer.get(f"/api/attachments?event_id={event.id}")).json()["data"]
    assert [one["name"] for one in listed] == ["Rider.html", "plot.webp"]


async def test_a_file_is_deleted_and_comes_back(work: Any, sign_in: Any) -> None:
    event = await a_new_event(work)
    employee = await sign_in("employee")
    await employee.post(f"/events/{event.id}/attachments", files=[("files", ("a.txt", b"words"))])
    (kept,) = await files_of(work, event)
    base = f"/attachments/{kept.id}"
    assert (await employee.post(f"{base}/deletion", data={"version": "1"})).status_code == 303
    assert (await employee.get(f"{base}/file")).status_code == 404
    assert (await employee.post(f"{base}/restoration")).status_code == 303
    assert (await employee.get(f"{base}/file")).content == b"words"
    history = await employee.get(f"/events/{event.id}/history")
    assert "a.txt" in history.text
    undo = re.findall(r"/changes/\d+/undo", history.text)
    assert (await employee.post(undo[0], headers=PART)).status_code == 200
    assert await files_of(work, event) == []


async def test_what_cannot_be_kept_is_refused_and_nothing_else_kept(work: Any, sign_in: Any) -> None:
    event = await a_new_event(work)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/attachments"
    good = ("files", ("good.txt", b"words"))
    for sent, words in (
        ([good, ("files", ("none.txt", b""))], "none.txt is empty."),
        ([good, ("files", ("large.bin", b"x" * (MOST_BYTES + 1)))], "at most 20 MB fit"),
        ([good, ("files", ("bad.png", picture()[:60]))], "damaged or incomplete"),
        ([good] * (MOST_FILES + 1), "at most 10 files"),
        ([("other", ("x.txt", b"x"))], "Choose at least one file."),
    ):
        refused = await employee.post(address, files=sent, headers=PART)
        assert refused.status_code == 422
        assert words in refused.text
    assert await files_of(work, event) == []
    gone = await employee.post("/events/999999/attachments", files=[good])
    assert gone.status_code == 404


async def test_files_of_what_is_purged_go_unless_somebody_else_has_them(
    app: Any, work: Any, sign_in: Any
) -> None:
    one, two = await a_new_event(work), await a_new_event(work)
    employee = await sign_in("employee")
    shared = ("files", ("shared.txt", b"in both"))
    own = ("files", ("own.txt", b"only here"))
    await employee.post(f"/events/{one.id}/attachments", files=[shared, own])
    await employee.post(f"/events/{two.id}/attachments", files=[shared])
    names = [kept.file for kept in await files_of(work, one)]
    runtime = app.app.state.runtime
    now = datetime(2031, 5, 20, tzinfo=UTC)
    async with runtime.sessions() as session, session.begin():
        statement = text("update attachment set deleted_at = :at where event_id = :event_id")
        await session.execute(statement, {"at": now - timedelta(days=40), "event_id": one.id})
    assert await purge_deleted(runtime.sessions, runtime.files, now - timedelta(days=30))
    assert [await runtime.files.exists_async(name) for name in names] == [True, False]
    (left,) = await files_of(work, two)
    assert (await employee.get(f"/attachments/{left.id}/file")).content == b"in both"
