"""What is news for whom. News is read off the change log when somebody looks; nothing is sent out ahead."""

from dataclasses import dataclass
from datetime import datetime

from app.db.models.change import MOVES
from app.web.change_entries import url_of
from app.web.permissions import MAINTENANCE_WRITE, RENTAL_CONFIRM
from app.web.viewer import Person, Viewer

IMPORTS = ("import", "client_import")
IMPORT_ENDS = tuple(f"{entity}.{end}" for entity in IMPORTS for end in ("finished", "failed", "stopped"))
REPORTS = ("maintenance.reported", "maintenance.created")
JOB_ENDS = ("maintenance.resolved", "maintenance.written_off")
REQUESTS = ("event.requested",)
ANSWERS = (
    "event.confirmed", "event.held", "event.countered", "event.declined", "event.expired",
)  # fmt: skip
HOLD_ENDS = ("event.hold_ending", "event.hold_expired", "event.endangered", "event.missing")
LINE_MOVES = tuple(action for action in MOVES if action.startswith("rental."))
UNDONE_MOVES = (*LINE_MOVES, "event.shifted")
EVENT_MOVES = tuple(action for action in MOVES if action.startswith("event."))
AT_BENCH = ("rental.added_at_bench", "prep.taken_over", "prep.swapped")
QUOTE_NEWS = (
    "quote_version.opened", "quote_version.asked", "quote_version.accepted", "quote_version.declined",
    "quote_version.refused", "quote_version.expired", "quote_version.mail_failed",
)  # fmt: skip
ACCOUNT_FIELDS = ("role", "active")

_ICONS = {
    "import": "file-import",
    "report": "tool",
    "resolution": "check",
    "merge": "git-merge",
    "request": "user",
    "answer": "check",
    "hold": "clock-exclamation",
    "move": "replace",
    "bench": "plus",
    "quote": "file-text",
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
_MOVE_WORDS = {
    "rental.substituted": "put something else on your event",
    "rental.reduced": "took pieces off your event",
    "rental.given_up": "gave pieces of your event to another",
    "rental.shifted": "shifted the dates of a line of your event",
    "event.shifted": "shifted the dates of your event",
    "event.supplied": "found pieces for your event",
    "event.supplied_undone": "took back the pieces found for your event",
}
_BENCH_WORDS = {
    "prep.taken_over": "took a unit your event was promised for another one",
    "prep.swapped": "took a unit your event was promised for another one, and promised it another",
}
_QUOTE_WORDS = {
    "quote_version.opened": "The client looked at your quote",
    "quote_version.asked": "The client asked something about your quote",
    "quote_version.accepted": "Your quote was accepted",
    "quote_version.declined": "Your quote was declined",
    "quote_version.expired": "Your quote was not answered in time",
    "quote_version.mail_failed": "A letter about your quote could not be sent",
}
_IMPORT_WORDS = {
    "finished": "Your import is finished",
    "failed": "Your import failed",
    "stopped": "Your import was stopped",
}


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news. `kind` is a key of the icons; `by` is None for the system.

    `missing` says what gear is, where that is the news.
    """

    id: int
    kind: str
    at: datetime
    action: str
    entity: str
    entity_id: int
    label: str
    by: Person | None
    unread: bool
    missing: str = ""

    @property
    def text(self) -> str:
        """What happened, as a sentence without the record, which is named beside it."""
        name = self.by.name if self.by else "AV-RENTALS"
        end = "wrote off" if self.action.endswith("written_off") else "resolved"
        return {
            "import": _IMPORT_WORDS.get(self.action.partition(".")[2], "Your import ended"),
            "report": f"{name} reported a job",
            "resolution": f"{name} {end} what you reported",
            "merge": f"{name} saved an edit that was merged with yours",
            "request": f"{name} asks you to confirm",
            "answer": f"{name} {_ANSWER_WORDS.get(self.action, 'answered')}",
            "move": f"{name} {_MOVE_WORDS.get(self.action, 'took back what was changed on your event')}",
            "bench": f"{name} {_BENCH_WORDS.get(self.action, 'added gear to your event at the bench')}",
            "quote": _QUOTE_WORDS.get(
                self.action, f"The client said yes, but it cannot be kept: {self.missing}"
            ),
            "hold": _HOLD_WORDS.get(self.action, f"Gear is missing: {self.missing} short"),
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
