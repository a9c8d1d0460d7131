"""Which category a row belongs to, in the spelling that is known, and which are to be created."""

from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.lib.folding import fold

UNCATEGORISED = "Uncategorised"


class CategoryPlacer:
    """Places rows and remembers the categories they need.

    A category keeps the spelling it is known under, or else that of its first row in the file.
    """

    def __init__(self, known: KnownCatalogue) -> None:
        self._known = known
        self._categories = dict(known.categories)
        self._subcategories = dict(known.subcategories)
        self._created: dict[tuple[str, str | None], None] = {}

    def place(self, values: dict[str, object], known: KnownEquipment | None) -> None:
        """Settle category and subcategory of a row, changing `values`.

        A row that names a subcategory alone stays in the category of its equipment; a new one goes where
        such a subcategory is known. A category that is only known as a subcategory is that one: lists of one
        level name those. A row that moves to another category leaves its subcategory.
        """
        category = str(values.get("category", ""))
        subcategory = str(values.get("subcategory", ""))
        current = str(known.values.get("category") or "") if known else ""
        if not category:
            if known and not subcategory:
                return
            category = current or self._home(subcategory)
        elif not subcategory and fold(category) not in self._categories and self._known.is_inside(category):
            category, subcategory = self._home(category), category
        category = self._categories.setdefault(fold(category), category)
        values["category"] = category
        if subcategory:
            key = (fold(category), fold(subcategory))
            values["subcategory"] = self._subcategories.setdefault(key, subcategory)
        elif known and fold(current) != fold(category):
            values["subcategory"] = ""

    def use(self, values: dict[str, object]) -> None:
        """Note that a row that will be written needs its category."""
        category, subcategory = str(values.get("category", "")), str(values.get("subcategory", ""))
        if category and fold(category) not in self._known.categories:
            self._created[category, None] = None
        if subcategory and (fold(category), fold(subcategory)) not in self._known.subcategories:
            self._created[category, subcategory] = None

    def created(self) -> tuple[tuple[str, str | None], ...]:
        """The categories and subcategories to create, in the order the rows need them."""
        return tuple(self._created)

    def _home(self, subcategory: str) -> str:
        parents = self._known.parents(subcategory) if subcategory else []
        return parents[0] if len(parents) == 1 else UNCATEGORISED
