"""All tables, one module per aggregate."""

from app.db.models.allocation import Allocation
from app.db.models.attachment import Attachment
from app.db.models.calendar_feed import CalendarFeed
from app.db.models.category import Category
from app.db.models.change import Change
from app.db.models.client import Client
from app.db.models.company import Company
from app.db.models.contact import Address, Contact
from app.db.models.data_import import DataImport, ImportMapping
from app.db.models.equipment import Equipment
from app.db.models.event import Event, Rental
from app.db.models.gear_case import Case, CaseItem
from app.db.models.gear_template import GearTemplate, GearTemplateLine
from app.db.models.handover import Handover
from app.db.models.idempotency_key import IdempotencyKey
from app.db.models.inspection import Inspection, InspectionRule
from app.db.models.invoice import (
    Invoice,
    InvoiceLine,
    NumberRange,
    Payment,
    PaymentAttempt,
    ProviderEvent,
)
from app.db.models.kit import Accessory, Kit, KitComponent, Substitute
from app.db.models.mail import Mail
from app.db.models.maintenance import Maintenance
from app.db.models.movement import BenchAction, KnownLine, Movement
from app.db.models.preference import Preference, SavedView
from app.db.models.pricing import FactorTable, PriceList, PriceRule, TaxRate
from app.db.models.quote import Quote, QuoteGroup, QuoteHappening, QuoteLine, QuoteLink, QuoteVersion
from app.db.models.reservation import Availability, Reservation
from app.db.models.session import OneTimeLink, Session
from app.db.models.stock_take import StockCount, StockTake
from app.db.models.sub_hire import SubHire
from app.db.models.unit import Unit
from app.db.models.user import User

__all__ = [
    "Accessory",
    "Address",
    "Allocation",
    "Attachment",
    "Availability",
    "BenchAction",
    "CalendarFeed",
    "Case",
    "CaseItem",
    "Category",
    "Change",
    "Client",
    "Company",
    "Contact",
    "DataImport",
    "Equipment",
    "Event",
    "FactorTable",
    "GearTemplate",
    "GearTemplateLine",
    "Handover",
    "IdempotencyKey",
    "ImportMapping",
    "Inspection",
    "InspectionRule",
    "Invoice",
    "InvoiceLine",
    "Kit",
    "KitComponent",
    "KnownLine",
    "Mail",
    "Maintenance",
    "Movement",
    "NumberRange",
    "OneTimeLink",
    "Payment",
    "PaymentAttempt",
    "Preference",
    "PriceList",
    "PriceRule",
    "ProviderEvent",
    "Quote",
    "QuoteGroup",
    "QuoteHappening",
    "QuoteLine",
    "QuoteLink",
    "QuoteVersion",
    "Rental",
    "Reservation",
    "SavedView",
    "Session",
    "StockCount",
    "StockTake",
    "SubHire",
    "Substitute",
    "TaxRate",
    "Unit",
    "User",
]
