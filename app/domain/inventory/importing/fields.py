"""The fields of equipment a column may become, what people call them in their files, how cells are read."""

from collections.abc import Mapping

from app.domain.importing import values
from app.domain.importing.fields import Field, Fields, Reading, Targets, choice, line, long_text
from app.domain.importing.values import UnusableValueError
from app.domain.inventory.asset_tags import AssetTagError, expand_asset_tags

LONGEST_NAME = 200
LONGEST_SKU = 64
LONGEST_PLACE = 80
LONGEST_TEXT = 20_000
# twelve characters can mean a thousand tags, so the size of the file does not bound them
MOST_ASSET_TAGS = 100_000

KINDS: Mapping[str, tuple[str, ...]] = {
    "equipment": ("rental", "hire", "rental item", "gerat", "gerate", "miete", "mietartikel", "mietgerat"),
    "consumable": ("consumables", "sale", "sales item", "verbrauch", "verbrauchsmaterial", "verkauf",
                   "verkaufsartikel"),
}  # fmt: skip
TRACKINGS: Mapping[str, tuple[str, ...]] = {
    "bulk": ("quantity", "non serialized", "non serialised", "count", "menge", "mengenartikel", "stuck"),
    "serialized": ("serialised", "serial", "serial number", "serial numbers", "unique", "individual",
                   "einzeln", "einzelartikel", "seriennummer", "seriennummern", "serialisiert"),
}  # fmt: skip
STATUSES: Mapping[str, tuple[str, ...]] = {
    "good": ("ok", "okay", "fine", "working", "available", "active", "in service", "gut", "in ordnung",
             "i. o.", "einsatzbereit", "verfugbar", "aktiv"),
    "damaged": ("broken", "defective", "faulty", "defect", "damage", "defekt", "kaputt", "beschadigt"),
    "maintenance": ("in maintenance", "service", "repair", "in repair", "out of service", "wartung",
                    "in wartung", "reparatur", "in reparatur"),
}  # fmt: skip


def _asset_tags(text: str, _: Reading) -> tuple[str, ...]:
    try:
        return tuple(expand_asset_tags(text))
    except AssetTagError as error:
        raise UnusableValueError(f"cannot be read: {error.message}") from None


def _money(text: str, reading: Reading) -> object:
    return values.parse_money(text, reading.decimal)


def _minutes(text: str, reading: Reading) -> object:
    return values.parse_minutes(text, reading.decimal, reading.unit or "min")


_FIELDS = (
    Field("name", "Name", (
        "name", "item name", "equipment name", "product name", "article name", "title", "item", "fixture",
        "equipment", "product", "article", "model", "bezeichnung", "artikelbezeichnung", "artikelname",
        "geratename", "produktname", "artikel", "gerat", "produkt", "titel", "modell",
    ), line(LONGEST_NAME), phrases=True),
    Field("sku", "SKU", (
        "sku", "code", "item code", "product code", "article code", "article no", "article nr",
        "article number", "item no", "item number", "product no", "product number", "part number", "part no",
        "artikelnummer", "artikelnr", "artikel nr", "artikel nummer", "art nr", "artnr", "produktnummer",
        "inventarnummer", "bestellnummer", "ident", "barcode",
    ), line(LONGEST_SKU)),
    Field("description", "Description", (
        "description", "long description", "details", "beschreibung", "artikelbeschreibung", "langtext",
    ), long_text(LONGEST_TEXT)),
    Field("category", "Category", (
        "category", "main category", "kategorie", "hauptkategorie", "product group", "item group", "group",
        "warengruppe", "produktgruppe", "artikelgruppe", "gruppe", "department", "class",
    ), line(LONGEST_PLACE), vague=("type", "typ")),
    Field("subcategory", "Subcategory", (
        "subcategory", "sub category", "unterkategorie", "subgroup", "sub group", "untergruppe",
    ), line(LONGEST_PLACE), vague=("type", "typ")),
    Field("kind", "Kind", ("kind", "item kind", "article kind", "artikelart", "artikeltyp"), choice(KINDS)),
    Field("tracking", "Tracking", (
        "tracking", "tracking type", "tracked", "stock type", "bestandsart", "erfassung",
    ), choice(TRACKINGS)),
    Field("quantity", "Quantity", (
        "quantity", "qty", "stock", "in stock", "stock quantity", "total quantity", "amount", "count", "pcs",
        "pieces", "owned", "anzahl", "menge", "bestand", "lagerbestand", "gesamtmenge", "stuck", "stuckzahl",
        "stk",
    ), lambda text, reading: values.parse_quantity(text, reading.decimal), is_number=True),
    Field("status", "Status", ("status", "condition", "state", "zustand"), choice(STATUSES)),
    Field("location", "Location", (
        "location", "storage location", "stock location", "store", "shelf", "bin", "warehouse", "place",
        "lagerort", "lagerplatz", "standort", "regal", "fach", "lager", "platz",
    ), line(LONGEST_PLACE), phrases=True),
    Field("daily_rate", "Day rate", (
        "daily rate", "day rate", "price day", "day price", "daily price", "price per day", "rate per day",
        "rental price", "rental rate", "hire price", "hire rate", "tagespreis", "tagesmiete", "tagessatz",
        "preis pro tag", "preis tag", "mietpreis", "mietpreis pro tag", "rate", "price", "preis", "miete",
    ), _money, is_number=True),
    Field("replacement_value", "Replacement value", (
        "replacement value", "replacement cost", "replacement price", "new value", "purchase price",
        "purchase value", "list price", "insurance value", "value", "wiederbeschaffungswert",
        "wiederbeschaffungspreis", "neuwert", "neupreis", "zeitwert", "versicherungswert", "kaufpreis",
        "einkaufspreis", "anschaffungspreis", "anschaffungswert", "wert",
    ), _money, is_number=True),
    Field("weight_kg", "Weight", ("weight", "net weight", "mass", "gewicht", "eigengewicht", "masse", "kg"),
        lambda text, reading: values.parse_weight(text, reading.decimal, reading.unit or "kg"),
        is_number=True, decimals_likely=True, phrases=True, unit="kg", units=values.KILOGRAMS),
    Field("power_w", "Power", (
        "power", "power consumption", "max power", "consumption", "wattage", "watt", "watts", "leistung",
        "leistungsaufnahme", "stromverbrauch", "anschlussleistung", "w",
    ), lambda text, reading: values.parse_power(text, reading.decimal, reading.unit or "w"),
        is_number=True, unit="w", units=values.WATTS),
    Field("prep_minutes", "Prep time", (
        "prep", "prep time", "preparation", "preparation time", "setup time", "vorbereitung",
        "vorbereitungszeit", "rustzeit", "vorlaufzeit", "vorlauf",
    ), _minutes, is_number=True, unit="min", units=values.MINUTES),
    Field("turnaround_minutes", "Turnaround time", (
        "turnaround", "turnaround time", "turn around time", "cleaning time", "nachbereitung",
        "nachbereitungszeit", "nachlaufzeit", "nachlauf", "reinigungszeit",
    ), _minutes, is_number=True, unit="min", units=values.MINUTES),
    Field("tags", "Tags", (
        "tags", "tag", "labels", "label", "keywords", "schlagworte", "schlagwort", "schlagworter",
        "stichworte", "stichwort", "manufacturer", "brand", "make", "hersteller", "marke", "fabrikat",
    ), lambda text, _: values.parse_tags(text), many=True),
    Field("notes", "Notes", (
        "notes", "note", "comment", "comments", "remark", "remarks", "internal notes", "bemerkung",
        "bemerkungen", "kommentar", "kommentare", "anmerkung", "anmerkungen", "notiz", "notizen", "hinweis",
    ), long_text(LONGEST_TEXT), phrases=True),
    Field("asset_tags", "Asset tags", (
        "asset tags", "asset tag", "unit tags", "units", "unit numbers", "asset numbers", "inventory numbers",
        "barcodes", "geratenummern", "inventarnummern", "einheiten",
    ), _asset_tags, most_words=MOST_ASSET_TAGS),
)  # fmt: skip

FIELDS: Fields = {field.name: field for field in _FIELDS}
"""Every field of equipment a column may become, by name, in the order a person chooses from."""

TARGETS = Targets("equipment", FIELDS, identify=("name", "sku"), code="sku")
