"""What the navigation and the list of shortcuts show: only pages that exist and that the viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.web import permissions
from app.web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One link. `extra` ones move into the account menu on phones; `g` and the letter lead there.

    `stems` are where further pages of it are, beside those below `href`.
    """

    href: str
    icon: str
    label: str
    capability: str
    letter: str
    extra: bool = False
    stems: tuple[str, ...] = ()
    current: bool = False
    count: int | None = None
    count_tone: str = ""


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """Links under one label; a last group without a label stands at the foot."""

    label: str
    items: tuple[NavigationItem, ...]


_GROUPS = (
    NavigationGroup(
        "",
        (
            NavigationItem("/", "home", "Today", permissions.SIGNED_IN, "t"),
            NavigationItem("/events", "calendar-event", "Events", permissions.RENTAL_READ, "e"),
            NavigationItem("/calendar", "calendar", "Calendar", permissions.RENTAL_READ, "c", extra=True),
            NavigationItem("/timeline", "timeline", "Timeline", permissions.RENTAL_READ, "n", extra=True),
            NavigationItem(
                "/shortages", "alert-triangle", "Shortages", permissions.RENTAL_READ, "o", extra=True
            ),
        ),
    ),
    NavigationGroup(
        "Warehouse",
        (
            NavigationItem("/prep", "clipboard-check", "Prep", permissions.RENTAL_READ, "p"),
            NavigationItem(
                "/inventory", "packages", "Inventory", permissions.EQUIPMENT_READ, "i", stems=("/units",)
            ),
            NavigationItem("/kits", "box", "Kits", permissions.EQUIPMENT_READ, "b", extra=True),
            NavigationItem("/cases", "archive", "Cases", permissions.RENTAL_READ, "w", extra=True),
            NavigationItem("/quarantine", "ban", "Quarantine", permissions.EQUIPMENT_READ, "q", extra=True),
            NavigationItem("/missing", "search", "Missing", permissions.RENTAL_READ, "y", extra=True),
            NavigationItem("/maintenance", "tool", "Maintenance", permissions.EQUIPMENT_READ, "m"),
            NavigationItem(
                "/inspections", "shield", "Inspections", permissions.EQUIPMENT_READ, "v", extra=True
            ),
            NavigationItem(
                "/stock-takes", "clipboard-list", "Stock take", permissions.EQUIPMENT_WRITE, "r", extra=True
            ),
        ),
    ),
    NavigationGroup(
        "Business",
        (
            NavigationItem("/quotes", "file-text", "Quotes", permissions.MONEY_READ, "x", extra=True),
            NavigationItem(
                "/invoices", "file-spreadsheet", "Invoices", permissions.MONEY_READ, "j", extra=True
            ),
            NavigationItem(
                "/payments", "arrow-down-left", "Payments", permissions.MONEY_READ, "z", extra=True
            ),
            NavigationItem("/clients", "building", "Clients", permissions.CLIENT_READ, "l", extra=True),
            NavigationItem("/sub-hire", "truck", "Sub-hire", permissions.RENTAL_READ, "h", extra=True),
            NavigationItem(
                "/price-lists",
                "cash",
                "Prices",
                permissions.MONEY_READ,
                "d",
                extra=True,
                stems=("/price-rules", "/factor-tables", "/tax-rates"),
            ),
        ),
    ),
    NavigationGroup(
        "",
        (
            NavigationItem("/categories", "tag", "Categories", permissions.EQUIPMENT_READ, "k", extra=True),
            NavigationItem(
                "/imports", "file-import", "Imports", permissions.EQUIPMENT_WRITE, "f", extra=True
            ),
            NavigationItem("/activity", "activity", "Activity", permissions.ACTIVITY_READ, "a"),
            NavigationItem("/users", "users", "Users", permissions.USER_READ, "u", extra=True),
            NavigationItem("/settings", "settings", "Settings", permissions.COMPANY_WRITE, "s"),
        ),
    ),
)


def destinations() -> list[NavigationItem]:
    """Every page of the navigation, whoever may see it."""
    return [item for group in _GROUPS for item in group.items]


def navigation(viewer: Viewer, path: str) -> Sequence[NavigationGroup]:
    """The navigation for this person on this page."""
    return _navigation(viewer.capabilities, path)


@lru_cache(maxsize=1000)
def _navigation(capabilities: frozenset[str], path: str) -> Sequence[NavigationGroup]:
    groups: list[NavigationGroup] = []
    for group in _GROUPS:
        items = tuple(
            replace(item, current=_is_at(item, path))
            for item in group.items
            if item.capability in capabilities
        )
        if items:
            groups.append(NavigationGroup(group.label, items))
    return tuple(groups)


def _is_at(item: NavigationItem, path: str) -> bool:
    stems = item.stems if item.href == "/" else (item.href, *item.stems)
    return path == item.href or any(path.startswith(f"{stem}/") for stem in stems)


def shortcuts(viewer: Viewer) -> list[tuple[str, list[tuple[str, str]]]]:
    """The keyboard shortcuts of this person, by group; a page hides those it has nothing for."""
    going = [(f"g {item.letter}", item.label) for item in destinations() if viewer.can(item.capability)]
    return [
        ("Anywhere", [("Ctrl K", "Find or jump"), ("/", "Search"), ("?", "This list")]),
        ("On this page", [("c", "Create"), ("e", "Edit"), ("Ctrl Enter", "Save"), ("z", "Undo")]),
        (
            "In a table",
            [("j", "Next row"), ("k", "Row before"), ("x", "Select"), ("Esc", "Leave a cell as it was")],
        ),
        (
            "On the timeline",
            [
                ("\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}", "Bar before, bar after"),
                ("\N{UPWARDS ARROW} \N{DOWNWARDS ARROW}", "Row above, row below"),
                ("Home End", "Name of the row, last bar"),
                ("[ ]", "Earlier, later"),
            ],
        ),
        ("Go to", going),
    ]
