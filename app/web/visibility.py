"""Who may hear of changes of which records: the live feed, every history and the API ask here."""

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Text, and_, cast, literal, not_

from app.db.models import Change
from app.web.permissions import CLIENT_READ, EQUIPMENT_READ, MONEY_READ, RENTAL_READ, USER_READ
from app.web.viewer import Viewer

_VISIBLE_WITH = {
    "client": CLIENT_READ,
    "client_import": CLIENT_READ,
    "contact": CLIENT_READ,
    "address": CLIENT_READ,
    "event": RENTAL_READ,
    "rental": RENTAL_READ,
    "attachment": RENTAL_READ,
    "gear_template": RENTAL_READ,
    "sub_hire": RENTAL_READ,
    "case": RENTAL_READ,
    "case_item": RENTAL_READ,
    "movement": RENTAL_READ,
    "bench_action": RENTAL_READ,
    "handover": RENTAL_READ,
    "quote": MONEY_READ,
    "quote_version": MONEY_READ,
    "quote_line": MONEY_READ,
    "quote_group": MONEY_READ,
    "invoice": MONEY_READ,
    "invoice_line": MONEY_READ,
    "payment": MONEY_READ,
    "payment_attempt": MONEY_READ,
    "price_list": MONEY_READ,
    "price_rule": MONEY_READ,
    "factor_table": MONEY_READ,
    "tax_rate": MONEY_READ,
    "user": USER_READ,
    "session": USER_READ,
    "password_link": USER_READ,
    "calendar_feed": USER_READ,
}
# what a client is granted is for those who read prices
_OF_MONEY = {"client": ("price_list_id", "discount_percent")}


def needed_for(entity: str) -> str:
    """The capability it takes to hear of records of this kind."""
    return _VISIBLE_WITH.get(entity, EQUIPMENT_READ)


def hidden_fields(entity: str, capabilities: Collection[str]) -> tuple[str, ...]:
    """The fields of such a record that are not for everybody who may hear of it."""
    return () if MONEY_READ in capabilities else _OF_MONEY.get(entity, ())


def visible_to(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Which changes a person may read of, as conditions: of such records, and of fields that are shown."""
    hidden = sorted(entity for entity, needed in _VISIBLE_WITH.items() if not viewer.can(needed))
    found: list[ColumnElement[bool]] = [Change.entity.not_in(hidden)] if hidden else []
    for entity in _OF_MONEY:
        if fields := hidden_fields(entity, viewer.capabilities):
            nothing_else = Change.fields.op("-")(cast(literal(list(fields), ARRAY(Text)), ARRAY(Text))) == {}
            found.append(not_(and_(Change.entity == entity, Change.fields != {}, nothing_else)))
    return found
