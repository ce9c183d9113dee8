-- name: start_run
-- Opens a run; its started_at is the time of observation for records that carry none.
insert into public.run (id, source, request, extractor_version)
values (%(id)s, %(source)s, %(request)s, %(extractor_version)s)
returning id, started_at;

-- name: finish_run
-- Closes a run in its last state.
update public.run
set state = %(state)s, finished_at = now()
where id = %(id)s;

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
