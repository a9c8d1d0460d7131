"""What checking a row of a stock list gives."""

from dataclasses import dataclass

from app.domain.importing.result import CheckedRow, Outcome
from app.domain.inventory.importing.known import KnownEquipment


@dataclass(frozen=True, slots=True)
class EquipmentRow(CheckedRow):
    """One row of a stock list and what becomes of it.

    Among the values, `sku`, `category` and `subcategory` are names in the spelling that is known, money and
    weight Decimal, tags a tuple. `new_asset_tags` are units to create. `known` is the equipment that is
    there under this sku.
    """

    new_asset_tags: tuple[str, ...] = ()
    known: KnownEquipment | None = None

    @property
    def sku(self) -> str:
        """The sku, given or made; empty when there was neither sku nor name."""
        return str(self.values.get("sku", ""))

    @property
    def name(self) -> str:
        """The name in the file, or else the one that is known."""
        known = self.known.values.get("name", "") if self.known else ""
        return str(self.values.get("name") or known)

    @property
    def weight(self) -> int:
        """One for itself, and one for each of its units."""
        return 1 + len(self.new_asset_tags)

    @property
    def summary(self) -> str:
        """What happens with the row, in one line; a new one says where it comes."""
        if self.outcome is not Outcome.NEW:
            # without arguments it looks for a class that slots replaced
            return super(EquipmentRow, self).summary
        return f"New, in “{self.values.get('subcategory') or self.values.get('category')}”"
