"""The verdict on what is in the hand: pure rules, in the order in which they matter there.

What is gone or not safe comes first, then who has it, then whether it is wanted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from app.db.models.unit import GONE
from app.domain.prep.policy import PICKED, STEP_WORDS, Counts
from app.domain.prep.queries import BenchLine
from app.domain.prep.unit_queries import UnitFacts
from app.domain.prep.verdicts import Offer, Verdict, verdict

PROMISED, WRONG_EVENT, EITHER = "promised", "wrong_event", "either"
FORCED = (PROMISED, WRONG_EVENT, EITHER)
"""What whoever stands at the bench may decide against: the unit goes on this event all the same."""
AGAINST_PROMISES = (PROMISED, EITHER)
"""Of these, what takes a right of its own, and a reason."""
_OUT_OF_SERVICE = {
    "quarantine": ("In quarantine", "the quarantine shelf"),
    "in_repair": ("In repair", "the repair shelf"),
}


@dataclass(frozen=True, slots=True)
class Meant:
    """How a scan is meant: the case it goes into, which verdict is overruled and why.

    `near` has other units suggested in the order of places.
    """

    case_id: int | None = None
    force: str = ""
    reason: str = ""
    near: bool = False


def judge_unit(
    facts: UnitFacts, line: BenchLine | None, taken: Counts | None, *, event_id: int, step: str, force: str
) -> Verdict | None:
    """What stands against counting a unit on a line; None when nothing does.

    `taken` are the steps it took on this line, None when it is not with it and never left for it. Without a
    line only what is wrong with the unit itself is judged.
    """
    against = _unsafe(facts)
    if against is None and facts.with_event_id not in (None, event_id):
        against = _elsewhere(facts, force)
    if against is not None or line is None:
        return against
    if taken is not None:
        return again(facts, line, step, taken) if taken.at(step) or taken.dispatched else None
    decided = force in (PROMISED, EITHER) or (
        force == WRONG_EVENT and facts.promised_event_id == facts.with_event_id
    )
    if facts.promised_event and not decided:
        return _promised(facts, line, step, event_id)
    # it would be picked as well, whatever the step
    if max(line.counts.at(step), line.counts.picked) >= line.counts.wanted:
        values = {"unit_id": str(facts.id), "equipment_id": str(facts.equipment_id)}
        return extra(line, step, facts.label, values)
    return None


def _unsafe(facts: UnitFacts) -> Verdict | None:
    """What is gone, not tested or not to be used goes nowhere."""
    if facts.state in GONE:
        return verdict("gone", f"{facts.label}: {facts.state.replace('_', ' ')}.", unit_id=facts.id)
    if facts.expired_test:
        test = Offer(
            "Record the test", "open", {"href": f"/inspections/new?unit={facts.id}"}, "clipboard-check"
        )
        expired = f"{facts.label}: {facts.expired_test} was valid until {facts.expired_on:%-d %b %Y}."
        return verdict("expired", expired, unit_id=facts.id, offers=(test,))
    if facts.state in ("quarantine", "in_repair") or facts.job:
        reason = f", “{facts.job}”" if facts.job else ""
        repair = Offer("Open the unit", "open", {"href": f"/units/{facts.id}"}, "tool")
        title, shelf = _OUT_OF_SERVICE.get(facts.state, ("Out of service", "the quarantine shelf"))
        said = f"{facts.label}{reason}. Do not pack it: put it on {shelf}."
        return verdict("quarantine", said, title=title, unit_id=facts.id, offers=(repair,))
    return None


def _elsewhere(facts: UnitFacts, force: str) -> Verdict | None:
    """Another event has it, as far as the ledger knows."""
    back = Offer(
        "Check it in there", "open", {"href": f"/prep/{facts.with_event_id}/check-in"}, "arrow-back-up"
    )
    if facts.state == "missing":
        return verdict(
            "missing",
            f"{facts.label} is missing from “{facts.with_event}”.",
            unit_id=facts.id,
            offers=(back,),
        )
    if facts.state == "out":
        return verdict(
            "out", f"{facts.label} is out with “{facts.with_event}”.", unit_id=facts.id, offers=(back,)
        )
    if force in (WRONG_EVENT, EITHER):
        return None
    values = {"force": WRONG_EVENT, "code": facts.asset_tag}
    take = Offer("Take it for this one", "force", values, "replace")
    said = f"{facts.label} was picked for “{facts.with_event}”."
    return verdict("wrong_event", said, unit_id=facts.id, offers=(take,))


def unknown(code: str) -> Verdict:
    """Nothing has this code: it may be registered."""
    add = Offer("Register it", "open", {"href": f"/inventory/register?code={quote(code)}"}, "plus")
    return verdict("unknown", f"Nothing here has the code “{code}”.", label=code, offers=(add,))


def again(facts: UnitFacts, line: BenchLine, step: str, taken: Counts) -> Verdict:
    """It was counted here before."""
    said = f"{facts.label} is {'out' if taken.outstanding else STEP_WORDS[step][1]} already."
    if taken.dispatched and not taken.outstanding:
        said = f"{facts.label} was out with this event already, and came back."
    return verdict(
        "again",
        said,
        rental_id=line.id,
        unit_id=facts.id,
        count=line.counts.at(step),
        wanted=line.counts.wanted,
    )


def _promised(facts: UnitFacts, line: BenchLine, step: str, event_id: int) -> Verdict:
    force = PROMISED if facts.with_event_id in (None, event_id) else EITHER
    values = {"force": force, "code": facts.asset_tag}
    take = Offer("Take it all the same", "override", values, "alert-triangle")
    return verdict(
        "promised",
        f"{facts.asset_tag} goes to “{facts.promised_event}”.",
        rental_id=line.id,
        unit_id=facts.id,
        count=line.counts.at(step),
        wanted=line.counts.wanted,
        since=facts.promised_from,
        offers=(take,),
    )


def with_ways_out(
    promised: Verdict,
    facts: UnitFacts,
    *,
    other: UnitFacts | None = None,
    place: str = "",
    swap: Mapping[str, str] | None = None,
) -> Verdict:
    """The verdict on a promised unit with all that may be done instead of taking it, best first.

    `other` is a free one of its kind, at `place`; `swap` names the two lines that may exchange units.
    """
    code, offers = {"code": facts.asset_tag}, list[Offer]()
    if other is not None:
        label = f"Take {other.asset_tag}{f' from {place}' if place else ''} instead"
        values = {"code": other.asset_tag, "instead_of": facts.asset_tag}
        offers.append(Offer(label, "instead", values, "replace"))
    if swap is not None:
        offers.append(Offer(f"Swap with “{facts.promised_event}”", "swap", {**swap, **code}, "refresh"))
    offers.append(Offer("Put it back", "put_back", code, "arrow-back-up"))
    return replace(promised, offers=(*offers, *promised.offers))


def put_back(facts: UnitFacts, place: str) -> Verdict:
    """It stays where it was: what was scanned goes on the shelf again."""
    said = f"{facts.label} goes back to {place}." if place else f"{facts.label} goes back on the shelf."
    return verdict("left", said, unit_id=facts.id)


def extra(line: BenchLine, step: str, what: str, values: dict[str, str]) -> Verdict:
    """The line has all it wants: this would be one more."""
    add = Offer("Add one to the event", "add", values, "plus")
    wanted, shown = line.counts.wanted, step if line.counts.at(step) >= line.counts.wanted else PICKED
    here = line.counts.at(shown)
    said = f"{what}: {here} of {wanted} are {STEP_WORDS[shown][1]} already."
    return verdict("extra", said, rental_id=line.id, count=here, wanted=wanted, offers=(add,))


def not_on_list(values: dict[str, str], said: str, *, unit_id: int | None = None) -> Verdict:
    """The event has no line for it."""
    add = Offer("Add it to the event", "add", values, "plus")
    other = Offer("Use it for another line", "substitute", values, "replace")
    return verdict("not_on_list", said, unit_id=unit_id, offers=(add, other))
