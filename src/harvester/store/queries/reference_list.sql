-- Block and allow lists of others.

-- name: add_list
-- A new list, before it is read; no row where the name is taken.
insert into public.reference_list (id, name, purpose, format, origin, licence, sha256, refresh_days)
values (%(id)s, %(name)s, %(purpose)s, 'plain', %(origin)s, %(licence)s, repeat('0', 64), %(refresh_days)s)
on conflict (name) do nothing
returning id;

-- name: hold_list
-- The list by its name, for one who reads it anew.
select id from public.reference_list where name = %(name)s for update;

-- name: stage_entries
create temporary table staged_entry (id uuid, domain_name text, covers_subdomains boolean, flag text) on commit drop;

-- name: know_staged
analyze pg_temp.staged_entry;

-- name: drop_unlisted
-- Entries that are no longer on the list.
delete from public.reference_list_entry e
where e.list_id = %(list)s
  and not exists (select from pg_temp.staged_entry s where s.domain_name = e.domain_name);

-- name: change_entries
-- Entries that the list means otherwise now. A name that stands twice covers what is below it where one of the two
-- does. What stands as it stood is neither written nor locked.
update public.reference_list_entry e
set covers_subdomains = s.covers_subdomains, flag = s.flag
from (
  select distinct on (domain_name) domain_name, covers_subdomains, flag
  from pg_temp.staged_entry
  order by domain_name, covers_subdomains desc
) s
where e.list_id = %(list)s and e.domain_name = s.domain_name
  and (e.covers_subdomains, e.flag) is distinct from (s.covers_subdomains, s.flag);

-- name: insert_entries
-- Entries that are new; the row of the list is held, so nobody else inserts any.
insert into public.reference_list_entry (id, list_id, domain_name, covers_subdomains, flag)
select distinct on (s.domain_name) s.id, %(list)s, s.domain_name, s.covers_subdomains, s.flag
from pg_temp.staged_entry s
where not exists (
  select from public.reference_list_entry e where e.list_id = %(list)s and e.domain_name = s.domain_name)
order by s.domain_name, s.covers_subdomains desc;

-- name: note_reading
-- What was read. Names that stood more than once are left out as duplicates.
update public.reference_list l
set format = %(format)s, origin = %(origin)s, sha256 = %(sha256)s, is_overbroad = %(is_overbroad)s, failure = null,
    refreshed_at = now(), tried_at = now(), entry_count = counted.entries, flagged = counted.flagged,
    refused = %(refused)s::jsonb || case when counted.staged > counted.entries
      then jsonb_build_object('duplicate', counted.staged - counted.entries) else '{}' end
from (
  select (select count(*) from pg_temp.staged_entry) as staged, coalesce(sum(n), 0)::bigint as entries,
         coalesce(jsonb_object_agg(flag, n) filter (where flag is not null), '{}') as flagged
  from (select flag, count(*) as n from public.reference_list_entry where list_id = %(list)s group by flag) by_flag
) counted
where l.id = %(list)s;

-- name: note_failure
-- Why a list could not be read; what was read before stays.
update public.reference_list set failure = %(failure)s, tried_at = now() where name = %(name)s;

-- name: take_due
-- One list that is to be fetched again, marked so that nobody else fetches it meanwhile. One that failed, or whose
-- fetching was cut short, is tried again after six hours; none of `done`, whatever the clock says.
update public.reference_list
set tried_at = %(now)s, failure = 'interrupted'
where id = (
  select id from public.reference_list
  where refresh_days is not null and name <> all (%(done)s::text[])
    and tried_at <= %(now)s - case when failure is null then make_interval(days => refresh_days) else interval '6 hours' end
  order by tried_at, id
  limit 1
  for update skip locked
)
returning name;

-- name: lists
-- All of them, or one by its name.
select name, purpose, format, origin, licence, sha256, refreshed_at, tried_at, entry_count, refused, flagged,
       refresh_days, is_overbroad, failure
from public.reference_list
where %(name)s::text is null or name = %(name)s
order by name;

-- name: flagged_entries
-- Entries of a list that name more than it can mean, suffixes first.
select e.domain_name, e.flag
from public.reference_list_entry e
join public.reference_list l on l.id = e.list_id
where l.name = %(name)s and e.flag is not null
order by e.flag desc, e.domain_name
limit %(limit)s;

-- name: remove_list
-- A list with its entries.
delete from public.reference_list where name = %(name)s returning name;

-- name: memberships
-- The lists that name a host, or a name above it together with all below; of each the nearest such entry. Driven by
-- the few lists there are, each looked up by its key.
select l.name as list_name, l.purpose, l.licence, l.origin, l.refreshed_at, nearest.domain_name as entry, nearest.flag
from public.reference_list l
cross join lateral (
  select e.domain_name, e.flag
  from public.reference_list_entry e
  where e.list_id = l.id and e.domain_name = any (%(names)s::text[])
    and (e.covers_subdomains or e.domain_name = %(domain_name)s)
  order by length(e.domain_name) desc
  limit 1
) nearest
order by l.purpose desc, l.name;
