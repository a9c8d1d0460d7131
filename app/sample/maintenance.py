"""Jobs in the workshop: done, under way, waiting for parts, and due."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from app.sample.moments import on_day, on_workday

JobKind = Literal["preventive", "repair", "inspection"]
JobState = Literal["reported", "in_progress", "waiting", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleJob:
    """Work on the `unit`-th unit (from 1) of serialized gear, or on `quantity` pieces of bulk gear.

    `blocks` says that the gear cannot be hired out meanwhile. `cost` is in euros, None while unknown.
    People are named by username, instants are in UTC.
    """

    sku: str
    unit: int | None = None
    quantity: int = 1
    title: str
    description: str
    kind: JobKind
    state: JobState
    blocks: bool = True
    reported_by: str = "technician"
    assignee: str | None = None
    cost: Decimal | None = None
    reported_at: datetime
    started_at: datetime | None = None
    due_at: datetime | None = None
    expected_back: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str = ""


def maintenance_jobs(now: datetime) -> tuple[SampleJob, ...]:
    """All jobs as they stand at `now`, by the time they were reported.

    Raises ValueError when `now` is naive.
    """
    jobs = (*_finished(now), *_in_the_workshop(now), *_reported(now), *_planned(now))
    return tuple(sorted(jobs, key=lambda job: job.reported_at))


def _finished(now: datetime) -> tuple[SampleJob, ...]:
    return (
        SampleJob(
            sku="LGT-MEGAPT",
            unit=7,
            title="Lamp change at 1 500 hours",
            description="Lamp, filters and a test of all gobos.",
            kind="preventive",
            state="resolved",
            assignee="technician",
            cost=Decimal("168.00"),
            reported_at=on_day(now, -43, "09:20"),
            started_at=on_day(now, -41, "10:00"),
            expected_back=on_day(now, -40, "12:00"),
            resolved_at=on_day(now, -41, "11:35"),
            resolution="New lamp, hours reset, fans cleaned.",
        ),
        SampleJob(
            sku="STG-RAIL2",
            quantity=4,
            title="Welds after the Stadtfest",
            description="A forklift pushed four rails against the stage edge.",
            kind="inspection",
            state="resolved",
            reported_by="manager",
            assignee="technician",
            cost=Decimal("60.00"),
            reported_at=on_day(now, -32, "08:45"),
            started_at=on_day(now, -31, "13:10"),
            expected_back=on_day(now, -30, "17:00"),
            resolved_at=on_day(now, -31, "15:40"),
            resolution="Dye test without findings, paint touched up.",
        ),
        SampleJob(
            sku="MIC-MD421",
            quantity=2,
            title="Broken stand clips",
            description="Both clips gave way while packing.",
            kind="repair",
            state="resolved",
            assignee="technician",
            cost=Decimal("31.80"),
            reported_at=on_day(now, -22, "18:05"),
            started_at=on_day(now, -20, "09:30"),
            resolved_at=on_day(now, -20, "09:50"),
            resolution="Clips replaced, two spares in the drawer.",
        ),
        SampleJob(
            sku="RF-ULXD2B58",
            unit=9,
            title="Battery contacts corroded",
            description="Drops out when the hand moves.",
            kind="repair",
            state="resolved",
            assignee="technician",
            cost=Decimal("38.50"),
            reported_at=on_day(now, -12, "23:10"),
            started_at=on_day(now, -9, "10:15"),
            expected_back=on_day(now, -8, "12:00"),
            resolved_at=on_day(now, -8, "10:40"),
            resolution="Contact springs replaced, range tested to 80 m.",
        ),
    )


def _in_the_workshop(now: datetime) -> tuple[SampleJob, ...]:
    return (
        SampleJob(
            sku="LGT-MEGAPT",
            unit=16,
            title="Pan motor stalls when warm",
            description="After about forty minutes pan loses steps; belt and sensor are fine.",
            kind="repair",
            state="waiting",
            assignee="technician",
            cost=Decimal("214.00"),
            reported_at=on_day(now, -11, "16:25"),
            started_at=on_day(now, -10, "09:05"),
            expected_back=on_workday(now, 14, "12:00"),
        ),
        SampleJob(
            sku="MIX-QL1",
            unit=2,
            title="Fader bank 2 ignores recalls",
            description="Faders 9 to 16 stay where they are after a scene recall. Board ordered.",
            kind="repair",
            state="waiting",
            assignee="technician",
            cost=Decimal("420.00"),
            reported_at=on_day(now, -6, "14:50"),
            started_at=on_day(now, -5, "11:00"),
            expected_back=on_workday(now, 9, "17:00"),
        ),
        SampleJob(
            sku="DSP-TOUCH65",
            unit=2,
            title="Touch frame off by 3 cm",
            description="Calibration does not hold; the frame was bent in the truck. With the maker in Köln.",
            kind="repair",
            state="waiting",
            reported_by="manager",
            assignee="technician",
            reported_at=on_day(now, -19, "10:30"),
            started_at=on_day(now, -17, "15:00"),
            expected_back=on_day(now, -2, "17:00"),
        ),
        SampleJob(
            sku="CBL-OPT150",
            unit=4,
            title="Fibre 3 loses 4 dB",
            description="Dirty or bent behind the connector; sent to be spliced anew.",
            kind="repair",
            state="waiting",
            assignee="technician",
            cost=Decimal("185.00"),
            reported_at=on_day(now, -8, "17:15"),
            started_at=on_day(now, -7, "09:40"),
            expected_back=on_workday(now, 6, "12:00"),
        ),
        SampleJob(
            sku="LGT-VICTOR",
            unit=1,
            title="Does not strike when hot",
            description="Igniter swapped with the other one for a test; the fault stays with the ballast.",
            kind="repair",
            state="in_progress",
            assignee="technician",
            cost=Decimal("310.00"),
            reported_at=on_day(now, -7, "22:40"),
            started_at=on_day(now, -3, "09:15"),
            expected_back=on_workday(now, 4, "17:00"),
        ),
        SampleJob(
            sku="SPK-X8",
            unit=5,
            title="Driver rattles below 90 Hz",
            description="Loose surround; recone kit is here.",
            kind="repair",
            state="in_progress",
            assignee="technician",
            cost=Decimal("96.00"),
            reported_at=on_day(now, -6, "11:20"),
            started_at=on_day(now, -1, "14:30"),
            expected_back=on_workday(now, 2, "12:00"),
        ),
        SampleJob(
            sku="RIG-TRLIFT",
            unit=3,
            title="Winch brake slips under load",
            description="Creeps down with 150 kg. Do not use, do not lend to anybody.",
            kind="repair",
            state="in_progress",
            reported_by="admin",
            assignee="technician",
            cost=Decimal("145.00"),
            reported_at=on_day(now, -4, "09:05"),
            started_at=on_day(now, -3, "13:45"),
            expected_back=on_workday(now, 1, "17:00"),
        ),
        SampleJob(
            sku="LED-BP2",
            unit=37,
            title="Dead row in module 2",
            description="One row of red dark from pixel 12 on; module comes from the spare batch.",
            kind="repair",
            state="in_progress",
            assignee="technician",
            cost=Decimal("74.00"),
            reported_at=on_day(now, -2, "12:10"),
            started_at=on_day(now, -1, "10:20"),
            expected_back=on_workday(now, 3, "12:00"),
        ),
    )


def _reported(now: datetime) -> tuple[SampleJob, ...]:
    return (
        SampleJob(
            sku="LGT-MEGAPT",
            unit=19,
            title="Front lens scratched at load-out",
            description="Found at check-in of Tollhaus Unplugged; visible in a gobo wash.",
            kind="repair",
            state="reported",
            reported_at=on_day(now, -2, "16:34"),
        ),
        SampleJob(
            sku="SPK-X8",
            unit=11,
            title="Driver rattles below 90 Hz",
            description="Same sound as X8-05, probably the same batch of drivers.",
            kind="repair",
            state="reported",
            reported_at=on_day(now, -1, "15:05"),
        ),
        SampleJob(
            sku="FX-JEMAF1",
            quantity=2,
            title="Bearings of two fans sing",
            description="Too loud for theatre; fine for open air until then.",
            kind="repair",
            state="reported",
            reported_at=on_day(now, -1, "17:20"),
        ),
    )


def _planned(now: datetime) -> tuple[SampleJob, ...]:
    return (
        SampleJob(
            sku="PWR-D63S",
            unit=1,
            title="Yearly test of breakers and insulation",
            description="RCD times, loop impedance and insulation; print the protocol for the Prüfbuch.",
            kind="inspection",
            state="reported",
            blocks=False,
            reported_by="manager",
            assignee="technician",
            reported_at=on_day(now, -27, "11:00"),
            due_at=on_day(now, -3, "17:00"),
        ),
        SampleJob(
            sku="VID-UDX4K32",
            unit=1,
            title="Filters and optics at 500 hours",
            description="Before the next job; takes half a day.",
            kind="preventive",
            state="reported",
            blocks=False,
            reported_by="manager",
            assignee="technician",
            reported_at=on_day(now, -5, "10:10"),
            due_at=on_workday(now, 2, "17:00"),
        ),
        SampleJob(
            sku="RIG-LK1000",
            unit=3,
            title="Yearly inspection by the hoist inspector",
            description="Badge runs out at the end of the month; the inspector comes to the hall.",
            kind="inspection",
            state="reported",
            blocks=False,
            reported_by="manager",
            reported_at=on_day(now, -14, "09:30"),
            due_at=on_workday(now, 8, "10:00"),
        ),
    )
