"""folding and unit words

Revision: 0003_folding_and_unit_words, after: 0002_table_orders

Two spellings that differ by nothing but a final sigma are one from now on. Where both are skus, asset tags
or names of categories that have to be unique, this stops at the index that names them and changes nothing.
"""

from alembic import op

revision = "0003_folding_and_unit_words"
down_revision = "0002_table_orders"
branch_labels = None
depends_on = None

# taken apart to find the accents, words have to be put together again: Hangul and kana are made of parts, too
FOLD = """
create or replace function fold(value text) returns text language sql immutable strict parallel safe begin atomic
  select normalize(translate(
    replace(replace(replace(lower(regexp_replace(normalize(value, NFKD), '[\\u0300-\\u036f]', '', 'g')),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
    'øłđðıħς', 'olddihσ'), NFC);
end;
"""  # noqa: RUF001

FOLD_BEFORE = """
create or replace function fold(value text) returns text language sql immutable strict parallel safe begin atomic
  select translate(
    replace(replace(replace(lower(regexp_replace(normalize(value, NFKD), '[\\u0300-\\u036f]', '', 'g')),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
    'øłđðıħ', 'olddih');
end;
"""

UNIT_STOCK = """
create or replace function unit_stock() returns trigger language plpgsql as $$
-- the stock of serialized equipment is the number of its units in service; their tags are searchable
begin
  -- one transaction at a time: the statement after the lock sees what the one before has committed
  perform 1 from equipment where id in (select equipment_id from touched_units) order by id for no key update;
{update}
  return null;
end $$;
"""

UNIT_STOCK_BEFORE = """
create or replace function unit_stock() returns trigger language plpgsql as $$
-- the stock of serialized equipment is the number of its units in service; their tags are searchable
begin
{update}
  return null;
end $$;
"""

UPDATE_OF_UNIT_STOCK = """
  update equipment e set
    quantity = case when e.tracking = 'serialized' then s.stock else e.quantity end,
    unit_words = s.words
  from (
    select touched.equipment_id,
      count(u.id) filter (where u.state not in ('lost', 'written_off', 'retired')) as stock,
      coalesce(string_agg(u.asset_tag || ' ' || u.serial_number, ' '), '') as words
    from (select distinct equipment_id from touched_units) touched
    left join unit u on u.equipment_id = touched.equipment_id and u.deleted_at is null
    group by touched.equipment_id
  ) s
  where e.id = s.equipment_id;
"""

# generated columns follow the columns they are made of, the words of units their trigger, indexes neither
COMPUTED_ANEW = """
update equipment set
  name = name, sku = sku, tags = tags, unit_words = unit_words, description = description;
update unit set asset_tag = asset_tag;
do $$ declare folded record; begin
  for folded in
    select indexrelid::regclass as name from pg_index
    where pg_get_expr(indexprs, indrelid) ~ '\\m(fold|natural_order|search_document)\\('
  loop
    execute format('reindex index %s', folded.name);
  end loop;
end $$;
"""


def upgrade() -> None:
    stock = UNIT_STOCK.format(update=UPDATE_OF_UNIT_STOCK.strip("\n"))
    _execute_all(FOLD + stock + COMPUTED_ANEW)


def downgrade() -> None:
    stock = UNIT_STOCK_BEFORE.format(update=UPDATE_OF_UNIT_STOCK.strip("\n"))
    _execute_all(FOLD_BEFORE + stock + COMPUTED_ANEW)


def _execute_all(statements: str) -> None:
    """Run several statements at once, which needs the simple protocol of the driver."""
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(statements))
