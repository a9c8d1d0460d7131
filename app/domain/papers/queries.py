"""The selects behind papers: for each paper a fixed number of them, however long it is."""

from typing import Any

from sqlalchemy import text

from app.domain.availability.queries import Connection
from app.domain.papers.comparing import LineState
from app.domain.papers.facts import (
    HandedLine,
    HandoverFacts,
    Letterhead,
    PackedCase,
    PaperEvent,
    PaperLine,
    PaperUnit,
)
from app.domain.prep.policy import STEP_WORDS, counts_from
from app.domain.prep.revisions import revision_of
from app.lib.errors import NotFound

_LETTERHEAD = text(
    """
    select name, city, address, phone, email, website, tax_number, logo, paper_size, prep_steps, time_zone,
      locale
    from company
    """
)
_NAME = "coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)"
_EVENT = text(
    f"""
    select e.id, e.name, e.status, e.venue, e.venue_address, e.out_start, e.out_end, e.use_start, e.use_end,
      e.notes, e.client_notes, c.name as client, p.name as contact, p.phone as contact_phone,
      p.email as contact_email, a.street, trim(a.postal_code || ' ' || a.city) as town, a.country,
      {_NAME} as responsible
    from event e
    left join client c on c.id = e.client_id
    left join contact p on p.id = e.contact_id
    left join user_account u on u.id = e.responsible_id
    left join lateral (
      select * from address where client_id = e.client_id and deleted_at is null
      order by purpose = 'main' desc, id limit 1
    ) a on true
    where e.id = :event_id and e.deleted_at is null
    """  # noqa: S608 - words of ours
)
# a line is wanted unless it is optional or deleted; what was moved is shown whatever became of the line
_LINES = text(
    """
    select r.id, r.name, e.sku, e.location, c.name as category, r.heading, k.name as kit, r.notes,
      r.accessory_of_id, e.tracking = 'serialized' as serialized, e.kind, e.weight_kg,
      e.replacement_value,
      known.quantity as known,
      case when r.deleted_at is null and not r.optional
        and ev.status not in ('lost', 'cancelled', 'declined', 'withdrawn', 'expired')
        then r.quantity else 0 end as wanted,
      m.*
    from rental r
    join event ev on ev.id = r.event_id
    join equipment e on e.id = r.equipment_id
    join category c on c.id = coalesce(e.subcategory_id, e.category_id)
    left join kit k on k.id = r.kit_id
    left join known_line known on known.rental_id = r.id
    cross join lateral (
      select coalesce(sum(quantity) filter (where step = 'picked'), 0) as picked,
        coalesce(sum(quantity) filter (where step = 'tested'), 0) as tested,
        coalesce(sum(quantity) filter (where step = 'packed'), 0) as packed,
        coalesce(sum(quantity) filter (where step = 'loaded'), 0) as loaded,
        coalesce(sum(quantity) filter (where step = 'dispatched'), 0) as dispatched,
        coalesce(sum(quantity) filter (where step = 'returned'), 0) as returned,
        coalesce(sum(quantity) filter (where step = 'checked'), 0) as checked,
        coalesce(sum(quantity) filter (where step = 'missing'), 0) as missing,
        coalesce(sum(quantity) filter (where step = 'settled'), 0) as settled
      from movement where movement.rental_id = r.id
    ) m
    where r.event_id = :event_id
    order by
      case :by when 'location' then e.location = '' else false end,
      case :by when 'location' then natural_order(e.location) when 'category' then natural_order(c.name)
        else '' end,
      case :by when 'event' then '' else e.name_order end, r.position, r.id
    """
)
_UNITS = text(
    """
    with moved as (
      select m.rental_id, m.unit_id,
        sum(m.quantity) filter (where m.step = 'picked') as picked,
        sum(m.quantity) filter (where m.step = 'packed') as packed,
        sum(m.quantity) filter (where m.step = 'dispatched') as dispatched,
        sum(m.quantity) filter (where m.step = 'missing') as missing,
        sum(case m.step when 'dispatched' then m.quantity when 'returned' then -m.quantity
          when 'settled' then -m.quantity else 0 end) as outstanding
      from movement m where m.event_id = :event_id and m.unit_id is not null
      group by m.rental_id, m.unit_id
    ), bound as (
      select a.rental_id, a.unit_id from allocation a join rental r on r.id = a.rental_id
      where r.event_id = :event_id
    )
    select every.rental_id, u.id, u.asset_tag as tag, u.serial_number as serial,
      exists (select 1 from bound b where b.rental_id = every.rental_id and b.unit_id = u.id) as is_bound,
      coalesce(moved.picked, 0) as picked, coalesce(moved.packed, 0) as packed,
      coalesce(moved.dispatched, 0) as dispatched, coalesce(moved.outstanding, 0) as outstanding,
      coalesce(moved.missing, 0) as missing
    from (select rental_id, unit_id from moved union select rental_id, unit_id from bound) every
    left join moved using (rental_id, unit_id)
    join unit u on u.id = every.unit_id
    order by u.tag_order
    """
)
_CASES = text(
    """
    select c.id, c.code, c.name, c.kind, c.weight_kg, m.rental_id, m.unit_id, sum(m.quantity) as quantity
    from movement m join gear_case c on c.id = m.case_id
    where m.event_id = :event_id and m.step = 'packed'
    group by c.id, m.rental_id, m.unit_id
    having sum(m.quantity) > 0
    order by natural_order(c.code), c.id
    """
)
_HANDOVER = text(
    f"""
    select h.id, h.event_id, h.kind, h.number, h.at, h.vehicle, h.signed_name, h.signature, h.notes,
      coalesce({_NAME}, '') as actor
    from handover h left join user_account u on u.id = h.actor_id
    where h.id = :handover_id
    """  # noqa: S608 - words of ours
)
_PRESENT = text(
    """
    select id, name, quantity, optional, deleted_at is not null as deleted
    from rental where event_id = :event_id
    """
)
_CASE = text(
    "select id, code, name, kind, weight_kg from gear_case where id = :case_id and deleted_at is null"
)
_HANDED = text(
    """
    select r.id as rental_id, r.name, e.sku, m.step, m.condition, sum(m.quantity)::integer as quantity,
      coalesce(array_agg(
        u.asset_tag || case u.serial_number when '' then '' else ' (' || u.serial_number || ')' end
        order by u.tag_order) filter (where u.id is not null), '{}') as units,
      coalesce(string_agg(distinct nullif(m.reason, ''), '; '), '') as note
    from movement m
    join rental r on r.id = m.rental_id
    join equipment e on e.id = r.equipment_id
    left join unit u on u.id = m.unit_id
    where m.handover_id = :handover_id and m.step in ('dispatched', 'returned', 'checked', 'missing')
    group by r.id, e.id, m.step, m.condition
    order by r.position, r.id, m.step, m.condition
    """
)


async def letterhead(connection: Connection) -> Letterhead:
    """The shop. Raises NotFound while nothing is set up."""
    row = (await connection.execute(_LETTERHEAD)).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no company yet.")
    return Letterhead(**row)


async def event_of_paper(connection: Connection, event_id: int) -> PaperEvent:
    """The event, and the revision its gear is at. Two statements. Raises NotFound."""
    row = (await connection.execute(_EVENT, {"event_id": event_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This event does not exist, or was deleted.")
    return PaperEvent(**row, revision=await revision_of(connection, event_id))


async def lines_of_paper(connection: Connection, event_id: int, by: str) -> list[PaperLine]:
    """Every line that is wanted or of which something was moved, with its units. Two statements.

    `by` is the order: of their places ("location"), of their categories, or that of the "event".
    """
    units: dict[int, list[PaperUnit]] = {}
    for row in (await connection.execute(_UNITS, {"event_id": event_id})).mappings():
        unit = PaperUnit(**row)
        units.setdefault(unit.rental_id, []).append(unit)
    rows = await connection.execute(_LINES, {"event_id": event_id, "by": by})
    lines = [_line(row, units) for row in rows.mappings()]
    return [line for line in lines if line.counts.wanted or line.counts.picked or line.known]


async def cases_of_paper(connection: Connection, event_id: int) -> list[PackedCase]:
    """The cases in which something is packed for an event. One statement."""
    rows = (await connection.execute(_CASES, {"event_id": event_id})).mappings().all()
    contents: dict[int, list[tuple[int, int | None, int]]] = {}
    for row in rows:
        contents.setdefault(row["id"], []).append((row["rental_id"], row["unit_id"], int(row["quantity"])))
    first = {row["id"]: row for row in reversed(rows)}
    return [
        PackedCase(
            case_id,
            first[case_id]["code"],
            first[case_id]["name"],
            first[case_id]["kind"],
            first[case_id]["weight_kg"],
            tuple(inside),
        )
        for case_id, inside in contents.items()
    ]


async def present_lines(connection: Connection, event_id: int) -> dict[int, LineState]:
    """Every line an event has or had, as it is now. One statement."""
    rows = await connection.execute(_PRESENT, {"event_id": event_id})
    return {row.id: LineState(row.name, row.quantity, row.optional, row.deleted) for row in rows}


async def case_by_id(connection: Connection, case_id: int) -> PackedCase:
    """A case, without what is in it. Raises NotFound."""
    row = (await connection.execute(_CASE, {"case_id": case_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This case does not exist, or was deleted.")
    return PackedCase(**row, contents=())


async def handover_by_id(connection: Connection, handover_id: int) -> HandoverFacts:
    """Gear that changed hands. Raises NotFound."""
    row = (await connection.execute(_HANDOVER, {"handover_id": handover_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This hand-over does not exist.")
    return HandoverFacts(**row)


async def handed_lines(connection: Connection, handover_id: int) -> list[HandedLine]:
    """What the movements of a hand-over add up to, by line, step and condition. One statement."""
    rows = await connection.execute(_HANDED, {"handover_id": handover_id})
    return [HandedLine(**row) for row in rows.mappings()]


def _line(row: Any, units: dict[int, list[PaperUnit]]) -> PaperLine:
    values = dict(row)
    wanted, comes_back = values.pop("wanted"), values.pop("kind") != "consumable"
    sums = {step: values.pop(step) for step in STEP_WORDS}
    counts = counts_from(wanted, sums, comes_back=comes_back)
    return PaperLine(**values, counts=counts, units=tuple(units.get(row["id"], ())))
