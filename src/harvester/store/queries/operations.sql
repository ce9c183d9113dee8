-- What the page of operations shows. The books and the queue are read through functions of the database's own.

-- name: has_queue
-- Whether the queue was made: its tables are closed to whoever asks, so the catalog is asked.
select exists (
  select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'jobs' and c.relname = 'procrastinate_jobs'
) as has_queue;

-- name: queue
-- Jobs by task and state.
select task, state as job_state, jobs, extract(epoch from longest_wait)::float8 as longest_wait_seconds
from private.queued_jobs();

-- name: given_up
-- The jobs that were given up, the latest first.
select id::text as job_id, task, about, attempts, ended_at as given_up_at from private.given_up_jobs(%(most)s);

-- name: switches
-- Both switches; one that nobody ever touched has no row.
select wanted.switch, coalesce(p.is_paused, false) as is_stopped, p.reason as stop_reason, p.changed_at as turned_at
from unnest('{collection,enrichment}'::text[]) with ordinality as wanted (switch, place)
left join public.pause p on p.what = wanted.switch
order by wanted.place;

-- name: look_ups
-- Look-ups that are due, by kind.
select look_up, due, overdue, never_asked, oldest_due_at, next_due_at from private.waiting_look_ups(%(most)s);

-- name: due_look_ups
-- Those of one kind, the longest waiting first; of a domain that whoever asks may not see there is no row.
select d.domain_name, d.unicode_name, l.due_at, l.checked_at as asked_at, l.failure_count as failures
from private.longest_due_look_ups(%(look_up)s, %(most)s) l join public.domain d on d.id = l.domain_id
order by l.due_at, l.domain_id;

-- name: jobs
-- The jobs of one task in one state, the first made first.
select id::text as job_id, about, attempts, scheduled_at from private.listed_jobs(%(task)s, %(state)s, %(most)s);

-- name: refused
-- Refused records by source and reason.
select source, reason as refusal, count(*) as records, max(created_at) as last_refused_at
from public.quarantine
group by source, reason
order by records desc, source, refusal;

-- name: refused_records
-- The newest refused records of one source and reason, without their raw form.
select id::text as id, detail as refused_because, context ->> 'place' as refused_at_place, context ->> 'file' as file,
       octet_length(raw) as raw_bytes, created_at as refused_at
from public.quarantine
where source = %(source)s and reason = %(refusal)s
order by created_at desc, id desc
limit %(most)s;

-- name: tables
-- Size and growth of each table, the largest first.
select schema_name || '.' || table_name as table_name, row_estimate, total_bytes, week_bytes, month_bytes
from private.table_sizes();

-- name: turn
-- Turns a switch, where the role of whoever asks may.
select public.set_pause(%(switch)s, %(is_stopped)s, %(reason)s);

-- name: replay
-- Puts jobs that were given up back to work, where the role of whoever asks may.
select private.replay_jobs(%(ids)s::bigint[]) as replayed;
