"""Payments in the API: what came in and went back, accounts of clients, and online payments to make."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.params import JSONBody

from app.domain.payments.api_queries import PAYMENTS, account_record, provide_payment_filter
from app.domain.payments.api_schemas import (
    AccountRecord,
    AttemptRecord,
    NewAttempt,
    NewPaymentBody,
    NewRefund,
    PaymentRecord,
)
from app.domain.payments.attempts import begin_payment
from app.domain.payments.choosing import place_or_nothing
from app.domain.payments.page_queries import payer_of_client
from app.domain.payments.refunding import Refund, give_back
from app.domain.payments.service import NewPayment, record_payment
from app.lib.wire import wire
from app.web.api import Answer, answer, api_router
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import INVOICE_WRITE, MONEY_READ
from app.web.state import actor_of, runtime

ApiRequest = Request[Any, Any, Any]
PAYMENT = Routes("payment", PaymentRecord, PAYMENTS, read=MONEY_READ, write=INVOICE_WRITE)


@post("/payments", capability=INVOICE_WRITE)
async def create_payment(work: Work, data: JSONBody[NewPaymentBody]) -> Response[Answer[PaymentRecord]]:
    """Record what came in. The same `nonce`, or Idempotency-Key, counts once."""
    given = data.given()
    given.setdefault("nonce", uuid4().hex)
    done = await record_payment(work, NewPayment(**given))
    return await PAYMENTS.created(work.session, done.payment.id)


@post("/payments/{payment_id:int}/refunds", capability=INVOICE_WRITE)
async def refund_payment(
    request: ApiRequest, payment_id: PathId, data: JSONBody[NewRefund]
) -> Response[Answer[PaymentRecord]]:
    """Give a payment back, whole or in part; never more than is left of it. The same `nonce` counts once."""
    given, here = data.given(), runtime(request)
    nonce: str = given.get("nonce") or request.headers.get("idempotency-key") or uuid4().hex
    wanted, day = Refund(payment_id, given["amount"], data.reason, nonce), given.get("received_on")
    done = await give_back(here, actor_of(request), wanted, method=data.method, received_on=day)
    async with here.read_engine.connect() as reading:
        return await PAYMENTS.created(reading, done.payment.id)


@post("/invoices/{invoice_id:int}/payment-attempts", capability=INVOICE_WRITE)
async def begin_online_payment(
    request: ApiRequest, invoice_id: PathId, data: JSONBody[NewAttempt]
) -> Response[Answer[AttemptRecord]]:
    """Begin to pay an invoice online, for a program with a card form of its own."""
    place = place_or_nothing(runtime(request))
    amount: Decimal | None = data.given().get("amount")
    begun = await begin_payment(place, actor_of(request), invoice_id, amount=amount)
    return answer(
        AttemptRecord(
            id=begun.attempt_id,
            invoice_id=invoice_id,
            amount=str(wire(begun.amount)),
            currency=begun.currency,
            provider=place.provider.name,
            public_key=place.provider.public_key,
            secret=begun.secret,
        )
    )


@get("/clients/{client_id:int}/account", capability=MONEY_READ)
async def get_account(reading: Connection, client_id: PathId) -> Response[Answer[AccountRecord]]:
    """The account of a client: entries by currency and day, and what is owed."""
    await payer_of_client(reading, client_id)
    return answer(await account_record(reading, client_id))


API = api_router(
    "Payments",
    [
        PAYMENT.listing("List payments and refunds, the newest first.", provide_payment_filter),
        create_payment,
        PAYMENT.single(),
        refund_payment,
        begin_online_payment,
        get_account,
    ],
)
