"""What is said for a whole draft (terms, texts, discount), for its groups, and lines added by hand."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import QuoteGroup, QuoteVersion
from app.domain.maintenance.descriptions import zone_of
from app.domain.quotes import lines, service
from app.domain.quotes.descriptions import EDITED_GROUP, EDITED_VERSION, group_fields, version_fields
from app.domain.quotes.draft_queries import groups_of, version_facts
from app.domain.quotes.drafts import draft_of
from app.domain.quotes.fields import (
    BASIS_CHOICES,
    GROUP_READERS,
    LANGUAGE_CHOICES,
    ROUNDING_CHOICES,
    line_readers,
    version_readers,
)
from app.domain.quotes.line_forms import saved
from app.domain.quotes.queries import price_lists_to_choose, quote_of_version
from app.lib.fields import read_fields
from app.web.deletions import keep_alive
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import QUOTE_WRITE
from app.web.render import page, redirect

VERSION = "/quote-versions/{version_id:int}"


class TermsForm:
    """The form of all that is said for a whole draft."""

    def __init__(
        self, request: Any, version: QuoteVersion, number: str, lists: list[tuple[int, str]]
    ) -> None:
        self._request, self._version, self._number, self._lists = request, version, number, lists
        self.fields: Fields = version_fields(request, version.currency, lists)

    @property
    def first(self) -> EditForm:
        """The form as it is before anything is typed."""
        return EditForm(typed_values(self._version, self.fields, EDITED_VERSION), self._version.version)

    def show(self, form: EditForm) -> Response[str]:
        """The form with what was typed and what is wrong with it, or the dialog of a merge."""
        return page(
            self._request,
            "quotes/edit.html",
            status=form.status,
            **form.context,
            typed=form.typed,
            subject=self._version,
            quote_number=self._number,
            lists=self._lists,
            languages=list(LANGUAGE_CHOICES.items()),
            roundings=list(ROUNDING_CHOICES.items()),
        )


@get(f"{VERSION}/edit", capability=QUOTE_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId
) -> Response[str]:
    """The form of a draft's terms."""
    form = await _terms_form(request, reading, version_id)
    return form.show(form.first)


@post(f"{VERSION}/edit", capability=QUOTE_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, version_id: PathId) -> Response[str]:
    """Save a draft's terms, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (QuoteVersion, version_id), answer, version_fields(request, ""))
    reading = await work.session.connection()
    form = await _terms_form(request, reading, version_id)
    with saving(request, answer, form.fields, form.show):
        values = read_fields(answer.typed, version_readers(zone_of(request))).checked("title")
        done = await service.edit_version(work, version_id, values, version=answer.version)
    quote = await quote_of_version(reading, version_id)
    return redirect(request, f"/quotes/{quote.id}", toast=saved_toast(request, done, form.fields))


@get(f"{VERSION}/groups/edit", capability=QUOTE_WRITE, include_in_schema=False)
async def group_page(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId, heading: FromQuery[str] = ""
) -> Response[str]:
    """The form of what is granted on a group."""
    form = await _group_form(request, reading, version_id, heading[:200])
    return form.show(form.first)


@post(f"{VERSION}/groups/edit", capability=QUOTE_WRITE, include_in_schema=False)
async def edit_group(request: Request[Any, Any, Any], work: Work, version_id: PathId) -> Response[str]:
    """Save what is granted on a group, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    reading = await work.session.connection()
    form = await _group_form(request, reading, version_id, answer.typed.get("heading", "")[:200])
    with saving(request, answer, form.fields, form.show, target="#modal"):
        values = read_fields(answer.typed, GROUP_READERS).checked()
        done = await lines.edit_group(work, version_id, form.heading, values, version=answer.version)
    return await saved(request, reading, version_id, saved_toast(request, done, form.fields))


class GroupForm:
    """The form of the discount on a group."""

    def __init__(self, request: Any, group: QuoteGroup, currency: str, number: str) -> None:
        self._request, self._group, self._currency, self._number = request, group, currency, number
        self.heading = group.heading
        self.fields: Fields = group_fields(currency)

    @property
    def first(self) -> EditForm:
        """The form as it is before anything is typed."""
        return EditForm(typed_values(self._group, self.fields, EDITED_GROUP), self._group.version)

    def show(self, form: EditForm) -> Response[str]:
        """The dialog or page with what was typed."""
        return page(
            self._request,
            "quotes/group.html",
            partial="quotes/_group.html",
            status=form.status,
            **form.context,
            typed=form.typed,
            group=self._group,
            currency=self._currency,
            quote_number=self._number,
        )


@get(f"{VERSION}/lines/new", capability=QUOTE_WRITE, include_in_schema=False)
async def new_line_page(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId, kind: FromQuery[str] = "free"
) -> Response[str]:
    """The form of a line by hand, or of a note."""
    show = await _new_line_form(request, reading, version_id)
    return show({"kind": "note" if kind == "note" else "free"}, {})


@post(f"{VERSION}/lines", capability=QUOTE_WRITE, include_in_schema=False)
async def add_line(request: Request[Any, Any, Any], work: Work, version_id: PathId) -> Response[str]:
    """Write a line (delivery, crew) or a note behind all others."""
    typed = await form_text(request)
    reading = await work.session.connection()
    show = await _new_line_form(request, reading, version_id)
    kind = "note" if typed.get("kind") == "note" else "free"
    with rejecting(lambda errors: show(typed, errors)):
        values = read_fields(typed, line_readers()).checked("name")
        line = await lines.add_line(work, version_id, values, kind=kind)
    toast = Toast("Added", line.label, undo_url=f"/operations/{work.operation}/undo")
    return await saved(request, reading, version_id, toast, whole=True)


async def _terms_form(request: Any, reading: AsyncConnection, version_id: int) -> TermsForm:
    draft = await draft_of(reading, version_id)
    version = draft.version
    lists = await price_lists_to_choose(reading, version.currency, version.price_list_id)
    return TermsForm(request, version, draft.facts.quote_number, lists)


async def _group_form(request: Any, reading: AsyncConnection, version_id: int, heading: str) -> GroupForm:
    facts = await version_facts(reading, version_id)
    there = (await groups_of(reading, version_id)).get(heading)
    group = there or QuoteGroup(version_id=version_id, heading=heading, version=1)
    return GroupForm(request, group, facts.version.currency, facts.quote_number)


async def _new_line_form(request: Any, reading: AsyncConnection, version_id: int) -> Any:
    draft = await draft_of(reading, version_id)

    def show(typed: Mapping[str, str], errors: Mapping[str, str]) -> Response[str]:
        return page(
            request,
            "quotes/new_line.html",
            partial="quotes/_new_line.html",
            status=422 if errors else 200,
            version_id=version_id,
            quote_id=draft.version.quote_id,
            quote_number=draft.facts.quote_number,
            currency=draft.document.currency,
            headings=[group.heading for group in draft.document.groups if group.heading],
            bases=list(BASIS_CHOICES.items()),
            taxes=[(rate.id, rate.name) for rate in draft.taxes],
            typed=typed,
            errors=errors,
            note=typed.get("kind") == "note",
        )

    return show


HANDLERS = [edit_page, edit, group_page, edit_group, new_line_page, add_line]
