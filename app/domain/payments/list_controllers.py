"""The list of payments, one of them, and the list as a file."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get

from app.domain.maintenance.descriptions import company_of
from app.domain.payments import page_queries, queries
from app.domain.payments.choosing import place_of
from app.domain.payments.descriptions import PAYMENT_FIELDS
from app.domain.payments.exporting import payments_file
from app.domain.payments.filters import KINDS, read_filter
from app.domain.payments.links import pay_path_of
from app.domain.payments.policy import ATTEMPT_WORDS, METHOD_WORDS
from app.domain.pricing.words import amount_words
from app.lib.clock import today_in
from app.lib.content_disposition import attachment
from app.lib.history import about, changes
from app.web.change_entries import entries
from app.web.htmx import wants_partial
from app.web.parameters import Connection, PathId
from app.web.permissions import MONEY_READ
from app.web.render import page
from app.web.state import public_address, runtime, viewer_of

PageRequest = Request[Any, Any, Any]


@get("/payments", capability=MONEY_READ, include_in_schema=False)
async def payments_page(request: PageRequest, reading: Connection) -> Response[str]:
    """Payments and refunds, the newest first, with what they come to."""
    wanted = read_filter(request.query_params)
    found, goes_on = await page_queries.find_payments(reading, wanted)
    response = page(
        request,
        "payments/list.html",
        partial="payments/_list.html",
        wanted=wanted,
        kinds=KINDS,
        methods=METHOD_WORDS,
        found=found,
        goes_on=goes_on,
        totals=await page_queries.totals(reading, wanted),
        amount_words=amount_words,
    )
    if wants_partial(request):
        response.headers["HX-Replace-Url"] = wanted.url(page=wanted.page)
    return response


@get("/payments/export", capability=MONEY_READ, include_in_schema=False)
async def export_payments(request: PageRequest, reading: Connection) -> Response[bytes]:
    """All payments that match as a file."""
    rows = await page_queries.exported_payments(reading, read_filter(request.query_params))
    name = f"payments-{today_in(company_of(request).time_zone).isoformat()}.csv"
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    body = await to_thread.run_sync(payments_file, rows)
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@get("/payments/{payment_id:int}", capability=MONEY_READ, include_in_schema=False)
async def payment_page(request: PageRequest, reading: Connection, payment_id: PathId) -> Response[str]:
    """One payment or refund, what was given back of it, and who recorded it."""
    facts = await page_queries.payment_by_id(reading, payment_id)
    rows, _older = await changes(reading, about("payment", payment_id))
    described = {"payment": PAYMENT_FIELDS}
    return page(
        request,
        "payments/show.html",
        partial="payments/_payment.html",
        facts=facts,
        refunds=await page_queries.refunds_of(reading, payment_id),
        amount_words=amount_words,
        entries=entries(rows, viewer_of(request), described, page_of=("payment", payment_id)),
    )


@get("/invoices/{invoice_id:int}/payments", capability=MONEY_READ, include_in_schema=False)
async def payments_of_invoice(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """What was paid of an invoice and what is owed: the part of its page that is about money."""
    standing = await queries.standing(reading, invoice_id)
    here = runtime(request)
    path = await pay_path_of(reading, here.settings.secret_key, invoice_id) if standing else None
    return page(
        request,
        "payments/of_invoice.html",
        partial="payments/_of_invoice.html",
        invoice_id=invoice_id,
        standing=standing,
        payer=await page_queries.payer_of_invoice(reading, invoice_id) if standing else None,
        payments=await page_queries.payments_of_invoice(reading, invoice_id),
        attempts=await page_queries.attempts_of_invoice(reading, invoice_id),
        attempt_words=ATTEMPT_WORDS,
        amount_words=amount_words,
        is_online=place_of(here) is not None,
        pay_url=f"{public_address(request)}{path}" if path else "",
    )


HANDLERS = [payments_page, export_payments, payment_page, payments_of_invoice]
