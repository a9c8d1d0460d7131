"""The sample company: its parts agree with each other and with what the database accepts."""

import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from app.db.models.equipment import KINDS, STATUSES, TRACKINGS
from app.db.models.maintenance import KINDS as JOB_KINDS
from app.db.models.maintenance import STATES as JOB_STATES
from app.db.models.unit import CONDITIONS, STATES
from app.db.models.user import ROLES
from app.sample import catalogue, pictures
from app.sample.catalogue import SampleEquipment, SampleUnit, read_catalogue
from app.sample.categories import SUBCATEGORY_ICONS, read_categories
from app.sample.company import COMPANY
from app.sample.history import opening_catalogue, past_edits
from app.sample.kits import read_accessories, read_kits, read_substitutes
from app.sample.maintenance import SampleJob, maintenance_jobs
from app.sample.people import PEOPLE

ROOT = Path(__file__).parents[2]
# A winter morning, the night before a change of the clocks, a minute past midnight.
INSTANTS = [
    datetime(2026, 11, 20, 10, 42, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 6, 30, 22, 1, tzinfo=UTC),
]
# They may change equipment; the others only read it.
WRITERS = {"admin", "manager", "technician"}


def gear() -> dict[str, SampleEquipment]:
    return {equipment.sku: equipment for equipment in read_catalogue()}


def units() -> list[SampleUnit]:
    return [unit for equipment in read_catalogue() for unit in equipment.units]


def doubles(words: list[str]) -> list[str]:
    return [word for word, count in Counter(word.casefold() for word in words).items() if count > 1]


def unit_of(job: SampleJob) -> SampleUnit | None:
    return gear()[job.sku].units[job.unit - 1] if job.unit else None


def test_the_catalogue_is_about_260_items_in_nine_categories() -> None:
    assert 250 <= len(read_catalogue()) <= 290
    assert len(read_categories()) == 9


def test_skus_names_tags_and_serial_numbers_are_unique() -> None:
    assert doubles([equipment.sku for equipment in read_catalogue()]) == []
    assert doubles([equipment.name for equipment in read_catalogue()]) == []
    assert doubles([unit.asset_tag for unit in units()]) == []
    assert doubles([unit.serial_number for unit in units()]) == []
    # A scanned word must not mean two things.
    assert not {unit.asset_tag for unit in units()} & set(gear())


def test_a_subcategory_belongs_to_one_category() -> None:
    owners: dict[str, set[str]] = {}
    for equipment in read_catalogue():
        owners.setdefault(equipment.subcategory, set()).add(equipment.category)
    assert {name: owner for name, owner in owners.items() if len(owner) > 1} == {}
    listed = [sub.name for category in read_categories() for sub in category.subcategories]
    assert sorted(listed) == sorted(owners)
    assert set(SUBCATEGORY_ICONS) <= set(owners)


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/icons/icons.svg").read_text(encoding="utf-8")
    icons = {category.icon for category in read_categories()}
    icons |= {sub.icon for category in read_categories() for sub in category.subcategories}
    assert {icon for icon in icons if f'id="{icon}"' not in sprite} == set()


def test_words_are_those_of_the_database() -> None:
    assert catalogue.KINDS == KINDS
    assert catalogue.TRACKINGS == TRACKINGS
    assert catalogue.STATUSES == STATUSES
    assert catalogue.CONDITIONS == CONDITIONS
    assert set(catalogue.STATES) <= set(STATES)
    jobs = maintenance_jobs(INSTANTS[0])
    assert {job.kind for job in jobs} == set(JOB_KINDS)
    assert {job.state for job in jobs} == set(JOB_STATES) - {"written_off"}


@pytest.mark.parametrize("equipment", read_catalogue(), ids=lambda equipment: equipment.sku)
def test_figures_of_an_item_are_plausible(equipment: SampleEquipment) -> None:
    assert equipment.sku == equipment.sku.strip().upper()
    assert len(equipment.name) <= 60
    assert equipment.description.endswith(".")
    assert 20 <= len(equipment.description) <= 160
    assert equipment.location
    assert all(tag == tag.strip() != "" for tag in equipment.tags)
    assert len(set(equipment.tags)) == len(equipment.tags)
    assert 1 <= equipment.quantity <= 500
    assert Decimal("0.01") <= equipment.weight_kg <= 150
    assert equipment.power_w is None or 1 <= equipment.power_w <= 4000
    assert 0 <= equipment.prep_minutes <= 240
    assert 0 <= equipment.turnaround_minutes <= 300
    assert equipment.daily_rate.as_tuple().exponent == -2
    assert equipment.replacement_value.as_tuple().exponent == -2
    ratio = equipment.daily_rate / equipment.replacement_value
    if equipment.kind == "consumable":
        assert equipment.tracking == "bulk"
        assert 1 < ratio < 2
    elif equipment.replacement_value >= 600:
        assert Decimal("0.009") <= ratio <= Decimal("0.03")
    else:
        assert Decimal("0.015") <= ratio <= Decimal("0.09")


def test_serialized_gear_has_its_units_and_bulk_gear_none() -> None:
    for equipment in read_catalogue():
        serialized = equipment.tracking == "serialized"
        assert len(equipment.units) == (equipment.quantity if serialized else 0), equipment.sku
        assert bool(equipment.asset_tag_prefix) == serialized, equipment.sku
        assert all(unit.asset_tag.startswith(equipment.asset_tag_prefix) for unit in equipment.units)


def test_units_named_in_the_file_exist() -> None:
    tags = {
        line.split(",")[0] for line in (ROOT / "app/sample/units.csv").read_text("utf-8").splitlines()[1:]
    }
    assert tags <= {unit.asset_tag for unit in units()}


def test_a_word_that_is_none_of_the_choices_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("catalogue.csv", "units.csv"):
        text = (ROOT / "app/sample" / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace(",bulk,", ",counted,", 1), "utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="'counted' is none of bulk, serialized"):
        read_catalogue.__wrapped__()


@pytest.mark.parametrize(
    ("sku", "name", "quantity", "rate", "location"),
    [
        ("MIC-SM58", "Shure SM58", 40, "4.50", "A-02-3"),
        ("LGT-MEGAPT", "Robe MegaPointe", 24, "95.00", "B-04"),
        ("SPK-K2", "L-Acoustics K2", 24, "165.00", "D-01"),
        ("STD-KM2109", "K&M 210/9 boom stand", 60, "2.50", "B-11-1"),
        ("CON-GAF50B", "Gaffer tape 50 mm, black", 132, "9.80", "F-01"),
    ],
)
def test_well_known_items(sku: str, name: str, quantity: int, rate: str, location: str) -> None:
    item = gear()[sku]
    assert (item.name, item.quantity, item.location) == (name, quantity, location)
    assert item.daily_rate == Decimal(rate)


def test_units_of_the_megapointe_run_from_0101_to_0124() -> None:
    item = gear()["LGT-MEGAPT"]
    assert [unit.asset_tag for unit in item.units] == [f"MP-0{number}" for number in range(101, 125)]
    assert item.units[3].serial_number == "1908-44102"
    assert [unit.asset_tag for unit in item.units if unit.state != "in_stock"] == ["MP-0116", "MP-0119"]


def test_notes_have_letters_beyond_ascii() -> None:
    notes = "".join(item.notes for item in read_catalogue()) + "".join(unit.notes for unit in units())
    assert set("äöüß") <= set(notes.lower())
    assert "ç" in notes


def test_people_are_one_for_each_role_of_the_staff() -> None:
    assert [person.username for person in PEOPLE] == [role for role in ROLES if role != "client"]
    assert PEOPLE[0].display_name == "Mei Tan"
    assert all(person.email.endswith("@northlight.example") for person in PEOPLE)
    for values in zip(*((person.email, person.phone, person.tone) for person in PEOPLE), strict=True):
        assert len(set(values)) == len(PEOPLE)
    assert ZoneInfo(COMPANY.time_zone).key == "Europe/Berlin"


@pytest.mark.parametrize("now", INSTANTS)
def test_jobs_are_about_existing_gear_and_in_the_order_of_time(now: datetime) -> None:
    jobs = maintenance_jobs(now)
    assert len(jobs) >= 14
    for job in jobs:
        item = gear()[job.sku]
        assert (job.unit is not None) == (item.tracking == "serialized"), job.title
        assert job.quantity == 1 if job.unit else 1 <= job.quantity <= item.quantity
        assert job.unit is None or 1 <= job.unit <= item.quantity
        assert {job.reported_by, job.assignee} <= WRITERS | {None}
        moments = [at for at in (job.reported_at, job.started_at, job.resolved_at) if at]
        assert moments == sorted(moments), job.title
        assert moments[-1] < now
        assert all(at.utcoffset() == timedelta(0) for at in moments)
        assert (job.resolved_at is not None) == (job.state == "resolved") == bool(job.resolution)
        assert (job.started_at is None) == (job.state == "reported")
    assert list(jobs) == sorted(jobs, key=lambda job: job.reported_at)


@pytest.mark.parametrize("now", INSTANTS)
def test_some_jobs_are_due_some_late_and_some_come_back_on_a_workday(now: datetime) -> None:
    still_open = [job for job in maintenance_jobs(now) if job.state != "resolved"]
    assert any(job.due_at and job.due_at < now for job in still_open)
    assert any(job.due_at and job.due_at > now for job in still_open)
    assert any(job.expected_back and job.expected_back < now for job in still_open)
    coming = [job.expected_back for job in still_open if job.expected_back and job.expected_back > now]
    assert len(coming) >= 5
    assert all(at.astimezone(ZoneInfo(COMPANY.time_zone)).weekday() < 5 for at in coming)


def test_status_and_state_are_what_the_open_jobs_say() -> None:
    blocking = [job for job in maintenance_jobs(INSTANTS[0]) if job.state != "resolved" and job.blocks]
    expected = {
        unit.asset_tag: "quarantine" if job.state == "reported" else "in_repair"
        for job in blocking
        if (unit := unit_of(job))
    }
    actual = {unit.asset_tag: unit.state for unit in units() if unit.state != "in_stock"}
    assert actual == expected
    assert {unit.condition for unit in units() if unit.state != "in_stock"} == {"damaged"}
    unwell = {item.sku for item in read_catalogue() if item.status != "good"}
    assert len(unwell) >= 5
    assert unwell <= {job.sku for job in blocking}


@pytest.mark.parametrize("now", INSTANTS)
def test_edits_are_by_people_who_may_and_in_the_order_of_time(now: datetime) -> None:
    edits = past_edits(now)
    assert len(edits) >= 40
    assert {edit.actor for edit in edits} == WRITERS
    assert all(earlier.at < later.at for earlier, later in pairwise(edits))
    assert edits[-1].at < now
    assert edits[0].at < now - timedelta(days=60)
    assert all(edit.sku in gear() for edit in edits)
    assert all(bool(edit.changes) != bool(edit.units_added) for edit in edits)
    assert all(change.before != change.after for edit in edits for change in edit.changes)


def test_the_edits_lead_from_the_opening_catalogue_to_the_present_one() -> None:
    present = gear()
    items = {item.sku: item for item in opening_catalogue()}
    assert items != present
    for edit in past_edits(INSTANTS[0]):
        item = items[edit.sku]
        record = next((unit for unit in item.units if unit.asset_tag == edit.asset_tag), None) or item
        assert (record is item) == (edit.asset_tag is None)
        for change in edit.changes:
            assert getattr(record, change.field) == change.before, (edit, change)
            assert type(getattr(record, change.field)) is type(change.after)
        after = {change.field: change.after for change in edit.changes}
        if isinstance(record, SampleUnit):
            new = replace(record, **after)
            items[edit.sku] = replace(item, units=tuple(new if u is record else u for u in item.units))
        else:
            added = tuple(unit for unit in present[edit.sku].units if unit.asset_tag in edit.units_added)
            assert len(added) == len(edit.units_added)
            quantity = after.pop("quantity", item.quantity + len(added))
            items[edit.sku] = replace(item, units=item.units + added, quantity=quantity, **after)
    assert items == present


def test_the_opening_catalogue_is_one_that_could_be() -> None:
    for item in opening_catalogue():
        assert item.quantity >= 1
        assert len(item.units) == (item.quantity if item.tracking == "serialized" else 0)


@pytest.mark.parametrize("read", [maintenance_jobs, past_edits])
def test_a_naive_instant_is_refused(read: object) -> None:
    with pytest.raises(ValueError, match="time zone"):
        read(datetime(2026, 11, 20, 10, 42))  # noqa: DTZ001


def test_the_same_instant_gives_the_same_company() -> None:
    assert read_catalogue.__wrapped__() == read_catalogue()
    assert maintenance_jobs(INSTANTS[0]) == maintenance_jobs(INSTANTS[0].astimezone(ZoneInfo("Asia/Tokyo")))
    assert past_edits(INSTANTS[0]) == past_edits(INSTANTS[0].astimezone(ZoneInfo("Asia/Tokyo")))


def test_what_is_drawn_is_in_the_catalogue() -> None:
    subcategories = {item.subcategory for item in read_catalogue()}
    assert set(pictures.SUBCATEGORY_DRAWINGS) <= subcategories
    assert set(pictures.SKU_DRAWINGS) | pictures.WITHOUT_PICTURE <= set(gear())
    assert not set(pictures.SKU_DRAWINGS) & pictures.WITHOUT_PICTURE
    # An exception that excepts nothing would be a mistake.
    assert all(gear()[sku].subcategory in pictures.SUBCATEGORY_DRAWINGS for sku in pictures.WITHOUT_PICTURE)


DRAWINGS = sorted(
    {*pictures.SUBCATEGORY_DRAWINGS.values(), *pictures.SKU_DRAWINGS.values()},
    key=lambda drawing: drawing.__name__,
)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.__name__)
def test_a_drawing_is_a_small_picture_with_the_device_in_the_middle(drawing: pictures.Drawing) -> None:
    data = pictures.draw(drawing)
    assert 2_000 < len(data) < 40_000
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (960, 720)
        pixels = picture.convert("L")
    ground = pixels.getpixel((3, 716))
    device = pixels.point(lambda value: 255 if value < 150 else 0).getbbox()
    assert ground > 220
    assert device is not None
    left, top, right, bottom = device
    assert right - left > 200
    assert bottom - top > 150
    assert min(left, 960 - right) > 20
    assert abs((left + right) / 2 - 480) < 70


def test_a_picture_is_the_same_each_time_and_shared_by_gear_alike() -> None:
    first = pictures.picture_for(gear()["LGT-MEGAPT"])
    assert first is pictures.picture_for(gear()["LGT-ESPRITE"])
    assert first != pictures.picture_for(gear()["LGT-SPIIDER"])
    pictures.draw.cache_clear()
    assert pictures.picture_for(gear()["LGT-MEGAPT"]) == first


def test_gear_without_a_likeness_has_no_picture() -> None:
    assert pictures.picture_for(gear()["LGT-ROBOSPT"]) is None
    assert pictures.picture_for(gear()["SRV-MBP16"]) is None


def test_what_goes_together_is_in_the_catalogue() -> None:
    skus = set(gear())
    kits = read_kits()
    assert doubles([kit.sku for kit in kits]) == []
    assert all(kit.parts and kit.parts.keys() <= skus for kit in kits)
    pairs = [(one.of, one.along) for one in read_accessories()]
    pairs += [(one.of, one.by) for one in read_substitutes()]
    assert len(set(pairs)) == len(pairs)
    assert all({of, other} <= skus and of != other for of, other in pairs)
