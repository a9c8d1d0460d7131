"""What the database refuses, in words: known constraints are the sender's, lost connections come back."""

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.lib.errors import Conflict, DomainError, InvalidInput, OutOfStock, Unavailable

CONSTRAINTS: dict[str, tuple[str, str]] = {
    "uq_equipment_sku": ("sku", "This SKU is taken."),
    "uq_kit_sku": ("sku", "This SKU is taken."),
    "uq_kit_component_equipment_id": ("equipment_id", "This is in the kit already."),
    "uq_gear_case_code": ("code", "This code is taken."),
    "uq_case_item_equipment_id": ("equipment_id", "This is in the case already."),
    "uq_accessory_pair": ("other_id", "This goes along already."),
    "uq_substitute_pair": ("other_id", "This may stand in already."),
    "uq_price_list_name": ("name", "There is a price list with this name already."),
    "uq_price_list_default": ("is_default", "Another list is the default."),
    "uq_price_rule_target": ("scope", "The list has a rule for this already."),
    "uq_factor_table_name": ("name", "There is a table with this name already."),
    "uq_tax_rate_name": ("name", "There is a rate with this name already."),
    "uq_tax_rate_default": ("is_default", "Another rate is the default."),
    "fk_client_price_list_id": ("price_list_id", "This price list does not exist."),
    "fk_equipment_tax_rate_id": ("tax_rate_id", "This rate of tax does not exist."),
    "uq_unit_asset_tag": ("asset_tag", "This asset tag is taken."),
    "uq_category_name": ("name", "There is a category with this name already."),
    "uq_user_account_username": ("username", "This username is taken."),
    "uq_user_account_email": ("email", "This e-mail address is taken."),
    "uq_saved_view_name": ("name", "You have a view with this name already."),
    "unit_of_serialized": ("tracking", "Only serialized equipment has units."),
    "fk_equipment_subcategory": ("subcategory_id", "This subcategory belongs to another category."),
    "ck_equipment_consumable_is_bulk": ("tracking", "Consumables are counted, not tracked as units."),
    "fk_equipment_category_id": ("category_id", "This category does not exist."),
}
"""The field and what to say at it, by the constraint that a value breaks."""

RACES: dict[str, str] = {
    "uq_change_version": "Somebody changed this at the same moment. Try again.",
    "movement_adds_up": "Somebody else counted the same gear at the same moment. Look again.",
    "unit_promised_once": "This unit was promised to another event at the same moment. Look again.",
    "uq_invoice_line_source": "Something of this was charged on another invoice meanwhile. Look again.",
    "invoice_stays": "This was issued and stays as it is. Take it back with a credit note.",
    "refund_fits": "More was given back of this payment meanwhile. Look again.",
    "payment_fits": "This invoice changed hands meanwhile. Look again.",
    "credit_note_fits": "Credit notes take back no more than the invoice asked for. Look again.",
    "uq_quote_version_draft": "There is a draft of this quote already. Look again.",
    "quote_version_stays": "This version was sent and stays as it is. Make a new one to change something.",
}
"""What to say where somebody else was faster, by the constraint that noticed."""

# what no column can hold: out of range, no moment, no text
_UNUSABLE_VALUES = frozenset({"22000", "22003", "22007", "22008", "22021", "22P05"})


def translate_database_error(error: Exception) -> DomainError | None:
    """The refusal a database error stands for; None when nobody foresaw it."""
    # SQLAlchemy wraps what the driver said twice, a Statement once
    original: Exception = getattr(error, "orig", None) or error
    cause = original.__cause__ or original
    if isinstance(error, IntegrityError):
        return _broken_constraint(getattr(cause, "constraint_name", None) or "")
    state = getattr(cause, "sqlstate", None) or ""
    if state in {"40001", "40P01", "55P03"}:
        return Conflict("Somebody is working on the same thing. Try again.")
    if state in _UNUSABLE_VALUES:
        return unusable()
    # the socket of a database that is gone is a file that is not found, but one without a name
    no_socket = isinstance(error, FileNotFoundError) and error.filename is None
    lost = no_socket or isinstance(error, PoolTimeoutError | ConnectionError | TimeoutError)
    disconnected = isinstance(error, DBAPIError) and error.connection_invalidated
    closing = state.startswith(("08", "57P", "53")) or isinstance(error, OperationalError | InterfaceError)
    if lost or disconnected or closing:
        return Unavailable("The database is not answering. Nothing you saved is lost.")
    return None


def _broken_constraint(name: str) -> DomainError | None:
    if name in CONSTRAINTS:
        field, message = CONSTRAINTS[name]
        return InvalidInput({field: message})
    if name in RACES:
        return Conflict(RACES[name])
    if name == "no_overbooking":
        return OutOfStock("Somebody took the last ones at the same moment. Look again.")
    return None


def unusable() -> InvalidInput:
    """A value that is too large, or text that is none, wherever it was sent."""
    return InvalidInput({}, "Something in this request is too large, or is no text.")
