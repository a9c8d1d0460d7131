"""Reading somebody's news off the change log. Every branch goes through an index and stops after LIMIT."""

from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from app.domain.notifications.policy import (
    ACCOUNT_FIELDS,
    ANSWERS,
    AT_BENCH,
    EVENT_MOVES,
    HOLD_ENDS,
    IMPORT_ENDS,
    IMPORTS,
    JOB_ENDS,
    LINE_MOVES,
    QUOTE_NEWS,
    REPORTS,
    REQUESTS,
    UNDONE_MOVES,
    News,
    hears_of_reports,
    hears_of_requests,
)
from app.lib.clock import now
from app.web.permissions import MONEY_READ
from app.web.viewer import Person, Viewer

LIMIT = 50
KEPT = timedelta(days=30)

_MINE = "(e.responsible_id = :me or e.requested_by_id = :me) and c.actor_id is distinct from :me"
_NEWS = text(
    f"""
    with news as (
      (select id, 'import' as kind from change
       where entity = any(:imports) and action = any(:import_ends) and actor_id = :me
       order by id desc limit :limit)
      union all
      (select id, 'report' from change
       where :hears and entity = 'maintenance' and action = any(:reports) and actor_id is distinct from :me
       order by id desc limit :limit)
      union all
      (select c.id, 'resolution' from change c join maintenance m on m.id = c.entity_id
       where c.entity = 'maintenance' and c.action = any(:job_ends) and m.reported_by_id = :me
         and c.actor_id is distinct from :me
       order by c.id desc limit :limit)
      union all
      (select c.id, 'merge' from (
         select id, entity, entity_id, version from change where actor_id = :me order by id desc limit 300
       ) mine
       join change c on c.entity = mine.entity and c.entity_id = mine.entity_id and c.version > mine.version
         and c.merged_with_id = mine.id
       where c.actor_id is distinct from :me
       order by c.id desc limit :limit)
      union all
      (select id, 'request' from change
       where :confirms and entity = 'event' and action = any(:requests) and actor_id is distinct from :me
       order by id desc limit :limit)
      union all
      (select c.id, 'answer' from change c join event e on e.id = c.entity_id
       where c.entity = 'event' and c.action = any(:answers) and e.requested_by_id = :me
         and c.fields #>> '{{status,0}}' = 'requested' and c.actor_id is distinct from :me
       order by c.id desc limit :limit)
      union all
      (select c.id, 'hold' from change c join event e on e.id = c.entity_id
       where c.entity = 'event' and c.action = any(:hold_ends)
         and (e.responsible_id = :me or (e.responsible_id is null and :confirms))
       order by c.id desc limit :limit)
      union all
      (select c.id, 'move' from change c join event e on e.id = c.entity_id
       where c.entity = 'event' and c.action in {EVENT_MOVES} and {_MINE}
       order by c.id desc limit :limit)
      union all
      (select c.id, 'move' from change c join event e on e.id = c.parent_id
       where c.entity = 'rental' and c.action in {LINE_MOVES} and {_MINE}
       order by c.id desc limit :limit)
      union all
      (select c.id, 'bench' from event e
       join change c on c.parent_entity = 'event' and c.parent_id = e.id
       where e.responsible_id = :me and e.out_end > cast(:since as timestamptz)
         and c.entity in ('rental', 'bench_action') and c.action = any(:at_bench)
         and c.actor_id is distinct from :me
       order by c.id desc limit :limit)
      union all
      (select undo.id, 'move' from change c join change undo on undo.undoes_id = c.id
       join event e on e.id = coalesce(c.parent_id, c.entity_id)
       where c.action in {UNDONE_MOVES} and {_MINE.replace("c.actor", "undo.actor")}
       order by undo.id desc limit :limit)
      union all
      (select c.id, 'quote' from event e
       join quote_version v on v.event_id = e.id
       join change c on c.entity = 'quote_version' and c.entity_id = v.id
       where :reads_money
         and (e.responsible_id = :me or v.sent_by_id = :me or (e.responsible_id is null and :confirms))
         and v.updated_at > :since and c.action = any(:quote_news) and c.actor_id is distinct from :me
       order by c.id desc limit :limit)
      union all
      (select id, 'account' from change
       where entity = 'user' and entity_id = :me and version > 1 and actor_id is distinct from :me
         and fields ?| :account_fields
       order by id desc limit :limit)
    )
    select c.id, news.kind, c.at, c.action,
      case when e.id is not null then 'event' when c.entity = 'quote_version' then 'quote'
        else c.entity end as entity,
      coalesce(e.id, case when c.entity = 'quote_version' then c.parent_id else c.entity_id end) as entity_id,
      concat_ws(', ', q.number, c.label, coalesce(e.name, of_quote.name)) as label, u.id as actor_id,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username) as name,
      u.avatar, coalesce(c.fields #>> '{{missing,1}}', '') as missing
    from news join change c on c.id = news.id left join user_account u on u.id = c.actor_id
    left join quote_version v on c.entity = 'quote_version' and v.id = c.entity_id
    left join quote q on q.id = v.quote_id
    left join event of_quote on of_quote.id = v.event_id
    left join event e on (c.entity in ('rental', 'bench_action') and e.id = c.parent_id)
      or (c.action = 'quote_version.refused' and e.id = v.event_id)
    where c.at > :since
    order by c.id desc limit :limit
    """  # noqa: S608 - words of ours
).bindparams(
    *(
        bindparam(name, type_=ARRAY(Text))
        for name in (
            "imports",
            "import_ends",
            "reports",
            "job_ends",
            "requests",
            "answers",
            "hold_ends",
            "at_bench",
            "account_fields",
            "quote_news",
        )
    )
)


async def news_for(reading: AsyncConnection, viewer: Viewer, limit: int = LIMIT) -> list[News]:
    """The latest news of this person, newest first, of the last thirty days."""
    given = {
        "me": viewer.id,
        "hears": hears_of_reports(viewer),
        "imports": list(IMPORTS),
        "import_ends": list(IMPORT_ENDS),
        "reports": list(REPORTS),
        "job_ends": list(JOB_ENDS),
        "confirms": hears_of_requests(viewer),
        "requests": list(REQUESTS),
        "answers": list(ANSWERS),
        "hold_ends": list(HOLD_ENDS),
        "account_fields": list(ACCOUNT_FIELDS),
        "at_bench": list(AT_BENCH),
        "quote_news": list(QUOTE_NEWS),
        "reads_money": viewer.can(MONEY_READ),
        "since": now() - KEPT,
        "limit": limit,
    }
    return [
        News(
            id=row.id,
            kind=row.kind,
            at=row.at,
            action=row.action,
            entity=row.entity,
            entity_id=row.entity_id,
            label=row.label,
            by=Person(row.actor_id, row.name, row.avatar) if row.actor_id is not None else None,
            unread=row.id > viewer.notifications_seen,
            missing=row.missing,
        )
        for row in await reading.execute(_NEWS, given)
    ]
