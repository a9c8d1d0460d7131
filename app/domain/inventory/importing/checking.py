"""Checking every row of a file before anything is written.

The rules people should be able to rely on: a row updates the equipment with its sku and makes a new one
otherwise; columns that are left out and cells that are empty change nothing; a row with a problem is left
out whole; and checking a file against what it brought in finds nothing to do.
"""

from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.result import CheckResult, FieldDiff, Outcome, diffs_between
from app.domain.importing.rows import ParsedRow, RowParser
from app.domain.inventory.importing.fields import FIELDS
from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.domain.inventory.importing.placing import CategoryPlacer
from app.domain.inventory.importing.result import EquipmentRow
from app.domain.inventory.importing.skus import SkuMaker
from app.domain.inventory.importing.stock import StockRules
from app.lib.folding import fold
from app.lib.tabular import Table


def check_rows(table: Table, mapping: ColumnMapping, known: KnownCatalogue) -> CheckResult[EquipmentRow]:
    """Check all rows of a table against what is known.

    The mapping must be usable (`mapping_problems` is empty). Takes about a second for 10 000 rows.
    """
    parser = RowParser(table, mapping, FIELDS)
    checker = _Checker(known, parser.folded("sku"))
    rows = tuple(checker.check(parser.parse(position)) for position in range(len(table.rows)))
    return CheckResult(rows, checker.placer.created())


class _Checker:
    """Checks row after row and remembers what the rows before have taken."""

    def __init__(self, known: KnownCatalogue, skus: set[str]) -> None:
        self._known = known
        self._skus = SkuMaker(known.equipment, skus)
        self._first_rows: dict[str, int] = {}
        self._stock = StockRules(known)
        self.placer = CategoryPlacer(known)

    def check(self, row: ParsedRow) -> EquipmentRow:
        """Check one row that was parsed."""
        values = row.values
        known = self._identify(row)
        if known is None and not values.get("name"):
            row.add_problem("name", "Name is missing")
        self.placer.place(values, known)
        new_tags = self._stock.check(row, known)
        diffs = _diffs(values, known, new_tags) if known else ()
        outcome = _outcome(row, known, diffs)
        if outcome in (Outcome.NEW, Outcome.CHANGED):
            self.placer.use(values)
        return EquipmentRow(
            position=row.position,
            number=row.number,
            outcome=outcome,
            values=values,
            problems=tuple(row.problems),
            diffs=diffs,
            new_asset_tags=new_tags,
            known=known,
        )

    def _identify(self, row: ParsedRow) -> KnownEquipment | None:
        """Settle the sku of a row and find what is known under it."""
        sku, name = str(row.values.get("sku", "")), str(row.values.get("name", ""))
        if not sku:
            if not name:
                return None
            sku = self._skus.make(name)
        key = fold(sku)
        known = self._known.equipment.get(key)
        row.values["sku"] = known.sku if known else sku
        first = self._first_rows.setdefault(key, row.number)
        if first != row.number:
            row.add_problem("sku", f"Same SKU as row {first}")
        return known


def _outcome(row: ParsedRow, known: KnownEquipment | None, diffs: tuple[FieldDiff, ...]) -> Outcome:
    if row.problems:
        return Outcome.PROBLEM
    if known is None:
        return Outcome.NEW
    return Outcome.CHANGED if diffs else Outcome.SAME


def _diffs(
    values: dict[str, object], known: KnownEquipment, new_tags: tuple[str, ...]
) -> tuple[FieldDiff, ...]:
    fields = (name for name in FIELDS if name != "sku")
    diffs = diffs_between(fields, values, known.values)
    if new_tags:
        diffs += (FieldDiff("asset_tags", known.asset_tags, (*known.asset_tags, *new_tags)),)
    return diffs
