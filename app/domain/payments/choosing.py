"""Which payment provider the shop uses: the one whose keys are set."""

from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.config import Settings, StripeAccount
from app.db.engine import reading
from app.domain.payments.attempts import Place
from app.domain.payments.providers import PaymentProvider
from app.lib.errors import NotFound
from app.web.state import Runtime


def place_of(here: Runtime) -> Place | None:
    """What online payments work with; None where no provider is set up."""
    return online_place(here.settings, here.sessions)


def place_or_nothing(here: Runtime) -> Place:
    """The same, where nothing else can be done. Raises NotFound."""
    place = place_of(here)
    if place is None:
        raise NotFound("Online payment is not set up here.")
    return place


def online_place(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> Place | None:
    """The same outside of requests."""
    if settings.stripe is None:
        return None
    return Place(sessions, reading(sessions.kw["bind"]), _stripe(settings.stripe))


@lru_cache(maxsize=4)
def _stripe(account: StripeAccount) -> PaymentProvider:
    # shops without online payment need not load the library, which is large
    from app.domain.payments.stripe_provider import Stripe  # noqa: PLC0415 - see above

    return Stripe(account)
