-- What is exported stands in the order of natural keys, so that the same records give the same file, in whatever order
-- they were imported.

-- name: all_domains
-- All domains with shown mentions that {filter} lets through, each with its latest look-ups.
select v.domain_name, replace(v.domain_name, '.', '[.]') as domain_defanged, v.unicode_name, v.registrable_domain,
       v.tld, d.kind, v.first_seen_at, v.last_seen_at, v.mention_count, v.video_count, v.unique_commenters,
       case when v.is_suspicious then 'suspicious' when v.is_verified then 'verified' else 'unreviewed' end as state,
       {looked_up}
from public.domain d
join private.mentioned_domain v on v.id = d.id
where d.mention_count > 0
  and (%(text)s::text is null or d.domain_name like %(text)s
       or d.unicode_name <> d.domain_name and d.unicode_name like %(text)s)
  and {filter}
order by d.{sort} {direction}, d.domain_name;

-- name: all_mentions
-- All shown mentions that {filter} lets through, each with its comment and video, by TikTok's id of the comment.
select d.domain_name, replace(d.domain_name, '.', '[.]') as domain_defanged, m.mention_text, m.url,
       m.extraction_method as method, m.confidence_score::float8 as confidence, m.context, c.comment_id, c.text,
       c.username, c.posted_at, m.discovered_at, v.video_id, v.username as video_username, v.video_url, v.is_promoted
from public.domain_mention m
join public.domain d on d.id = m.domain_id
join public.comment c on c.id = m.comment_id
join public.video v on v.id = m.video_id
where m.tier = 'shown' and {filter}
order by c.comment_id, d.domain_name;

-- name: all_comments_with_domains
-- All comments that mention a domain, with every place where one is shown.
select c.comment_id, c.text, c.username, c.posted_at, c.discovered_at, c.like_count,
       v.video_id, v.username as video_username, v.video_url, v.is_promoted, c.sources, mentioned.spans
from public.comment c
join public.video v on v.id = c.video_id
cross join lateral (
  select jsonb_agg(jsonb_build_object('domain_name', d.domain_name) || o.value
                   order by (o.value ->> 'start')::integer, d.domain_name) as spans
  from public.domain_mention m
  join public.domain d on d.id = m.domain_id
  cross join lateral jsonb_array_elements(m.occurrences) as o
  where m.comment_id = c.id and m.tier = 'shown'
) mentioned
where exists (select from public.domain_mention m where m.comment_id = c.id and m.tier = 'shown')
  and (%(seen_from)s::date is null or c.discovered_at >= %(seen_from)s::date::timestamp at time zone 'UTC')
order by c.comment_id;

-- name: all_comments_with_words
-- All comments that hold all words, with every place where a domain is shown.
select c.comment_id, c.text, c.username, c.posted_at, c.discovered_at, c.like_count,
       v.video_id, v.username as video_username, v.video_url, v.is_promoted, c.sources, mentioned.spans
from public.comment c
join public.video v on v.id = c.video_id
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('domain_name', d.domain_name) || o.value
                            order by (o.value ->> 'start')::integer, d.domain_name), '[]') as spans
  from public.domain_mention m
  join public.domain d on d.id = m.domain_id
  cross join lateral jsonb_array_elements(m.occurrences) as o
  where m.comment_id = c.id and m.tier = 'shown'
) mentioned
where to_tsvector('simple', c.text) @@ plainto_tsquery('simple', %(words)s)
  and (%(seen_from)s::date is null or c.discovered_at >= %(seen_from)s::date::timestamp at time zone 'UTC')
order by c.comment_id;

-- name: all_videos
-- All videos under which a domain is mentioned and that {filter} lets through, by {position} from the greatest on.
select v.video_id, v.username as video_username, v.caption, v.video_url, v.is_promoted, v.view_count, v.posted_at,
       v.discovered_at, mentioned.*
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
where {filter} and mentioned.unique_domains_mentioned > 0
order by {position} desc, v.video_id;
