"""Pages on which two records of one client become one: found, compared field by field, merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.clients import duplicate_queries, policy, queries
from app.domain.clients.descriptions import client_fields
from app.domain.clients.merging import ChangedMeanwhile, Side, merge_clients
from app.domain.pricing.page_queries import names_of_lists
from app.lib.errors import InvalidInput
from app.lib.fields import clean, identifier
from app.lib.wire import wire
from app.web.descriptions import Fields, field_of
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.merging import read_version
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import CLIENT_DELETE
from app.web.render import page, redirect

PageRequest = Request[Any, Any, Any]

_CHOICE = "choice_"


@dataclass(frozen=True, slots=True)
class Pair:
    """The client that stays and the one that becomes part of it."""

    kept: queries.ClientDetails
    gone: queries.ClientDetails

    @property
    def ids(self) -> tuple[int, int]:
        """Of the one that stays, and of the other."""
        return self.kept.id, self.gone.id


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both clients in words, whose value stays, and who changed it since it was compared."""

    name: str
    label: str
    kept: str
    gone: str
    differs: bool
    may_join: bool
    choice: str
    changed_by: str = ""
    error: str = ""


@get("/clients/duplicates", capability=CLIENT_DELETE, include_in_schema=False)
async def duplicates_page(request: PageRequest, reading: Connection) -> Response[str]:
    """Clients that may be there twice."""
    return page(
        request,
        "clients/duplicates.html",
        partial="clients/_duplicates.html",
        groups=await duplicate_queries.find_groups(reading),
        most=duplicate_queries.MOST_GROUPS,
        reasons=duplicate_queries.REASONS,
    )


@get("/clients/{client_id:int}/merge", capability=CLIENT_DELETE, include_in_schema=False)
async def merge_page(
    request: PageRequest, reading: Connection, client_id: PathId, other: FilterId = None
) -> Response[str]:
    """Choose the client that becomes part of this one, or compare both."""
    if other is not None and other != client_id:
        return await _compared(request, reading, await _pair(reading, client_id, other), {})
    words = clean(request.query_params.get("q", ""))
    return page(
        request,
        "clients/merge_with.html",
        partial="clients/_merge_found.html",
        client=await queries.client_by_id(reading, client_id),
        words=words,
        candidates=await duplicate_queries.candidates(reading, client_id),
        found=await duplicate_queries.find_others(reading, client_id, words),
        reasons=duplicate_queries.REASONS,
    )


@post("/clients/{client_id:int}/merge", capability=CLIENT_DELETE, include_in_schema=False)
async def merge(request: PageRequest, work: Work, client_id: PathId) -> Response[str]:
    """Merge another client into this one, unless one of them was changed since they were compared."""
    form, reading = await form_text(request), await work.session.connection()
    pair = await _pair(reading, client_id, _other(form))
    chosen = {name: form[_CHOICE + name] for name in policy.CHOICES if _CHOICE + name in form}
    try:
        edit = await merge_clients(work, *_sides(pair, form), chosen)
    except InvalidInput as error:
        raise Rejected(await _compared(request, reading, pair, chosen, error)) from error
    except ChangedMeanwhile as error:
        pair = await _pair(reading, *pair.ids)
        raise Rejected(await _compared(request, reading, pair, chosen, error)) from error
    text = f"{pair.gone.name} is part of {pair.kept.name} now."
    toast = Toast("Merged", text, undo_url=f"/changes/{edit.change_id}/undo")
    return redirect(request, f"/clients/{client_id}", toast=toast)


async def _pair(reading: AsyncConnection, kept_id: int, gone_id: int) -> Pair:
    kept, gone = [await queries.client_by_id(reading, key) for key in (kept_id, gone_id)]
    return Pair(kept, gone)


def _sides(pair: Pair, form: Mapping[str, str]) -> tuple[Side, Side]:
    """Both clients in the versions in which they were compared. Raises InvalidInput."""
    version, other_version = (read_version(form.get(name, "")) for name in ("version", "other_version"))
    return Side(pair.kept.id, version), Side(pair.gone.id, other_version)


async def _compared(
    request: PageRequest,
    reading: AsyncConnection,
    pair: Pair,
    chosen: Mapping[str, str],
    error: InvalidInput | ChangedMeanwhile | None = None,
) -> Response[str]:
    lists = await names_of_lists(reading, (pair.kept.price_list_id, pair.gone.price_list_id))
    return page(
        request,
        "clients/merge.html",
        status=error.status if error else 200,
        kept=pair.kept,
        gone=pair.gone,
        rows=_rows(pair, client_fields(lists), chosen, error),
        belongings=await duplicate_queries.belongings(reading, pair.gone.id),
        error=error,
    )


def _other(form: Mapping[str, str]) -> int:
    found = identifier(form.get("other"))
    if found is None:
        raise InvalidInput({"other": "Choose the client to merge."})
    return found


def _rows(
    pair: Pair, fields: Fields, chosen: Mapping[str, str], error: InvalidInput | ChangedMeanwhile | None
) -> list[Row]:
    kept, gone = pair.kept, pair.gone
    differing = policy.differing(kept, gone)
    changed = _changed(error) if isinstance(error, ChangedMeanwhile) else {}
    errors = error.fields if isinstance(error, InvalidInput) else {}
    return [
        Row(
            name=name,
            label=field_of(fields, name).label,
            kept=_shown(fields, kept, name),
            gone=_shown(fields, gone, name),
            differs=name in differing,
            may_join=policy.BOTH in policy.CHOICES[name],
            # what changed under the hands of whoever decides has to be decided anew
            choice="" if name in changed else chosen.get(name) or policy.suggested(kept, gone, name),
            changed_by=changed.get(name, ""),
            error=errors.get(name, ""),
        )
        for name in policy.CHOICES
    ]


def _changed(error: ChangedMeanwhile) -> dict[str, str]:
    """Who changed what, by names of policy.CHOICES."""
    names = {change.field: change.actor_name for change in error.changes}
    return names | ({"blocked": names["block_reason"]} if "block_reason" in names else {})


def _shown(fields: Fields, client: queries.ClientDetails, name: str) -> str:
    if name == "blocked" and client.blocked:
        return f"yes: {client.block_reason}"
    return field_of(fields, name).shown(wire(getattr(client, name)))


HANDLERS = [duplicates_page, merge_page, merge]
