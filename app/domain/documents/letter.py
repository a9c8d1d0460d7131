"""What every sheet has, whatever it is about: from whom, for whom, in which language."""

from dataclasses import dataclass
from typing import Final

from app.domain.documents.content import Recipient, Sender
from app.domain.documents.wording import Wording
from app.lib.bank_accounts import grouped
from app.lib.file_store import variant_name

_LONGEST_FOOT: Final = 40
# the size of pictures of gear (app/lib/photos.py)
_SMALL: Final = "64"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of sums: `tone` is "", "total", or "part" for what is within a total."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter. Files are shown below the address `pictures`; `on_paper` nothing can be pressed."""

    words: Wording
    sender: Sender
    recipient: Recipient
    pictures: str = "/photos"
    is_draft: bool = False
    on_paper: bool = False

    @property
    def place(self) -> list[str]:
        """The lines of the sender's address; the city where there is none."""
        lines = [line.strip() for line in self.sender.address.splitlines() if line.strip()]
        return lines or ([self.sender.city] if self.sender.city else [])

    @property
    def return_line(self) -> str:
        """Where the post brings it back to, in one line above the address."""
        return " · ".join((self.sender.name, *self.place))

    @property
    def tax_number(self) -> str:
        """How the sender is known to the tax office; numbers for the whole Union begin with a country."""
        _, number = self.words.gettext, self.sender.tax_number
        if not number:
            return ""
        if number[:2].isalpha():
            return _("VAT number {number}", number=number)
        return _("Tax number {number}", number=number)

    @property
    def bank(self) -> str:
        """The account of the sender in one line; nothing without one."""
        parts = (self.sender.bank_name, grouped(self.sender.iban), self.sender.bic)
        return " · ".join(filter(None, parts)) if self.sender.iban else ""

    @property
    def to(self) -> list[str]:
        """The lines of the address of the recipient, without the name."""
        lines = (self.recipient.contact, *self.recipient.address.splitlines())
        return [line.strip() for line in lines if line.strip() and line.strip() != self.recipient.name]

    @property
    def short_name(self) -> str:
        """The name of the sender, as far as there is room for it at the foot of a page."""
        name = self.sender.name
        return name if len(name) <= _LONGEST_FOOT else f"{name[: _LONGEST_FOOT - 1].rstrip()}…"

    def picture(self, name: str, *, small: bool = False) -> str:
        """The address of a picture, of its small form where that is enough."""
        return f"{self.pictures}/{variant_name(name, _SMALL) if small else name}"

    def written(self, day: str) -> str:
        """Where and when it was written."""
        return f"{self.sender.city}, {day}" if self.sender.city else day
