"""The two levels the gear is sorted into, with an icon of the sprite for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from app.sample.catalogue import read_catalogue

CATEGORY_ICONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Audio": "volume",
        "Lighting": "bulb",
        "Video": "device-ipad-horizontal",
        "Rigging": "link",
        "Staging": "columns-3",
        "Power": "plug",
        "Cabling": "plug-connected",
        "Cases": "packages",
        "Consumables": "box",
    }
)

# Subcategories that are better known by a picture of their own than by that of their category.
SUBCATEGORY_ICONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Microphones": "microphone",
        "Wireless": "antenna",
        "DI boxes": "plug-connected",
        "Mixing desks": "adjustments-horizontal",
        "Stageboxes": "server",
        "Line array": "device-speaker",
        "Point source": "device-speaker",
        "Subwoofers": "device-speaker",
        "Amplifiers": "server",
        "Playback": "timeline",
        "Intercom": "phone",
        "Consoles": "adjustments-horizontal",
        "Dimming & distribution": "server",
        "Projectors": "scan",
        "Lenses": "eye",
        "LED walls": "columns-3",
        "Switchers": "replace",
        "Cameras": "camera",
        "Media servers": "server",
        "Converters": "refresh",
        "Motors": "arrow-up-right",
        "Truss": "timeline",
        "Clamps & shackles": "paperclip",
        "Stands": "line-height",
        "Racks & trunks": "archive",
        "Tape": "point",
    }
)


@dataclass(frozen=True, slots=True)
class SampleSubcategory:
    """The second level. `icon` is the name of a symbol in the sprite."""

    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class SampleCategory:
    """The first level with what is below it, both in the order they are shown."""

    name: str
    icon: str
    subcategories: tuple[SampleSubcategory, ...]


@cache
def read_categories() -> tuple[SampleCategory, ...]:
    """The categories the catalogue uses, in the order of their first appearance.

    Raises KeyError for a category that has no icon.
    """
    names: dict[str, dict[str, None]] = {}
    for equipment in read_catalogue():
        names.setdefault(equipment.category, {})[equipment.subcategory] = None
    return tuple(
        SampleCategory(
            name=category,
            icon=CATEGORY_ICONS[category],
            subcategories=tuple(
                SampleSubcategory(name, SUBCATEGORY_ICONS.get(name, CATEGORY_ICONS[category]))
                for name in subcategories
            ),
        )
        for category, subcategories in names.items()
    )
