"""How the fields of a stock take are read from what people type."""

from app.lib.fields import Reader, words

STOCK_TAKE_READERS: dict[str, Reader] = {
    "name": words(200),
    "location": words(200),
    "notes": words(2000),
}
