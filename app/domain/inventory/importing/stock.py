"""Rules about how equipment is counted: by a quantity, or by units with asset tags."""

from collections.abc import Mapping

from app.domain.importing.rows import ParsedRow
from app.domain.importing.values import as_words
from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.lib.folding import fold
from app.lib.tabular import counted

_CONSUMABLE = "Consumables are counted in bulk, not one by one"
_BULK = "Asset tags go with serialized equipment; this is counted in bulk"


class StockRules:
    """Checks kind, tracking, quantity and asset tags of rows, also against the rows before."""

    def __init__(self, known: KnownCatalogue) -> None:
        self._owners = known.tag_owners
        self._rows: dict[str, int] = {}

    def check(self, row: ParsedRow, known: KnownEquipment | None) -> tuple[str, ...]:
        """Check a row, adding problems to it. Returns the asset tags its equipment does not have yet.

        Asset tags make new equipment serialized. The quantity of serialized equipment follows its units:
        where the file agrees it is taken out of the values, where not it is a problem.
        """
        values = row.values
        tags = as_words(values.pop("asset_tags", ()))
        before: Mapping[str, object] = known.values if known else {}
        kind = values.get("kind", before.get("kind", "equipment"))
        tracking = values.get("tracking", before.get("tracking", "serialized" if tags else "bulk"))
        if tags and known is None:
            values.setdefault("tracking", tracking)
        if tracking == "serialized":
            if kind == "consumable":
                row.add_problem("tracking" if "tracking" in row.columns else "kind", _CONSUMABLE)
            _check_quantity(row, known, tags)
        elif tags:
            row.add_problem("asset_tags", _BULK)
        return self._new_tags(row, known, tags)

    def _new_tags(
        self, row: ParsedRow, known: KnownEquipment | None, tags: tuple[str, ...]
    ) -> tuple[str, ...]:
        own = {fold(tag) for tag in known.asset_tags} if known else set[str]()
        new: list[str] = []
        for tag in tags:
            key = fold(tag)
            first = self._rows.setdefault(key, row.number)
            if first != row.number:
                row.add_problem("asset_tags", f"Asset tag “{tag}” is in row {first} already")
            elif key not in own:
                if key in self._owners:
                    row.add_problem("asset_tags", f"Asset tag “{tag}” belongs to {self._owners[key]}")
                new.append(tag)
        return tuple(new)


def _check_quantity(row: ParsedRow, known: KnownEquipment | None, tags: tuple[str, ...]) -> None:
    """Take the quantity out of a serialized row if it agrees with the units, else say that it does not."""
    quantity = row.values.pop("quantity", None)
    if quantity is None:
        return
    if tags:
        own = {fold(tag) for tag in known.asset_tags} if known else set[str]()
        if quantity not in (len(tags), len(own | {fold(tag) for tag in tags})):
            row.add_problem(
                "quantity", f"Quantity is {quantity}, but there are {counted(len(tags))} asset tags"
            )
    elif quantity != (known.values.get("quantity", 0) if known else 0):
        row.add_problem("quantity", "Quantity of serialized equipment follows its asset tags")
