"""A document as its sheet shows it: which words, columns and sums stand where.

The sheet is one template (`templates/documents/_sheet.html`) for the client's page, the page to print, the
PDF and the preview of the office. It needs nothing but this.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from app.domain.documents.charges import Charges
from app.domain.documents.content import Document, Group
from app.domain.documents.letter import Letter, Row
from app.domain.documents.payment import INVOICES, Payment, payment_of
from app.domain.documents.totals import OFFERS, Outstanding, outstanding_rows, totals_of
from app.domain.documents.wording import Wording

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted, when; `signature` is a file, or None where the name was typed."""

    name: str
    at: datetime
    signature: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet(Letter):
    """The sheet of a document. With `options_form` its options are boxes of the form of that id.

    With `outstanding` it says what is left to pay, which is not on the paper that was issued.
    """

    document: Document
    acceptance: Acceptance | None = None
    options_form: str = ""
    outstanding: Outstanding | None = None

    @cached_property
    def kind(self) -> str:
        """What kind of paper it is."""
        _ = self.words.gettext
        return {
            "quote": _("Quote"),
            "order_confirmation": _("Order confirmation"),
            "deposit": _("Deposit invoice"),
            "part": _("Part invoice"),
            "final": _("Invoice"),
            "credit_note": _("Credit note"),
        }[self.document.kind]

    @property
    def caption(self) -> str:
        """What it is called: kind, number, version; a draft of an invoice has no number."""
        _, version = self.words.gettext, self.document.version
        name = f"{self.kind} {self.document.number}".strip()
        if version is None or not self.document.number:
            return name
        return _("{name}, version {version}", name=name, version=version)

    @property
    def name(self) -> str:
        """How its file is called."""
        return self.caption

    @property
    def reference(self) -> str:
        """Which paper a credit note is about; nothing on others."""
        _, number = self.words.gettext, self.document.reference
        return _("for invoice {number}", number=number) if number else ""

    @property
    def title(self) -> str:
        """Its heading."""
        return self.document.title

    @property
    def intro(self) -> str:
        """What is said before the lines."""
        return self.document.intro

    @property
    def day(self) -> str:
        """When it was written."""
        return self.words.day(self.document.dated)

    @property
    def foot(self) -> str:
        """What stands at the foot of every page."""
        _ = self.words.gettext
        parts = (self.short_name, _("Draft") if self.is_draft else "", self.caption)
        return " · ".join(filter(None, parts))

    @cached_property
    def charges(self) -> Charges:
        """How lines are charged, in words."""
        lines = [line for group in self.document.groups for line in group.lines]
        return Charges(self.words, [*lines, *self.document.options], taxed=not self.document.reverse_charge)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What it is about, in a few words each: (label, text)."""
        facts = (*self._of_event(), *(self._of_offer() if self._is_offer else self._of_invoice()))
        return [fact for fact in facts if fact[1]]

    @cached_property
    def groups(self) -> list[Group]:
        """What is shown: options that were chosen are lines like others once they are confirmed."""
        groups = [group for group in self.document.groups if group.total or not _is_hidden(group)]
        chosen = [line for line in self.document.options if line.chosen]
        if self.offers_options or not chosen:
            return groups
        price = sum((line.price or ZERO for line in chosen), ZERO)
        _ = self.words.gettext
        return [*groups, Group(_("Options"), chosen, price, ZERO, price)]

    @property
    def offers_options(self) -> bool:
        """Whether there are options to choose from."""
        return self.document.kind == "quote" and any(not line.hidden for line in self.document.options)

    @property
    def has_subtotals(self) -> bool:
        """Whether groups are added up: one without a heading and a discount is the whole, if it is seen."""
        groups = self.groups
        return len(groups) > 1 or any(
            group.heading or group.discount or _is_hidden(group) for group in groups
        )

    def adds_up(self, group: Group) -> bool:
        """Whether what a group comes to is said: of a single line it stands there already."""
        seen = [line for line in group.lines if line.kind != "note" and not line.hidden]
        alone = len(seen) == 1 and not group.discount and group.total == seen[0].price
        return self.has_subtotals and not alone

    @property
    def has_pictures(self) -> bool:
        """Whether lines have pictures beside them."""
        lines = (line for group in self.groups for line in group.lines)
        return self.document.show_images and any(line.photo and not line.hidden for line in lines)

    @property
    def files(self) -> list[str]:
        """The files it shows, below `pictures`: logo, signature, small pictures of gear."""
        lines = [line for group in self.groups for line in group.lines if not line.hidden]
        photos = [line.photo for line in lines if line.photo] if self.has_pictures else []
        shown = [self.picture(name, small=True).removeprefix(f"{self.pictures}/") for name in photos]
        whole = (self.sender.logo, self.acceptance.signature if self.acceptance else None)
        return list(dict.fromkeys([*filter(None, whole), *shown]))

    @property
    def totals(self) -> list[Row]:
        """The sums, from the lines to what is asked for."""
        rows = totals_of(self.document, self.words, offers_options=self.offers_options)
        return [*rows, *outstanding_rows(self.outstanding, self.words)] if self.outstanding else rows

    @property
    def notices(self) -> list[str]:
        """What the law has said on it."""
        _ = self.words.gettext
        if self.document.reverse_charge:
            number = self.recipient.tax_number
            named = _("VAT number of the recipient: {number}", number=number) if number else ""
            rule = _("Reverse charge: VAT is owed by the recipient of the service.")
            return [rule, named] if named else [rule]
        return [_("All prices include VAT.")] if self.document.prices_include_tax else []

    @cached_property
    def payment(self) -> Payment | None:
        """How to pay; None where nothing is to be paid, on drafts as well, which have no number."""
        return payment_of(self.document, self.words, self.outstanding.owed if self.outstanding else None)

    @property
    def _is_offer(self) -> bool:
        return self.document.kind in OFFERS

    def _of_event(self) -> list[tuple[str, str]]:
        _, occasion = self.words.gettext, self.document.occasion
        if occasion is None:
            return []
        start, end = occasion.use_start or occasion.out_start, occasion.use_end or occasion.out_end
        when = self.words.period(start, end) if start and end else ""
        name = "" if self._is_offer or occasion.name == self.title else occasion.name
        # the days of the show are not said twice
        first, last = self._service
        if not self._is_offer and first and last and when == self.words.days(first, last):
            when = ""
        return [(_("Event"), name), (_("Show"), when), (_("Venue"), occasion.venue)]

    @property
    def _service(self) -> tuple[date | None, date | None]:
        document = self.document
        return document.service_start, document.service_end or document.service_start

    def _of_offer(self) -> list[tuple[str, str]]:
        _, until = self.words.gettext, self.document.valid_until
        last = self.words.until(until) if until and self.document.kind == "quote" else ""
        return [(_("Charged"), self.charges.common), (_("Valid until"), last)]

    def _of_invoice(self) -> list[tuple[str, str]]:
        _, document, words = self.words.gettext, self.document, self.words
        first, last = self._service
        due = words.day(document.due_on) if document.due_on and document.kind in INVOICES else ""
        served = words.days(first, last) if first and last else ""
        return [(_("Service period"), served), (_("Payable by"), due)]


def sheet_of(
    document: Document,
    *,
    is_draft: bool = False,
    acceptance: Acceptance | None = None,
    pictures: str = "/photos",
    options_form: str = "",
    on_paper: bool = False,
    outstanding: Outstanding | None = None,
) -> Sheet:
    """What the template of the sheet needs to show a document, as `sheet`.

    `pictures` is the address below which its files are served: the client's page is not signed in and serves
    those of `files` itself. `options_form` is the id of the form that its options are ticked in (`options`).
    """
    sender = document.sender
    return Sheet(
        words=Wording(document.language, document.currency, document.places, sender.time_zone),
        sender=sender,
        recipient=document.recipient,
        pictures=pictures,
        is_draft=is_draft,
        on_paper=on_paper,
        document=document,
        acceptance=acceptance,
        options_form=options_form,
        outstanding=outstanding,
    )


def _is_hidden(group: Group) -> bool:
    return all(line.hidden for line in group.lines)
