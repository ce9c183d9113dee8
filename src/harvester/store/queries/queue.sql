-- The queue as people read and tend it; its own work is done by the statements of procrastinate.

-- name: search_path
-- The statements of procrastinate name no schema; %(path)s holds until the end of the transaction.
select current_setting('search_path') as before, set_config('search_path', %(path)s, true);

-- name: set_aside
-- A job that cannot be read is given up in the transaction that took it, and stands in nobody's way.
select jobs.procrastinate_finish_job_v1(%(id)s, 'failed', false);

-- name: rescue
-- Puts back to work what is in the hands of dead workers; what was tried too often is given up, since it may be what
-- kills them, and what waits already a second time is left to that. In one statement, so that two who rescue at once do not take a job from whoever has it by then.
with left_behind as (
  select j.id
  from jobs.procrastinate_jobs j
  where j.status = 'doing' and not exists (
    select from jobs.procrastinate_workers w where w.id = j.worker_id and w.last_heartbeat >= now() - %(silence)s)
  for update skip locked
)
update jobs.procrastinate_jobs j
set status = case
      when j.queueing_lock is not null and exists (
        select from jobs.procrastinate_jobs other where other.queueing_lock = j.queueing_lock and other.status = 'todo')
      then 'cancelled'
      when j.attempts + 1 >= %(most_attempts)s or j.abort_requested then 'failed' else 'todo' end
    ::jobs.procrastinate_job_status,
    attempts = j.attempts + 1, scheduled_at = null, abort_requested = false, worker_id = null
from left_behind
where j.id = left_behind.id
returning j.id, j.task_name as task, j.attempts, j.status = 'failed' as is_given_up;

-- name: dead_jobs
-- What was given up, the latest first, as failed or aborted.
select given_up.id, given_up.task, j.status::text as state, given_up.about as args, given_up.attempts,
       given_up.ended_at
from private.given_up_jobs(%(limit)s) with ordinality as given_up (id, task, about, attempts, ended_at, place)
join jobs.procrastinate_jobs j on j.id = given_up.id
order by given_up.place;

-- name: replay
-- Puts back to work what was given up, as if it were new. Of those that must not wait twice one does, the latest.
with chosen as (
  select j.id
  from jobs.procrastinate_jobs j
  where j.status in ('failed', 'aborted') and (%(ids)s::bigint[] is null or j.id = any (%(ids)s))
    and (j.queueing_lock is null or not exists (
      select from jobs.procrastinate_jobs other
      where other.queueing_lock = j.queueing_lock and other.id <> j.id
        and (other.status = 'todo'
             or (other.status in ('failed', 'aborted') and other.id > j.id
                 and (%(ids)s::bigint[] is null or other.id = any (%(ids)s))))))
  for update
)
update jobs.procrastinate_jobs j
set status = 'todo', attempts = 0, scheduled_at = null, abort_requested = false, worker_id = null
from chosen
where j.id = chosen.id;

-- name: job_counts
-- Jobs that are not done, and how long the longest of those that could be taken up has waited for a worker.
select task, state, jobs, longest_wait from private.queued_jobs();

-- name: open_locks
-- What of one task waits, and what is being worked on.
select queueing_lock as lock, status = 'todo' as is_waiting
from jobs.procrastinate_jobs
where task_name = %(task)s and status in ('todo', 'doing') and queueing_lock is not null;

-- name: prune
-- Forgets what ended long ago; the events of a job go with it. The last of them tells when it ended, apart from the
-- time for which it had waited: not every end has an event of its own.
delete from jobs.procrastinate_jobs j
where j.status in ('succeeded', 'failed', 'aborted', 'cancelled')
  and (select max(e.at) from jobs.procrastinate_events e where e.job_id = j.id and e.type <> 'scheduled')
      < now() - case when j.status = 'succeeded' then %(older_than)s else %(given_up)s end;
