-- The sightings of one kind of owner: {table}, whose rows are known by {key}. {same_text} says whether the staged text of
-- a place is the stored one.

-- name: know
-- Marks the staged sightings whose text was read before, and gives each the time of the one that is stored: a text
-- that changes takes its sightings along, but a domain that is in the new one as well was seen there since then.
update pg_temp.staged_sighting g
set is_known = o.{version} is not null and {same_text},
    discovered_at = least(g.discovered_at, (
      select x.discovered_at
      from public.sighting x join public.domain d on d.id = x.domain_id
      where x.{link} = o.id and x.place = g.place and d.domain_name = g.domain_name
    ))
from pg_temp.staged_{table} s join public.{table} o using ({key})
where s.id = g.owner_row;

-- name: write
-- Writes what was found in the texts that are unread, and in those of rows that this batch inserted. A domain that
-- an earlier observation saw in its place, too, was discovered then, whatever became of that observation.
with seen as (
  select
    g.*, o.id as owner_id, d.id as domain_id,
    min(g.discovered_at) over (partition by o.id, g.place, d.id) as seen_at,
    {same_text} and (o.id = s.id or o.{version} is null) as is_unread
  from pg_temp.staged_sighting g
  join pg_temp.staged_{table} s on s.id = g.owner_row
  join public.{table} o using ({key})
  join public.domain d on d.domain_name = g.domain_name
),
older as (
  update public.sighting x
  set discovered_at = e.seen_at
  from (
    select owner_id, place, domain_id, seen_at
    from seen
    group by owner_id, place, domain_id, seen_at
    having not bool_or(is_unread)
  ) e
  where x.{link} = e.owner_id and x.place = e.place and x.domain_id = e.domain_id and x.discovered_at > e.seen_at
),
written as (
  insert into public.sighting (id, domain_id, {link}, place, discovered_at, {columns})
  select distinct on (domain_id, owner_id, place) id, domain_id, owner_id, place, seen_at, {columns}
  from seen
  where is_unread
  order by domain_id, owner_id, place, id
  on conflict on constraint sighting_once_a_place do update
  set {renewed}, discovered_at = least(sighting.discovered_at, excluded.discovered_at)
  returning xmax = 0 as is_new
)
select count(*) filter (where is_new) as n from written;

-- name: drop
-- What only other rules than %(version)s found in the unread texts that were just read.
delete from public.sighting g
using pg_temp.staged_{table} s join public.{table} o using ({key})
where g.{link} = o.id and o.{version} is null and {same_text} and g.extractor_version <> %(version)s;

-- name: note
-- Notes that rows were read by the rules of %(version)s, where one observation has all their texts.
with unread as (
  select o.id
  from public.{table} o
  where o.{version} is null and coalesce({texts}) is not null
    and exists (select from pg_temp.staged_{table} s where s.{key} = o.{key} and {all_texts})
  order by o.{key}
  for no key update
)
update public.{table} o
set {version} = %(version)s
from unread
where o.id = unread.id;
