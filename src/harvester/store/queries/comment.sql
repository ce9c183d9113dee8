-- name: find_comments
-- The newest comments that hold all words, with their videos and every place where a domain is shown.
select c.id, c.comment_id, c.text, c.username, c.posted_at, c.discovered_at, c.like_count,
       v.video_id, v.username as video_username, v.video_url, v.is_promoted, stored.sources, mentioned.spans
from private.find_comments(%(words)s, %(limit)s, %(before)s, %(before_id)s) c
join public.comment stored on stored.id = c.id
join public.video v on v.id = c.video_id
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object('domain_name', d.domain_name) || o.value
                            order by (o.value ->> 'start')::integer, d.domain_name), '[]') as spans
  from public.domain_mention m
  join public.domain d on d.id = m.domain_id
  cross join lateral jsonb_array_elements(m.occurrences) as o
  where m.comment_id = c.id and m.tier = 'shown'
) mentioned
order by c.discovered_at desc, c.id desc;

-- name: comments_with_domains
-- The newest comments that mention a domain, of the video that {video} names or of all; {after} goes on behind the last
-- row of the page before. Driven by the mentions, which may be few among very many comments: a comment stands where its
-- newest mention stands.
select c.comment_id, c.text, c.username, c.posted_at, c.discovered_at, c.like_count,
       v.video_id, v.username as video_username, v.video_url, v.is_promoted, c.sources, mentioned.spans,
       page.discovered_at as mentioned_at, page.id as mention_key
from (
  select m.id, m.comment_id, m.discovered_at
  from public.domain_mention m
  where {video} and m.tier = 'shown' and {after}
    and not exists (
      select from public.domain_mention newer
      where newer.comment_id = m.comment_id and newer.tier = 'shown'
        and (newer.discovered_at, newer.id) > (m.discovered_at, m.id)
    )
  order by m.discovered_at desc, m.id desc
  limit %(limit)s
) page
join public.comment c on c.id = page.comment_id
join public.video v on v.id = c.video_id
cross join lateral (
  select jsonb_agg(jsonb_build_object('domain_name', d.domain_name) || o.value
                   order by (o.value ->> 'start')::integer, d.domain_name) as spans
  from public.domain_mention m
  join public.domain d on d.id = m.domain_id
  cross join lateral jsonb_array_elements(m.occurrences) as o
  where m.comment_id = c.id and m.tier = 'shown'
) mentioned
order by page.discovered_at desc, page.id desc;
