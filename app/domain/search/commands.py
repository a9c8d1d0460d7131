"""What can be jumped to or done from the palette, besides records."""

from dataclasses import dataclass

from app.lib.folding import fold
from app.web import permissions
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


PAGES = (
    Command("Today", "home", permissions.SIGNED_IN, "/", keys="g t", words="home start dashboard"),
    Command(
        "Inventory", "packages", permissions.EQUIPMENT_READ, "/inventory", keys="g i", words="equipment stock"
    ),
    Command("Events", "calendar-event", permissions.RENTAL_READ, "/events", keys="g e", words="jobs rentals"),
    Command("Calendar", "calendar", permissions.RENTAL_READ, "/calendar", keys="g c", words="month week"),
    Command("Timeline", "timeline", permissions.RENTAL_READ, "/timeline", keys="g n", words="gantt plan"),
    Command("Kits", "box", permissions.EQUIPMENT_READ, "/kits", keys="g b", words="bundles packages sets"),
    Command("Clients", "building", permissions.CLIENT_READ, "/clients", keys="g l", words="customers"),
    Command(
        "Maintenance", "tool", permissions.EQUIPMENT_READ, "/maintenance", keys="g m", words="repairs jobs"
    ),
    Command(
        "Categories", "tag", permissions.EQUIPMENT_READ, "/categories", keys="g k", words="subcategories"
    ),
    Command(
        "Imports", "file-import", permissions.EQUIPMENT_WRITE, "/imports", keys="g f", words="csv xlsx excel"
    ),
    Command(
        "Activity", "activity", permissions.ACTIVITY_READ, "/activity", keys="g a", words="changes log audit"
    ),
    Command(
        "Shortages",
        "alert-triangle",
        permissions.RENTAL_READ,
        "/shortages",
        keys="g o",
        words="missing short overbooked conflicts",
    ),
    Command(
        "Sub-hire", "truck", permissions.RENTAL_READ, "/sub-hire", keys="g h", words="supplier cross rental"
    ),
    Command("Users", "users", permissions.USER_READ, "/users", keys="g u", words="people accounts"),
    Command("Settings", "settings", permissions.COMPANY_WRITE, "/settings", keys="g s", words="company"),
    Command("Notifications", "bell", permissions.SIGNED_IN, "/notifications", words="news"),
    Command("Profile", "user", permissions.SIGNED_IN, "/profile", words="password account sessions"),
)
ACTIONS = (
    Command("Add equipment", "plus", permissions.EQUIPMENT_WRITE, "/inventory/new", words="new create item"),
    Command("Add an event", "plus", permissions.RENTAL_WRITE, "/events/new", words="new create job rental"),
    Command("Add a kit", "plus", permissions.EQUIPMENT_WRITE, "/kits/new", words="new create bundle"),
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
