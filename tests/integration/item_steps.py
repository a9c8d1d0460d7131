"""Steps that the tests of the item page share."""

import re
import secrets
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import httpx
from sqlalchemy import select

from app.db.models import Category, Equipment
from app.domain.inventory.service import create_equipment
from app.lib import editing


async def add_item(work: Any, **values: Any) -> int:
    """Add equipment with a sku of its own, in a category of its own; returns its id."""
    if "daily_rate" in values:
        values["daily_rate"] = Decimal(values["daily_rate"])
    async with work("admin") as unit_of_work:
        category = await editing.create(
            unit_of_work, Category(name=f"Category {secrets.token_hex(4)}", icon="box", position=0)
        )
        item = await create_equipment(
            unit_of_work,
            {"name": "Shure SM58", "sku": f"S-{secrets.token_hex(4)}", "category_id": category.id} | values,
        )
    return item.id


async def item_row(app: Any, item_id: int) -> Any:
    """The equipment as it stands in the database."""
    async with app.app.state.runtime.sessions() as session:
        return (
            await session.execute(select(*Equipment.__table__.columns).where(Equipment.id == item_id))
        ).one()


async def form_of(client: httpx.AsyncClient, item_id: int) -> dict[str, str]:
    """What a browser would send from the edit form of equipment without a change."""
    page = await client.get(f"/inventory/{item_id}/edit")
    assert page.status_code == 200
    return fields_of(page.text)


def fields_of(html: str) -> dict[str, str]:
    """The fields of the largest POST form in this HTML, as a browser would send them."""
    forms = re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL)
    reader = _Fields()
    reader.feed(max(forms, key=len))
    return reader.fields


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._textarea = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type")
        if tag == "textarea":
            self._textarea, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            value = given.get("value") or ""
            if "selected" in given or self._select not in self.fields:
                self.fields[self._select] = value
        elif tag == "input" and name and "disabled" not in given and kind != "file":
            self._input(name, kind, given)

    def _input(self, name: str, kind: str | None, given: dict[str, str | None]) -> None:
        if kind not in {"radio", "checkbox"} or "checked" in given:
            self.fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # browsers drop one line break at the beginning of a textarea
            self.fields[self._textarea] += (
                data.removeprefix("\n") if not self.fields[self._textarea] else data
            )
