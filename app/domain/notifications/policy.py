"""What is news for whom. News is read off the change log when somebody looks; nothing is sent out ahead."""

from dataclasses import dataclass
from datetime import datetime

from app.web.change_entries import url_of
from app.web.permissions import MAINTENANCE_WRITE, RENTAL_CONFIRM
from app.web.viewer import Person, Viewer

IMPORT_ENDS = ("import.finished", "import.failed", "import.stopped")
REPORTS = ("maintenance.reported", "maintenance.created")
JOB_ENDS = ("maintenance.resolved", "maintenance.written_off")
REQUESTS = ("event.requested",)
ANSWERS = (
    "event.confirmed", "event.held", "event.countered", "event.declined", "event.expired",
)  # fmt: skip
HOLD_ENDS = ("event.hold_ending", "event.hold_expired", "event.endangered")
ACCOUNT_FIELDS = ("role", "active")

_ICONS = {
    "import": "file-import",
    "report": "tool",
    "resolution": "check",
    "merge": "git-merge",
    "request": "user",
    "answer": "check",
    "hold": "clock-exclamation",
    "account": "user",
}
_ANSWER_WORDS = {
    "event.confirmed": "confirmed what you asked for",
    "event.held": "holds what you asked for",
    "event.countered": "proposes something else for what you asked for",
    "event.declined": "declined what you asked for",
    "event.expired": "let your request run out",
}
_HOLD_WORDS = {
    "event.hold_ending": "The hold ends soon",
    "event.hold_expired": "The hold has ended, its gear is free for others",
    "event.endangered": "Gear that is late elsewhere is missing here",
}
_IMPORT_WORDS = {
    "import.finished": "Your import is finished",
    "import.failed": "Your import failed",
    "import.stopped": "Your import was stopped",
}


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news. `kind` is a key of the icons; `by` is None for the system."""

    id: int
    kind: str
    at: datetime
    action: str
    entity: str
    entity_id: int
    label: str
    by: Person | None
    unread: bool

    @property
    def text(self) -> str:
        """What happened, as a sentence without the record, which is named beside it."""
        name = self.by.name if self.by else "AV-RENTALS"
        end = "wrote off" if self.action.endswith("written_off") else "resolved"
        return {
            "import": _IMPORT_WORDS.get(self.action, "Your import ended"),
            "report": f"{name} reported a job",
            "resolution": f"{name} {end} what you reported",
            "merge": f"{name} saved an edit that was merged with yours",
            "request": f"{name} asks you to confirm",
            "answer": f"{name} {_ANSWER_WORDS.get(self.action, 'answered')}",
            "hold": _HOLD_WORDS.get(self.action, ""),
            "account": f"{name} changed what you may do here",
        }[self.kind]

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return _ICONS[self.kind]

    @property
    def url(self) -> str:
        """Where to look."""
        return "/profile" if self.kind == "account" else url_of(self.entity, self.entity_id) or "/"


def hears_of_requests(viewer: Viewer) -> bool:
    """Whoever may confirm hears of requests, and of what nobody answers for."""
    return viewer.can(RENTAL_CONFIRM)


def hears_of_reports(viewer: Viewer) -> bool:
    """Whoever does the work hears of what is reported: technicians, managers, admins."""
    return viewer.can(MAINTENANCE_WRITE)
