-- What the planner asks: what is open, what was given up, and what nobody has looked up yet.

-- name: plan_alone
-- Two plans at a time would give the same requests away twice.
select pg_try_advisory_xact_lock(1212240470, 2) as is_alone;

-- name: open_jobs
-- What waits or is being worked on, and what was given up. A job is about one thing, which its lock names.
select task_name as task, lock, status in ('todo', 'doing') as is_alive,
       case when jsonb_typeof(args -> 'requests') = 'number' then (args ->> 'requests')::numeric::int else 0 end
         as requests,
       case when task_name = 'look_up_ad' then 'commercial' when task_name <> 'discover' then 'research'
         else coalesce(
           (select case when d.source = 'research_videos' then 'research' else 'commercial' end
            from public.discovery d where d.name = args ->> 'name'), 'research')
       end as api
from jobs.procrastinate_jobs
where status in ('todo', 'doing', 'failed', 'aborted') and lock is not null;

-- name: creators_to_look_up
-- Creators under whose videos domains were named, or whose videos are promoted, and whose profile is not known or old.
-- Those with the most mentions first.
select v.username
from public.harvest h
join public.video v on v.id = h.video_id
where v.username is not null and (h.mention_count > 0 or v.is_promoted)
  and not exists (
    select from public.creator c where c.username = lower(v.username) and c.last_crawled_at > now() - interval '30 days')
group by v.username
order by sum(h.mention_count) desc, v.username
limit %(limit)s;

-- name: ads_to_look_up
-- Ads that are known from a list alone, which leaves their landing page out; the latest first.
select ad_id
from public.ad
where landing_url is null and not metadata ? 'looked_up'
order by discovered_at desc, ad_id
limit %(limit)s;

-- name: recounted
-- What a query about these videos gave: those it knew are marked, and those it did not know twice in a row are given up.
-- Gives the ones that have no more comments than at their last harvest.
with asked as (
  select h.id, v.id as video, v.video_id = any (%(seen)s) as is_seen, v.comment_count
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
set recounted_at = now(),
    missing_count = case when a.is_seen then 0 else h.missing_count + 1 end,
    due_at = case when a.is_seen then h.due_at when h.missing_count >= 1 then null else now() + interval '1 day' end
from asked a
where h.id = a.id
returning h.id, a.is_seen and a.comment_count <= h.listed_count as is_unchanged, h.quiet_count,
          now() - h.last_harvested_at as since_last, now() - (select posted_at from public.video where id = a.video)
            as since_posted;

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
