"""SKUs for rows that have none: made from the name, the same ones every time the same file comes."""

from collections.abc import Collection, Mapping

from app.domain.inventory.importing.fields import LONGEST_SKU
from app.domain.inventory.importing.known import KnownEquipment
from app.lib.folding import fold


class SkuMaker:
    """Hands out a sku per name, each only once.

    `known` is the equipment that is there, by folded sku, and `reserved` the folded skus the file itself
    names. A known sku is handed out for equipment of the same name, so that a file without skus finds
    again what it brought in the first time.
    """

    def __init__(self, known: Mapping[str, KnownEquipment], reserved: Collection[str]) -> None:
        self._known = known
        self._reserved = reserved
        self._next: dict[str, int] = {}
        self._given: set[str] = set()

    def make(self, name: str) -> str:
        """Make the sku for a name: SHURE-SM58, and SHURE-SM58-2 if that is another one's."""
        base = _slug(name)
        number = self._next.get(base, 1)
        while not self._fits(sku := _numbered(base, number), name):
            number += 1
        self._next[base] = number + 1
        self._given.add(fold(sku))
        return sku

    def _fits(self, sku: str, name: str) -> bool:
        key = fold(sku)
        if key in self._reserved or key in self._given:
            return False
        known = self._known.get(key)
        return known is None or fold(str(known.values.get("name", ""))) == fold(name)


def _slug(name: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in fold(name).upper()).split()
    return "-".join(words)[:LONGEST_SKU].strip("-") or "ITEM"


def _numbered(base: str, number: int) -> str:
    if number == 1:
        return base
    suffix = f"-{number}"
    return base[: LONGEST_SKU - len(suffix)].strip("-") + suffix
