-- What monitoring asks every few seconds: each is cheap at any size, and none counts a large table.

-- name: records
-- Records of all runs by what became of them.
select outcome.name as outcome, coalesce(sum(outcome.records), 0)::float8 as records
from (values (1)) always
left join public.run r on true
cross join lateral (
  values ('stored', r.stored), ('updated', r.updated), ('duplicate', r.duplicate), ('quarantined', r.quarantined)
) as outcome (name, records)
group by outcome.name;

-- name: reasons
-- Records that were refused or mended, by the stable code of the reason.
select reason.key as reason, sum(reason.value::bigint)::float8 as records
from public.run r cross join lateral jsonb_each_text(r.errors) as reason
group by reason.key;

-- name: runs
-- Runs by source and state.
select source, state, count(*)::float8 as runs from public.run group by source, state;

-- name: successes
-- When a run of each source last came to its end.
select source, extract(epoch from max(finished_at))::float8 as last_finished_at
from public.run
where state = 'finished'
group by source;

-- name: requests
-- Requests to TikTok's APIs of all days.
select api, sum(request_count)::float8 as requests, sum(record_count)::float8 as records
from public.quota_use
group by api;

-- name: queue
-- Jobs by task and state.
select j.task_name as task, j.status::text as state, count(*)::float8 as jobs
from jobs.procrastinate_jobs j
where j.status in ('todo', 'doing', 'failed', 'aborted')
group by j.task_name, j.status;

-- name: oldest_job
-- For how many seconds the longest waiting job that could be taken up has waited for a worker.
select coalesce(extract(epoch from max(now() - coalesce(j.scheduled_at, deferred.at))), 0)::float8 as seconds
from jobs.procrastinate_jobs j
left join lateral (
  select max(e.at) as at from jobs.procrastinate_events e where e.job_id = j.id and e.type in ('deferred', 'retried')
) deferred on true
where j.status = 'todo' and coalesce(j.scheduled_at, deferred.at) <= now();

-- name: stored
-- Rows that the day tallies know exactly, by kind; domains are those that a shown mention names.
select case kind when 'domain first' then 'domain' else kind end as kind, sum(row_count)::float8 as rows
from private.day_tally
where kind in ('video', 'comment', 'mention', 'domain first')
group by kind;

-- name: overdue
-- Whether a mention is still there a day after retention should have deleted it; what was reviewed may stay.
select exists (
  select from public.domain_mention m join public.domain d on d.id = m.domain_id
  where m.discovered_at < now() - make_interval(days => %(days)s + 1) and not private.is_reviewed(d)
)::int::float8 as overdue;

-- name: paused
-- What an operator has stopped.
select what, is_paused::int::float8 as is_paused from public.pause;

-- name: look_up_mark
-- The least id that a row made so many seconds ago can have: ids are ordered by time (UUID version 7).
select (lpad(to_hex((1000 * extract(epoch from clock_timestamp() - make_interval(secs => %(lag)s)))::bigint), 12, '0')
        || repeat('0', 20))::uuid as mark;

-- name: look_ups_between
-- Look-ups between two of those marks, by kind and state: read through the key, so many as came meanwhile.
select kind, state, count(*) as look_ups
from public.enrichment
where id >= %(from)s and id < %(to)s
group by kind, state;

-- name: look_ups_due
-- Look-ups that are due, counted so far at the most.
select look_up as kind, due::float8 as due, overdue::float8 as overdue from private.waiting_look_ups(10000);
