-- Look-ups: what is due, who has it in hand, and what it told. Times are those of the database.

-- name: plan_look_ups_alone
-- Two plans at a time would put the same work into the queue twice.
select pg_try_advisory_xact_lock(1212240470, 3) as is_alone;

-- name: enrol
-- Domains that people can see, and that are not on the books of one of these kinds yet; the newest first. All domains
-- are looked through for it.
with newcomer as (
  select d.id, wanted.kind
  from public.domain d cross join unnest(%(kinds)s::text[]) as wanted (kind)
  where (d.mention_count > 0 or exists (select from public.sighting s where s.domain_id = d.id and s.tier = 'shown'))
    and not exists (select from private.look_up l where l.domain_id = d.id and l.kind = wanted.kind)
  order by d.id desc
  limit %(most)s
)
insert into private.look_up (domain_id, kind, due_at)
-- The order in which all writers take domains: the keys are checked in it.
select id, kind, now() from newcomer order by id, kind
on conflict (domain_id, kind) do nothing;

-- name: enrol_recent
-- The same among those that were stored, or first seen, within some minutes: few, and found by their keys.
with recent as (
  select id from public.domain
  where id >= (lpad(to_hex((1000 * extract(epoch from now() - interval '10 minutes'))::bigint), 12, '0')
               || repeat('0', 20))::uuid
  union
  select id from public.domain where first_seen_at >= now() - interval '10 minutes'
), newcomer as (
  select d.id, wanted.kind
  from recent join public.domain d on d.id = recent.id cross join unnest(%(kinds)s::text[]) as wanted (kind)
  where (d.mention_count > 0 or exists (select from public.sighting s where s.domain_id = d.id and s.tier = 'shown'))
    and not exists (select from private.look_up l where l.domain_id = d.id and l.kind = wanted.kind)
  order by d.id desc
  limit %(most)s
)
insert into private.look_up (domain_id, kind, due_at)
select id, kind, now() from newcomer order by id, kind
on conflict (domain_id, kind) do nothing;

-- name: enrol_named
-- The same for domains by their names, whether people can see them or not.
insert into private.look_up (domain_id, kind, due_at)
select d.id, wanted.kind, now()
from public.domain d cross join unnest(%(kinds)s::text[]) as wanted (kind)
where d.domain_name = any (%(names)s)
order by d.id, wanted.kind
on conflict (domain_id, kind) do nothing;

-- name: due_counts
-- How much is due of each of these kinds, so much at the most.
select wanted.kind, due.n
from unnest(%(kinds)s::text[]) as wanted (kind)
cross join lateral (
  select count(*) as n
  from (select from private.look_up l where l.kind = wanted.kind and l.due_at <= now() limit %(most)s) part
) due;

-- name: take_due
-- Takes what is due: what was never asked first, the newest of it first, but a quarter is left to what waits to be
-- asked again. What people cannot see any more is put off, and none of it is taken while the switch is off.
with fresh as materialized (
  select id from private.look_up
  where kind = %(kind)s and checked_at is null and due_at <= now()
    and not exists (select from public.pause p where p.what = 'enrichment' and p.is_paused)
  order by due_at desc, id desc limit %(most)s for update skip locked
), known as materialized (
  select id from private.look_up
  where kind = %(kind)s and checked_at is not null and due_at <= now()
    and not exists (select from public.pause p where p.what = 'enrichment' and p.is_paused)
  order by due_at, id limit greatest(%(most)s / 4, %(most)s - (select count(*) from fresh)) for update skip locked
), chosen as (
  select id from known
  union all
  (select id from fresh limit greatest(0, %(most)s - (select count(*) from known)))
), judged as (
  select l.id, d.domain_name, d.last_seen_at,
         d.mention_count > 0 or exists (select from public.sighting s where s.domain_id = d.id and s.tier = 'shown')
           as is_shown
  from chosen join private.look_up l on l.id = chosen.id join public.domain d on d.id = l.domain_id
), taken as (
  update private.look_up l
  set taken_by = case when judged.is_shown then %(mark)s::uuid end,
      due_at = now() + case when judged.is_shown then %(lease)s::interval else interval '30 days' end
  from judged
  where l.id = judged.id
  returning l.id, l.domain_id, judged.domain_name, l.kind, l.failure_count, now() - judged.last_seen_at as since_seen,
            judged.is_shown
)
select id, domain_id, domain_name, kind, failure_count, since_seen from taken where is_shown order by domain_id;

-- name: take_named
-- Takes what is named, due or not, unless somebody has it in hand or the switch is off.
with chosen as (
  select l.id, d.domain_name, d.last_seen_at
  from private.look_up l join public.domain d on d.id = l.domain_id
  where d.domain_name = any (%(names)s) and l.kind = %(kind)s
    and (l.taken_by is null or l.due_at <= now())
    and not exists (select from public.pause p where p.what = 'enrichment' and p.is_paused)
  order by l.id limit %(most)s for update of l skip locked
)
update private.look_up l
set taken_by = %(mark)s, due_at = now() + %(lease)s::interval
from chosen
where l.id = chosen.id
returning l.id, l.domain_id, chosen.domain_name, l.kind, l.failure_count, now() - chosen.last_seen_at as since_seen;

-- name: release
-- Gives back what was not asked: it is due at once. What another has by now stays theirs.
update private.look_up set taken_by = null, due_at = now() where id = any (%(ids)s) and taken_by = %(mark)s;

-- name: share_domains
-- Nobody deletes a domain between finding it in place and writing what belongs to it.
select pg_advisory_xact_lock_shared(1212240470, 1);

-- name: lock_domains
-- In the order in which every writer locks them.
select d.id
from public.domain d
where d.id in (select l.domain_id from private.look_up l where l.id = any (%(ids)s) and l.taken_by = %(mark)s)
order by d.id
for no key update of d;

-- name: hold_look_ups
-- Those that are still ours, with what the look-up before told.
select l.id, before.state, before.result
from private.look_up l
left join lateral (
  select e.state, e.result from public.enrichment e
  where e.domain_id = l.domain_id and e.kind = l.kind and e.is_change
  order by e.checked_at desc limit 1
) before on true
where l.id = any (%(ids)s) and l.taken_by = %(mark)s
for update of l;

-- name: insert_enrichments
-- One row a look-up; what tells the same as the one before is kept without its facts.
insert into public.enrichment (domain_id, kind, state, is_change, result, checked_at)
select l.domain_id, l.kind, a.state, a.is_change, case when a.is_change then a.result end, least(a.checked_at, now())
from jsonb_to_recordset(%(answers)s) as a (id uuid, state text, is_change boolean, result jsonb, checked_at timestamptz)
join private.look_up l on l.id = a.id
order by l.domain_id, l.kind
on conflict (domain_id, kind, checked_at) do nothing;

-- name: update_domains
-- The latest of each kind, and when the domain last answered.
update public.domain d
set metadata = d.metadata || told.blocks, verified_at = greatest(d.verified_at, told.alive_at)
from (
  select l.domain_id,
         coalesce(jsonb_object_agg(case l.kind when 'rdap' then 'whois' else l.kind end, a.result)
                  filter (where a.is_told), '{}') as blocks,
         max(least(a.checked_at, now())) filter (where a.is_alive) as alive_at
  from jsonb_to_recordset(%(answers)s)
         as a (id uuid, result jsonb, checked_at timestamptz, is_told boolean, is_alive boolean)
  join private.look_up l on l.id = a.id
  where a.is_told or a.is_alive
  group by l.domain_id
) told
where d.id = told.domain_id;

-- name: finish_look_ups
-- They are due again after so long, and in nobody's hand.
update private.look_up l
set taken_by = null, checked_at = now(), due_at = now() + make_interval(secs => a.wait),
    failure_count = case when a.is_failure then l.failure_count + 1 else 0 end
from jsonb_to_recordset(%(answers)s) as a (id uuid, wait float8, is_failure boolean)
where l.id = a.id;

-- name: status
-- How the books stand, by kind.
select kind, count(*) as domains,
       count(*) filter (where due_at <= now()) as due,
       count(*) filter (where taken_by is not null and due_at > now()) as in_hand,
       count(*) filter (where checked_at is null) as never_asked,
       count(*) filter (where failure_count > 0) as failing,
       min(due_at) filter (where taken_by is null) as next_due_at
from private.look_up
group by kind
order by kind;
