-- Rules about the schema. Each statement names what breaks its rule, one text a row; none is right.
-- What the package procrastinate makes in the schema jobs keeps the rules about who may do what; how its tables are
-- made, keyed and explained is its own affair.

-- name: row level security is on for every table, partitions included
select c.oid::regclass::text
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'jobs'::regnamespace) and c.relkind in ('r', 'p')
  and not c.relrowsecurity;

-- name: a partition is reached through its parent alone
select format('%s is granted to %s', c.oid::regclass, coalesce(r.rolname, 'public'))
from pg_class c
cross join lateral aclexplode(c.relacl) as a
left join pg_roles r on r.oid = a.grantee
where c.relispartition and a.grantee <> c.relowner;

-- name: nothing is granted on single columns
select format('%s.%s', a.attrelid::regclass, a.attname)
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'jobs'::regnamespace)
  and a.attacl is not null;

-- name: a stranger may call no function
select p.oid::regprocedure::text
from pg_proc p
where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace, 'jobs'::regnamespace)
  and has_function_privilege('anon', p.oid, 'execute');

-- name: every function pins its search_path
select p.oid::regprocedure::text
from pg_proc p
where p.pronamespace in
    ('public'::regnamespace, 'private'::regnamespace, 'auth'::regnamespace, 'jobs'::regnamespace)
  and not exists (select from unnest(p.proconfig) as setting where setting like 'search_path=%');

-- name: a view runs as its caller
select c.oid::regclass::text
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind = 'v'
  and not coalesce(c.reloptions @> array['security_invoker=true'], false);

-- name: nothing is offered that row level security cannot guard
select c.oid::regclass::text
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('m', 'f');

-- name: every foreign key is indexed
select format('%s on %s', k.conname, k.conrelid::regclass)
from pg_constraint k
where k.contype = 'f' and k.connamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (
    select from pg_index i
    where i.indrelid = k.conrelid and i.indpred is null and i.indisvalid
      and (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] @> k.conkey);

-- name: no two indexes are alike
select format('%s = %s', one.indexrelid::regclass, other.indexrelid::regclass)
from pg_index one
join pg_index other on other.indrelid = one.indrelid and other.indexrelid > one.indexrelid
join pg_class c on c.oid = one.indrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and (one.indkey, one.indclass, one.indoption, one.indcollation)::text
    = (other.indkey, other.indclass, other.indoption, other.indcollation)::text
  and coalesce(pg_get_expr(one.indexprs, one.indrelid), '') = coalesce(pg_get_expr(other.indexprs, other.indrelid), '')
  and coalesce(pg_get_expr(one.indpred, one.indrelid), '') = coalesce(pg_get_expr(other.indpred, other.indrelid), '');

-- name: every index and constraint is in force
select i.indexrelid::regclass::text
from pg_index i join pg_class c on c.oid = i.indrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and not i.indisvalid
union all
select format('%s on %s', k.conname, k.conrelid::regclass)
from pg_constraint k
where k.connamespace in ('public'::regnamespace, 'private'::regnamespace) and not k.convalidated;

-- name: every policy names its roles
select format('%s on %s', p.polname, p.polrelid::regclass)
from pg_policy p
where p.polroles = array[0::oid];

-- name: one permissive policy for each role and action
select format('%s: %s on %s', named.role, action.verb, p.polrelid::regclass)
from pg_policy p
cross join lateral unnest(p.polroles) as named (role)
cross join (values ('r'), ('a'), ('w'), ('d')) as action (verb)
where p.polpermissive and p.polcmd::text in ('*', action.verb)
group by p.polrelid, named.role, action.verb
having count(*) > 1;

-- name: no policy calls a function for each row
select format('%s on %s: %s', p.polname, p.polrelid::regclass, rule.expression)
from pg_policy p
cross join lateral (
  values (pg_get_expr(p.polqual, p.polrelid)), (pg_get_expr(p.polwithcheck, p.polrelid))
) as rule (expression)
-- A function inside a subselect is called once a statement. Two rounds take out subselects within subselects;
-- the words before a bracket that is left are a call.
cross join lateral (
  select '\(\s*SELECT\s([^()]|\(([^()]|\([^()]*\))*\))*\)' as pattern
) subselect
where regexp_replace(regexp_replace(replace(rule.expression, 'ARRAY(', '('), pattern, '()', 'gi'), pattern, '()', 'gi')
      ~* '[a-z_"]\(';

-- name: every object has its comment
select format('schema %s', n.nspname)
from pg_namespace n
where n.nspname in ('private', 'jobs') and obj_description(n.oid, 'pg_namespace') is null
union all
select c.oid::regclass::text
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm')
  and obj_description(c.oid, 'pg_class') is null
union all
select format('%s.%s', c.oid::regclass, a.attname)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where (c.relnamespace, c.relkind) in (('public'::regnamespace, 'r'), ('public'::regnamespace, 'p'),
                                      ('private'::regnamespace, 'r'), ('public'::regnamespace, 'v'))
  and col_description(c.oid, a.attnum) is null
union all
select p.oid::regprocedure::text
from pg_proc p
where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and obj_description(p.oid, 'pg_proc') is null
union all
select format('trigger %s on %s', t.tgname, t.tgrelid::regclass)
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and obj_description(t.oid, 'pg_trigger') is null
union all
select format('policy %s on %s', p.polname, p.polrelid::regclass)
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and obj_description(p.oid, 'pg_policy') is null
union all
-- The index of a constraint is explained by the constraint's name.
select i.indexrelid::regclass::text
from pg_index i join pg_class c on c.oid = i.indrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
  and obj_description(i.indexrelid, 'pg_class') is null;

-- name: every table has its key and its two times
select format('%s lacks %s', c.oid::regclass, wanted.name)
from pg_class c
cross join (values ('id', 'uuid'), ('created_at', 'timestamptz'), ('updated_at', 'timestamptz')) as wanted (name, type)
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
  and not exists (
    select from pg_attribute a
    where a.attrelid = c.oid and a.attname = wanted.name and a.atttypid = wanted.type::regtype and a.attnotnull)
union all
select format('%s has no primary key', c.oid::regclass)
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
  and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p');

-- name: all times carry their zone
select format('%s.%s', c.oid::regclass, a.attname)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and a.atttypid = 'timestamp'::regtype;

-- name: TikTok's ids are texts
select format('%s.%s', c.oid::regclass, a.attname)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and (a.attname = 'id' or a.attname like '%\_id' or a.attname like '%\_ref')
  and a.atttypid not in ('text'::regtype, 'uuid'::regtype);

-- name: no extension lives in public
select extname::text from pg_extension where extnamespace = 'public'::regnamespace;
