"""The lines and groups of a draft in the API, by the key of the line."""

from typing import Annotated

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter
from msgspec import UNSET

from app.domain.quotes import lines, moves
from app.domain.quotes.api import VERSION, version_at
from app.domain.quotes.api_schemas import (
    ChangedGroup,
    ChangedLine,
    GroupRecord,
    LineMove,
    LineRecord,
    NewLine,
)
from app.domain.quotes.composing import DraftLine
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.drafts import Draft, draft_of
from app.domain.quotes.line_forms import line_in
from app.lib.errors import InvalidInput, NotFound
from app.web.api import Answer, EditTerms, ListAnswer, answer, api_router, whole_answer
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MONEY_READ, QUOTE_WRITE

LINE = f"{VERSION}/lines/{{key:str}}"
PathKey = Annotated[str, PathParameter(pattern=r"^(rental|kit|line):[1-9][0-9]{0,17}$")]


@get(f"{VERSION}/lines", capability=MONEY_READ)
async def list_quote_lines(
    reading: Connection, quote_id: PathId, number: PathId
) -> Response[ListAnswer[LineRecord]]:
    """List the lines of a draft in order, each with the version a change of it starts from."""
    draft = await _draft(reading, quote_id, number)
    return whole_answer([_record(one) for one in draft.lines])


@post(f"{VERSION}/lines", capability=QUOTE_WRITE)
async def add_quote_line(
    work: Work, quote_id: PathId, number: PathId, data: JSONBody[NewLine]
) -> Response[Answer[LineRecord]]:
    """Write a free line or a note behind all others."""
    version_id = (await version_at(work.session, quote_id, number)).id
    made = await lines.add_line(work, version_id, data.given(), kind=data.kind)
    location = f"/api/quotes/{quote_id}/versions/{number}/lines/line:{made.id}"
    return await _answer(work.session, version_id, f"line:{made.id}", location)


@get(LINE, capability=MONEY_READ)
async def get_quote_line(
    reading: Connection, quote_id: PathId, number: PathId, key: PathKey
) -> Response[Answer[LineRecord]]:
    """Get one line of a draft; its version is the ETag."""
    return await _answer(reading, (await version_at(reading, quote_id, number)).id, key)


@patch(LINE, capability=QUOTE_WRITE)
async def change_quote_line(
    *,
    work: Work,
    quote_id: PathId,
    number: PathId,
    key: PathKey,
    data: JSONBody[ChangedLine],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[LineRecord]]:
    """Say something else about a line; null follows the event and the price list again."""
    version_id = (await version_at(work.session, quote_id, number)).id
    started, strategy = terms.version(data.version), terms.strategy
    await lines.edit_line(work, version_id, key, data.given(), version=started, strategy=strategy)
    return await _answer(work.session, version_id, key)


@delete(LINE, capability=QUOTE_WRITE)
async def remove_quote_line(
    *,
    work: Work,
    quote_id: PathId,
    number: PathId,
    key: PathKey,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Take a free line off."""
    version_id, line_id = await _free_line(work, quote_id, number, key)
    line = await lines.delete_line(work, line_id, version=terms.version(version))
    if line.version_id != version_id:
        raise NotFound("This line does not exist, or was taken off.")


@post(f"{LINE}/restoration", capability=QUOTE_WRITE, status_code=200)
async def restore_quote_line(
    work: Work, quote_id: PathId, number: PathId, key: PathKey
) -> Response[Answer[LineRecord]]:
    """Put a free line back."""
    version_id, line_id = await _free_line(work, quote_id, number, key)
    await lines.restore_line(work, line_id)
    return await _answer(work.session, version_id, key)


@post(f"{LINE}/position", capability=QUOTE_WRITE, status_code=200)
async def move_quote_line(
    work: Work, quote_id: PathId, number: PathId, key: PathKey, data: JSONBody[LineMove]
) -> Response[ListAnswer[LineRecord]]:
    """Move a line; answers with all lines in their order."""
    version_id = (await version_at(work.session, quote_id, number)).id
    given = data.given()
    if len(given) != 1:
        raise InvalidInput({"step": "Send one of step, before and after."})
    if data.step is not UNSET:
        await moves.move_line(work, version_id, key, data.step)
    else:
        (other,) = given.values()
        await moves.move_line_beside(work, version_id, key, other, behind="after" in given)
    draft = await draft_of(work.session, version_id)
    return whole_answer([_record(one) for one in draft.lines])


@get(f"{VERSION}/groups", capability=MONEY_READ)
async def list_quote_groups(
    reading: Connection, quote_id: PathId, number: PathId
) -> Response[ListAnswer[GroupRecord]]:
    """List the headings of a draft with what is granted on them."""
    return whole_answer(_groups(await _draft(reading, quote_id, number)))


@patch(f"{VERSION}/groups", capability=QUOTE_WRITE)
async def change_quote_group(
    work: Work,
    quote_id: PathId,
    number: PathId,
    data: JSONBody[ChangedGroup],
    terms: NamedDependency[EditTerms],
) -> Response[ListAnswer[GroupRecord]]:
    """Grant something on all lines under a heading; answers with all headings."""
    version_id = (await version_at(work.session, quote_id, number)).id
    given = data.given()
    heading = str(given.pop("heading"))
    started, strategy = terms.version(data.version), terms.strategy
    await lines.edit_group(work, version_id, heading, given, version=started, strategy=strategy)
    return whole_answer(_groups(await draft_of(work.session, version_id)))


async def _free_line(work: Work, quote_id: int, number: int, key: str) -> tuple[int, int]:
    """The ids of a version and of a free line. Raises NotFound, InvalidInput for gear of the event."""
    version_id = (await version_at(work.session, quote_id, number)).id
    kind, line_id = lines.key_parts(key)
    if kind != "line":
        raise InvalidInput({"key": "This is gear of the event. Take it off there, or hide it here."})
    return version_id, line_id


async def _draft(reading: Reading, quote_id: int, number: int) -> Draft:
    return await draft_of(reading, (await version_at(reading, quote_id, number)).id)


async def _answer(
    reading: Reading, version_id: int, key: str, location: str | None = None
) -> Response[Answer[LineRecord]]:
    record = _record(line_in(await draft_of(reading, version_id), key))
    return answer(record, version=record.version, location=location)


def _record(one: DraftLine) -> LineRecord:
    return LineRecord(key=one.key, by_hand=one.by_hand, line=one.line, version=one.version)


def _groups(draft: Draft) -> list[GroupRecord]:
    found: list[GroupRecord] = []
    for group in draft.document.groups:
        said = draft.groups.get(group.heading)
        found.append(
            GroupRecord(
                heading=group.heading,
                discount_percent=str(said.discount_percent if said else 0),
                discount_amount=str(said.discount_amount if said else 0),
                price=str(group.price),
                total=str(group.total),
                version=said.version if said else 1,
            )
        )
    return found


API = api_router(
    "Quotes",
    [
        list_quote_lines, add_quote_line, get_quote_line, change_quote_line, remove_quote_line,
        restore_quote_line, move_quote_line, list_quote_groups, change_quote_group,
    ],
)  # fmt: skip
