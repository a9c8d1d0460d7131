"""Which column becomes which field: suggested, remembered, checked, described."""

import json
from pathlib import Path

import pytest

from app.domain.importing.columns import describe_columns
from app.domain.importing.mapping import (
    ColumnMapping,
    mapping_problems,
    recall,
    remember,
    signature,
    suggest_mapping,
)
from app.domain.inventory.importing.fields import FIELDS, TARGETS
from app.domain.inventory.importing.kind import EQUIPMENT
from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.lib.sheets import xlsx_bytes
from app.lib.tabular import read_table

FIXTURES = Path(__file__).parents[3] / "shared" / "data" / "lighting_fixtures.csv"


def table(text, **options):
    return read_table(text.encode(), "list.csv", **options)


def suggested(text, **options):
    return list(suggest_mapping(table(text, **options), TARGETS).targets)


def test_the_real_list_is_mapped_without_help():
    if not FIXTURES.exists():
        pytest.skip("the list of real fixtures is not beside this checkout")
    found = read_table(FIXTURES.read_bytes(), FIXTURES.name)
    mapping = suggest_mapping(found, TARGETS)
    assert dict(zip(found.header, mapping.targets, strict=True)) == {
        "sku": "sku",
        "name": "name",
        "manufacturer": "tags",
        "category": "category",
        "tags": "tags",
        "weight_kg": "weight_kg",
        "power_w": "power_w",
        "dimensions_mm": None,
        "comment": "notes",
    }
    assert mapping_problems(found, mapping, TARGETS) == []


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        (
            "fixture,manufacturer,code,type,qty,weight_kg,power_w,price_day,store,dmx_modes,internal_no",
            ["name", "tags", "sku", "category", "quantity", "weight_kg", "power_w", "daily_rate", "location",
             None, None],
        ),
        (
            "Artikelnummer,Bezeichnung,Kategorie,Unterkategorie,Stück,Tagespreis (€),Neuwert,Lagerort",
            ["sku", "name", "category", "subcategory", "quantity", "daily_rate", "replacement_value",
             "location"],
        ),
        (
            "Artikel Nr.,Gerät,Warengruppe,Typ,Gewicht in kg,Leistung [W],Bemerkung,Zustand",
            ["sku", "name", "category", "subcategory", "weight_kg", "power_w", "notes", None],
        ),
        ("Code,Description,Qty", ["sku", "name", "quantity"]),
        ("SKU,Name,Description", ["sku", "name", "description"]),
        ("Product,Category,Type", ["name", "category", "subcategory"]),
        ("Product Name,Storage location Berlin,Our Remarks", ["name", "location", "notes"]),
        ("name,item", ["name", None]),
        ("name,Category ID,Purchase price,Weekly price", ["name", None, "replacement_value", None]),
        (
            "Name,Prep (h),Turnaround time,Asset tags",
            ["name", "prep_minutes", "turnaround_minutes", "asset_tags"],
        ),
    ],
)  # fmt: skip
def test_headers_are_understood(headers, targets):
    row = ",".join(str(number) for number in range(1, len(targets) + 1))
    assert suggested(f"{headers}\n{row}\n", has_header=True, delimiter=",") == targets


def test_every_field_knows_its_own_name_and_label():
    for target in FIELDS.values():
        for header in (target.name, target.label):
            found = table(f"{header},zzz\n,x\n", has_header=True)
            assert suggest_mapping(found, TARGETS).targets[0] == (
                "name" if target.name == "description" else target.name
            )


def test_cells_that_do_not_fit_a_field_stop_a_guess():
    assert suggested("name,power,status\nPAR,Schuko,new\nSpot,CEE 16,old\n") == ["name", None, None]
    assert suggested("name,power,status\nPAR,500,ok\nSpot,CEE 16,old\n") == ["name", "power_w", "status"]


def test_without_a_header_the_cells_decide():
    text = "RB-MEGAPT,Robe MegaPointe,24,95.00\nMA-AURA,Martin MAC Aura,16,24.00\n"
    assert suggested(text) == ["sku", "name", None, None]


def test_an_unknown_header_still_finds_the_name():
    assert suggested("what,qty\nRobe MegaPointe,24\nMartin MAC Aura,16\n") == ["name", "quantity"]


def test_a_list_for_updates_needs_no_name():
    found = table("sku,qty,colour\nA-1,4,red\nA-2,5,blue\n")
    mapping = suggest_mapping(found, TARGETS)
    assert mapping.targets == ("sku", "quantity", None)
    assert mapping_problems(found, mapping, TARGETS) == []


def test_what_is_wrong_with_a_mapping_is_said():
    found = table("a,b,c\n1,2,3\n", has_header=True)
    assert mapping_problems(found, ColumnMapping(("quantity", "quantity", None)), TARGETS) == [
        "“a” and “b” cannot both become Quantity; keep one.",
        "Choose the column that is the Name, or the one that is the SKU.",
    ]
    assert mapping_problems(found, ColumnMapping(("name", "colour", None)), TARGETS) == [
        "“colour” is not a field of equipment."
    ]
    assert mapping_problems(found, ColumnMapping(("name",)), TARGETS) == [
        "The columns of the file have changed; choose again."
    ]
    assert mapping_problems(found, ColumnMapping(("name", "tags", "tags")), TARGETS) == []


def test_a_mapping_survives_being_stored():
    mapping = ColumnMapping(("name", None, "tags"), ",")
    assert ColumnMapping.from_json(json.loads(json.dumps(mapping.as_json())), FIELDS) == mapping
    assert ColumnMapping.from_json({"targets": ["name", "gone"], "decimal": "x"}, FIELDS) == ColumnMapping(
        ("name", None)
    )
    assert ColumnMapping.from_json({}, FIELDS) == ColumnMapping(())


def test_the_signature_is_that_of_the_header():
    first = table("SKU,Name,Day rate\n1,2,3\n", has_header=True)
    assert signature(first) == signature(table("sku;name;day_rate\nx;y;z\n"))
    assert signature(first) != signature(table("sku,name,rate\n1,2,3\n", has_header=True))


def test_a_mapping_is_remembered_for_similar_files():
    first = table("code,fixture,x,x,qty\nA,B,C,D,1\n", has_header=True)
    kept = json.loads(
        json.dumps(remember(first, ColumnMapping(("sku", "notes", None, "name", "quantity"), ",")))
    )
    later = table("x,Code,location,x,Fixture\nC,A,HH,D,B\n", has_header=True)
    mapping, fitting = recall(later, kept, TARGETS)
    assert mapping == ColumnMapping((None, "sku", "location", "name", "notes"), ",")
    assert fitting == 4


def test_a_field_that_is_gone_is_not_recalled():
    found = table("a,name\n1,x\n", has_header=True)
    assert recall(found, {"columns": {"a": "gone"}}, TARGETS)[0] == ColumnMapping((None, "name"))
    assert recall(found, {}, TARGETS)[1] == 0


def described(text, targets, known=None, decimal=None):
    views = describe_columns(
        EQUIPMENT, table(text, has_header=True), ColumnMapping(targets, decimal), known or KnownCatalogue()
    )
    return [(view.note, view.tone) for view in views]


def test_columns_are_described():
    text = (
        "code;fixture;type;power_w;weight_kg;price;extra\n"
        "RB-1;Robe MegaPointe;moving spot;670;22;95,00;x\n"
        "rb-2;Robe Esprite;moving wash;1.150;31.5;78,00;x\n"
        "MA-1;MAC Aura;Moving Spot;270;;24,00;\n"
    )
    known = KnownCatalogue.of([KnownEquipment("RB-2", {"name": "Robe Esprite"})], [("moving wash", None)])
    targets = ("sku", "name", "category", "power_w", "weight_kg", "daily_rate", None)
    assert described(text, targets, known) == [
        ("unique; 2 new, 1 known", ""),
        ("3 filled", ""),
        ("1 will be created", "new"),
        ("“1.150” read as 1 150", "warning"),
        ("kg", ""),
        ("comma as decimal", ""),
        ("left out", ""),
    ]
    assert described(text, targets, known, decimal=".")[3] == ("W, rounded to whole watts", "")


def test_repeated_skus_are_pointed_out():
    assert described("sku,x\na,1\nA,2\nb,3\n", ("sku", None))[0] == ("1 there twice", "warning")


def test_examples_are_the_first_different_ones():
    found = table("name,x\nRobe,1\nRobe,2\nMartin,3\nAyrton,4\n" + "z" * 90 + ",5\n")
    view = describe_columns(EQUIPMENT, found, ColumnMapping(("name", None)), KnownCatalogue())[0]
    assert view.examples == ("Robe", "Martin", "Ayrton")
    assert view.header == "name"


def test_numbers_of_a_workbook_need_no_guess():
    data = xlsx_bytes("Stock", ["name", "power"], [["A", 1.15], ["B", 1.125], ["C", 670]])
    found = read_table(data, "x.xlsx")
    views = describe_columns(EQUIPMENT, found, ColumnMapping(("name", "power_w")), KnownCatalogue())
    assert views[1].note == "W, rounded to whole watts"
