"""Checking a file: what is new, changed, the same or a problem; a second time there is nothing to do."""

import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.importing.mapping import ColumnMapping, suggest_mapping
from app.domain.importing.report import left_out_rows
from app.domain.importing.result import CellProblem, FieldDiff, Outcome
from app.domain.inventory.importing.checking import check_rows
from app.domain.inventory.importing.fields import FIELDS, TARGETS
from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.lib.sheets import csv_bytes, xlsx_bytes
from app.lib.tabular import read_table

FIXTURES = Path(__file__).parents[3] / "shared" / "data" / "lighting_fixtures.csv"
SM58 = KnownEquipment(
    "SM58",
    {
        "name": "Shure SM58", "description": "", "category": "Microphones", "subcategory": None,
        "kind": "equipment", "tracking": "bulk", "quantity": 40, "status": "good", "location": "HH-B04",
        "daily_rate": Decimal("4.00"), "replacement_value": None, "weight_kg": Decimal("0.330"),
        "power_w": None, "prep_minutes": 0, "turnaround_minutes": 0, "tags": ["dynamic"], "notes": "",
    },
    id=7,
    version=3,
)  # fmt: skip
BEAM = KnownEquipment(
    "RB-1",
    {"name": "Robe MegaPointe", "category": "Light", "subcategory": "Moving spot", "tracking": "serialized",
     "quantity": 2},
    asset_tags=("MP-1", "MP-2"),
)  # fmt: skip
KNOWN = KnownCatalogue.of(
    [SM58, BEAM], [("Microphones", None), ("Light", None), ("Light", "Moving spot"), ("Sound", "Subs")]
)


def check(text, known=None, targets=None):
    found = read_table(text.encode(), "list.csv", delimiter=",", has_header=True)
    mapping = ColumnMapping(tuple(targets)) if targets else suggest_mapping(found, TARGETS)
    return check_rows(found, mapping, known or KnownCatalogue())


def check_fields(text, known=None):
    """Check a file whose header is made of field names, or `x` for a column that is left out."""
    targets = [name if name in FIELDS else None for name in text.split("\n", 1)[0].split(",")]
    return check(text, known, targets)


def outcomes(result):
    return [row.outcome.value for row in result.rows]


def messages(result):
    return [[problem.message for problem in row.problems] for row in result.rows]


def as_if_imported(result, known=None):
    """What would be known after the rows of a result were written."""
    known = known or KnownCatalogue()
    equipment = dict(known.equipment)
    for row in result.to_write:
        before = row.known.values if row.known else {}
        tags = (*(row.known.asset_tags if row.known else ()), *row.new_asset_tags)
        values = {**before, **row.values}
        if values.get("tracking") == "serialized":
            values["quantity"] = len(tags)
        equipment[row.sku.lower()] = KnownEquipment(row.sku, values, tags)
    pairs = [(name, None) for name in known.categories.values()]
    pairs += [(known.categories[parent], name) for (parent, _), name in known.subcategories.items()]
    return KnownCatalogue.of(equipment.values(), [*pairs, *result.new_categories])


def test_the_real_list_is_new_and_then_the_same():
    if not FIXTURES.exists():
        pytest.skip("the list of real fixtures is not beside this checkout")
    found = read_table(FIXTURES.read_bytes(), FIXTURES.name)
    result = check_rows(found, suggest_mapping(found, TARGETS), KnownCatalogue())
    assert result.counts == {Outcome.NEW: 627}
    assert len(result.new_categories) == 17
    assert result.rows[2].values == {
        "sku": "acoustic-control/par-180-cob-3in1",
        "name": "Acoustic Control PAR 180 COB 3in1",
        "tags": ("Acoustic Control",),
        "category": "Color Changer",
        "weight_kg": Decimal("1.500"),
        "power_w": 150,
    }
    again = check_rows(found, suggest_mapping(found, TARGETS), as_if_imported(result))
    assert again.counts == {Outcome.SAME: 627}
    assert again.new_categories == ()


def test_new_changed_same_and_problem():
    result = check(
        "sku,name,quantity,location,day rate\n"
        "SM58,Shure SM58,40,HH-B04,4.00\n"
        "sm58x,Shure SM58 X,8 pcs,HH,on request\n"
        "B52,Shure Beta 52,6,,12.50\n",
        KNOWN,
    )
    assert outcomes(result) == ["same", "problem", "new"]
    assert result.rows[1].problems == (
        CellProblem(2, "quantity", "Quantity is not a number"),
        CellProblem(4, "daily_rate", "Day rate is not a number"),
    )
    assert [row.summary for row in result.rows] == [
        "Already the same",
        "Quantity is not a number; Day rate is not a number",
        "New, in “Uncategorised”",
    ]
    assert result.rows[2].values == {
        "sku": "B52", "name": "Shure Beta 52", "quantity": 6, "daily_rate": Decimal("12.50"),
        "category": "Uncategorised",
    }  # fmt: skip
    assert result.new_categories == (("Uncategorised", None),)
    assert [row.number for row in result.to_write] == [4]
    assert [row.number for row in result.problem_rows] == [3]


def test_changes_are_told_field_by_field():
    result = check_fields(
        "sku,name,quantity,daily_rate,weight_kg,tags,category\n"
        "sm58,Shure SM58,48,4.50,0.33,dynamic;vocal,microphones\n",
        KNOWN,
    )
    row = result.rows[0]
    assert row.diffs == (
        FieldDiff("quantity", 40, 48),
        FieldDiff("daily_rate", Decimal("4.00"), Decimal("4.50")),
        FieldDiff("tags", ["dynamic"], ("dynamic", "vocal")),
    )
    assert (row.known.id, row.known.version, row.sku) == (7, 3, "SM58")
    assert row.summary == "Updates 3 fields"


def test_empty_cells_and_left_out_columns_change_nothing():
    result = check_fields("sku,name,quantity,location,x,tags,category\nSM58,,,,99,,\n", KNOWN)
    assert outcomes(result) == ["same"]
    assert result.rows[0].name == "Shure SM58"


def test_a_new_row_needs_a_name():
    result = check_fields("sku,quantity\nNEW,4\nSM58,41\n", KNOWN)
    assert outcomes(result) == ["problem", "changed"]
    assert result.rows[0].problems == (CellProblem(None, "name", "Name is missing"),)
    result = check_fields("sku,name,quantity\n,,4\nX,,4\n", KNOWN)
    assert messages(result) == [["Name is missing"], ["Name is missing"]]
    assert result.rows[0].problems[0].column == 1


def test_the_second_row_with_a_sku_is_a_problem():
    result = check_fields("sku,name\nSH-PAR64,Par 64\nX,y\nsh-par64 ,Showtec Par 64\n")
    assert outcomes(result) == ["new", "new", "problem"]
    assert result.rows[2].problems == (CellProblem(0, "sku", "Same SKU as row 2"),)


def test_limits_of_text():
    text = (
        "sku,name,category,location,tags\n"
        f"{'s' * 65},a,,,\nB,{'n' * 201},,,\nC,c,{'k' * 81},,\nD,d,,{'l' * 81},\nE,e,,,{'t' * 41}\n"
    )
    assert messages(check_fields(text)) == [
        ["SKU is longer than 64 characters"],
        ["Name is longer than 200 characters", "Name is missing"][:1],
        ["Category is longer than 80 characters"],
        ["Location is longer than 80 characters"],
        ["Tags “tttttttttttttttttttt…” is longer than 40 characters"],
    ]


def test_formulas_in_cells_that_are_used_are_problems():
    text = "sku,name,x\nA,=cmd|' /C calc'!A0,b\nB,c,=1+1\n"
    assert messages(check_fields(text)) == [["Name: this cell is a formula, not a value"], []]


def test_several_columns_become_tags():
    result = check_fields("name,tags,tags,tags\nPAR,Showtec,LED;par,led\nSpot,,,\n")
    assert result.rows[0].values["tags"] == ("Showtec", "LED", "par")
    assert "tags" not in result.rows[1].values
    many = check_fields(
        "name,tags,tags\nPAR," + ";".join(map(str, range(20))) + "," + ";".join(map(str, range(20, 40)))
    )
    assert messages(many) == [["Tags are more than 30"]]


def test_the_column_decides_how_numbers_are_read():
    result = check_fields('name,power_w,daily_rate\nA,670,"95,00"\nB,1.150,"1.012,50"\n')
    assert [row.values["power_w"] for row in result.rows] == [670, 1150]
    assert [row.values["daily_rate"] for row in result.rows] == [Decimal("95.00"), Decimal("1012.50")]
    found = read_table(b"name,power\nA,670\nB,1.150\n", "x.csv")
    chosen = check_rows(found, ColumnMapping(("name", "power_w"), "."), KnownCatalogue())
    assert chosen.rows[1].values["power_w"] == 1


def test_the_unit_of_a_header_counts():
    result = check("name,weight (lb),prep (h),power kW\nA,10,2,1.2\nB,5 kg,30 min,500 W\n")
    assert [row.values["weight_kg"] for row in result.rows] == [Decimal("4.536"), Decimal("5.000")]
    assert [row.values["prep_minutes"] for row in result.rows] == [120, 30]
    assert [row.values["power_w"] for row in result.rows] == [1200, 500]


def test_numbers_of_a_workbook_are_never_guessed():
    data = xlsx_bytes("Stock", ["name", "power_w", "qty"], [["A", 1250.4, 3], ["B", Decimal("1.125"), 4]])
    found = read_table(data, "x.xlsx")
    result = check_rows(found, suggest_mapping(found, TARGETS), KnownCatalogue())
    assert [row.values["power_w"] for row in result.rows] == [1250, 1]


def test_a_german_list_is_taken_as_it_is():
    text = (
        "Bestand Nordlicht;;;;;;\r\n"
        "Artikel-Nr.;Bezeichnung;Warengruppe;Stück;Tagespreis;Gewicht (kg);Zustand\r\n"
        "TR-2;Traverse Größe 2 m;Bühne;8;1.012,50 €;12,5;gut\r\n"
        "KA-1;Kabel grün;Bühne;1.200;4,-;0,75;defekt\r\n"
    )
    found = read_table(text.encode("cp1252"), "bestand.csv")
    result = check_rows(found, suggest_mapping(found, TARGETS), KnownCatalogue())
    assert [dict(row.values) for row in result.rows] == [
        {"sku": "TR-2", "name": "Traverse Größe 2 m", "category": "Bühne", "quantity": 8, "status": "good",
         "daily_rate": Decimal("1012.50"), "weight_kg": Decimal("12.5")},
        {"sku": "KA-1", "name": "Kabel grün", "category": "Bühne", "quantity": 1200, "status": "damaged",
         "daily_rate": Decimal(4), "weight_kg": Decimal("0.75")},
    ]  # fmt: skip
    assert [row.number for row in result.rows] == [3, 4]


class TestSkus:
    """Rows without a sku get one from their name, the same one every time."""

    def test_they_are_made_from_names(self):
        result = check_fields("name\nShure SM58\nGröße 2 m/weiß\n***\nЖщ 1\n" + "x" * 70 + "\n")
        assert [row.sku for row in result.rows] == [
            "SHURE-SM58", "GROSSE-2-M-WEISS", "ITEM", "ЖЩ-1", "X" * 64,
        ]  # fmt: skip

    def test_no_two_rows_get_the_same(self):
        result = check_fields("sku,name\n,Shure SM58\n,shure sm58\nSHURE-SM58-2,other\n,Shure-SM58\n")
        assert [row.sku for row in result.rows] == [
            "SHURE-SM58",
            "SHURE-SM58-3",
            "SHURE-SM58-2",
            "SHURE-SM58-4",
        ]

    def test_long_ones_stay_within_the_limit(self):
        result = check_fields("name\n" + ("y" * 70 + "\n") * 2)
        assert [row.sku for row in result.rows] == ["Y" * 64, "Y" * 62 + "-2"]

    def test_they_find_their_equipment_again(self):
        known = KnownCatalogue.of(
            [KnownEquipment("SHURE-SM58", {"name": "Shure SM58", "category": "Mics"})], [("Mics", None)]
        )
        assert outcomes(check_fields("name\nSHURE SM58\n", known)) == ["changed"]
        assert outcomes(check_fields("name\nShure SM58\n", known)) == ["same"]
        other = check_fields("name\nShure! SM58\n", known)
        assert (outcomes(other), other.rows[0].sku) == (["new"], "SHURE-SM58-2")


class TestCategories:
    """Where rows belong, and what has to be created for that."""

    def test_known_spelling_wins_then_the_first(self):
        result = check_fields(
            "name,category,subcategory\na,LIGHT,moving SPOT\nb,Vidéo,LED\nc,video,led\n", KNOWN
        )
        assert [(row.values["category"], row.values["subcategory"]) for row in result.rows] == [
            ("Light", "Moving spot"), ("Vidéo", "LED"), ("Vidéo", "LED"),
        ]  # fmt: skip
        assert result.new_categories == (("Vidéo", None), ("Vidéo", "LED"))
        assert result.rows[0].summary == "New, in “Moving spot”"

    def test_rows_with_problems_create_nothing(self):
        assert check_fields("name,category,quantity\na,Video,many\n").new_categories == ()

    def test_a_subcategory_alone_finds_its_home(self):
        result = check_fields(
            "sku,name,subcategory\nA,a,subs\nB,b,blinder\nSM58,,wireless\nRB-1,,moving spot\n", KNOWN
        )
        assert [row.values["category"] for row in result.rows] == [
            "Sound",
            "Uncategorised",
            "Microphones",
            "Light",
        ]
        assert outcomes(result) == ["new", "new", "changed", "same"]
        assert result.new_categories == (
            ("Uncategorised", None), ("Uncategorised", "blinder"), ("Microphones", "wireless"),
        )  # fmt: skip

    def test_a_category_that_is_known_as_a_subcategory_is_that_one(self):
        result = check_fields("sku,name,category\nA,a,moving spot\nRB-1,,SUBS\nB,b,Truss\n", KNOWN)
        assert [(row.values["category"], row.values.get("subcategory", "")) for row in result.rows] == [
            ("Light", "Moving spot"), ("Sound", "Subs"), ("Truss", ""),
        ]  # fmt: skip
        assert result.new_categories == (("Truss", None),)

    def test_moving_to_another_category_leaves_the_subcategory(self):
        result = check_fields("sku,category\nRB-1,Sound\n", KNOWN)
        assert result.rows[0].diffs == (
            FieldDiff("category", "Light", "Sound"), FieldDiff("subcategory", "Moving spot", ""),
        )  # fmt: skip
        assert outcomes(check_fields("sku,category\nRB-1,light\n", KNOWN)) == ["same"]


class TestStock:
    """Quantities, units and asset tags go together."""

    def test_asset_tags_make_new_equipment_serialized(self):
        row = check_fields("name,asset_tags,quantity\nSpot,SP-001…003; X9,4\n").rows[0]
        assert row.outcome is Outcome.NEW
        assert row.new_asset_tags == ("SP-001", "SP-002", "SP-003", "X9")
        assert row.values["tracking"] == "serialized"
        assert "quantity" not in row.values

    def test_only_tags_that_are_not_there_are_added(self):
        row = check_fields("sku,asset_tags,quantity\nRB-1,mp-1;MP-3,3\n", KNOWN).rows[0]
        assert row.diffs == (FieldDiff("asset_tags", ("MP-1", "MP-2"), ("MP-1", "MP-2", "MP-3")),)
        assert row.new_asset_tags == ("MP-3",)
        assert outcomes(check_fields("sku,asset_tags\nRB-1,MP-1…2\n", KNOWN)) == ["same"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("sku,name,asset_tags\nN,n,MP-1\n", "Asset tag “MP-1” belongs to RB-1"),
            (
                "sku,asset_tags\nSM58,S-1\n",
                "Asset tags go with serialized equipment; this is counted in bulk",
            ),
            ("sku,quantity\nRB-1,5\n", "Quantity of serialized equipment follows its asset tags"),
            (
                "name,tracking,quantity\nn,serialized,5\n",
                "Quantity of serialized equipment follows its asset tags",
            ),
            ("name,asset_tags,quantity\nn,A1…3,5\n", "Quantity is 5, but there are 3 asset tags"),
            (
                "name,kind,tracking\nn,consumable,serialized\n",
                "Consumables are counted in bulk, not one by one",
            ),
            ("name,kind,asset_tags\nn,consumable,A1\n", "Consumables are counted in bulk, not one by one"),
            ("name,asset_tags\nn,A3…1\n", "Asset tags cannot be read: “A3…1” counts down."),
            ("name,kind\nn,furniture\n", "Kind “furniture” is not one of equipment, consumable"),
        ],
    )
    def test_what_does_not_go_together_is_said(self, text, message):
        assert messages(check_fields(text, KNOWN)) == [[message]]

    def test_a_tag_is_used_once_in_a_file(self):
        result = check_fields("name,asset_tags\na,X1;X2\nb,x2\n")
        assert messages(result) == [[], ["Asset tag “x2” is in row 2 already"]]

    def test_a_file_cannot_grow_into_millions_of_tags(self):
        start = time.process_time()
        result = check_fields("name,asset_tags\n" + "".join(f"n{n},T{n}-1…1000\n" for n in range(5000)))
        assert time.process_time() - start < 2
        assert messages(result)[-1] == ["Asset tags are more than 100 000 in one file"]
        assert sum(len(row.new_asset_tags) for row in result.rows) <= 101_000

    def test_a_quantity_that_agrees_is_no_change(self):
        assert outcomes(check_fields("sku,quantity\nRB-1,2\n", KNOWN)) == ["same"]
        assert outcomes(check_fields("name,tracking,quantity\nn,serialized,0\n", KNOWN)) == ["new"]


def test_rows_left_out_come_back_with_their_reason_and_can_be_mended():
    text = "code,fixture,qty,x\nA,Spot,4,=1\nB,Wash,8 pcs,-\nA,Beam,1,+x\n"
    found = read_table(text.encode(), "x.csv")
    mapping = ColumnMapping(("sku", "name", "quantity", None))
    header, rows = left_out_rows(found, check_rows(found, mapping, KnownCatalogue()))
    assert header == ["code", "fixture", "qty", "x", "Problem"]
    assert rows == [
        ["B", "Wash", "8 pcs", "-", "Quantity is not a number"],
        ["A", "Beam", "1", "+x", "Same SKU as row 2"],
    ]
    back = read_table(csv_bytes(header, rows), "x.csv")
    assert back.rows == rows
    back.rows[0][2] = "8"
    again = check_rows(back, ColumnMapping(("sku", "name", "quantity", None, None)), KnownCatalogue())
    assert outcomes(again) == ["new", "new"]
    back.rows[0][2] = "9 pcs"
    again = check_rows(back, ColumnMapping(("sku", "name", "quantity", None, None)), KnownCatalogue())
    assert left_out_rows(back, again) == (header, [["B", "Wash", "9 pcs", "-", "Quantity is not a number"]])


cells = st.one_of(
    st.sampled_from(
        ["", "a", "A", "b", "a 1", "Ä", "a;b", "12", "1.150", "1,5", "3 kg", "A1…3", "good", "serial", "=1"]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=6),
)


@given(
    st.lists(st.sampled_from(list(FIELDS)), min_size=1, max_size=6, unique=True),
    st.lists(st.lists(cells, min_size=7, max_size=7), min_size=1, max_size=8),
)
@settings(max_examples=300, deadline=None)
def test_what_was_imported_once_is_the_same_the_next_time(fields, rows):
    targets = ("name", *(name for name in fields if name != "name"))
    header = [f"h{number}" for number in range(len(targets))]
    data = csv_bytes(header, [["x" + row[0], *row[1 : len(targets)]] for row in rows])
    found = read_table(data, "x.csv", delimiter=",", has_header=True)
    mapping = ColumnMapping((*targets, *[None] * (len(found.header) - len(targets))))
    first = check_rows(found, mapping, KNOWN)
    again = check_rows(found, mapping, as_if_imported(first, KNOWN))
    assert again.to_write == ()
    assert again.new_categories == ()
    assert [row.position for row in again.problem_rows] == [row.position for row in first.problem_rows]
    assert len(first.rows) == len(found.rows)


def test_ten_thousand_rows_are_read_and_checked_at_once():
    lines = [
        f"sku-{n},Moving Head {n},Light,Größe;LED,{n % 90 + 0.5},{n},95.00,HH-B{n % 50},T{n}-1…4"
        for n in range(10_000)
    ]
    data = ("sku,name,category,tags,weight,power,day rate,location,asset tags\n" + "\n".join(lines)).encode()
    start = time.process_time()
    found = read_table(data, "x.csv")
    mapping = suggest_mapping(found, TARGETS)
    result = check_rows(found, mapping, KnownCatalogue())
    assert time.process_time() - start < 3
    assert result.counts == {Outcome.NEW: 10_000}
    assert None not in mapping.targets
