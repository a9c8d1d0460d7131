"""A quote as a client sees it under its link, and what is read from the forms on that page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from app.domain.documents.content import Document
from app.domain.documents.sheet import Sheet, sheet_of
from app.domain.documents.summing import with_options
from app.domain.documents.wording import noted
from app.domain.quotes.accepting import Wish
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.letters import Post
from app.domain.quotes.links import OpenLink, opened_by
from app.domain.quotes.public_queries import (
    Happening,
    SentVersion,
    confirmed_to,
    content_of,
    happenings_of,
    versions_sent,
)
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import FieldError, clean, words

MOST_OPTIONS = 200
FORM = "accept"
read_name = words(120, required=noted("Write your name."))
read_words = words(2000)


@dataclass(frozen=True, slots=True)
class Offer:
    """One version of a quote under a link. `document` has the options that are chosen at the moment.

    `mailed_to` is where the confirmation of an accepted one is sent, or was; empty where it is not.
    """

    link: OpenLink
    version: SentVersion
    versions: Sequence[SentVersion]
    document: Document
    happenings: Sequence[Happening]
    mailed_to: str = ""

    @property
    def state(self) -> str:
        """What can be done with it: "sent" is open; "refused" was accepted and could not be kept."""
        if self.version.state == "sent" and any(one.kind == "refused" for one in self._own):
            return "refused"
        return self.version.state

    @property
    def decision(self) -> Happening | None:
        """Who accepted or declined it; None while nobody has, or where the office did."""
        return next((one for one in self._own if one.kind == self.version.kept_state), None)

    @property
    def thread(self) -> list[Happening]:
        """Questions and answers about any version, in their order."""
        return [one for one in self.happenings if one.kind in {"asked", "answered"}]

    @property
    def sheet(self) -> Sheet:
        """What the sheet shows; options are boxes of the form as long as it can be accepted."""
        form = FORM if self.state == "sent" else ""
        return sheet_of(
            self.document, pictures=f"{self.link.path}/files/{self.version.number}", options_form=form
        )

    @property
    def _own(self) -> list[Happening]:
        return [one for one in self.happenings if one.version_id == self.version.id]


async def offer_of(
    reading: Reading,
    secret_key: str,
    token: str,
    *,
    number: int | None = None,
    chosen: Sequence[str] | None = None,
) -> Offer:
    """What a token shows: the version of this number, else the newest. Four statements, one more for what
    was accepted.

    `chosen` are the options that are ticked; None is what was chosen at last. Raises NotFound, LinkRevoked.
    """
    link = await opened_by(reading, secret_key, token)
    versions = await versions_sent(reading, link.quote_id)
    shown = [one for one in versions if number is None or one.number == number]
    if not shown:
        raise NotFound("There is nothing to see here yet.")
    version = shown[0]
    document = await content_of(reading, version.id)
    happenings = await happenings_of(reading, [one.id for one in versions], opened=False)
    offer = Offer(link, version, versions, document, happenings)
    accepted = offer.decision if version.kept_state == "accepted" else None
    mailed_to = await confirmed_to(reading, accepted.id) if accepted else ""
    return replace(offer, document=_as_chosen(offer, chosen), mailed_to=mailed_to)


def _as_chosen(offer: Offer, chosen: Sequence[str] | None) -> Document:
    document = offer.document
    if offer.decision is not None:
        return with_options(document, offer.decision.chosen)
    if chosen is None or offer.version.state != "sent":
        return document
    return with_options(document, chosen[:MOST_OPTIONS])


def wish_of(
    offer: Offer,
    form: Mapping[str, str],
    chosen: Sequence[str],
    signature: str | None,
    post: Post | None = None,
) -> Wish:
    """What an acceptance says. Raises InvalidInput with every field at fault."""
    errors, name = dict[str, str](), ""
    try:
        name = read_name(clean(form.get("name", "")))
    except FieldError as error:
        errors["name"] = error.message
    if form.get("signing") == "draw" and not form.get("signature"):
        errors["signature"] = noted("Draw your signature, or choose to type.")
    if offer.document.terms and form.get("terms") != "1":
        errors["terms"] = noted("Please accept the terms of hire.")
    if errors:
        raise InvalidInput(errors)
    return Wish(
        version_id=offer.version.id,
        name=name,
        chosen=tuple(dict.fromkeys(chosen)),
        content_hash=form.get("content_hash", "") or "none",
        gross=_amount(form.get("gross", "")),
        signature=signature if form.get("signing") == "draw" else None,
        post=post,
    )


def said(form: Mapping[str, str], field: str) -> tuple[str, str]:
    """A name, which may be missing, and what somebody wrote. Raises InvalidInput."""
    errors, found = dict[str, str](), dict[str, str]()
    for name, reader in (("name", words(120)), (field, read_words)):
        try:
            found[name] = reader(clean(form.get(name, "")))
        except FieldError as error:
            errors[name] = error.message
    if errors:
        raise InvalidInput(errors)
    return found["name"], found[field]


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
