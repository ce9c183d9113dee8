"""Who was granted what, as lines of the checked-in matrix `grants.txt`: object, role, verbs."""

from __future__ import annotations

import psycopg

_GRANTS = """
with object as (
  select n.nspname || '.' || c.relname as name, c.relacl as acl, c.relowner as owner,
         acldefault(case when c.relkind = 'S' then 's'::"char" else 'r' end, c.relowner) as default_acl
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private', 'jobs') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proacl,
         p.proowner, acldefault('f', p.proowner)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'private', 'jobs')
  union all
  select 'schema ' || nspname, nspacl, nspowner, acldefault('n', nspowner)
  from pg_namespace
  where nspname in ('private', 'jobs')
)
select object.name || coalesce(' ' || held.role || ': ' || held.verbs, ' nobody')
from object
left join lateral (
  select coalesce(r.rolname, 'public') as role,
         string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as verbs
  from aclexplode(coalesce(object.acl, object.default_acl)) a
  left join pg_roles r on r.oid = a.grantee
  where a.grantee <> object.owner
  group by 1
) held on true
order by object.name collate "C", held.role collate "C"
"""


def granted(connection: psycopg.Connection) -> list[str]:
    """Every grant beyond the owner's on the objects of our schemas; an object without one says `nobody`."""
    return [line for (line,) in connection.execute(_GRANTS).fetchall()]
