"""Recording what came in and giving it back: dialogs, and pages of their own without scripts."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post

from app.domain.maintenance.descriptions import company_of
from app.domain.payments import page_queries
from app.domain.payments.choosing import place_of
from app.domain.payments.fields import PAYMENT_READERS, REFUND_READERS
from app.domain.payments.page_queries import Payer, PaymentFacts
from app.domain.payments.policy import BY_HAND, METHOD_WORDS
from app.domain.payments.refunding import Refund, give_back
from app.domain.payments.service import NewPayment, Recorded, record_payment
from app.domain.pricing.words import amount_words, places_of
from app.lib.clock import today_in
from app.lib.errors import Conflict, InvalidInput, Unavailable
from app.lib.fields import read_fields
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import INVOICE_WRITE
from app.web.render import page, receipt
from app.web.state import actor_of, runtime

PageRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a form of money is about: who, how much at most, where it goes and what it is called."""

    title: str
    button: str
    action: str
    back: str
    payer: Payer
    methods: Mapping[str, str]
    at_most: Decimal | None
    words: str = ""
    events: tuple[tuple[int, str], ...] = ()
    is_refund: bool = False

    @property
    def owed_words(self) -> str:
        """How much it can be, where that is known."""
        if self.at_most is None or self.at_most <= 0:
            return ""
        amount = amount_words(self.at_most, self.payer.currency)
        return f"{amount} is left of it." if self.is_refund else f"{amount} is owed."

    def answer(
        self, request: PageRequest, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200
    ) -> Response[str]:
        """The form, as a dialog or a page."""
        return page(
            request,
            "payments/new.html",
            partial="payments/_dialog.html",
            status=status,
            form=self,
            typed=typed,
            errors=errors,
        )

    def blank(self, request: PageRequest) -> dict[str, str]:
        """What stands in it at first."""
        amount = self.at_most if self.at_most is not None and self.at_most > 0 else None
        return {
            "amount": _plain(amount, self.payer.currency) if amount else "",
            "method": next(iter(self.methods)),
            "received_on": today_in(company_of(request).time_zone).isoformat(),
            "note": "",
            "event_id": "",
            "nonce": uuid4().hex,
        }

    @contextmanager
    def refusing(self, request: PageRequest, typed: Mapping[str, str]) -> Generator[None]:
        """Turn refusals into the same form again, with everything typed."""
        try:
            yield
        except InvalidInput as error:
            raise Rejected(self.answer(request, typed, error.fields, 422)) from error
        except (Conflict, Unavailable) as error:
            raise Rejected(self.answer(request, typed, {"": error.message}, error.status)) from error


@get("/invoices/{invoice_id:int}/payments/new", capability=INVOICE_WRITE, include_in_schema=False)
async def invoice_payment_form(
    request: PageRequest, reading: Connection, invoice_id: PathId
) -> Response[str]:
    """The form of a payment of an invoice, what is owed filled in."""
    form = _of_invoice(await page_queries.payer_of_invoice(reading, invoice_id))
    return form.answer(request, form.blank(request), {})


@post("/invoices/{invoice_id:int}/payments/new", capability=INVOICE_WRITE, include_in_schema=False)
async def record_of_invoice(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Record that an invoice was paid, in part or whole."""
    form = _of_invoice(await page_queries.payer_of_invoice(await work.session.connection(), invoice_id))
    return await _record(request, work, form)


@get("/clients/{client_id:int}/payments/new", capability=INVOICE_WRITE, include_in_schema=False)
async def client_payment_form(request: PageRequest, reading: Connection, client_id: PathId) -> Response[str]:
    """The form of a payment without an invoice."""
    form = await _of_client(reading, client_id)
    return form.answer(request, form.blank(request), {})


@post("/clients/{client_id:int}/payments/new", capability=INVOICE_WRITE, include_in_schema=False)
async def record_of_client(request: PageRequest, work: Work, client_id: PathId) -> Response[str]:
    """Record what a client paid without an invoice."""
    return await _record(request, work, await _of_client(await work.session.connection(), client_id))


@get("/payments/{payment_id:int}/refunds/new", capability=INVOICE_WRITE, include_in_schema=False)
async def refund_form(request: PageRequest, reading: Connection, payment_id: PathId) -> Response[str]:
    """The form of a refund, what is left of the payment filled in."""
    form = _of_refund(request, await page_queries.payment_by_id(reading, payment_id))
    return form.answer(request, form.blank(request), {})


@post("/payments/{payment_id:int}/refunds/new", capability=INVOICE_WRITE, include_in_schema=False)
async def refund(request: PageRequest, reading: Connection, payment_id: PathId) -> Response[str]:
    """Give a payment back, or a part of it: online by its provider, else record that it was done."""
    form = _of_refund(request, await page_queries.payment_by_id(reading, payment_id))
    typed = form.blank(request) | await form_text(request)
    with form.refusing(request, typed):
        values = read_fields(typed, REFUND_READERS).checked("amount", "method", "note", "nonce")
        wanted = Refund(payment_id, values["amount"] or Decimal(0), values["note"], values["nonce"])
        done = await give_back(
            runtime(request),
            actor_of(request),
            wanted,
            method=values["method"],
            received_on=values["received_on"],
        )
    return receipt(request, form.back, _toast("Given back", done))


async def _record(request: PageRequest, work: Work, form: _Form) -> Response[str]:
    typed = form.blank(request) | await form_text(request)
    with form.refusing(request, typed):
        values = read_fields(typed, PAYMENT_READERS).checked("amount", "method", "nonce")
        new = NewPayment(
            amount=values["amount"] or Decimal(0),
            method=values["method"],
            received_on=values["received_on"],
            nonce=values["nonce"],
            invoice_id=form.payer.invoice_id,
            client_id=form.payer.client_id,
            event_id=values["event_id"] if form.events else None,
            currency=form.payer.currency,
            note=values["note"],
        )
        done = await record_payment(work, new)
    return receipt(request, form.back, _toast("Payment recorded", done))


def _of_invoice(payer: Payer) -> _Form:
    if payer.kind == "credit_note":
        raise Conflict("A credit note is not paid. Give a payment back instead.")
    return _Form(
        title="Record a payment",
        button="Record",
        action=f"/invoices/{payer.invoice_id}/payments/new",
        back=f"/invoices/{payer.invoice_id}",
        payer=payer,
        methods=BY_HAND,
        at_most=payer.owed,
    )


async def _of_client(reading: Connection, client_id: int) -> _Form:
    return _Form(
        title="Record a payment on account",
        button="Record",
        action=f"/clients/{client_id}/payments/new",
        back=f"/clients/{client_id}/account",
        payer=await page_queries.payer_of_client(reading, client_id),
        methods=BY_HAND,
        at_most=None,
        words="It belongs to no invoice: for what came in before there is one.",
        events=tuple(await page_queries.events_of_client(reading, client_id)),
    )


def _of_refund(request: PageRequest, given: PaymentFacts) -> _Form:
    if given.is_refund:
        raise Conflict("This is a refund itself.")
    place = place_of(runtime(request))
    online = place is not None and given.provider == place.provider.name
    methods = {"online": "Online, to where it came from", **BY_HAND} if online else BY_HAND
    own = {given.method: METHOD_WORDS[given.method]} if given.method in BY_HAND else {}
    return _Form(
        title="Give back",
        button="Give back",
        action=f"/payments/{given.id}/refunds/new",
        back=f"/payments/{given.id}",
        payer=Payer(
            given.client_id, given.client_name, given.currency, given.invoice_id, given.invoice_number or ""
        ),
        methods={**own, **methods},
        at_most=given.left,
        is_refund=True,
        words="Whole or in part. A payment that was recorded by mistake is taken back the same way.",
    )


def _toast(title: str, done: Recorded) -> Toast:
    amount = amount_words(abs(done.payment.amount), done.payment.currency)
    return Toast(title if done.is_new else "Recorded before", amount, tone="green" if done.is_new else "")


def _plain(amount: Decimal, currency: str) -> str:
    return str(amount.quantize(Decimal(1).scaleb(-places_of(currency))))


HANDLERS = [
    invoice_payment_form,
    record_of_invoice,
    client_payment_form,
    record_of_client,
    refund_form,
    refund,
]
