"""Changes as people read them: a sentence, the fields before and after, and a way back where there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from app.web.descriptions import Difference, Fields, field_of
from app.web.differences import Part, word_changes
from app.web.merging import APOSTROPHE, join_words
from app.web.permissions import MONEY_READ
from app.web.undo_permissions import may_undo
from app.web.viewer import Person, Viewer

_PAGES = {
    "equipment": "/inventory/{}",
    "unit": "/units/{}",
    "maintenance": "/maintenance/{}",
    "client": "/clients/{}",
    "contact": "/contacts/{}",
    "address": "/addresses/{}",
    "category": "/categories",
    "event": "/events/{}",
    "gear_template": "/gear-templates",
    "kit": "/kits/{}",
    "sub_hire": "/sub-hire/{}",
    "quote": "/quotes/{}",
    "invoice": "/invoices/{}",
    "payment": "/payments/{}",
    "user": "/users/{}",
    "case": "/cases/{}",
    "inspection_rule": "/inspections/rules",
    "stock_take": "/stock-takes/{}",
    "price_list": "/price-lists/{}",
    "factor_table": "/price-lists",
    "tax_rate": "/price-lists",
    "company": "/settings",
    "import": "/imports/{}",
    "client_import": "/clients/imports/{}",
}
_NOUNS = {
    "equipment": "items",
    "unit": "units",
    "maintenance": "maintenance jobs",
    "event": "events",
    "rental": "lines",
    "attachment": "files",
    "gear_template": "gear templates",
    "client": "clients",
    "contact": "contacts",
    "address": "addresses",
    "category": "categories",
    "kit": "kits",
    "kit_component": "components",
    "accessory": "accessories",
    "substitute": "substitutes",
    "sub_hire": "sub-hires",
    "quote": "quotes",
    "invoice": "invoices",
    "invoice_line": "lines of invoices",
    "payment": "payments",
    "payment_attempt": "online payments",
    "quote_version": "versions of quotes",
    "quote_line": "lines of quotes",
    "quote_group": "groups of quotes",
    "user": "users",
    "movement": "movements",
    "case": "cases",
    "case_item": "contents of cases",
    "inspection_rule": "inspection rules",
    "inspection": "inspections",
    "stock_take": "stock takes",
    "stock_count": "counts",
    "saved_view": "views",
    "calendar_feed": "calendar links",
    "price_list": "price lists",
    "price_rule": "rules of prices",
    "factor_table": "factor tables",
    "tax_rate": "tax rates",
    "import": "imports",
    "client_import": "imports of clients",
}
_VERBS = {"created": "added", "deleted": "deleted", "restored": "brought back", "updated": "changed"}
_ACTIONS = {
    "session.started": "signed in",
    "session.ended": "signed out",
    "user.password_changed": "changed the password of",
    "maintenance.created": "reported",
    "maintenance.reported": "reported",
    "maintenance.in_progress": "started work on",
    "maintenance.waiting": "is waiting with",
    "maintenance.resolved": "resolved",
    "maintenance.written_off": "wrote off in",
    "client.merged": "merged",
    "event.draft": "reopened",
    "event.quoted": "quoted",
    "invoice.issued": "issued",
    "payment.recorded": "recorded",
    "payment.refunded": "gave back",
    "payment_attempt.processing": "waits for the online payment of",
    "payment_attempt.failed": "could not take the online payment of",
    "payment_attempt.cancelled": "ended the online payment of",
    "invoice.reminded": "sent a reminder of",
    "event.requested": "asked to confirm",
    "event.held": "put on hold",
    "event.confirmed": "confirmed",
    "event.closed": "closed",
    "event.lost": "lost",
    "event.cancelled": "cancelled",
    "event.declined": "declined",
    "event.countered": "proposed something else for",
    "event.hold_ending": "reminded of the hold of",
    "event.endangered": "found late gear missing for",
    "event.missing": "found gear missing for",
    "event.withdrawn": "took back the request for",
    "event.expired": "let the request run out for",
    "event.hold_expired": "let the hold run out for",
    "event.held_undone": "released",
    "event.confirmed_undone": "took back the confirmation of",
    "rental.overbooked": "overbooked",
    "rental.overbooking_ended": "ended the overbooking of",
    "rental.substituted": "found a substitute for",
    "rental.reduced": "took off",
    "rental.given_up": "gave away",
    "rental.shifted": "shifted the dates of",
    "event.shifted": "shifted",
    "event.supplied": "found pieces for",
    "event.supplied_undone": "took back the pieces found for",
    "rental.units_bound": "chose the units of",
    "rental.units_noted": "scanned units of",
    "quote.link_made": "made a link for",
    "quote.link_revoked": "revoked the link for",
    "quote_version.sent": "sent",
    "quote_version.superseded": "replaced",
    "quote_version.withdrawn": "withdrew",
    "quote_version.expired": "closed, as its day was over:",
    "quote_version.opened": "saw the client open",
    "quote_version.asked": "passed on a question about",
    "quote_version.answered": "answered a question about",
    "quote_version.accepted": "accepted",
    "quote_version.declined": "declined",
    "quote_version.refused": "could not keep the acceptance of",
    "quote_version.mailed": "mailed",
    "quote_version.mail_queued": "tried again to mail",
    "quote_version.mail_delayed": "could not mail yet:",
    "quote_version.mail_failed": "could not mail",
    "invoice.mailed": "mailed",
    "invoice.mail_queued": "tried again to mail",
    "invoice.mail_delayed": "could not mail yet:",
    "invoice.mail_failed": "could not mail",
    "sub_hire.draft": "reopened",
    "sub_hire.ordered": "ordered",
    "sub_hire.received": "received",
    "sub_hire.returned": "sent back",
    "sub_hire.cancelled": "cancelled",
    "case.opened": "packed for an event:",
    "case.freed": "emptied",
    "rental.added_at_bench": "added at the bench",
    "rental.approved": "approved what was added at the bench:",
    "prep.add": "added at the bench",
    "prep.substitute": "put in at the bench",
    "rental.acknowledged": "acknowledged the change of",
    "prep.count": "counted",
    "prep.scan": "scanned",
    "prep.undo": "took back at the bench",
    "prep.dispatch": "had leave",
    "prep.check_in": "took in",
    "prep.check": "checked",
    "prep.settle": "settled",
    "prep.undo_dispatch": "took back",
    "prep.undo_check_in": "took back the check-in of",
    "prep.undo_settle": "took back the settlement of",
    "prep.taken_over": "took for another event",
    "prep.waits_for_a_look": "counted too late",
    "prep.dismissed": "dismissed at the bench",
    "prep.done_again": "did again at the bench",
    "inspection.passed": "passed",
    "inspection.failed": "failed",
    "stock_take.created": "started to count",
    "stock_take.counted": "counted",
    "stock_take.applied": "applied the count of",
    "stock_take.cancelled": "cancelled the count of",
    "calendar_feed.created": "made a calendar link for",
    "calendar_feed.revoked": "revoked the calendar link for",
}
# their lines are called after what is left of them
_LESSENING = ("rental.substituted", "rental.reduced", "rental.given_up")
# shown by the sentence alone
_SILENT = frozenset({"deleted_at", "started_at", "resolved_at"})
# what a client is granted is for those who read prices
_OF_MONEY = {"client": frozenset({"price_list_id", "discount_percent"})}
_FEW_LABELS = 2


@dataclass(frozen=True, slots=True)
class ChangedField(Difference):
    """One field of a change."""

    is_new: bool

    @property
    def parts(self) -> list[Part]:
        """For long text: the way from one to the other, word by word."""
        if self.description.control != "long" or self.is_new or not self.before or not self.after:
            return []
        return word_changes(str(self.before), str(self.after))


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, or several of one intent. `record` and `url` name what was changed where that needs a name.

    `labels` name the records of several changes.
    """

    id: int
    at: datetime
    person: Person
    is_own: bool
    verb: str
    record: str
    url: str | None
    note: str
    differences: tuple[ChangedField, ...]
    undo_url: str | None
    undone: bool
    labels: tuple[str, ...] = field(default=())

    @property
    def is_addition(self) -> bool:
        """Whether everything in it is new."""
        return bool(self.differences) and all(difference.is_new for difference in self.differences)


def entries(
    rows: Sequence[Any],
    viewer: Viewer,
    descriptions: Mapping[str, Fields],
    *,
    page_of: tuple[str, int] | None = None,
) -> list[Entry]:
    """Turn rows of app.lib.history into entries; what was done in one go becomes one entry.

    `page_of` is the record on whose page they stand: it is not named again.
    """
    found: list[Entry] = []
    for _key, group in groupby(rows, key=lambda row: (row.operation, row.action, row.actor_id)):
        together = list(group)
        if len(together) == 1:
            found.append(_single(together[0], viewer, descriptions, page_of))
        else:
            found.append(_several(together, viewer, descriptions))
    return found


def _single(
    row: Any, viewer: Viewer, descriptions: Mapping[str, Fields], page_of: tuple[str, int] | None
) -> Entry:
    fields = descriptions.get(row.entity, {})
    names = _names([row], fields, viewer)
    here = page_of == (row.entity, row.entity_id)
    undoable = is_undoable(row) and may_undo(viewer, row.entity, row.action, actor_id=row.actor_id)
    return Entry(
        id=row.id,
        at=row.at,
        person=_person(row),
        is_own=row.actor_id == viewer.id,
        verb=_verb(row, [field_of(fields, name).label for name in names], here=here),
        record="" if here or row.entity == "session" else _record(row),
        url=None if here else url_of(row.entity, row.entity_id),
        note=_note(row, descriptions),
        differences=_differences(row, names, fields),
        undo_url=f"/changes/{row.id}/undo" if undoable else None,
        undone=row.undone,
    )


def _several(rows: list[Any], viewer: Viewer, descriptions: Mapping[str, Fields]) -> Entry:
    first = rows[0]
    fields = descriptions.get(first.entity, {})
    names = _names(rows, fields, viewer)
    many = _NOUNS.get(first.entity, f"{first.entity}s")
    verb = _verb(first, [field_of(fields, name).label for name in names], here=False)
    # taking back an intent takes back all of it, so all of it has to be in sight
    whole = first.operation_size == len(rows)
    undoable = whole and any(is_undoable(row) for row in rows)
    return Entry(
        id=first.id,
        at=first.at,
        person=_person(first),
        is_own=first.actor_id == viewer.id,
        verb=f"{verb} {len(rows)} {many}",
        record="",
        url=None,
        note="",
        differences=_shared(rows, names, fields),
        undo_url=f"/operations/{first.operation}/undo"
        if undoable and may_undo(viewer, first.entity, first.action, actor_id=first.actor_id)
        else None,
        undone=all(row.undone for row in rows),
        labels=tuple(row.label for row in reversed(rows)),
    )


def _names(rows: Sequence[Any], fields: Fields, viewer: Viewer) -> list[str]:
    """The fields that were changed, as far as the viewer may see them, in the order they are described in."""
    places = {name: place for place, name in enumerate(fields)}
    silent = _SILENT if viewer.can(MONEY_READ) else _SILENT | _OF_MONEY.get(rows[0].entity, frozenset())
    names = {name for row in rows for name in row.fields if name not in silent}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def url_of(entity: str, entity_id: int) -> str | None:
    """The page of a record, or the one it is listed on; None where there is none."""
    pattern = _PAGES.get(entity)
    return pattern.format(entity_id) if pattern else None


def is_undoable(row: Any) -> bool:
    """Whether a change can still be taken back by itself."""
    return stands(row) and not row.bound


def stands(row: Any) -> bool:
    """Whether a change is still as it was made: nobody took it back, and nobody touched its fields since."""
    return bool(row.fields) and not row.undone and not row.touched


def _person(row: Any) -> Person:
    return Person(row.actor_id or 1, row.actor or "AV-RENTALS", row.actor_avatar)


def _verb(row: Any, labels: list[str], *, here: bool) -> str:
    if row.undoes_id:
        return "took back a change" if here else "took back a change of"
    if row.action in _ACTIONS:
        return _ACTIONS[row.action]
    kind: str = row.action.partition(".")[2]
    verb = _VERBS.get(kind, kind.replace("_", " "))
    if kind == "updated" and labels:
        what = " and ".join(labels) if len(labels) <= _FEW_LABELS else f"{len(labels)} fields"
        return f"changed {what}" if here else f"changed {what} of"
    if here:
        return f"{verb} this"
    return verb


def _record(row: Any) -> str:
    """What a change is about: for pieces that were taken off a line, how many of what there was."""
    quantity = row.fields.get("quantity")
    if row.action not in _LESSENING or row.undoes_id or not quantity:
        return str(row.label)
    before, after = quantity
    return f"{before - after} of {before} × {row.label.partition(' × ')[2]}"


def _note(row: Any, descriptions: Mapping[str, Fields]) -> str:
    if not row.merged_actor:
        return ""
    fields = descriptions.get(row.entity, {})
    merged: dict[str, Any] = row.merged_fields or {}
    labels = [field_of(fields, name).label for name in merged]
    return f"merged with {row.merged_actor.split()[0]}{APOSTROPHE}s change of {join_words(labels)}"


def _differences(row: Any, names: list[str], fields: Fields) -> tuple[ChangedField, ...]:
    is_new = row.version == 1
    return tuple(
        ChangedField(field_of(fields, name), row.fields[name][0], row.fields[name][1], is_new)
        for name in names
    )


def _shared(rows: list[Any], names: list[str], fields: Fields) -> tuple[ChangedField, ...]:
    """The fields that all of them got the same value for."""
    if rows[0].version == 1:
        return ()
    shared: list[ChangedField] = []
    for name in names:
        values = {str(row.fields[name]): row.fields[name] for row in rows if name in row.fields}
        afters = {str(pair[1]) for pair in values.values()}
        if len(afters) == 1 and all(name in row.fields for row in rows):
            pair = next(iter(values.values()))
            shared.append(ChangedField(field_of(fields, name), pair[0], pair[1], is_new=len(values) > 1))
    return tuple(shared)
