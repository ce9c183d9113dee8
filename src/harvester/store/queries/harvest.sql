-- Videos whose comments are collected again and again. Times are those of the database.

-- name: enrol
-- In the order of their keys, so that two who enrol the same videos do not wait for each other in a circle.
insert into public.harvest (video_id, discovery_id)
select v.id, %(discovery_id)s
from public.video v
where v.video_id = any (%(video_ids)s)
order by v.id
on conflict (video_id) do nothing;

-- name: harvest_by_video
-- One with all that going on with it takes.
select h.id, v.video_id, h.discovery_id, coalesce(h.due_at <= now(), false) as is_due, h.due_at, h.cursor, h.run_id,
       h.harvest_count, h.request_count, h.comment_count, h.mention_count, h.quiet_count, h.missing_count,
       h.last_harvested_at, h.recounted_at, now() - h.last_harvested_at as since_last, v.posted_at, now() - v.posted_at as since_posted,
       v.comment_count as listed_count, v.is_promoted
from public.harvest h join public.video v on v.id = h.video_id
where v.video_id = %(video_id)s;

-- name: take_harvest
-- Begins it, or takes it from whoever had it when its cursor was read. Where it bears our mark we have it already, and
-- only the answer to the COMMIT was lost.
update public.harvest
set cursor = %(cursor)s, run_id = %(run_id)s
where id = %(id)s
  and (cursor is not distinct from %(read)s::jsonb or cursor ->> 'mark' = %(mark)s)
returning id;

-- name: advance_harvest
-- Counts a page, for its discovery as well, and notes where to go on; no row where it was taken by another. A page
-- with rows is proof that the video is there.
with moved as (
  update public.harvest
  set cursor = %(cursor)s, request_count = request_count + %(requests)s, comment_count = comment_count + %(comments)s,
      mention_count = mention_count + %(mentions)s, missing_count = case when %(seen)s then 0 else missing_count end
  where id = %(id)s and cursor ->> 'mark' = %(mark)s
  returning id, discovery_id
), found_by as (
  update public.discovery d
  set harvest_request_count = d.harvest_request_count + %(requests)s, comment_count = d.comment_count + %(comments)s,
      mention_count = d.mention_count + %(mentions)s
  from moved
  where d.id = moved.discovery_id
)
select id from moved;

-- name: finish_harvest
-- It is due again after so long; without a time, never. No row where it was taken by another.
update public.harvest h
set cursor = null, run_id = null, due_at = now() + %(wait)s::interval, harvest_count = harvest_count + 1,
    quiet_count = case when %(is_quiet)s then quiet_count + 1 else 0 end, last_harvested_at = now(),
    listed_count = (select v.comment_count from public.video v where v.id = h.video_id),
    threads_read = threads_read || coalesce((
      select jsonb_object_agg(c.comment_id, coalesce(c.reply_count, 0))
      from public.comment c
      where c.comment_id = any (%(read)s) and c.video_id = h.video_id), '{}')
where id = %(id)s and cursor ->> 'mark' = %(mark)s
returning id;

-- name: short_threads
-- Comments that have more replies than are stored, without those that were read to the end when TikTok counted as many:
-- some of what it counts it does not give.
select c.comment_id
from public.harvest h
join public.comment c on c.video_id = h.video_id and c.parent_ref is null and c.reply_count > 0
where h.id = %(id)s
  and c.reply_count > coalesce((h.threads_read ->> c.comment_id)::bigint, 0)
  and c.reply_count > (select count(*) from public.comment reply where reply.parent_comment_id = c.id)
order by c.reply_count desc, c.comment_id
limit %(most)s;

-- name: revive_videos
-- They are there again.
update public.video v
set is_active = true
from (
  select id from public.video where video_id = any (%(video_ids)s) and not is_active order by id for no key update
) gone
where v.id = gone.id;

-- name: revive_harvests
-- What was given up is due; what was missed once is no longer on its way out.
update public.harvest h
set missing_count = 0, due_at = coalesce(h.due_at, now())
from public.video v
where v.id = h.video_id and v.video_id = any (%(video_ids)s) and h.missing_count > 0;
