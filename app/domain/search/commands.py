"""What can be jumped to or done from the palette, besides records."""

from dataclasses import dataclass

from app.lib.folding import fold
from app.web import permissions
from app.web.navigation import destinations
from app.web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Command:
    """A page or an action. `words` also find it; `click` selects something on this page instead."""

    label: str
    icon: str
    capability: str
    href: str = ""
    click: str = ""
    keys: str = ""
    words: str = ""


# what else finds a page of the navigation
_WORDS = {
    "/": "home start dashboard",
    "/events": "jobs rentals",
    "/prep": "bench pick pack dispatch check-in board",
    "/calendar": "month week",
    "/timeline": "gantt plan",
    "/shortages": "missing short overbooked conflicts",
    "/inventory": "equipment stock",
    "/kits": "bundles packages sets",
    "/cases": "flight trunks boxes",
    "/clients": "customers",
    "/sub-hire": "supplier cross rental",
    "/quarantine": "damaged unchecked",
    "/missing": "lost owed",
    "/maintenance": "repairs jobs",
    "/inspections": "tests due pat loler",
    "/stock-takes": "counting inventory",
    "/categories": "subcategories",
    "/imports": "csv xlsx excel",
    "/activity": "changes log audit",
    "/users": "people accounts",
    "/settings": "company",
}
PAGES = (
    *(
        Command(
            item.label, item.icon, item.capability, item.href,
            keys=f"g {item.letter}", words=_WORDS.get(item.href, ""),
        )
        for item in destinations()
    ),
    Command("Notifications", "bell", permissions.SIGNED_IN, "/notifications", words="news"),
    Command("Profile", "user", permissions.SIGNED_IN, "/profile", words="password account sessions"),
)  # fmt: skip
ACTIONS = (
    Command("Add equipment", "plus", permissions.EQUIPMENT_WRITE, "/inventory/new", words="new create item"),
    Command("Add an event", "plus", permissions.RENTAL_WRITE, "/events/new", words="new create job rental"),
    Command("Add a kit", "plus", permissions.EQUIPMENT_WRITE, "/kits/new", words="new create bundle"),
    Command("Add a case", "plus", permissions.PREP, "/cases/new", words="new create flight trunk box"),
    Command("Add a client", "plus", permissions.CLIENT_WRITE, "/clients/new", words="new create customer"),
    Command(
        "Report a job", "tool", permissions.MAINTENANCE_REPORT, "/maintenance/new", words="fault repair new"
    ),
    Command(
        "Hire gear in", "truck", permissions.RENTAL_WRITE, "/sub-hire/new", words="supplier sub-hire new"
    ),
    Command(
        "Import a list", "file-import", permissions.EQUIPMENT_WRITE, "/imports/new", words="csv xlsx excel"
    ),
    Command(
        "Import clients",
        "file-import",
        permissions.CLIENT_WRITE,
        "/clients/imports/new",
        words="csv xlsx excel list customers",
    ),
    Command("Add a user", "user-plus", permissions.USER_WRITE, "/users/new", words="new create person"),
    Command(
        "Switch light and dark",
        "moon",
        permissions.SIGNED_IN,
        click="[data-theme-switch]",
        words="theme mode",
    ),
    Command(
        "Keyboard shortcuts", "keyboard", permissions.SIGNED_IN, click='[data-dialog="shortcuts"]', keys="?"
    ),
)


def find_commands(viewer: Viewer, typed: str) -> tuple[list[Command], list[Command]]:
    """The pages and the actions that fit what was typed and that this person may use."""
    words = fold(typed).split()

    def fits(command: Command) -> bool:
        known = fold(f"{command.label} {command.words}").split()
        return viewer.can(command.capability) and all(
            any(one.startswith(word) for one in known) for word in words
        )

    return [one for one in PAGES if fits(one)], [one for one in ACTIONS if fits(one)]
