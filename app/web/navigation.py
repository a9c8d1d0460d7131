"""What the navigation and the list of shortcuts show: only pages that exist and that the viewer may see."""

from dataclasses import dataclass

from app.web import permissions
from app.web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One link. `extra` ones move into the account menu on phones."""

    href: str
    icon: str
    label: str
    capability: str
    extra: bool = False
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
            NavigationItem("/", "home", "Today", permissions.SIGNED_IN),
            NavigationItem("/inventory", "packages", "Inventory", permissions.EQUIPMENT_READ),
            NavigationItem("/maintenance", "tool", "Maintenance", permissions.EQUIPMENT_READ),
            NavigationItem("/categories", "tag", "Categories", permissions.EQUIPMENT_READ, extra=True),
            NavigationItem("/imports", "file-import", "Imports", permissions.EQUIPMENT_WRITE, extra=True),
        ),
    ),
    NavigationGroup(
        "",
        (
            NavigationItem("/activity", "activity", "Activity", permissions.ACTIVITY_READ),
            NavigationItem("/users", "users", "Users", permissions.USER_READ, extra=True),
            NavigationItem("/settings", "settings", "Settings", permissions.COMPANY_WRITE),
        ),
    ),
)


def navigation(viewer: Viewer, path: str) -> list[NavigationGroup]:
    """The navigation for this person on this page."""
    groups: list[NavigationGroup] = []
    for group in _GROUPS:
        items = tuple(
            NavigationItem(
                item.href,
                item.icon,
                item.label,
                item.capability,
                item.extra,
                current=path == item.href or (item.href != "/" and path.startswith(item.href + "/")),
            )
            for item in group.items
            if viewer.can(item.capability)
        )
        if items:
            groups.append(NavigationGroup(group.label, items))
    return groups


def shortcuts(viewer: Viewer) -> list[tuple[str, list[tuple[str, str]]]]:
    """The keyboard shortcuts that work for this person, by group."""
    letters = {
        "/": "t",
        "/inventory": "i",
        "/maintenance": "m",
        "/activity": "a",
        "/settings": "s",
        "/users": "u",
    }
    going = [
        (f"g {letters[item.href]}", item.label)
        for group in _GROUPS
        for item in group.items
        if item.href in letters and viewer.can(item.capability)
    ]
    return [
        ("Anywhere", [("Ctrl K", "Find or jump"), ("/", "Search"), ("?", "This list"), ("z", "Undo")]),
        ("Go to", going),
        (
            "In a table",
            [
                ("j", "Next row"),
                ("k", "Row before"),
                ("x", "Select"),
                ("e", "Edit"),
                ("Esc", "Leave as it was"),
            ],
        ),
        ("In a form", [("c", "Create"), ("Ctrl Enter", "Save")]),
    ]
