"""The files of photos and attachments that nothing shows any more."""

from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import text

from app.lib.file_store import FileStore
from app.lib.unit_of_work import UnitOfWork

# a photo that was replaced counts as well: it is what an undo of that would bring back
_NAMES_OF = text("""
    select distinct side.photo
    from change c
    cross join jsonb_array_elements_text(c.fields -> 'photo') as side(photo)
    where c.entity = 'equipment' and c.entity_id = any(:ids) and c.fields ? 'photo' and side.photo is not null
""")
_STILL_NAMED = text("""
    select e.photo from equipment e where e.photo = any(:names)
    union
    select u.avatar from user_account u where u.avatar = any(:names)
    union
    select a.file from attachment a where a.file = any(:names)
    union
    select h.signature from handover h where h.signature = any(:names)
    union
    select m.photo from movement m where m.photo = any(:names)
    union
    select h.signature from quote_happening h where h.signature = any(:names)
    union
    select shown.file
    from (select content from quote_version union all select content from invoice) kept
    cross join jsonb_path_query(kept.content, '$.**.photo ? (@ != null)') found(photo)
    cross join lateral (select found.photo #>> '{}' as file) shown
    where shown.file = any(:names)
    union
    select side.photo
    from change c
    join equipment e on e.id = c.entity_id
    cross join jsonb_array_elements_text(c.fields -> 'photo') as side(photo)
    where c.entity = 'equipment' and c.fields ? 'photo' and side.photo = any(:names)
    union
    select side.certificate
    from change c
    cross join jsonb_array_elements_text(c.fields -> 'certificate') as side(certificate)
    where c.entity = 'inspection' and c.fields ? 'certificate' and side.certificate = any(:names)
    union
    select side.logo
    from change c
    cross join jsonb_array_elements_text(c.fields -> 'logo') as side(logo)
    where c.entity = 'company' and c.fields ? 'logo' and side.logo = any(:names)
""")


async def forget_photos(work: UnitOfWork, files: FileStore, equipment_ids: Sequence[int]) -> None:
    """Delete the photos that equipment had which is gone by now, once the transaction is committed.

    Equal photos share one file: what other equipment shows, or would show after an undo, stays.
    """
    await forget_files(work, files, await work.session.scalars(_NAMES_OF, {"ids": list(equipment_ids)}))


async def forget_files(work: UnitOfWork, files: FileStore, candidates: Iterable[str]) -> None:
    """Delete those of the files that nothing names any more, once the transaction is committed."""
    names = set(candidates)
    if names:
        names -= set(await work.session.scalars(_STILL_NAMED, {"names": list(names)}))
    for name in sorted(names):
        work.after_commit(partial(files.delete_async, name))
