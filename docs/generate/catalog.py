"""What the database says about itself: tables, views and functions with their comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString, TypeVar

import psycopg
from psycopg.rows import class_row

SCHEMAS = ("public", "private", "jobs")
PACKAGED = "procrastinate_"
"""What is called so in the schema jobs is made and described by the package that the queue belongs to."""

T = TypeVar("T")

# What belongs to an extension or package is described by it; a partition is described by its parent.
_RELATIONS: LiteralString = """
select
  n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as is_view,
  coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '') as comment
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = any (%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
  and not pg_catalog.starts_with(c.relname, %(packaged)s)
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by pg_catalog.array_position(%(schemas)s, n.nspname::text), c.oid
"""
_COLUMNS: LiteralString = """
select
  n.nspname as schema, c.relname as relation, a.attname as name,
  pg_catalog.format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
  case when a.attgenerated = '' then coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') else '' end as default,
  case when a.attgenerated = '' then '' else pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as generated,
  a.attidentity <> '' as is_identity,
  coalesce(pg_catalog.col_description(c.oid, a.attnum), '') as comment
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where n.nspname = any (%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
order by c.oid, a.attnum
"""
_REFERENCES: LiteralString = """
select
  n.nspname as schema, c.relname as relation, columns.names as columns,
  target_schema.nspname as target_schema, target.relname as target, k.confdeltype::text as on_delete,
  columns.all_required as required,
  exists (
    select from pg_catalog.pg_index i
    where i.indrelid = k.conrelid and i.indisunique and i.indpred is null and i.indnkeyatts = cardinality(k.conkey)
      and k.conkey @> i.indkey::smallint[]
  ) as at_most_one
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class target on target.oid = k.confrelid
join pg_catalog.pg_namespace target_schema on target_schema.oid = target.relnamespace
cross join lateral (
  select pg_catalog.array_agg(a.attname::text order by a.attnum) as names, bool_and(a.attnotnull) as all_required
  from pg_catalog.pg_attribute a
  where a.attrelid = k.conrelid and a.attnum = any (k.conkey)
) columns
where k.contype = 'f' and k.conparentid = 0 and n.nspname = any (%(schemas)s)
  and not pg_catalog.starts_with(c.relname, %(packaged)s)
order by target.oid, c.oid, columns.names
"""
_FUNCTIONS: LiteralString = """
select
  n.nspname as schema, p.proname as name, pg_catalog.pg_get_function_arguments(p.oid) as arguments,
  coalesce(pg_catalog.pg_get_function_result(p.oid), '') as result,
  coalesce(pg_catalog.obj_description(p.oid, 'pg_proc'), '') as comment
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname = any (%(schemas)s) and not pg_catalog.starts_with(p.proname, %(packaged)s)
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by pg_catalog.array_position(%(schemas)s, n.nspname::text), p.proname collate "C",
  pg_catalog.pg_get_function_arguments(p.oid) collate "C"
"""
_SCHEMAS: LiteralString = """
select n.nspname as name, coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') as comment
from pg_catalog.pg_namespace n
where n.nspname = any (%(schemas)s)
order by pg_catalog.array_position(%(schemas)s, n.nspname::text)
"""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of ours."""

    name: str
    comment: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view."""

    schema: str
    name: str
    is_view: bool
    comment: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table or view; a generated one has the expression that makes it."""

    schema: str
    relation: str
    name: str
    type: str
    nullable: bool
    default: str
    generated: str
    is_identity: bool
    comment: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key."""

    schema: str
    relation: str
    columns: Sequence[str]
    target_schema: str
    target: str
    on_delete: str
    required: bool
    at_most_one: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function or procedure, whose result is empty for a procedure."""

    schema: str
    name: str
    arguments: str
    result: str
    comment: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """All of our schemas; tables and views in the order in which they were made."""

    schemas: Sequence[Schema]
    relations: Sequence[Relation]
    columns: Sequence[Column]
    references: Sequence[Reference]
    functions: Sequence[Function]

    def columns_of(self, relation: Relation) -> list[Column]:
        """Those of one table or view."""
        return [each for each in self.columns if (each.schema, each.relation) == (relation.schema, relation.name)]


def read_catalog(conninfo: str) -> Catalog:
    """Read it as it stands."""
    with psycopg.connect(conninfo) as connection:
        # Without a search path every name is written with its schema.
        connection.execute("set local search_path = ''")

        def rows(kind: type[T], query: LiteralString) -> list[T]:
            with connection.cursor(row_factory=class_row(kind)) as cursor:
                return cursor.execute(query, {"schemas": list(SCHEMAS), "packaged": PACKAGED}).fetchall()

        return Catalog(
            rows(Schema, _SCHEMAS), rows(Relation, _RELATIONS), rows(Column, _COLUMNS), rows(Reference, _REFERENCES),
            rows(Function, _FUNCTIONS),
        )  # fmt: skip
