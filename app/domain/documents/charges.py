"""How lines are charged, in words: what most have in common is the head of a column, the rest is said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.domain.documents.content import Line
from app.domain.documents.wording import Wording

ONE = Decimal(1)


@dataclass(frozen=True)
class Charges:
    """The charges of the lines of one paper; `taxed` says whether tax is asked for on it."""

    words: Wording
    lines: Sequence[Line]
    taxed: bool = True

    @cached_property
    def usual(self) -> tuple[int, Decimal] | None:
        """(days, factor) of most lines charged by the day, if those are at least half of all lines."""
        priced = [line for line in self.lines if line.kind != "note" and line.price is not None]
        daily = Counter((line.units, line.multiple) for line in priced if line.basis == "day")
        if not daily:
            return None
        usual, count = max(daily.items(), key=lambda item: item[1])
        return usual if 2 * count >= len(priced) else None

    @cached_property
    def taxes(self) -> Counter[Decimal]:
        """How many lines are taxed at each rate."""
        return Counter(line.tax_percent for line in self.lines if line.price is not None)

    @property
    def common(self) -> str:
        """What is charged for most lines: 3 days, factor 2.4; nothing where they differ."""
        return self._days(*self.usual) if self.usual else ""

    @property
    def heads(self) -> tuple[str, str]:
        """The heads of the columns of rates and of prices."""
        _ = self.words.gettext
        if not self.usual:
            return _("Rate"), _("Amount")
        days = self.usual[0]
        return _("Per day"), self.words.ngettext("{count} day", "{count} days", days)

    def rate(self, line: Line) -> str:
        """What one costs for one unit; nothing where the amount says the same."""
        if line.rate is None or line.kind == "note":
            return ""
        if line.basis == "flat" and line.quantity == line.multiple == ONE:
            return ""
        return self.words.rate(line.rate)

    def remark(self, line: Line) -> str:
        """How a line is charged that is charged otherwise than most."""
        _, words = self.words.gettext, self.words
        if line.rate is None or line.kind == "note":
            return ""
        if line.basis == "day":
            return "" if (line.units, line.multiple) == self.usual else self._days(line.units, line.multiple)
        if line.basis == "week":
            weeks = words.ngettext("{count} week", "{count} weeks", line.units)
            return _("per week, {weeks}", weeks=weeks)
        if line.basis == "hour":
            hours = words.ngettext("{count} hour", "{count} hours", line.units)
            return _("per hour, {hours}", hours=hours)
        if line.multiple != ONE:
            return _("times {factor}", factor=words.number(line.multiple))
        # among prices by the day it has to be said, below a head that says rate it goes without saying
        return _("each") if self.usual and line.quantity != ONE else ""

    def offered(self, line: Line) -> str:
        """All that is to be said of the price of an option, which stands without its rate."""
        if line.basis not in ("flat", "piece") or line.quantity == ONE or line.rate is None:
            return self.remarks(line)
        _ = self.words.gettext
        each = _("{rate} each", rate=self.words.rate(line.rate))
        return " · ".join(filter(None, (each, self.least(line), self.discount(line), self.tax(line))))

    def tax(self, line: Line) -> str:
        """The tax of a line that is taxed otherwise than most."""
        if not self.taxed or line.price is None or line.tax_percent == self.taxes.most_common(1)[0][0]:
            return ""
        _ = self.words.gettext
        return _("VAT {percent}", percent=self.words.percent(line.tax_percent))

    def remarks(self, line: Line) -> str:
        """All that is to be said of the price of a line, in one line of words."""
        said = (self.remark(line), self.least(line), self.discount(line), self.tax(line))
        return " · ".join(filter(None, said))

    def least(self, line: Line) -> str:
        """That a line costs more than its rate and time come to, as there is a least charge."""
        if line.rate is None or line.full is None:
            return ""
        by_time = line.quantity * line.rate * line.multiple
        if line.full - by_time < ONE.scaleb(-self.words.places):
            return ""
        _ = self.words.gettext
        return _("at least {amount}", amount=self.words.amount(line.full))

    def discount(self, line: Line) -> str:
        """What is granted on a line, in words."""
        _, words = self.words.gettext, self.words
        if line.full is None or line.price is None or line.full == line.price:
            return ""
        full = words.amount(line.full)
        if line.discount_percent and not line.discount_amount:
            return _("{percent} off {full}", percent=words.percent(line.discount_percent), full=full)
        return _("{amount} off {full}", amount=words.amount(line.full - line.price), full=full)

    def _days(self, days: int, factor: Decimal) -> str:
        _, words = self.words.gettext, self.words
        said = words.ngettext("{count} day", "{count} days", days)
        if factor == days:
            return said
        return _("{days}, factor {factor}", days=said, factor=words.number(factor))
