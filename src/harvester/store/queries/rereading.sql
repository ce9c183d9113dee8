-- Captions, profiles and ads read again by other rules, for one kind of owner: {table}, whose rows are known by {key}.
-- One whose version is null has a text that was never read.

-- name: versions
-- How many rows with a text each version read last.
select {version} as version, count(*) as records
from public.{table}
where coalesce({texts_alone}) is not null
group by {version};

-- name: stale
-- The next stale ones behind one key.
select id, {place_columns}
from public.{table}
where id > %(after)s and coalesce({texts_alone}) is not null
  and ({version} = any (%(versions)s::text[]) or {version} is null)
order by id
limit %(limit)s;

-- name: lock_stale
-- The same, locked in the order in which importers lock them.
with stale as (
  select id
  from public.{table}
  where id > %(after)s and coalesce({texts_alone}) is not null
    and ({version} = any (%(versions)s::text[]) or {version} is null)
  order by id
  limit %(limit)s
)
select o.id, {place_columns}
from public.{table} o join stale using (id)
order by o.{key}
for no key update of o;

-- name: stored
-- What is stored of these rows.
select g.{link} as owner_row, g.place, d.domain_name, g.tier
from public.sighting g join public.domain d on d.id = g.domain_id
where g.{link} = any (%(owners)s::uuid[]);

-- name: delete_vanished
-- Sightings that were not found again.
delete from public.sighting g
where g.{link} = any (%(owners)s::uuid[])
  and not exists (
    select from pg_temp.staged_sighting s join public.domain d on d.domain_name = s.domain_name
    where s.owner_row = g.{link} and s.place = g.place and d.id = g.domain_id
  );

-- name: write_found
-- Sightings as they were found now; those that were there keep their key and their time, and a new one has that of
-- its owner, since its text was there before it could be read.
with written as (
  insert into public.sighting (id, domain_id, {link}, place, discovered_at, {columns})
  select s.id, d.id, o.id, s.place, o.discovered_at, {found_columns}
  from pg_temp.staged_sighting s
  join public.{table} o on o.id = s.owner_row
  join public.domain d on d.domain_name = s.domain_name
  order by d.id, o.id
  on conflict on constraint sighting_once_a_place do update
  set {renewed}
  returning xmax = 0 as is_new
)
select count(*) filter (where is_new) as added, count(*) filter (where not is_new) as renewed from written;

-- name: note_version
-- The texts are read, whether or not anything was found in them.
update public.{table}
set {version} = %(version)s
where id = any (%(owners)s::uuid[]);
