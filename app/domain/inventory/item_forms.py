"""The form of equipment: from what was sent to values, and from values to what the form shows."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Equipment
from app.domain.inventory.fields import EQUIPMENT_READERS
from app.domain.inventory.photo_uploads import keep_photo
from app.domain.inventory.queries import equipment_by_sku
from app.lib.database_errors import translate_database_error
from app.lib.errors import InvalidInput
from app.lib.fields import FieldError, Reader, clean, read_fields
from app.web.forms import form_file, form_text
from app.web.merging import MergeAnswer, merge_answer
from app.web.state import runtime

# archiving is a command of its own, not a field of the form
_FIELDS = tuple(name for name in EQUIPMENT_READERS if name != "archived")


def _photo_name(text: str) -> str | None:
    if text and not re.fullmatch(r"[0-9a-f]{64}\.webp", text):
        raise FieldError("Choose the photo again.")
    return text or None


READERS: dict[str, Reader] = {
    **{name: EQUIPMENT_READERS[name] for name in _FIELDS},
    "photo": _photo_name,
}

BLANK: dict[str, str] = {
    **dict.fromkeys(READERS, ""),
    "kind": "equipment",
    "tracking": "bulk",
    "status": "good",
    "quantity": "1",
    "prep_minutes": "0",
    "turnaround_minutes": "0",
}


@dataclass(frozen=True, slots=True)
class ItemForm:
    """A form that was sent. `taken` is the other equipment that has the sku."""

    answer: MergeAnswer
    values: dict[str, Any]
    errors: dict[str, str]
    taken: Equipment | None = None

    def accepted(self) -> dict[str, Any]:
        """The values, when nothing is wrong with them. Raises InvalidInput with all that is."""
        if self.errors:
            raise InvalidInput(self.errors)
        return self.values


async def read_item_form(
    request: Request[Any, Any, Any], session: AsyncSession, equipment_id: int | None = None
) -> ItemForm:
    """Read the form of new equipment, or of the one with this id; a chosen photo is kept at once."""
    text = _with_category(await form_text(request))
    if equipment_id is None:
        text["version"] = "1"
    answer = merge_answer(text)
    typed, errors = await _with_photo(request, answer.typed)
    if typed.get("tracking") == "serialized":
        typed.pop("quantity", None)
    fields = read_fields(typed, READERS)
    taken = await _other_with_sku(session, fields.values.get("sku"), equipment_id)
    if taken:
        errors["sku"] = f"The SKU {taken.sku} is taken by {taken.name}."
    photo = fields.values.get("photo")
    if photo and not await runtime(request).files.exists_async(photo):
        errors["photo_file"] = "Choose the photo again."
    errors = {name: message for name, message in (fields.errors | errors).items() if message}
    return ItemForm(replace(answer, typed=typed), fields.values, errors, taken)


def _with_category(text: Mapping[str, str]) -> dict[str, str]:
    """The one control for category and subcategory, `3/14` or `3`, as the two fields it stands for."""
    fields = dict(text)
    combined = fields.pop("category", None)
    if combined is not None:
        fields["category_id"], _, fields["subcategory_id"] = combined.partition("/")
    return fields


async def _with_photo(
    request: Request[Any, Any, Any], typed: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    fields = dict(typed)
    if fields.pop("remove_photo", "") == "1":
        fields["photo"] = ""
    upload = await form_file(request, "photo_file")
    if upload is None:
        return fields, {}
    try:
        fields["photo"] = await keep_photo(request, upload)
    except InvalidInput as error:
        return fields, dict(error.fields)
    return fields, {}


async def _other_with_sku(
    session: AsyncSession, sku: str | None, equipment_id: int | None
) -> Equipment | None:
    found = await equipment_by_sku(session, clean(sku)) if sku else None
    return found if found is not None and found.id != equipment_id else None


def errors_at_fields(errors: Mapping[str, str], taken: Equipment | None) -> dict[str, str]:
    """The messages as they stand at the fields: the one about a taken sku links what has it."""
    shown = dict(errors)
    if taken is not None and "sku" in shown:
        shown["sku"] = Markup('Taken by <a href="/inventory/{}">{}</a>').format(taken.id, taken.name)
    return shown


@contextmanager
def database_rules_at_fields() -> Generator[None]:
    """Rules that only the database can check in the end, as messages at the fields. Raises InvalidInput.

    Two merged edits may not fit together (a category here, a subcategory there), two people may take the
    same sku at the same moment.
    """
    try:
        yield
    except IntegrityError as error:
        known = translate_database_error(error)
        if known is None:
            raise
        raise known from error
