"""How the fields of every kind of record are called and shown on the activity page."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.cases.descriptions import CASE_FIELDS, ITEM_FIELDS
from app.domain.clients.descriptions import ADDRESS_FIELDS, CONTACT_FIELDS, client_fields
from app.domain.company.descriptions import COMPANY_FIELDS
from app.domain.events.descriptions import (
    ATTACHMENT_FIELDS,
    RENTAL_FIELDS,
    TEMPLATE_FIELDS,
    event_fields,
)
from app.domain.inspections.descriptions import INSPECTION_FIELDS, RULE_FIELDS
from app.domain.inventory.descriptions import DELETED, UNIT_FIELDS, equipment_fields
from app.domain.invoices.descriptions import INVOICE_FIELDS, INVOICE_LINE_FIELDS
from app.domain.kits.descriptions import (
    ACCESSORY_FIELDS,
    COMPONENT_FIELDS,
    SUBSTITUTE_FIELDS,
    kit_fields,
)
from app.domain.maintenance.descriptions import company_of, job_fields
from app.domain.payments.descriptions import ATTEMPT_FIELDS, PAYMENT_FIELDS
from app.domain.pricing.descriptions import FACTOR_FIELDS, LIST_FIELDS, TAX_FIELDS, rule_fields
from app.domain.quotes.descriptions import QUOTE_FIELDS, group_fields, line_fields, version_fields
from app.domain.stock_takes.descriptions import COUNT_FIELDS, STOCK_TAKE_FIELDS
from app.domain.sub_hire.descriptions import sub_hire_fields
from app.web.descriptions import Field, Fields, choice_field, measure_field, yes_no_field
from app.web.permissions import ROLE_LABELS


def _picture(value: object) -> str:
    return "a picture" if value else "no picture"


_USER_FIELDS: Fields = {
    "username": Field("Username"),
    "email": Field("E-mail"),
    "first_name": Field("First name"),
    "last_name": Field("Last name"),
    "phone": Field("Phone"),
    "role": choice_field("Role", ROLE_LABELS),
    "active": yes_no_field("Active"),
    "time_zone": Field("Time zone"),
    "locale": Field("Language"),
    "theme": Field("Theme"),
    "shortcuts": yes_no_field("Keyboard shortcuts"),
    "avatar": Field("Picture", shown=_picture, fixed=True),
}
_FIXED: dict[str, Fields] = {
    "unit": UNIT_FIELDS,
    "rental": RENTAL_FIELDS,
    "attachment": ATTACHMENT_FIELDS,
    "gear_template": TEMPLATE_FIELDS,
    "kit_component": COMPONENT_FIELDS,
    "accessory": ACCESSORY_FIELDS,
    "substitute": SUBSTITUTE_FIELDS,
    "case": CASE_FIELDS,
    "case_item": ITEM_FIELDS,
    "invoice": INVOICE_FIELDS,
    "invoice_line": INVOICE_LINE_FIELDS,
    "payment": PAYMENT_FIELDS,
    "payment_attempt": ATTEMPT_FIELDS,
    "inspection_rule": RULE_FIELDS,
    "inspection": INSPECTION_FIELDS,
    "stock_take": STOCK_TAKE_FIELDS,
    "stock_count": COUNT_FIELDS,
    "quote": QUOTE_FIELDS,
    "contact": CONTACT_FIELDS,
    "address": ADDRESS_FIELDS,
    "price_list": LIST_FIELDS,
    "factor_table": FACTOR_FIELDS,
    "tax_rate": TAX_FIELDS,
    "company": COMPANY_FIELDS,
    "user": _USER_FIELDS,
}


def descriptions(
    request: Any,
    category_names: Mapping[int, str],
    people: Sequence[Any],
    client_names: Mapping[int, str] | None = None,
    list_names: Mapping[int, str] | None = None,
) -> dict[str, Fields]:
    """The fields of all records, by kind; `people` have an id and a name. What has no name shows its id."""
    named = [(person.id, person.name) for person in people]
    lists = list((list_names or {}).items())
    return {
        **_FIXED,
        "equipment": equipment_fields(company_of(request).currency, category_names),
        "maintenance": job_fields(request, named),
        "event": event_fields(request, client_names, named),
        "kit": kit_fields(company_of(request).currency),
        "sub_hire": sub_hire_fields(request),
        "quote_version": version_fields(request, company_of(request).currency, lists),
        "quote_line": line_fields(company_of(request).currency),
        "quote_group": group_fields(company_of(request).currency),
        "client": client_fields(lists),
        "category": _category_fields(category_names),
        "price_rule": rule_fields(),
    }


def _category_fields(names: Mapping[int, str]) -> Fields:
    above = {str(key): name for key, name in names.items()}
    return {
        "name": Field("Name"),
        "parent_id": choice_field("Category above", above, blank="none"),
        "icon": Field("Icon"),
        "position": measure_field("Position", ""),
        "deleted_at": DELETED,
    }
