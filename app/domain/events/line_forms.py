"""The forms of a line, at first and after every refusal: all it has, and how many in its row."""

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from litestar import Request, Response

from app.db.models import Rental
from app.domain.availability.shortage import Shortage
from app.domain.events.descriptions import EDITED_LINE, RENTAL_FIELDS, rental_fields
from app.domain.events.queries import EventFacts
from app.domain.events.refusals import refusing
from app.lib.errors import Conflict, EditConflict, InvalidInput, OutOfStock
from app.lib.periods import FOREVER
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.errors import Rejected
from app.web.htmx import wants_partial
from app.web.merging import MergeAnswer
from app.web.render import page, partial

_CHOSEN = re.compile(r"([1-9][0-9]{0,17}):([1-9][0-9]{0,8})", re.ASCII)


def chosen_lines(sent: Iterable[str]) -> dict[int, int]:
    """The lines that were chosen in the list, each with the version that was seen. Raises InvalidInput."""
    matches = [match for match in map(_CHOSEN.fullmatch, sent) if match]
    if not matches:
        raise InvalidInput({"ids": "Choose at least one line."})
    return {int(match[1]): int(match[2]) for match in matches}


class LineForm:
    """The form of all that a line has of its own."""

    def __init__(self, request: Request[Any, Any, Any], rental: Rental, headings: list[str]) -> None:
        self._request, self._rental, self._headings = request, rental, headings

    def show(self, form: EditForm, shortage: Shortage | None = None) -> Response[str]:
        """The dialog or page with what was typed, and what is wrong with it."""
        return page(
            self._request,
            "events/line_edit.html",
            partial="events/_line_edit.html",
            status=409 if shortage else form.status,
            **form.context,
            typed=form.typed,
            rental=self._rental,
            headings=self._headings,
            shortages=shortage.shortages if shortage else (),
            forever=FOREVER,
        )

    @contextmanager
    def saving(self, answer: MergeAnswer, words: Fields) -> Generator[None]:
        """Show the form again with what keeps the line inside the block from being saved."""
        try:
            with saving(self._request, answer, words, self.show, target="#modal"), refused_at_quantity():
                yield
        except Shortage as shortage:
            raise Rejected(self.show(EditForm(answer.typed, answer.version), shortage)) from shortage


class QuantityForm:
    """The field in the row of a line that says how many."""

    def __init__(self, request: Request[Any, Any, Any], rental: Rental, event: EventFacts) -> None:
        self._request, self._rental, self._event = request, rental, event

    def show(self, form: EditForm) -> Response[str]:
        """The field with what was typed and what is wrong with it, or the dialog of a merge.

        Without scripts it is the page of the line.
        """
        if not wants_partial(self._request):
            stands = typed_values(self._rental, rental_fields(self._request), EDITED_LINE)
            whole = EditForm({**stands, **form.typed}, form.version, form.errors, form.merge)
            return LineForm(self._request, self._rental, []).show(whole)
        if form.merge:
            dialog = partial(self._request, "components/merge.html", status=form.status, merge=form.merge)
            dialog.headers.update({"HX-Retarget": "#modal", "HX-Reswap": "innerHTML"})
            return dialog
        return partial(
            self._request,
            "events/_quantity_refused.html",
            status=form.status,
            event=self._event,
            rental=self._rental,
            version=form.version,
            typed=form.typed.get("quantity", ""),
            error=" ".join(form.errors.values()),
        )

    @contextmanager
    def saving(self, answer: MergeAnswer) -> Generator[None]:
        """Show the field again with what keeps the line inside the block from being saved."""
        sent = {"quantity": answer.typed.get("quantity", ""), "version": str(answer.version)}
        with (
            refusing(self._request, self._event.id, sent, field=self._short(sent)),
            saving(self._request, answer, RENTAL_FIELDS, self.show, target="#modal"),
            refused_at_quantity(),
        ):
            yield

    def _short(self, sent: Mapping[str, str]) -> dict[str, Any]:
        """What the field needs when there is less: what was typed stays, the panel says why."""
        said = {
            "typed": sent["quantity"],
            "version": sent["version"],
            "error": "Not saved: that many are not free.",
        }
        return {"event": self._event, "rental": self._rental, **said}


@contextmanager
def refused_at_quantity() -> Generator[None]:
    """Say at the quantity what keeps a line inside the block from changing, like pieces that have left."""
    try:
        yield
    except (EditConflict, OutOfStock):
        raise
    except Conflict as error:
        raise InvalidInput({"quantity": error.message}) from error
