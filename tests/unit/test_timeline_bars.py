"""The words on the bars of the timeline."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.availability.claims import Claim
from app.domain.timeline.bars import claim_bar
from app.domain.timeline.clock import Clock
from app.domain.timeline.scale import scale_of

DUE = datetime(2031, 6, 2, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def late(kind: str) -> Claim:
    return Claim(
        id=1, equipment_id=1, kind=kind, state="out", quantity=2, start_at=DUE - timedelta(days=2),
        end_at=DUE, due_at=DUE, late=True, overbooked=False, event_id=7, event_name="Gala",
        event_status="confirmed", client_name="", rental_id=3, maintenance_id=None, title="", unit_id=None,
        asset_tag="", sub_hire_id=None, supplier_name="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(minutes=20), "Gala, late"),
        (timedelta(minutes=119), "Gala, 1 hour late"),
        (timedelta(hours=23, minutes=59), "Gala, 23 hours late"),
        (timedelta(hours=24), "Gala, 1 day late"),
        (timedelta(days=3, hours=23), "Gala, 3 days late"),
    ],
)
def test_how_late_it_is(after: timedelta, words: str):
    scale = scale_of("month", date(2031, 6, 1), ZONE)
    bar = claim_bar(late("rental"), scale, DUE + after, Clock(ZONE, ZONE, "en_GB", date(2031, 6, 2)))
    assert bar.words == words
    assert bar.hint.startswith(f"2 {words}, overdue, ")
    assert bar.tone == "red"
