"""The form of the columns, and who may decide about an import."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from app.domain.importing import pages
from app.domain.importing.columns import describe_columns
from app.domain.importing.kinds import AnyKind, Connected
from app.domain.importing.loading import Draft, load_draft, load_known
from app.domain.importing.mapping import ColumnMapping, mapping_problems
from app.domain.importing.records import FINISHED
from app.lib.errors import Forbidden
from app.lib.unit_of_work import UnitOfWork
from app.web.render import page
from app.web.state import runtime, viewer_of

AnyRequest = Request[Any, Any, Any]


async def own_draft(request: AnyRequest, work: UnitOfWork, kind: AnyKind, import_id: int) -> Draft:
    """An import whoever asks may decide about: the own ones, for admins all. Raises NotFound, Forbidden."""
    draft = await load_draft(work.session, runtime(request).files, kind, import_id)
    viewer = viewer_of(request)
    if draft.view.person.id != viewer.id and viewer.role != "admin":
        raise Forbidden(f"This import is {draft.view.person.name}\N{RIGHT SINGLE QUOTATION MARK}s to decide.")
    return draft


def may_stop(request: AnyRequest, kind: AnyKind, owner_id: int, state: str) -> bool:
    """One's own until it is finished; from then on, taking it back is deleting."""
    viewer = viewer_of(request)
    return viewer.can(kind.delete) or (viewer.id == owner_id and state not in FINISHED)


def is_mapped(draft: Draft) -> bool:
    """Whether it is known which column becomes which field, and nothing was started yet."""
    problems = mapping_problems(draft.table, draft.mapping, draft.kind.targets)
    return draft.view.state == "mapping" and not problems


def read_mapping(draft: Draft, typed: Mapping[str, str]) -> ColumnMapping:
    """The mapping a person chose; a name that is no field leaves its column out."""
    names = [typed.get(f"column-{column}") for column in range(len(draft.table.header))]
    chosen = {"targets": names, "decimal": typed.get("decimal")}
    return ColumnMapping.from_json(chosen, draft.kind.targets.fields)


def columns_form(
    request: AnyRequest, context: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> Response[str]:
    """The columns to choose from, with what is wrong with them."""
    found = dict(errors or {})
    return page(
        request,
        "imports/columns.html",
        partial=None if found else "imports/_columns.html",
        status=422 if found else 200,
        errors=found,
        **context,
    )


async def columns_context(reading: Connected, draft: Draft, mapping: ColumnMapping) -> dict[str, Any]:
    """What the form of the columns is rendered with."""
    known, fields = await load_known(reading, draft, mapping), draft.kind.targets.fields
    return {
        "kind": draft.kind,
        "draft": draft,
        "view": draft.view,
        "options": draft.options,
        "decimal": mapping.decimal or "",
        "has_numbers": any(field.decimals_likely for field in fields.values()),
        "columns": describe_columns(draft.kind, draft.table, mapping, known),
        "targets": [("", "Leave out"), *((field.name, field.label) for field in fields.values())],
        "encodings": pages.ENCODING_OPTIONS,
        "delimiters": pages.DELIMITER_OPTIONS,
        "headers": pages.HEADER_OPTIONS,
        "decimals": pages.DECIMAL_OPTIONS,
    }
