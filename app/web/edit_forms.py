"""The form of a record that several people may edit: shown, refused, merged.

The pattern for any form of an Editable record:

    answer = merge_answer(await form_text(request))        # also reads the answer of a dialog
    await keep_alive(request, work, (Model, id), answer, FIELDS)    # unless somebody deleted it meanwhile
    with saving(request, answer, FIELDS, lambda form: _page(request, facts, form)):
        values = read_fields(answer.typed, READERS).checked()
        edit = await edit_something(work, id, values, version=answer.version)
    return redirect(request, there, toast=saved_toast(request, edit, FIELDS))

`_page` answers with the form, at first as with whatever keeps it from being saved:

    page(request, "x/edit.html", status=form.status, typed=form.typed, **form.context, ...)

The form carries its `version` in a hidden field. The template of the page says, outside of the form:

    {% if merge %}{% include "components/merge.html" %}{% endif %}

`FIELDS` are descriptions (app.web.descriptions). A form that lives in `#modal` passes `target="#modal"`
and answers 409 with its own dialog, as it was typed, and `components/merge.html` after it. What was deleted
is app.web.deletions.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from litestar import Response

from app.lib.errors import Deleted, EditConflict
from app.web.deletions import deleted_answer
from app.web.descriptions import Fields
from app.web.errors import Rejected
from app.web.forms import rejecting
from app.web.merging import MergeAnswer, MergeView, merge_view


@dataclass(frozen=True, slots=True)
class EditForm:
    """What a form shows: the text of its fields, with messages at them or the dialog of a merge over it.

    `version` is the one of the record it started from.
    """

    typed: dict[str, str]
    version: int
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    merge: MergeView | None = None

    @property
    def status(self) -> int:
        """What is answered with it: 409 over a merge, 422 for errors."""
        if self.merge:
            return 409
        return 422 if self.errors else 200

    @property
    def context(self) -> dict[str, Any]:
        """What its template has besides the fields."""
        return {"version": self.version, "errors": self.errors, "merge": self.merge}


@contextmanager
def saving(
    request: Any,
    answer: MergeAnswer,
    fields: Fields,
    show: Callable[[EditForm], Response[Any]],
    *,
    target: str = "",
) -> Generator[None]:
    """Turn refusals inside the block into the same form again, as it was typed; the transaction rolls back.

    `target` is where htmx swaps the dialog of a merge; "" for a whole page.
    """

    def invalid(errors: dict[str, str]) -> Response[Any]:
        return show(EditForm(answer.typed, answer.version, errors))

    def conflict(error: EditConflict) -> Response[Any]:
        view = merge_view(request, error, answer, fields, target=target)
        return show(EditForm(answer.typed, answer.version, merge=view))

    try:
        with rejecting(invalid, conflict):
            yield
    except Deleted as error:
        raise Rejected(deleted_answer(request, error, answer, fields)) from error
