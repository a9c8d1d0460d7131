"""What people changed before the visitor came: the script behind the history and activity pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.sample.catalogue import SampleEquipment, SampleUnit, read_catalogue
from app.sample.moments import minutes_before, on_day

FieldValue = Decimal | int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field from what to what; `field` is an attribute of SampleEquipment or SampleUnit."""

    field: str
    before: FieldValue
    after: FieldValue


@dataclass(frozen=True, slots=True)
class SampleEdit:
    """One save by the person `actor` (a username) at an instant in UTC.

    With an `asset_tag` the changes are those of that unit, otherwise of the equipment `sku`.
    `units_added` are asset tags of units that were put on the books by this edit.
    """

    actor: str
    at: datetime
    sku: str
    changes: tuple[FieldChange, ...]
    asset_tag: str | None = None
    units_added: tuple[str, ...] = ()


# Either days before now and the time of day, or minutes before now. Those of the last day lie less than
# four hours back and those of the day before end in the early evening, so that the order always holds.
_Moment = tuple[int, str] | int


@dataclass(frozen=True, slots=True)
class _Entry:
    actor: str
    moment: _Moment
    sku: str
    changes: tuple[tuple[str, FieldValue, FieldValue], ...] = ()
    asset_tag: str | None = None
    units_added: tuple[str, ...] = ()


_SCRIPT: Final = (
    _Entry("manager", (90, "10:12"), "SRV-MBP16", (("daily_rate", Decimal("49.00"), Decimal("55.00")),)),
    _Entry("admin", (86, "09:31"), "LGT-SHARPY", (("daily_rate", Decimal("34.00"), Decimal("30.00")),)),
    _Entry("technician", (80, "15:48"), "CBL-XLR10", (("quantity", 360, 400),)),
    _Entry("manager", (77, "11:05"), "DSP-QM55", units_added=("SQ-07", "SQ-08")),
    _Entry(
        "technician",
        (70, "12:20"),
        "LGT-PROTEUS",
        (("notes", "", "Dry for a night before it goes into the case: Kondenswasser in the Optik."),),
    ),
    _Entry("admin", (63, "16:40"), "LGT-SHARPY", (("daily_rate", Decimal("30.00"), Decimal("28.00")),)),
    _Entry("technician", (60, "08:55"), "RIG-SHACK325", (("quantity", 100, 120),)),
    _Entry(
        "admin", (58, "14:02"), "MIX-CL5", (("replacement_value", Decimal("25900.00"), Decimal("24500.00")),)
    ),
    _Entry(
        "technician",
        (52, "17:36"),
        "MIC-MD421",
        (("notes", "", "Clips break easily: check each one at the bench."),),
    ),
    _Entry("manager", (47, "09:18"), "LGT-BMFL", (("daily_rate", Decimal("120.00"), Decimal("110.00")),)),
    _Entry("technician", (44, "13:24"), "PWR-D32", units_added=("PB-17", "PB-18")),
    _Entry("technician", (44, "13:27"), "PWR-D32", (("location", "E-06", "E-06-2"),)),
    _Entry("manager", (41, "10:44"), "RF-ULXD4Q", (("daily_rate", Decimal("60.00"), Decimal("65.00")),)),
    _Entry("technician", (38, "11:51"), "MIC-SM58", (("quantity", 36, 40), ("location", "A-02-1", "A-02-3"))),
    _Entry("manager", (35, "15:09"), "STG-NIV21", (("quantity", 48, 60),)),
    _Entry("technician", (33, "09:47"), "LED-BP2", (("prep_minutes", 120, 180),)),
    _Entry(
        "admin",
        (30, "12:15"),
        "CTL-MA3L",
        (
            ("tags", ("MA Lighting",), ("MA Lighting", "console")),
            (
                "notes",
                "MA3-01 travels in case C-014.",
                "MA3-01 travels in case C-014. Show files: wipe after every dry hire.",
            ),
        ),
    ),
    _Entry("technician", (28, "16:22"), "CON-GAF50B", (("quantity", 48, 144),)),
    _Entry("manager", (26, "10:58"), "VID-UDX4K32", (("daily_rate", Decimal("950.00"), Decimal("890.00")),)),
    _Entry("technician", (24, "14:33"), "SPK-X8", (("turnaround_minutes", 30, 60),)),
    _Entry("technician", (21, "09:12"), "STD-KM2109", (("quantity", 54, 60),)),
    _Entry("manager", (19, "11:40"), "LGT-ESPRITE", (("daily_rate", Decimal("72.00"), Decimal("78.00")),)),
    _Entry("manager", (19, "11:46"), "LGT-ESPRITE", units_added=("ES-11", "ES-12")),
    _Entry("technician", (17, "15:02"), "DSP-TOUCH65", (("status", "good", "maintenance"),)),
    _Entry(
        "technician", (15, "10:05"), "CBL-XLR10", (("quantity", 400, 420), ("location", "E-02", "E-02-1"))
    ),
    _Entry("technician", (15, "10:09"), "CBL-SOCA20", (("quantity", 44, 48), ("location", "E-07", "E-07-2"))),
    _Entry("technician", (12, "13:14"), "STD-KM2109", (("location", "B-11", "B-11-1"),)),
    _Entry("technician", (12, "13:16"), "STD-KM259", (("location", "B-11", "B-11-2"),)),
    _Entry("manager", (11, "09:02"), "LGT-MEGAPT", units_added=("MP-0121", "MP-0122", "MP-0123", "MP-0124")),
    _Entry(
        "technician",
        (9, "08:37"),
        "MIX-RIO32",
        (("power_w", 95, 110), ("weight_kg", Decimal("12.00"), Decimal("12.40"))),
    ),
    _Entry(
        "technician",
        (8, "12:48"),
        "RIG-LK500",
        (("notes", "Prüfbuch im Büro.", "Prüfbuch im Büro; no test badge, no job."),),
    ),
    _Entry("technician", (7, "17:55"), "CON-GAF50B", (("quantity", 144, 132),)),
    _Entry("technician", (7, "18:01"), "CBL-OPT150", (("status", "good", "damaged"),)),
    _Entry(
        "technician",
        (6, "11:26"),
        "SPK-X8",
        (
            ("status", "good", "damaged"),
            ("notes", "", "Two drivers rattle below 90 Hz; sweep every box before it leaves."),
        ),
    ),
    _Entry("manager", (5, "10:21"), "MIC-B91A", (("daily_rate", Decimal("6.50"), Decimal("7.00")),)),
    _Entry("admin", (4, "09:08"), "RIG-TRLIFT", (("status", "good", "damaged"),)),
    _Entry("manager", (3, "16:16"), "RF-EWDXSKM", (("daily_rate", Decimal("26.00"), Decimal("28.00")),)),
    _Entry("technician", (3, "17:07"), "LGT-VICTOR", (("status", "good", "maintenance"),)),
    _Entry("manager", (2, "09:55"), "MIC-SM58", (("daily_rate", Decimal("4.00"), Decimal("4.50")),)),
    _Entry(
        "technician",
        (2, "16:31"),
        "LGT-MEGAPT",
        (
            ("condition", "good", "damaged"),
            ("location", "B-04", "Quarantine shelf"),
            ("notes", "", "Lens scratched."),
        ),
        asset_tag="MP-0119",
    ),
    _Entry("technician", (1, "14:52"), "MIX-QL1", (("status", "good", "maintenance"),)),
    _Entry("technician", (1, "17:23"), "FX-JEMAF1", (("status", "good", "damaged"),)),
    _Entry("technician", 228, "DI-J48", (("location", "A-03", "A-03-1"),)),
    _Entry("admin", 87, "LGT-MEGAPT", (("location", "B-03", "B-04"),)),
    _Entry("manager", 86, "LGT-MEGAPT", (("weight_kg", Decimal("21.5"), Decimal("22.0")),)),
    _Entry(
        "technician",
        61,
        "RF-ULXD4Q",
        (
            (
                "notes",
                "Coordinate frequencies the day before.",
                "Coordinate frequencies the day before; Saal 1 of the Kongresshalle is full above 510 MHz.",
            ),
        ),
    ),
    _Entry("manager", 28, "SPK-K2", (("daily_rate", Decimal("158.00"), Decimal("165.00")),)),
    _Entry("manager", 27, "SPK-KS28", (("daily_rate", Decimal("115.00"), Decimal("120.00")),)),
    _Entry("manager", 26, "AMP-LA12X", (("daily_rate", Decimal("90.00"), Decimal("95.00")),)),
    _Entry(
        "admin",
        14,
        "LGT-MEGAPT",
        (("daily_rate", Decimal("89.00"), Decimal("95.00")), ("turnaround_minutes", 120, 180)),
    ),
    _Entry(
        "technician",
        6,
        "LGT-MEGAPT",
        (
            (
                "notes",
                "Check the gobo wheel before every outdoor job.",
                "Check the gobo wheel and the zoom after every outdoor job.",
            ),
        ),
    ),
    _Entry("technician", 2, "MIC-E906", (("location", "A-02-6", "A-02-5"),)),
)


def past_edits(now: datetime) -> tuple[SampleEdit, ...]:
    """Every edit of the last three months as seen at `now`, oldest first.

    Applied in this order to `opening_catalogue()` they lead to `read_catalogue()`. Raises ValueError
    when `now` is naive.
    """
    return tuple(
        SampleEdit(
            actor=entry.actor,
            at=_at(now, entry.moment),
            sku=entry.sku,
            changes=tuple(FieldChange(*change) for change in entry.changes),
            asset_tag=entry.asset_tag,
            units_added=entry.units_added,
        )
        for entry in _SCRIPT
    )


def opening_catalogue() -> tuple[SampleEquipment, ...]:
    """The catalogue as it was before the first of the past edits, in the same order."""
    return tuple(
        _undone(equipment, [entry for entry in reversed(_SCRIPT) if entry.sku == equipment.sku])
        for equipment in read_catalogue()
    )


def _at(now: datetime, moment: _Moment) -> datetime:
    if isinstance(moment, int):
        return minutes_before(now, moment)
    days, clock = moment
    return on_day(now, -days, clock)


def _undone(equipment: SampleEquipment, entries: Iterable[_Entry]) -> SampleEquipment:
    for entry in entries:
        before: dict[str, Any] = {field: value for field, value, _ in entry.changes}
        if entry.asset_tag:
            units = tuple(
                replace(unit, **before) if unit.asset_tag == entry.asset_tag else unit
                for unit in equipment.units
            )
            equipment = replace(equipment, units=units)
        elif entry.units_added:
            equipment = _without(equipment, entry.units_added)
        else:
            equipment = replace(equipment, **before)
    return equipment


def _without(equipment: SampleEquipment, asset_tags: tuple[str, ...]) -> SampleEquipment:
    units: tuple[SampleUnit, ...] = tuple(
        unit for unit in equipment.units if unit.asset_tag not in asset_tags
    )
    return replace(equipment, units=units, quantity=len(units))
