"""The areas whose records are told of, in their own words, wherever changes are shown."""

from app.domain.accounts import descriptions as accounts
from app.domain.calendar import descriptions as calendar
from app.domain.cases import descriptions as cases
from app.domain.clients import descriptions as clients
from app.domain.company import descriptions as company
from app.domain.events import descriptions as events
from app.domain.inspections import descriptions as inspections
from app.domain.inventory import descriptions as inventory
from app.domain.invoices import descriptions as invoices
from app.domain.kits import descriptions as kits
from app.domain.maintenance import descriptions as maintenance
from app.domain.payments import descriptions as payments
from app.domain.prep import descriptions as prep
from app.domain.pricing import descriptions as pricing
from app.domain.quotes import descriptions as quotes
from app.domain.stock_takes import descriptions as stock_takes
from app.domain.sub_hire import descriptions as sub_hire
from app.web.change_words import Kinds

CHANGE_WORDS: list[Kinds] = [
    accounts.CHANGE_WORDS,
    calendar.CHANGE_WORDS,
    cases.CHANGE_WORDS,
    clients.CHANGE_WORDS,
    company.CHANGE_WORDS,
    events.CHANGE_WORDS,
    inspections.CHANGE_WORDS,
    inventory.CHANGE_WORDS,
    invoices.CHANGE_WORDS,
    kits.CHANGE_WORDS,
    maintenance.CHANGE_WORDS,
    payments.CHANGE_WORDS,
    prep.CHANGE_WORDS,
    pricing.CHANGE_WORDS,
    quotes.CHANGE_WORDS,
    stock_takes.CHANGE_WORDS,
    sub_hire.CHANGE_WORDS,
]
