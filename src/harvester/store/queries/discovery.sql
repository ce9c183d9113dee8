-- Saved queries: what is looked for, how far it came, what it brought. Times are those of the database.

-- name: add_discovery
-- A new one is due at once; nothing where the name is taken.
insert into public.discovery (id, name, source, query, every_seconds, days_back)
values (%(id)s, %(name)s, %(source)s, %(query)s, %(every_seconds)s, %(days_back)s)
on conflict (name) do nothing;

-- name: remove_discovery
-- The videos that it found stay enrolled.
delete from public.discovery where name = %(name)s returning id;

-- name: discovery_by_name
-- One with all that going on with it takes.
select id, name, source, query, every_seconds, days_back, is_active, cursor, run_id, due_at, begun_at,
       last_finished_at, covered_until, request_count, record_count, video_count, due_at <= now() as is_due,
       (now() at time zone 'UTC')::date as today
from public.discovery
where name = %(name)s;

-- name: due_discoveries
-- Those that are to begin or to go on, the longest waiting first.
select id, name, source, query, every_seconds, days_back, is_active, cursor, run_id, due_at, begun_at,
       last_finished_at, covered_until, request_count, record_count, video_count, true as is_due,
       (now() at time zone 'UTC')::date as today
from public.discovery
where is_active and due_at <= now()
order by due_at, id
limit %(limit)s;

-- name: discovery_yields
-- What each one and the harvests of its videos took and brought, as it was counted page by page.
select name, request_count + harvest_request_count as request_count, mention_count
from public.discovery
order by name;

-- name: list_discoveries
-- All of them for people; domains are those of shown mentions under the videos that it was the first to find.
select d.name, d.source, d.query, d.every_seconds, d.days_back, d.is_active, d.cursor is not null as is_under_way,
       d.due_at, d.last_finished_at, d.record_count as records, d.video_count as videos,
       d.request_count + d.harvest_request_count as requests, d.comment_count as comments, d.mention_count as mentions,
       coalesce(found.domains, 0) as domains
from public.discovery d
left join (
  select discovery_id, count(*) as domains
  from (
    select distinct h.discovery_id, m.domain_id
    from public.harvest h join public.domain_mention m on m.video_id = h.video_id
    where m.tier = 'shown'
  ) named
  group by discovery_id
) found on found.discovery_id = d.id
order by d.name;

-- name: take_discovery
-- Begins it, or takes it from whoever had it when its cursor was read. Where it bears our mark we have it already, and
-- only the answer to the COMMIT was lost.
update public.discovery
set cursor = %(cursor)s, run_id = %(run_id)s, begun_at = coalesce(begun_at, now())
where id = %(id)s
  and (cursor is not distinct from %(read)s::jsonb or cursor ->> 'mark' = %(mark)s)
returning id;

-- name: advance_discovery
-- Counts a page and notes where to go on; no row where it was taken by another, or removed.
update public.discovery
set cursor = %(cursor)s, request_count = request_count + %(requests)s, record_count = record_count + %(records)s,
    video_count = video_count + %(videos)s
where id = %(id)s and cursor ->> 'mark' = %(mark)s
returning id;

-- name: finish_discovery
-- It is due again after its time; no row where it was taken by another, or removed.
update public.discovery
set cursor = null, run_id = null, due_at = now() + make_interval(secs => every_seconds), last_finished_at = now(),
    covered_until = begun_at, begun_at = null
where id = %(id)s and cursor ->> 'mark' = %(mark)s
returning id;
