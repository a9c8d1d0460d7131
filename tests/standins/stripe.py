"""Starting the stand-in for Stripe, and playing who pays there and what Stripe tells."""

import contextlib
import json
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import stripe

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/stripe/bin/python"
SERVER = Path(__file__).with_name("stripe_server.py")
SECRET_KEY, WEBHOOK_SECRET, PUBLIC_KEY = "sk_test_stand_in", "whsec_stand_in", "pk_test_stand_in"
GOOD, DECLINED, SECURE = "4242424242424242", "4000000000000341", "4000002500003155"


@contextlib.contextmanager
def stripe_running() -> Generator[str]:
    """A stand-in on a free port of loopback; its environment is made where it is missing."""
    if not PYTHON.exists():
        subprocess.run(["make", "-s", ".venv/stripe.stamp"], cwd=ROOT, check=True)
    process = subprocess.Popen([PYTHON, SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the stand-in for Stripe did not start"
        yield address
    finally:
        process.terminate()
        process.wait(5)
        process.stdout.close()


def account(address: str) -> Any:
    """The settings that lead to the stand-in."""
    from app.config import StripeAccount

    return StripeAccount(SECRET_KEY, WEBHOOK_SECRET, PUBLIC_KEY, address)


class Payer:
    """Whoever pays at the stand-in, by its page or by a card form of their own."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.library = stripe.StripeClient(SECRET_KEY, base_addresses={"api": address})

    def type_card(self, page_url: str, number: str) -> httpx.Response:
        """Type a card on the page."""
        return httpx.post(page_url, data={"number": number})

    def authenticate(self, page_url: str, *, succeed: bool) -> httpx.Response:
        """Answer the question of 3-D Secure on the page."""
        return httpx.post(page_url, data={"secure": "yes" if succeed else "no"})

    def pay_intent(self, intent_id: str, number: str = GOOD) -> None:
        """Pay a bare PaymentIntent. Raises stripe.CardError."""
        card: Any = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        method = self.library.v1.payment_methods.create({"type": "card", "card": card})
        self.library.v1.payment_intents.update(intent_id, {"payment_method": method.id})
        self.library.v1.payment_intents.confirm(intent_id)

    def events(self, object_id: str) -> list[dict[str, Any]]:
        """What Stripe has to tell about an object, oldest first."""
        told = self.library.v1.events.list({"limit": 100}).to_dict()["data"]
        return [one for one in told if one["data"]["object"]["id"] == object_id]


def signed(
    event: dict[str, Any], secret: str = WEBHOOK_SECRET, timestamp: int | None = None
) -> tuple[bytes, str]:
    """A message as Stripe sends it: its body, and the header that signs it."""
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp)
    return body.encode(), header


def event_about(kind: str, about: dict[str, Any], event_id: str) -> dict[str, Any]:
    """A message that the stand-in does not send."""
    return {"id": event_id, "object": "event", "type": kind, "data": {"object": about}}
