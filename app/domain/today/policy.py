"""What a new shop has to do first, and how the day is greeted."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.today.plan_queries import Asker
from app.domain.today.queries import Figures
from app.web import permissions
from app.web.viewer import Viewer

SMALL = 25
_MORNING, _AFTERNOON, _EVENING = 4, 12, 18
_GREETINGS = (
    (0, "Hello"),
    (_MORNING, "Good morning"),
    (_AFTERNOON, "Good afternoon"),
    (_EVENING, "Good evening"),
)
"""From which hour on which greeting."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do at the beginning."""

    title: str
    text: str
    href: str
    icon: str
    done: bool


def greeting(local: datetime) -> str:
    """A greeting for the hour on the clock of the shop."""
    return next(words for begins, words in reversed(_GREETINGS) if local.hour >= begins)


def first_steps(viewer: Viewer, figures: Figures) -> list[FirstStep]:
    """The steps this person may take; none once all are done, or the inventory is no longer small."""
    known = (
        (permissions.EQUIPMENT_WRITE, FirstStep(
            "Bring in your stock list", "A CSV or Excel file; nothing is saved before you agree.",
            "/imports/new", "file-import", figures.item_count > 0,
        )),
        (permissions.CLIENT_WRITE, FirstStep(
            "Add a client", "Whoever rents from you: a company or a person. A list comes in as a file, too.",
            "/clients/new", "building", figures.has_clients,
        )),
        (permissions.RENTAL_WRITE, FirstStep(
            "Plan the first event", "When the gear goes out and comes back, and which gear that is.",
            "/events/new", "calendar-plus", figures.has_events,
        )),
        (permissions.USER_WRITE, FirstStep(
            "Add the people you work with", "Everybody signs in under an own name, with a role that fits.",
            "/users/new", "user-plus", figures.people > 1,
        )),
        (permissions.COMPANY_WRITE, FirstStep(
            "Set currency and time zone", "They are used for every price and every time.",
            "/settings", "settings", bool(figures.company_set),
        )),
    )  # fmt: skip
    steps = [step for capability, step in known if viewer.can(capability)]
    return steps if figures.item_count < SMALL and not all(step.done for step in steps) else []


def asker(viewer: Viewer) -> Asker:
    """What may wait for this person."""
    return Asker(
        person=viewer.id,
        confirms=viewer.can(permissions.RENTAL_CONFIRM),
        writes=viewer.can(permissions.RENTAL_WRITE),
        repairs=viewer.can(permissions.MAINTENANCE_WRITE),
    )
