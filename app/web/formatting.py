"""Numbers, money and times as people read them, in the company's locale and the viewer's time zone."""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import get_currency_precision, get_currency_symbol

from app.lib.clock import now

THIN = "\u2009"
MINUS = "\u2212"
MINUTE, HOUR, DAY = 60, 3600, 86400
# rates have four decimals at most
_FINEST_RATE = Decimal("0.0001")

# whose clock and language a page is rendered for; macros see no request, so it is no parameter
reader: ContextVar[tuple[ZoneInfo, str]] = ContextVar("reader", default=(ZoneInfo("UTC"), "en_GB"))


def number(value: float | Decimal) -> str:
    """A number with thin groups of thousands; trailing zeros of decimals are kept out."""
    text = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.replace(",", THIN).replace("-", MINUS)


def money(value: Decimal | None) -> str:
    """An amount with two decimals and thin groups; nothing for no amount."""
    return "" if value is None else f"{value:,.2f}".replace(",", THIN).replace("-", MINUS)


def amount(value: Decimal, currency: str) -> str:
    """An amount as pages show it: its sign, thin groups, its decimals; a rate keeps those beyond them."""
    exact = value.quantize(_FINEST_RATE).normalize()
    decimals = max(get_currency_precision(currency), -int(exact.as_tuple().exponent))
    digits = f"{abs(value):,.{decimals}f}".replace(",", THIN)
    sign = get_currency_symbol(currency, locale="en")
    return f"{MINUS if value < 0 else ''}{sign}\N{NO-BREAK SPACE}{digits}"


def isoformat(value: datetime) -> str:
    """An instant for machines."""
    return value.astimezone(UTC).isoformat()


def local_datetime(value: datetime | None) -> str:
    """An instant on the reader's clock, with the year only when it is another one; nothing for none."""
    if value is None:
        return ""
    zone, locale = reader.get()
    local = value.astimezone(zone)
    year = "" if local.year == now().astimezone(zone).year else " y"
    return format_datetime(local, f"EEE d MMM{year}, HH:mm", locale=locale)


def local_date(value: datetime | date | None) -> str:
    """A day on the reader's calendar, with the year only when it is another one; nothing for none."""
    if value is None:
        return ""
    zone, locale = reader.get()
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    year = "" if day.year == now().astimezone(zone).year else " y"
    return format_date(day, f"EEE d MMM{year}", locale=locale)


def ago(value: datetime | None) -> str:
    """How long ago (or how soon) an instant is, short; a date once it is more than a month away."""
    if value is None:
        return ""
    seconds = int((now() - value).total_seconds())
    distance = abs(seconds)
    if distance < MINUTE:
        return "now"
    for limit, unit, word in ((HOUR, MINUTE, "min"), (DAY, HOUR, "h"), (31 * DAY, DAY, "d")):
        if distance < limit:
            span = f"{distance // unit} {word}"
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return local_date(value)
