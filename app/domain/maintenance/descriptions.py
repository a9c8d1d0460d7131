"""How the fields of a job are called and shown, and how its moments are typed."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.maintenance.fields import KIND_WORDS, STATE_WORDS
from app.web.change_words import Kinds, Words
from app.web.descriptions import (
    Field,
    Fields,
    choice_field,
    instant_field,
    measure_field,
    money_field,
    typed_values,
    yes_no_field,
)
from app.web.state import CompanyFacts, runtime, viewer_of

EDITED = (
    "title", "description", "kind", "quantity", "blocks", "cost", "due_at", "expected_back", "resolution",
)  # fmt: skip


def zone_of(request: Any) -> ZoneInfo:
    """The clock by which this person types and reads moments."""
    return ZoneInfo(viewer_of(request).time_zone or company_of(request).time_zone)


def locale_of(request: Any) -> str:
    """The language in which this person reads dates."""
    return viewer_of(request).locale or company_of(request).locale


def company_of(request: Any) -> CompanyFacts:
    """The company as every page shows it."""
    return runtime(request).company or CompanyFacts()


def job_fields(request: Any, people: Sequence[tuple[int, str]] = ()) -> Fields:
    """The descriptions of all fields of a job; `people` gives the names of assignees."""
    zone = zone_of(request)
    return {
        "title": Field("What is to be done"),
        "description": Field("Description", "long"),
        "kind": choice_field("Kind", KIND_WORDS),
        "state": choice_field("State", {name: words[0] for name, words in STATE_WORDS.items()}),
        "quantity": measure_field("Quantity", "pieces"),
        "blocks": yes_no_field("Out of service"),
        "cost": money_field("Cost", company_of(request).currency),
        "due_at": instant_field("Due", zone),
        "expected_back": instant_field("Expected back", zone),
        "started_at": instant_field("Started"),
        "resolved_at": instant_field("Resolved at"),
        "resolution": Field("Resolution", "long"),
        "assignee_id": choice_field("Assigned to", {str(key): name for key, name in people}),
        "deleted_at": instant_field("Deleted"),
    }


def typed_job(request: Any, job: Any) -> dict[str, str]:
    """The fields of the edit form as they stand now."""
    typed = typed_values(job, job_fields(request), EDITED)
    return typed | {"assignee_id": str(job.assignee.id) if job.assignee else ""}


CHANGE_WORDS: Kinds = {
    "maintenance": Words(
        "maintenance jobs",
        "/maintenance/{}",
        verbs={
            "created": "reported",
            "reported": "reported",
            "in_progress": "started work on",
            "waiting": "is waiting with",
            "resolved": "resolved",
            "written_off": "wrote off in",
        },
    ),
}
