-- What waits for a person; each count ends where more would change nothing.

-- name: promoted
-- Domains of a period that nobody has judged and that promoted videos carry: of the newest, each by its newest mentions.
with newest as materialized (
  select d.id, d.mention_count from public.domain d
  where d.first_seen_at >= %(since)s and d.mention_count > 0 and not d.is_suspicious and not d.is_verified
    and (%(platforms)s or d.kind is distinct from 'platform')
  order by d.first_seen_at desc, d.id desc
  limit %(domains)s
),
looked as materialized (
  select newest.mention_count, exists (
    select from (
      select m.video_id from public.domain_mention m
      where m.domain_id = newest.id and m.tier = 'shown'
      order by m.discovered_at desc, m.id desc
      limit %(mentions)s
    ) m
    join public.video v on v.id = m.video_id
    where v.is_promoted
  ) as is_promoted
  from newest
)
select count(*) filter (where is_promoted) as count,
       count(*) = %(domains)s or coalesce(bool_or(not is_promoted and mention_count > %(mentions)s), false)
         as is_at_least
from looked;

-- name: quarantine
-- Records that were refused and wait to be read again.
select count(*) as count, count(*) = %(most)s as is_at_least
from (select from public.quarantine limit %(most)s) some_of_them;

-- name: jobs
-- Jobs that wait, are in hand, or were given up.
select coalesce(sum(jobs) filter (where state = 'todo'), 0)::bigint as waiting,
       coalesce(sum(jobs) filter (where state = 'doing'), 0)::bigint as in_hand,
       coalesce(sum(jobs) filter (where state in ('failed', 'aborted')), 0)::bigint as given_up
from private.queued_jobs();

-- name: paused
-- What an operator has stopped.
select what from public.pause where is_paused order by what;

-- name: last_finished
-- When a run last came to its end, of the newest runs.
select max(finished_at) as at from (
  select finished_at from public.run where state = 'finished' order by started_at desc limit 20
) newest;
