"""What the inventory holds already, as far as an import needs to know it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.lib.folding import fold


@dataclass(frozen=True, slots=True)
class KnownEquipment:
    """One equipment that is there. `values` holds its fields under the names of the import fields.

    `category` and `subcategory` are names ("" or None for no subcategory), money and weight are Decimal,
    tags any sequence of words. `asset_tags` are the tags of all its units. `id` and `version` are handed
    through for whoever writes.
    """

    sku: str
    values: Mapping[str, object]
    asset_tags: tuple[str, ...] = ()
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class KnownCatalogue:
    """All that is there: equipment by folded sku, owners of asset tags, categories.

    `categories` are names by folded name, `subcategories` names by folded category and folded name.
    """

    equipment: Mapping[str, KnownEquipment] = field(default_factory=dict[str, KnownEquipment])
    tag_owners: Mapping[str, str] = field(default_factory=dict[str, str])
    categories: Mapping[str, str] = field(default_factory=dict[str, str])
    subcategories: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    @classmethod
    def of(
        cls, equipment: Iterable[KnownEquipment], categories: Iterable[tuple[str, str | None]]
    ) -> "KnownCatalogue":
        """Build the catalogue from equipment and (category, subcategory or None) names."""
        items = list(equipment)
        pairs = list(categories)
        return cls(
            equipment={fold(item.sku): item for item in items},
            tag_owners={fold(tag): item.sku for item in items for tag in item.asset_tags},
            categories={fold(name): name for name, _ in pairs},
            subcategories={(fold(name), fold(sub)): sub for name, sub in pairs if sub},
        )

    def is_inside(self, name: str) -> bool:
        """Whether exactly one category has a subcategory of this name."""
        return len(self.parents(name)) == 1

    def parents(self, subcategory: str) -> list[str]:
        """The names of the categories that have a subcategory of this name."""
        wanted = fold(subcategory)
        return [self.categories[parent] for parent, name in self.subcategories if name == wanted]
