"""A shop to measure: a throw-away database with as many items as asked for, and somebody signed in."""

import contextlib
import secrets
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from app.config import Settings, load_settings
from app.db import migrations
from app.db.embedded import EmbeddedPostgres
from app.db.engine import create_engine, sessions_of
from app.db.models import User
from app.domain.accounts.sign_in import open_session
from app.lib.unit_of_work import SYSTEM, unit_of_work
from app.sample.loader import load_company, load_people

_CATEGORIES = text("""
    with top as (
      insert into category (name, icon, position)
      select name, 'box', row_number() over () from unnest(
        array['Audio', 'Lighting', 'Video', 'Rigging', 'Power', 'Staging', 'Cables', 'Consumables']) name
      returning id, name)
    insert into category (name, parent_id, icon, position)
    select name || ' ' || kind, id, 'box', n from top,
      unnest(array['compact', 'touring', 'install', 'outdoor', 'wireless']) with ordinality as kinds(kind, n)
""")
_EQUIPMENT = text("""
    with shelves as (
      select array_agg(s.id order by s.id) as ids, array_agg(s.parent_id order by s.id) as parents
      from category s where s.parent_id is not null)
    insert into equipment (name, description, sku, category_id, subcategory_id, quantity, status, location,
      daily_rate, replacement_value, weight_kg, power_w, tags, updated_at)
    select
      (array['Shure', 'Robe', 'Martin', 'Sennheiser', 'd&b', 'Chauvet', 'Barco', 'Yamaha', 'Prolyte',
        'Neutrik'])[1 + n % 10] || ' ' || (array['MegaPointe', 'SM', 'Aura', 'EW-DX', 'V', 'Maverick', 'UDX',
        'CL', 'H30V', 'powerCON'])[1 + n / 10 % 10] || ' ' || n,
      'Checked after every return, with bracket, safety and case; accessories are listed on the lid.',
      'BENCH-' || lpad(n::text, 6, '0'),
      parents[1 + n % array_length(ids, 1)], ids[1 + n % array_length(ids, 1)],
      n % 60, (array['good', 'good', 'good', 'good', 'damaged', 'maintenance'])[1 + n % 6],
      chr(65 + n % 8) || '-' || lpad((n / 8 % 40)::text, 2, '0'),
      5 + n % 200, 100 + n % 9000, 1 + n % 60, n % 1500,
      array[(array['beam', 'wash', 'vocal', 'touring'])[1 + n % 4], 'ip' || 20 + n % 46],
      now() - make_interval(mins => n)
    from generate_series(1, :count) n, shelves
""")


@dataclass(frozen=True, slots=True)
class Shop:
    """A database with its items, and a session of its manager."""

    settings: Settings
    count: int
    session_token: str

    @property
    def environment(self) -> dict[str, str]:
        """What a server over this shop is started with."""
        url = (self.settings.database_url or "").replace("+asyncpg", "")
        return {
            "DATABASE_URL": url,
            "SECRET_KEY": self.settings.secret_key,
            "DATA_DIR": str(self.settings.data_dir),
            "JOBS_IN_PROCESS": "0",
            "LOG_LEVEL": "WARNING",
            "API_RATE_LIMIT": "1000000/60",
        }


@contextlib.contextmanager
def database_server() -> Generator[tuple[EmbeddedPostgres, Path]]:
    """A PostgreSQL of our own in a folder that goes away with it."""
    with tempfile.TemporaryDirectory(prefix="av-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = EmbeddedPostgres(folder / "postgres", settings={"fsync": "off", "max_connections": "200"})
        server.start()
        try:
            yield server, folder
        finally:
            server.remove()


async def open_shop(server: EmbeddedPostgres, folder: Path, count: int, name: str) -> Shop:
    """Fill the database `name`, which `migrate` made, with `count` items and sign its manager in."""
    settings = load_settings(
        {
            "DATABASE_URL": server.url(name),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATA_DIR": str(folder / name),
        }
    )
    engine = create_engine(server.url(name), pool_size=2)
    sessions = sessions_of(engine)
    async with unit_of_work(sessions, SYSTEM) as work:
        await load_people(work, secrets.token_urlsafe(12))
        await load_company(work)
        await work.session.execute(_CATEGORIES)
        await work.session.execute(_EQUIPMENT, {"count": count})
        manager = await work.session.scalar(select(User).where(User.username == "manager"))
        if manager is None:
            raise LookupError("the sample company has no manager")
        opened = await open_session(work, manager, kind="browser")
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("vacuum analyze"))
    await engine.dispose()
    return Shop(settings, count, opened.token)


def migrate(server: EmbeddedPostgres, name: str) -> None:
    """Make the database `name`. Apart from `open_shop`, as migrations run a loop of their own."""
    server.create_database(name)
    migrations.upgrade(server.url(name))
