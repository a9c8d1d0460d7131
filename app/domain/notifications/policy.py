"""What is news for whom. News is read off the change log when somebody looks; nothing is sent out ahead."""

from dataclasses import dataclass
from datetime import datetime

from app.web.change_entries import url_of
from app.web.permissions import MAINTENANCE_WRITE
from app.web.viewer import Person, Viewer

IMPORT_ENDS = ("import.finished", "import.failed", "import.stopped")
REPORTS = ("maintenance.reported", "maintenance.created")
JOB_ENDS = ("maintenance.resolved", "maintenance.written_off")
ACCOUNT_FIELDS = ("role", "active")

_ICONS = {
    "import": "file-import",
    "report": "tool",
    "resolution": "check",
    "merge": "git-merge",
    "account": "user",
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


def hears_of_reports(viewer: Viewer) -> bool:
    """Whoever does the work hears of what is reported: technicians, managers, admins."""
    return viewer.can(MAINTENANCE_WRITE)
