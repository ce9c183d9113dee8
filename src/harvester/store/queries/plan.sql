-- What the planner asks: what is open, what was given up, and what nobody has looked up yet.

-- name: plan_alone
-- Two plans at a time would give the same requests away twice.
select pg_try_advisory_xact_lock(1212240470, 2) as is_alone;

-- name: open_jobs
-- What waits or is being worked on, and what was given up. A job is about one thing, which its lock names.
select task_name as task, lock, status in ('todo', 'doing') as is_alive,
       case when jsonb_typeof(args -> 'requests') = 'number' then (args ->> 'requests')::numeric::int else 0 end
         as requests,
       coalesce(args ->> 'api', 'research') as api
from jobs.procrastinate_jobs
where status in ('todo', 'doing', 'failed', 'aborted') and lock is not null;

-- name: promising_harvests
-- Due videos that no job is about, a part of each kind, so that none hides the others: those under way, those that
-- brought the most for what they took, and of each discovery the latest that nobody has looked at.
with open as materialized (
  select substr(lock, 9) as video_id
  from jobs.procrastinate_jobs
  where task_name = 'harvest' and status in ('todo', 'doing', 'failed', 'aborted') and lock like 'harvest:%%'
), chosen as (
  (select id from public.harvest where due_at <= now() and cursor is not null order by due_at, id limit %(most)s)
  union
  (select id from public.harvest where due_at <= now() and request_count > 0
   order by (mention_count + 1.0) / (request_count + 4.0) desc, id limit %(most)s)
  union
  (select latest.id
   from public.discovery d
   cross join lateral (
     select h.id from public.harvest h
     where h.discovery_id = d.id and h.request_count = 0 and h.due_at <= now()
     order by h.id desc limit %(most)s / 4
   ) latest)
  union
  (select id from public.harvest
   where discovery_id is null and request_count = 0 and due_at <= now()
   order by id desc limit %(most)s / 4)
)
select h.id, v.video_id, h.discovery_id, true as is_due, h.due_at, h.cursor, h.run_id,
       h.harvest_count, h.request_count, h.comment_count, h.mention_count, h.quiet_count, h.missing_count,
       h.last_harvested_at, h.recounted_at, now() - h.last_harvested_at as since_last, v.posted_at,
       now() - v.posted_at as since_posted, v.comment_count as listed_count, v.is_promoted, d.name as discovery
from chosen
join public.harvest h using (id)
join public.video v on v.id = h.video_id
left join public.discovery d on d.id = h.discovery_id
where v.video_id not in (select video_id from open)
order by h.due_at, h.id;

-- name: creators_to_look_up
-- Creators under whose videos domains were named, or whose videos are promoted, and whose profile was not asked for in
-- the last thirty days. Those with the most mentions first.
with promising as (
  (select h.video_id, h.mention_count from public.harvest h
   where h.mention_count > 0 order by h.mention_count desc, h.id limit 20 * %(limit)s)
  union
  (select h.video_id, h.mention_count from public.video v join public.harvest h on h.video_id = v.id
   where v.is_promoted limit 20 * %(limit)s)
)
select lower(v.username) as username
from promising p
join public.video v on v.id = p.video_id
where v.username is not null and not exists (
  select from public.creator c
  where c.username = lower(v.username) and c.looked_up_at > now() - interval '30 days')
group by 1
order by sum(p.mention_count) desc, 1
limit %(limit)s;

-- name: ads_to_look_up
-- Ads that are known from a list alone, which leaves their landing page out; the latest first.
select ad_id
from public.ad
where landing_url is null and looked_up_at is null
order by discovered_at desc, ad_id
limit %(limit)s;

-- name: recounted
-- What a query about these videos gave: those it knew are marked, and those it did not know twice in a row are given up.
-- Gives the ones that have no more comments than at their last harvest; they are asked about before their next one, too.
with asked as (
  select h.id, v.id as video, v.video_id = any (%(seen)s) as is_seen, v.comment_count, v.posted_at
  from public.harvest h join public.video v on v.id = h.video_id
  where v.video_id = any (%(asked)s) and h.cursor is null
  order by h.id
  for update of h
), gone as (
  update public.video v set is_active = false
  from asked a join public.harvest h using (id)
  where v.id = a.video and not a.is_seen and h.missing_count >= 1 and v.is_active
)
update public.harvest h
set recounted_at = case when a.is_seen and a.comment_count > h.listed_count then now() end,
    missing_count = case when a.is_seen then 0 else h.missing_count + 1 end,
    due_at = case when a.is_seen then h.due_at when h.missing_count >= 1 then null else now() + interval '1 day' end
from asked a
where h.id = a.id
returning h.id, a.is_seen and not coalesce(a.comment_count > h.listed_count, false) as is_unchanged, h.quiet_count,
          now() - h.last_harvested_at as since_last, now() - a.posted_at as since_posted;

-- name: rest
-- They brought nothing new, and may wait.
update public.harvest h
set due_at = now() + w.wait, quiet_count = h.quiet_count + 1
from unnest(%(ids)s::uuid[], %(waits)s::interval[]) as w (id, wait)
where h.id = w.id and h.cursor is null;

-- name: waiting_videos
-- The videos that are harvested, and when the next of them is due.
select count(*)::int as videos, (count(*) filter (where cursor is not null))::int as under_way,
       (count(*) filter (where due_at <= now()))::int as due, (count(*) filter (where due_at is null))::int as given_up,
       min(due_at) filter (where due_at > now()) as next_due_at
from public.harvest;

-- name: collection_runs
-- The latest runs of the APIs; files have a hash of their content.
select source, request::text as asked, state, fetched, stored, updated, duplicate, quarantined, mention_count,
       started_at, finished_at
from public.run
where not request ? 'sha256'
order by started_at desc
limit %(limit)s;
