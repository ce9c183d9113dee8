-- Who and what stands beside a domain. Each statement reads a bounded number of rows by an index, so that a domain with
-- a million mentions costs no more than one with a thousand.

-- name: domain_days
-- Shown mentions of one domain on each of the last days (UTC), today last; of no day more than so many are counted.
select day.day::date as day, counted.mentions
from generate_series(date_trunc('day', now(), 'UTC') - make_interval(days => %(days)s - 1),
                     date_trunc('day', now(), 'UTC'), interval '1 day') as day (day)
cross join lateral (
  select count(*) as mentions
  from (
    select from public.domain_mention m
    where m.domain_id = %(domain_id)s and m.tier = 'shown'
      and m.discovered_at >= day.day and m.discovered_at < day.day + interval '1 day'
    limit %(most)s
  ) some_of_them
) counted
order by day.day;

-- name: carrying_videos
-- The videos under which the newest mentions stand, those with most of them first.
with newest as materialized (
  select m.video_id from public.domain_mention m
  where m.domain_id = %(domain_id)s and m.tier = 'shown'
  order by m.discovered_at desc, m.id desc
  limit %(newest)s
),
most as materialized (
  select video_id, count(*) as mentions_here from newest group by video_id
  order by mentions_here desc, video_id
  limit %(limit)s
)
select v.video_id, v.username as video_username, v.caption, v.is_promoted, most.mentions_here,
       (select count(*) from newest) as read_mentions
from most
join public.video v on v.id = most.video_id
order by most.mentions_here desc, v.video_id;

-- name: carrying_creators
-- The creators of those videos, those with most of the mentions first.
with newest as materialized (
  select m.video_id from public.domain_mention m
  where m.domain_id = %(domain_id)s and m.tier = 'shown'
  order by m.discovered_at desc, m.id desc
  limit %(newest)s
),
each as materialized (
  select video_id, count(*) as mentions from newest group by video_id
)
select v.username as video_username, count(*) as videos_here, sum(each.mentions)::bigint as mentions_here,
       bool_or(v.is_promoted) as is_promoted
from each
join public.video v on v.id = each.video_id
where v.username is not null
group by v.username
order by mentions_here desc, v.username
limit %(limit)s;

-- name: neighbours
-- Other domains in the comments of the newest mentions, and under their videos; of few videos few mentions each.
with newest as materialized (
  select m.id, m.comment_id, m.video_id from public.domain_mention m
  where m.domain_id = %(domain_id)s and m.tier = 'shown'
  order by m.discovered_at desc, m.id desc
  limit %(comments)s
),
videos as materialized (
  select video_id from newest group by video_id order by count(*) desc, video_id limit %(videos)s
),
found as (
  select other.domain_id, other.comment_id, other.video_id, true as is_same_comment
  from newest
  cross join lateral (
    select m.domain_id, m.comment_id, m.video_id from public.domain_mention m
    where m.comment_id = newest.comment_id and m.tier = 'shown'
    limit %(mentions)s
  ) other
  union all
  select other.domain_id, other.comment_id, other.video_id, false
  from videos
  cross join lateral (
    select m.domain_id, m.comment_id, m.video_id from public.domain_mention m
    where m.video_id = videos.video_id and m.tier = 'shown'
    order by m.discovered_at desc, m.id desc
    limit %(mentions)s
  ) other
),
most as materialized (
  select domain_id, count(distinct comment_id) filter (where is_same_comment) as same_comments,
         count(distinct video_id) as same_videos
  from found
  where domain_id <> %(domain_id)s
  group by domain_id
  order by same_comments desc, same_videos desc, domain_id
  limit %(limit)s
)
select d.domain_name, d.unicode_name, d.kind, d.is_suspicious, d.is_verified, most.same_comments, most.same_videos
from most
join public.domain d on d.id = most.domain_id
order by most.same_comments desc, most.same_videos desc, d.domain_name;

-- name: siblings
-- Other domains under the same registrable domain, the most mentioned first, among as many as are looked at.
select some_of_them.domain_name, some_of_them.unicode_name, some_of_them.kind, some_of_them.is_suspicious,
       some_of_them.is_verified, some_of_them.mention_count
from (
  select d.* from public.domain d
  where d.registrable_domain = %(registrable_domain)s
  limit %(newest)s
) some_of_them
where some_of_them.id <> %(domain_id)s and some_of_them.mention_count > 0
order by some_of_them.mention_count desc, some_of_them.domain_name
limit %(limit)s;
