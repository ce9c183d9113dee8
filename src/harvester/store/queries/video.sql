-- name: list_videos
-- One page of the videos under which a domain is mentioned and that {filter} lets through, by {position} from the
-- greatest on; {after} goes on behind the last row of the page before.
select v.id, page.position, v.video_id, v.username as video_username, v.caption, v.video_url, v.is_promoted,
       v.view_count, v.posted_at, v.discovered_at, mentioned.*
from (
  select v.id, {position} as position
  from public.video v
  where {filter} and {after}
    and exists (select from public.domain_mention m where m.video_id = v.id and m.tier = 'shown')
  order by {position} desc, v.id desc
  limit %(limit)s
) page
join public.video v on v.id = page.id
cross join lateral (
  with each as materialized (
    select m.domain_id, count(*) as mentions
    from public.domain_mention m
    where m.video_id = v.id and m.tier = 'shown'
    group by m.domain_id
  )
  select
    (select count(*) from each) as unique_domains_mentioned,
    (select coalesce(sum(mentions), 0)::bigint from each) as total_domain_mentions,
    (select count(distinct m.comment_id) from public.domain_mention m where m.video_id = v.id and m.tier = 'shown')
      as comments_with_domains,
    array(
      select d.domain_name
      from (select * from each order by mentions desc fetch first 10 rows with ties) top
      join public.domain d on d.id = top.domain_id
      order by top.mentions desc, d.domain_name
      limit 10
    ) as mentioned_domains
) mentioned
order by page.position desc, v.id desc;

-- name: video_by_id
-- What is known about one video, whether its comments mention a domain or not.
select v.id, v.video_id, v.username as video_username, v.caption, v.video_url, v.is_promoted,
       v.view_count, v.posted_at, v.discovered_at, v.like_count, v.share_count, v.comment_count as stated_comments,
       v.region_code, v.promotion, v.last_crawled_at, mentioned.*
from public.video v
cross join lateral (
  with each as materialized (
    select m.domain_id, count(*) as mentions
    from public.domain_mention m
    where m.video_id = v.id and m.tier = 'shown'
    group by m.domain_id
  )
  select
    (select count(*) from each) as unique_domains_mentioned,
    (select coalesce(sum(mentions), 0)::bigint from each) as total_domain_mentions,
    (select count(distinct m.comment_id) from public.domain_mention m where m.video_id = v.id and m.tier = 'shown')
      as comments_with_domains,
    array(
      select d.domain_name
      from (select * from each order by mentions desc fetch first 10 rows with ties) top
      join public.domain d on d.id = top.domain_id
      order by top.mentions desc, d.domain_name
      limit 10
    ) as mentioned_domains
) mentioned
where v.video_id = %(video_id)s;

-- name: any_video
-- Whether anything was ever stored: no comment is without its video.
select exists (select from public.video) as is_any;
