"""What is done at the bench: scans, counts, undo, acknowledging. Answered with a verdict and what changed.

Scripts get the parts of the page that changed; without them the page is shown again with the verdict on it.
"""

from collections.abc import Awaitable, Collection
from typing import Any

from litestar import Request, Response, post
from sqlalchemy.exc import IntegrityError

from app.domain.prep import acknowledging, counting, scanning
from app.domain.prep.bench_forms import (
    act_of,
    bench_form,
    may_force,
    reason_of,
    record_id,
    whole_number,
)
from app.domain.prep.bench_page import bench_context, parts_of_bench
from app.domain.prep.bench_queries import event_and_news
from app.domain.prep.taking_back import take_back
from app.domain.prep.unit_taps import put_back_unit
from app.domain.prep.verdicts import Verdict, verdict
from app.domain.prep.views import NEAREST, View, read_view
from app.lib.database_errors import translate_database_error
from app.lib.errors import DomainError, InvalidInput
from app.lib.fields import identifier
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.htmx import wants_partial
from app.web.parameters import PathId, Work
from app.web.permissions import PREP
from app.web.render import page, partial, redirect
from app.web.state import viewer_of

DONE = 200

Form = dict[str, str]
Asked = Request[Any, Any, Any]


@post("/prep/{event_id:int}/scans", capability=PREP, status_code=200, include_in_schema=False)
async def scan(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Judge a scanned code, and count it where nothing stands against it."""
    form = await bench_form(request)
    force = may_force(request, form.get("force", ""))

    async def scanned() -> Verdict:
        return await scanning.scan(
            work,
            act_of(form),
            event_id,
            form.get("code", ""),
            step=form.get("step", ""),
            case_id=identifier(form.get("case_id")),
            force=force,
            reason=reason_of(form),
            near=form.get("units") == NEAREST,
        )

    return await answered(request, work, event_id, form, scanned())


@post("/prep/{event_id:int}/counts", capability=PREP, status_code=200, include_in_schema=False)
async def count(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Count so many more of a line, or fewer; put a unit that is named back."""
    form = await bench_form(request)

    async def counted() -> Verdict:
        act, rental_id, step = act_of(form), record_id(form, "rental_id"), form.get("step", "")
        if form.get("unit_id"):
            unit_id = record_id(form, "unit_id")
            return await put_back_unit(
                work, act, event_id, rental_id, unit_id, step=step, reason=reason_of(form)
            )
        quantity = whole_number(form, "quantity")
        return await counting.count(
            work,
            act,
            event_id,
            rental_id,
            step=step,
            quantity=-quantity if form.get("way") == "back" else quantity,
            case_id=identifier(form.get("case_id")),
            reason=reason_of(form),
        )

    return await answered(request, work, event_id, form, counted())


@post("/prep/{event_id:int}/undo", capability=PREP, status_code=200, include_in_schema=False)
async def undo(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Take back what one action counted, with the reason."""
    form = await bench_form(request)

    async def undone() -> Verdict:
        act, action_id = act_of(form), record_id(form, "action_id")
        return await take_back(work, act, event_id, action_id, reason=reason_of(form))

    return await answered(request, work, event_id, form, undone())


@post("/prep/{event_id:int}/acknowledgements", capability=PREP, status_code=200, include_in_schema=False)
async def acknowledge(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Note that the bench knows of a change of the office."""
    form = await bench_form(request)

    async def acknowledged() -> None:
        rental_id, quantity = record_id(form, "rental_id"), whole_number(form, "quantity")
        await acknowledging.acknowledge(work, event_id, rental_id, quantity)

    return await answered(request, work, event_id, form, acknowledged())


async def answered(
    request: Asked, work: UnitOfWork, event_id: int, form: Form, doing: Awaitable[Verdict | None]
) -> Response[str]:
    """Do it and show what came of it; what is refused is shown the same way, and nothing was done."""
    try:
        given = await doing
    except (DomainError, IntegrityError) as refusal:
        known = refusal if isinstance(refusal, DomainError) else translate_database_error(refusal)
        if known is None:
            raise
        status = 422 if isinstance(known, InvalidInput) else 409
        refused = await _show(request, work, event_id, form, _refused(known), status=status)
        raise Rejected(refused) from refusal
    return await _show(request, work, event_id, form, given)


def _refused(refusal: DomainError) -> Verdict:
    fields = refusal.fields.values() if isinstance(refusal, InvalidInput) else ()
    return verdict("refused", " ".join(fields) or refusal.message)


async def _show(
    request: Asked, work: UnitOfWork, event_id: int, form: Form, given: Verdict | None, *, status: int = DONE
) -> Response[str]:
    case_id = given.case_id if given and given.case_id and given.kind == "case" else None
    form = form | {"case_id": str(case_id)} if case_id else form
    event, news, undoable = await event_and_news(
        work.session,
        event_id,
        viewer_of(request).id,
        case_id=identifier(form.get("case_id")),
        since=identifier(form.get("since")),
    )
    view = _view_after(form, event.steps, given)
    if not wants_partial(request) and status == DONE:
        said = f"&said={form['nonce']}" if given else ""
        return redirect(request, f"/prep/{event_id}?{view.query()}{said}")
    also = _rows_in_hand(form, view)
    bench = await parts_of_bench(
        work.session, event, view, news=news, undoable=undoable, also=also, known=_known(form, given)
    )
    context: dict[str, Any] = bench_context(bench) | {"verdict": given, "code": form.get("code", "")}
    context["closes"] = "in_dialog" in form and status == DONE
    if not wants_partial(request):
        return page(request, "prep/bench.html", status=status, **context)
    response = partial(request, "prep/_answer.html", status=status, **context)
    if case_id:
        response.headers["HX-Replace-Url"] = f"/prep/{event_id}?{view.query()}"
    return response


def _view_after(form: Form, steps: tuple[str, ...], given: Verdict | None) -> View:
    """The line of the verdict is at hand from now on."""
    at = {"at": str(given.rental_id)} if given and given.rental_id else {}
    return read_view(form | at, steps)


def _rows_in_hand(form: Form, view: View) -> Collection[int]:
    """The line that was at hand looks different from the one that is now."""
    return {key for key in (identifier(form.get("at")), view.at) if key is not None}


def _known(form: Form, given: Verdict | None) -> str:
    """The units that the page may go on suggesting; others after what was refused or put back."""
    return form.get("known", "") if given and given.kind in ("right", "complete") else ""


HANDLERS = [scan, count, undo, acknowledge]
