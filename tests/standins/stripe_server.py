"""A stand-in for Stripe on this machine: localstripe, bound to loopback, with a page to pay on.

Runs by itself in an environment of its own (`make .venv/stripe.stamp`), as localstripe is GPL and nothing of it
belongs into ours. PaymentIntents, refunds, declines, 3-D Secure and signed messages are localstripe's. Checkout
Sessions, which it does not know, are made here out of its PaymentIntents, after Stripe's description of them; so
they try our side of the flow, and prove nothing about Stripe's page. Prints its address, then serves until killed.
"""

import asyncio
import html
import socket
import sys

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError
from localstripe.resources import Event, PaymentIntent, PaymentMethod, Refund, StripeObject
from localstripe.webhooks import schedule_webhook

PAGE = "/js.stripe.com/checkout/{id}"  # below this, localstripe asks for no key
here = {"address": ""}


class CheckoutSession(StripeObject):
    """A page on which one PaymentIntent is paid; it exists once somebody has tried."""

    object = "checkout.session"
    _id_prefix = "cs_test_"

    def __init__(self, mode, line_items, success_url, cancel_url, **data):
        (line,) = line_items
        if mode != "payment" or int(line["quantity"]) != 1:
            raise UserError(400, "Bad request")
        super().__init__()
        price = line["price_data"]
        self.amount_total = int(price["unit_amount"])
        self.currency = price["currency"]
        self.client_reference_id = data.get("client_reference_id")
        self.metadata = data.get("metadata") or {}
        self.mode, self.locale = mode, data.get("locale")
        self.success_url, self.cancel_url = success_url, cancel_url
        self.payment_intent = None
        self.payment_status = "unpaid"
        self.status = "open"
        self._title = price["product_data"]["name"]
        self._intent_data = data.get("payment_intent_data") or {}

    @property
    def url(self):
        return here["address"] + PAGE.format(id=self.id) if self.status == "open" else None

    @classmethod
    def _api_expire(cls, **data):
        session = cls._api_retrieve(data["id"])
        if session.status != "open":
            raise UserError(400, "Only open Checkout Sessions can be expired.")
        session.status = "expired"
        schedule_webhook(Event("checkout.session.expired", session))
        return session

    def _pay(self, number):
        """Try a card; returns the PaymentIntent."""
        intent = self._intent()
        card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        intent.payment_method = PaymentMethod(type="card", card=card).id
        intent.latest_charge = None
        intent._confirm(on_failure_now=intent._report_failure)
        return self._follow(intent)

    def _intent(self):
        if self.payment_intent is None:
            metadata = self._intent_data.get("metadata")
            made = PaymentIntent(amount=self.amount_total, currency=self.currency, metadata=metadata)
            self.payment_intent = made.id
        return PaymentIntent._api_retrieve(self.payment_intent)

    def _follow(self, intent):
        if intent.status == "succeeded":
            self.status, self.payment_status = "complete", "paid"
            schedule_webhook(Event("checkout.session.completed", self))
        return intent


def refund_and_tell(**data):
    """A refund as localstripe makes it, and the message of Stripe about it, which it does not send."""
    made = Refund(**data)
    schedule_webhook(Event("refund.created", made))
    return made


async def page(request):
    """Show the page, or try what was typed on it."""
    session = CheckoutSession._api_retrieve(request.match_info["id"])
    typed = await request.post()
    if session.status != "open":
        raise web.HTTPSeeOther(session.success_url)
    problem, step = "", "card"
    try:
        if "number" in typed:
            intent = session._pay(typed["number"].replace(" ", ""))
            step = "secure" if intent.status == "requires_action" else "card"
        elif "secure" in typed:
            intent, allowed = session._intent(), typed["secure"] == "yes"
            PaymentIntent._api_authenticate(intent.id, intent.client_secret, allowed)
            session._follow(intent)
            problem = "" if allowed else "We are unable to authenticate your card."
    except UserError as error:
        problem = error.body["error"]["message"]
    if session.status == "complete":
        raise web.HTTPSeeOther(session.success_url)
    return web.Response(text=_markup(session, step, problem), content_type="text/html")


def _markup(session, step, problem):
    price = f"{session.currency.upper()} {session.amount_total / 100:.2f}"
    fields = {
        "card": '<label>Card number <input name="number" autofocus></label> <button>Pay</button>',
        "secure": '<p>3-D Secure</p><button name="secure" value="yes">Complete</button>'
        '<button name="secure" value="no">Fail</button>',
    }[step]
    return (
        f"<!doctype html><title>Checkout</title><h1>{html.escape(session._title)}: {price}</h1>"
        f'<p role="alert">{html.escape(problem)}</p><form method="post">{fields}</form>'
        f'<a href="{html.escape(session.cancel_url)}">Back</a>'
    )


def complete(app):
    """Add what localstripe does not do."""
    url = "/v1/checkout/sessions"
    app.router.add_post(url, server.api_create(CheckoutSession, url))
    app.router.add_get(url + "/{id}", server.api_retrieve(CheckoutSession, url))
    app.router.add_post(url + "/{id}/expire", server.api_extra(CheckoutSession._api_expire, url))
    app.router.add_route("*", PAGE, page)
    Refund._api_create = staticmethod(refund_and_tell)


async def main():
    """Serve."""
    # it would keep what it knows in a file that every other one reads
    resources.Store.dump_to_disk = lambda _store: None
    complete(server.app)
    runner = web.AppRunner(server.app)
    await runner.setup()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        here["address"] = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await web.SockSite(runner, listening).start()
        sys.stdout.write(f"{here['address']}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
