"""What is said along with a step of an event: the dialog or page, its refusals, and what it asks first."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from litestar import Request, Response

from app.domain.events import policy, queries
from app.domain.events.fields import STEP_WORDS, step_readers
from app.domain.events.queries import EventFacts
from app.domain.events.refusals import refusing
from app.domain.maintenance.descriptions import zone_of
from app.lib.errors import InvalidInput
from app.lib.fields import read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.render import page

ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        policy.HOLD: ("expires_at",),
        policy.COUNTER: ("reason", "expires_at"),
        policy.LOSE: ("reason",),
        policy.CANCEL: ("reason",),
        policy.DECLINE: ("reason",),
    }
)
"""What is said along with a step."""

_ADDRESSES = {policy.HOLD: "hold", policy.COUNTER: "counter-offer", policy.CONFIRM: "confirmation"}
_EXPLAINED = (policy.COUNTER, policy.DECLINE)
_NO_ERRORS: Mapping[str, str] = MappingProxyType({})


class StepForm:
    """One step of one event with what was typed for it."""

    def __init__(
        self, request: Request[Any, Any, Any], event: EventFacts, step: str, typed: Mapping[str, str]
    ) -> None:
        self.event = event
        self._request, self._step, self._typed = request, step, typed

    def said(self) -> dict[str, Any]:
        """The values that were typed. Raises InvalidInput."""
        if self._typed.get("expires_at") == "":
            raise InvalidInput({"expires_at": "Say until when."})
        return read_fields(self._typed, step_readers(zone_of(self._request))).checked()

    def asks_first(self, caution: str) -> bool:
        """Whether something odd was not passed yet: exactly this has to be, with these values."""
        return bool(caution) and self._typed.get("anyway") != self._passing

    @property
    def _passing(self) -> str:
        """What a form that passes its caution sends: the end it was about, so that another one asks again."""
        return self._typed.get("expires_at") or "1"

    def show(self, errors: Mapping[str, str] = _NO_ERRORS, *, caution: str = "") -> Response[str]:
        """The dialog or page, with what is wrong, or with what is odd and a button that does it anyway."""
        address = _ADDRESSES.get(self._step, f"steps/{self._step}")
        response = page(
            self._request,
            "events/step.html",
            partial="events/_step.html",
            status=422 if errors else 200,
            event=self.event,
            step=self._step,
            asked=ASKED.get(self._step, ()),
            explained=self._step in _EXPLAINED,
            action=f"/events/{self.event.id}/{address}",
            typed=self._typed,
            errors=errors,
            caution=caution,
            passing=self._passing,
            step_words=STEP_WORDS,
        )
        # a step may come from a button that swaps nothing
        response.headers.update({"HX-Retarget": "#modal", "HX-Reswap": "innerHTML"})
        return response

    @contextmanager
    def refusing(self) -> Generator[None]:
        """Turn refusals inside the block into this form again, or the panel of a shortage."""
        try:
            with refusing(self._request, self.event.id, self._typed):
                yield
        except InvalidInput as error:
            raise Rejected(self.show(error.fields)) from error


async def read_step(request: Request[Any, Any, Any], work: UnitOfWork, event_id: int, step: str) -> StepForm:
    """The form of a step as it was sent. Raises NotFound."""
    typed = await form_text(request)
    event = await queries.event_by_id(await work.session.connection(), event_id)
    return StepForm(request, event, step, typed)
