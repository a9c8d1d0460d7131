"""All route handlers of the application."""

from litestar.types import ControllerRouterHandler

from app.domain.accounts import api as accounts_api
from app.domain.accounts import controllers as accounts
from app.domain.accounts import (
    link_controllers,
    profile_controllers,
    user_actions,
    user_api,
    user_controllers,
)
from app.domain.activity import api as activity_api
from app.domain.activity.controllers import ACTIVITY_HANDLERS
from app.domain.availability import api as availability_api
from app.domain.calendar import api as calendar_api
from app.domain.calendar import controllers as calendar
from app.domain.calendar import equipment_controllers as equipment_calendar
from app.domain.calendar import feed_controllers as calendar_feeds
from app.domain.cases import api as cases_api
from app.domain.cases import controllers as cases
from app.domain.cases import item_controllers as case_items
from app.domain.cases import list_controllers as case_list
from app.domain.clients import api as clients_api
from app.domain.clients import controllers as clients
from app.domain.clients import list_controllers as client_list
from app.domain.clients import merge_api as client_merging_api
from app.domain.clients import merge_controllers as client_merging
from app.domain.clients import part_api as client_parts_api
from app.domain.clients import part_controllers as client_parts
from app.domain.clients import price_api as client_terms_api
from app.domain.clients.importing import controllers as client_import
from app.domain.clients.importing.kind import CLIENTS
from app.domain.company import controllers as company
from app.domain.company import money_controllers as company_money
from app.domain.documents import controllers as documents
from app.domain.events import allocation_api, allocation_controllers, rental_api
from app.domain.events import api as events_api
from app.domain.events import attachment_api as event_file_api
from app.domain.events import attachment_controllers as event_files
from app.domain.events import controllers as events
from app.domain.events import copy_api as event_copy_api
from app.domain.events import copy_controllers as event_copies
from app.domain.events import line_controllers as event_lines
from app.domain.events import move_controllers as event_moves
from app.domain.events import paste_controllers as event_pasting
from app.domain.events import pick_controllers as event_picks
from app.domain.events import quantity_controllers as event_quantities
from app.domain.events import step_controllers as event_steps
from app.domain.events import template_api as gear_template_api
from app.domain.events import template_controllers as gear_templates
from app.domain.handovers import api as handovers_api
from app.domain.handovers import check_in_controllers as check_ins
from app.domain.handovers import controllers as handovers
from app.domain.handovers import missing_controllers as missing_gear
from app.domain.importing.controllers import import_pages
from app.domain.inspections import api as inspections_api
from app.domain.inspections import controllers as inspections
from app.domain.inspections import list_controllers as inspection_list
from app.domain.inspections import record_controllers as inspection_records
from app.domain.inspections import rule_controllers as inspection_rules
from app.domain.inventory import api as inventory_api
from app.domain.inventory import category_api, category_controllers, unit_api
from app.domain.inventory.availability_controllers import AVAILABILITY_HANDLERS
from app.domain.inventory.bulk_controllers import BULK_HANDLERS
from app.domain.inventory.cell_controllers import CELL_HANDLERS
from app.domain.inventory.export_controllers import EXPORT_HANDLERS
from app.domain.inventory.importing.kind import EQUIPMENT
from app.domain.inventory.item_controllers import ITEM_HANDLERS
from app.domain.inventory.label_controllers import LABEL_HANDLERS
from app.domain.inventory.photo_controllers import PHOTO_HANDLERS
from app.domain.inventory.register_controllers import HANDLERS as REGISTER_HANDLERS
from app.domain.inventory.table_controllers import TABLE_HANDLERS
from app.domain.inventory.unit_controllers import UNIT_HANDLERS
from app.domain.inventory.unit_list_controllers import HANDLERS as UNIT_LIST_HANDLERS
from app.domain.invoices import api as invoices_api
from app.domain.invoices import controllers as invoices
from app.domain.invoices import line_controllers as invoice_lines
from app.domain.invoices import list_controllers as invoice_list
from app.domain.invoices import preview_controllers as invoice_previews
from app.domain.invoices import step_controllers as invoice_steps
from app.domain.kits import api as kits_api
from app.domain.kits import component_controllers as kit_components
from app.domain.kits import controllers as kits
from app.domain.kits import event_controllers as event_kits
from app.domain.kits import list_controllers as kit_list
from app.domain.kits import pair_api, pair_controllers
from app.domain.live import controllers as live
from app.domain.maintenance import api as maintenance_api
from app.domain.maintenance import controllers as maintenance
from app.domain.maintenance import step_controllers as maintenance_steps
from app.domain.notifications import controllers as notifications
from app.domain.operations import controllers as operations
from app.domain.papers import change_controllers as paper_changes
from app.domain.papers import controllers as papers
from app.domain.payments import account_controllers as accounts_of_clients
from app.domain.payments import api as payments_api
from app.domain.payments import controllers as payment_forms
from app.domain.payments import list_controllers as payments
from app.domain.payments import public_controllers as paying
from app.domain.payments import webhook_controllers as provider_messages
from app.domain.prep import addition_api as prep_addition_api
from app.domain.prep import addition_controllers as prep_additions
from app.domain.prep import api as prep_api
from app.domain.prep import approval_controllers as prep_approvals
from app.domain.prep import board_controllers as prep_board
from app.domain.prep import case_controllers as prep_cases
from app.domain.prep import controllers as prep
from app.domain.prep import inbox_controllers as prep_inbox
from app.domain.prep import promise_api as prep_promise_api
from app.domain.prep import promise_controllers as prep_promises
from app.domain.prep import tap_controllers as prep_taps
from app.domain.pricing import api as pricing_api
from app.domain.pricing import controllers as price_lists
from app.domain.pricing import record_controllers as price_records
from app.domain.pricing import rule_controllers as price_rules
from app.domain.quarantine import controllers as quarantine
from app.domain.quotes import api as quotes_api
from app.domain.quotes import controllers as quotes
from app.domain.quotes import difference_controllers as quote_differences
from app.domain.quotes import line_api as quote_lines_api
from app.domain.quotes import line_controllers as quote_lines
from app.domain.quotes import list_controllers as quote_list
from app.domain.quotes import outgoing_api
from app.domain.quotes import public_controllers as public_quotes
from app.domain.quotes import sending_controllers as quote_sending
from app.domain.quotes import terms_controllers as quote_terms
from app.domain.search import controllers as search
from app.domain.setup import controllers as setup
from app.domain.shortages import controllers as shortages
from app.domain.shortages import way_controllers as ways_out
from app.domain.stock_takes import api as stock_takes_api
from app.domain.stock_takes import controllers as stock_takes
from app.domain.stock_takes import count_controllers as stock_counts
from app.domain.sub_hire import api as sub_hire_api
from app.domain.sub_hire import controllers as sub_hire
from app.domain.sub_hire import step_controllers as sub_hire_steps
from app.domain.timeline import controllers as timeline
from app.domain.today import controllers as today

ROUTE_HANDLERS: list[ControllerRouterHandler] = [
    operations.health_live,
    operations.health_ready,
    operations.metrics,
    operations.nothing_here,
    accounts.login_page,
    accounts.login,
    accounts.logout,
    *link_controllers.HANDLERS,
    *profile_controllers.HANDLERS,
    *user_controllers.HANDLERS,
    *user_actions.HANDLERS,
    *setup.HANDLERS,
    *company.HANDLERS,
    *company_money.HANDLERS,
    live.live,
    live.presence,
    import_pages(EQUIPMENT),
    import_pages(CLIENTS),
    *TABLE_HANDLERS,
    *AVAILABILITY_HANDLERS,
    *CELL_HANDLERS,
    *BULK_HANDLERS,
    *EXPORT_HANDLERS,
    *ITEM_HANDLERS,
    *UNIT_HANDLERS,
    *UNIT_LIST_HANDLERS,
    *PHOTO_HANDLERS,
    *LABEL_HANDLERS,
    *REGISTER_HANDLERS,
    *ACTIVITY_HANDLERS,
    *category_controllers.HANDLERS,
    *client_list.HANDLERS,
    *clients.HANDLERS,
    *client_parts.HANDLERS,
    *client_merging.HANDLERS,
    *client_import.HANDLERS,
    *maintenance.HANDLERS,
    *maintenance_steps.HANDLERS,
    *inspection_list.HANDLERS,
    *inspections.HANDLERS,
    *inspection_records.HANDLERS,
    *inspection_rules.HANDLERS,
    *stock_takes.HANDLERS,
    *stock_counts.HANDLERS,
    *events.HANDLERS,
    *event_steps.HANDLERS,
    *event_lines.HANDLERS,
    *event_quantities.HANDLERS,
    *allocation_controllers.HANDLERS,
    *case_list.HANDLERS,
    *cases.HANDLERS,
    *case_items.HANDLERS,
    *kit_list.HANDLERS,
    *kits.HANDLERS,
    *kit_components.HANDLERS,
    *event_kits.HANDLERS,
    *pair_controllers.HANDLERS,
    *event_picks.HANDLERS,
    *event_pasting.HANDLERS,
    *event_copies.HANDLERS,
    *event_files.HANDLERS,
    *gear_templates.HANDLERS,
    *event_moves.HANDLERS,
    *shortages.HANDLERS,
    *ways_out.HANDLERS,
    *sub_hire.HANDLERS,
    *sub_hire_steps.HANDLERS,
    *quote_list.HANDLERS,
    *invoices.HANDLERS,
    *invoice_lines.HANDLERS,
    *invoice_previews.HANDLERS,
    *invoice_list.HANDLERS,
    *invoice_steps.HANDLERS,
    *quotes.HANDLERS,
    *quote_lines.HANDLERS,
    *quote_terms.HANDLERS,
    *quote_differences.HANDLERS,
    *timeline.HANDLERS,
    *calendar.HANDLERS,
    *equipment_calendar.HANDLERS,
    *calendar_feeds.HANDLERS,
    *search.HANDLERS,
    *papers.HANDLERS,
    *documents.HANDLERS,
    *paper_changes.HANDLERS,
    *payments.HANDLERS,
    *payment_forms.HANDLERS,
    *accounts_of_clients.HANDLERS,
    *paying.HANDLERS,
    *provider_messages.HANDLERS,
    *prep_board.HANDLERS,
    *prep.HANDLERS,
    *prep_inbox.HANDLERS,
    *prep_taps.HANDLERS,
    *prep_additions.HANDLERS,
    *prep_promises.HANDLERS,
    *prep_approvals.HANDLERS,
    *prep_cases.HANDLERS,
    *handovers.HANDLERS,
    *check_ins.HANDLERS,
    *missing_gear.HANDLERS,
    *quarantine.HANDLERS,
    *public_quotes.HANDLERS,
    *quote_sending.HANDLERS,
    *price_lists.HANDLERS,
    *price_records.HANDLERS,
    *price_rules.HANDLERS,
    *today.HANDLERS,
    *notifications.HANDLERS,
    accounts_api.API,
    outgoing_api.API,
    user_api.API,
    inventory_api.API,
    unit_api.API,
    category_api.API,
    maintenance_api.API,
    clients_api.API,
    client_parts_api.API,
    client_merging_api.API,
    client_terms_api.API,
    events_api.API,
    event_copy_api.API,
    event_file_api.API,
    gear_template_api.API,
    rental_api.API,
    allocation_api.API,
    availability_api.API,
    kits_api.API,
    cases_api.API,
    pair_api.API,
    sub_hire_api.API,
    invoices_api.API,
    prep_api.API,
    prep_addition_api.API,
    prep_promise_api.API,
    handovers_api.API,
    inspections_api.API,
    stock_takes_api.API,
    payments_api.API,
    calendar_api.API,
    quotes_api.API,
    quote_lines_api.API,
    pricing_api.API,
    activity_api.API,
]
