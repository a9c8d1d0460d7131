"""What the bench is told about a tap or a scan: one verdict, in words, tone and sound."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

Kind = Literal[
    "right", "complete", "back", "again", "extra", "not_on_list", "promised", "wrong_event", "out",
    "left", "quarantine", "expired", "missing", "gone", "unknown", "needs_unit", "case", "paper", "refused",
]  # fmt: skip
Tone = Literal["green", "amber", "red", "slate"]
Sound = Literal["right", "complete", "warning", "wrong"]

_LOOKS: Final[dict[str, tuple[str, Tone, Sound]]] = {
    "right": ("Right", "green", "right"),
    "complete": ("Complete", "green", "complete"),
    "back": ("Taken back", "slate", "right"),
    "left": ("Put it back", "slate", "right"),
    "again": ("Counted already", "slate", "warning"),
    "extra": ("One more than asked for", "amber", "warning"),
    "not_on_list": ("Not on the list", "amber", "warning"),
    "promised": ("Promised elsewhere", "amber", "warning"),
    "wrong_event": ("Prepped for another event", "red", "wrong"),
    "out": ("Out with another event", "red", "wrong"),
    "quarantine": ("In quarantine", "red", "wrong"),
    "expired": ("Inspection expired", "red", "wrong"),
    "missing": ("Reported missing", "amber", "warning"),
    "gone": ("Not in the stock any more", "red", "wrong"),
    "unknown": ("Unknown code", "red", "wrong"),
    "needs_unit": ("Scan the unit", "amber", "warning"),
    "case": ("Case", "green", "complete"),
    "paper": ("Paper", "slate", "right"),
    "refused": ("Not possible", "red", "wrong"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A way on from a verdict: `act` names what is done, with these values."""

    label: str
    act: str
    values: dict[str, str]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one tap or scan. `count` of `wanted` is where its line stands now.

    `counted` says whether anything was moved; `action_id` is what an undo takes back; `since` is from when on
    somebody else has it.
    """

    kind: Kind
    text: str
    title: str
    tone: Tone
    sound: Sound
    counted: bool = False
    rental_id: int | None = None
    unit_id: int | None = None
    case_id: int | None = None
    count: int | None = None
    wanted: int | None = None
    label: str = ""
    action_id: int | None = None
    handover_id: int | None = None
    since: datetime | None = None
    offers: tuple[Offer, ...] = ()


def verdict(kind: Kind, text: str, **values: Any) -> Verdict:
    """A verdict of this kind with the words, tone and sound that belong to it."""
    title, tone, sound = _LOOKS[kind]
    looks: dict[str, Any] = {"title": title, "tone": tone, "sound": sound}
    return Verdict(kind=kind, text=text, **{**looks, **values})


def stored(given: Verdict) -> dict[str, Any]:
    """A verdict as it is kept with its action."""
    return msgspec.to_builtins(given)


def restored(kept: dict[str, Any]) -> Verdict:
    """The verdict that was kept with an action."""
    return msgspec.convert(kept, Verdict)
