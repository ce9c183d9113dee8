-- name: resume_run
-- Opens the latest unfinished run again that was asked for exactly this, whatever the file was called.
update public.run
set state = 'running', finished_at = null
where id = (
  select id from public.run
  where source = %(source)s and state <> 'finished' and extractor_version = %(extractor_version)s
    and request - 'file' = %(request)s::jsonb - 'file' and request ->> 'sha256' = %(sha256)s
  order by started_at desc
  limit 1
)
returning id, request, started_at, cursor, fetched;

-- name: resume_run_by_id
-- Opens one run again unless it is finished; its texts are read by the rules of now.
update public.run
set state = 'running', finished_at = null, extractor_version = %(extractor_version)s
where id = %(id)s and state <> 'finished'
returning id, request, started_at, cursor, fetched;

-- name: first_import
-- When the same content was imported for the first time: what it says is no newer at any later import.
select min(started_at) as started_at from public.run where request ->> 'sha256' = %(sha256)s;

-- name: run_over_the_same
-- The latest finished run that was asked for exactly this, if nothing was deleted since it began.
select started_at, fetched, quarantined, errors
from public.run
where source = %(source)s and state = 'finished' and extractor_version = %(extractor_version)s
  and request - 'file' = %(request)s::jsonb - 'file' and request ->> 'sha256' = %(sha256)s
  and cursor ->> 'deletions' = (select last_value::text from private.deletion_seq)
order by started_at desc
limit 1;

-- name: note_same_again
-- A run over what was imported before, and need not be read: each record is a duplicate, or refused as it was.
insert into public.run (
  id, source, request, extractor_version, state, finished_at, fetched, duplicate, quarantined, errors, cursor)
select
  %(id)s, %(source)s, %(request)s, %(extractor_version)s, 'finished', now(), %(fetched)s,
  %(fetched)s - %(quarantined)s, %(quarantined)s, %(errors)s,
  jsonb_build_object('deletions', last_value::text)
from private.deletion_seq
on conflict (id) do nothing;

-- name: start_run
-- Opens a run; its started_at is the time of observation for records that carry none. Where it was opened already,
-- and only the answer to its COMMIT was lost, it is the same run.
insert into public.run (id, source, request, extractor_version, cursor)
select %(id)s, %(source)s, %(request)s, %(extractor_version)s, jsonb_build_object('deletions', last_value::text)
from private.deletion_seq
on conflict (id) do update set id = excluded.id
returning id, request, started_at, cursor, fetched;

-- name: finish_run
-- Closes a run in its last state. One that is finished stays so, and none is closed twice, as when the answer to the
-- COMMIT was lost.
update public.run
set state = %(state)s, finished_at = now()
where id = %(id)s and state <> 'finished' and state <> %(state)s;

-- name: stop_forgotten
-- Closes what a killed worker left open and nothing refers to. Where the worker lives it does no harm: that may still
-- write to the run and finish it.
update public.run r
set state = 'stopped', finished_at = now()
where r.state = 'running' and r.source = any (%(sources)s) and not r.request ? 'sha256'
  and r.updated_at < now() - %(silence)s
  and not exists (select from public.harvest h where h.run_id = r.id)
  and not exists (select from public.discovery d where d.run_id = r.id);

-- name: run_by_id
-- One run with its counts.
select id, source, request, state, fetched, stored, updated, duplicate, quarantined,
       mention_count, domain_count, errors, started_at, finished_at
from public.run
where id = %(id)s;

-- name: latest_runs
-- The newest runs, for the overview.
select id, source, request, state, fetched, stored, updated, duplicate, quarantined,
       mention_count, domain_count, errors, started_at, finished_at
from public.run
order by started_at desc
limit %(limit)s;

-- name: finished_request
-- What was asked of the latest finished run of a source that was asked at least this.
select request
from public.run
where source = %(source)s and state = 'finished' and request @> %(request)s::jsonb
order by started_at desc
limit 1;

-- name: list_runs
-- One page of the runs, newest first; {after} goes on behind the last row of the page before.
select page.id, source, request ->> 'file' as file, state, fetched, stored, updated, duplicate, quarantined,
       mention_count as mentions_added, domain_count as domains_added, errors, started_at, finished_at,
       coalesce(refused.by_reason, '{{}}') as in_quarantine
from (
  select * from public.run
  where (%(source)s::text is null or source = %(source)s) and (%(state)s::text is null or state = %(state)s) and {after}
  order by started_at desc, id desc
  limit %(limit)s
) page
cross join lateral (
  select jsonb_object_agg(each.reason, each.records order by each.reason) as by_reason
  from (select q.reason, count(*) as records from public.quarantine q where q.run_id = page.id group by q.reason) each
) refused
order by started_at desc, page.id desc;
