"""All tables, one module per aggregate."""

from app.db.models.category import Category
from app.db.models.change import Change
from app.db.models.client import Client
from app.db.models.company import Company
from app.db.models.data_import import DataImport, ImportMapping
from app.db.models.equipment import Equipment
from app.db.models.event import Event, Rental
from app.db.models.maintenance import Maintenance
from app.db.models.preference import Preference, SavedView
from app.db.models.reservation import Availability, Reservation
from app.db.models.session import OneTimeLink, Session
from app.db.models.unit import Unit
from app.db.models.user import User

__all__ = [
    "Availability",
    "Category",
    "Change",
    "Client",
    "Company",
    "DataImport",
    "Equipment",
    "Event",
    "ImportMapping",
    "Maintenance",
    "OneTimeLink",
    "Preference",
    "Rental",
    "Reservation",
    "SavedView",
    "Session",
    "Unit",
    "User",
]
