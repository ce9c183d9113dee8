-- name: looked_up
-- What the latest look-ups told, as columns; `metadata` is that of the domain.
(metadata #>> '{http,status}')::numeric::integer as http_status, metadata #>> '{http,url}' as final_url,
nullif(coalesce(metadata #> '{dns,a}', '[]') || coalesce(metadata #> '{dns,aaaa}', '[]'), '[]') as ip,
metadata #>> '{whois,registrar}' as registrar, metadata #>> '{whois,created_at}' as registered_at,
metadata #>> '{whois,expires_at}' as expires_at

-- name: list_domains
-- One page of the domains with shown mentions that {filter} lets through, by the column that {sort} stands for; {after}
-- goes on behind the last row of the page before.
select v.id, v.domain_name, v.unicode_name, v.registrable_domain, v.tld, v.subdomain, v.mention_count, v.video_count,
       v.comment_count, v.unique_commenters, v.first_seen_at, v.last_seen_at, v.is_suspicious, v.is_verified, v.kind,
       page.verdict, {looked_up}
from (
  select d.id, d.verdict, d.metadata from public.domain d
  where d.mention_count > 0
    and (%(text)s::text is null or d.domain_name like %(text)s
         or d.unicode_name <> d.domain_name and d.unicode_name like %(text)s)
    and {filter} and {after}
  order by d.{sort} {direction}, d.id {direction}
  limit %(limit)s
) page
join private.mentioned_domain v on v.id = page.id
order by v.{sort} {direction}, v.id {direction};

-- name: match_first_domains
-- The same where a part of the name is common enough to be met among the first two thousand; none are read where
-- fewer than two of the first two hundred have it.
select v.id, v.domain_name, v.unicode_name, v.registrable_domain, v.tld, v.subdomain, v.mention_count, v.video_count,
       v.comment_count, v.unique_commenters, v.first_seen_at, v.last_seen_at, v.is_suspicious, v.is_verified, v.kind,
       page.verdict, {looked_up}
from (
  select d.id, d.verdict, d.metadata from (
    select d.* from public.domain d
    where d.mention_count > 0 and {filter} and {after}
    order by d.{sort} {direction}, d.id {direction}
    limit 2000
  ) d
  where (d.domain_name like %(text)s or d.unicode_name <> d.domain_name and d.unicode_name like %(text)s)
    and (
      select count(*) > 1 from (
        select d.domain_name, d.unicode_name from public.domain d
        where d.mention_count > 0 and {filter} and {after}
        order by d.{sort} {direction}, d.id {direction}
        limit 200
      ) d
      where d.domain_name like %(text)s or d.unicode_name <> d.domain_name and d.unicode_name like %(text)s
    )
  order by d.{sort} {direction}, d.id {direction}
  limit %(limit)s
) page
join private.mentioned_domain v on v.id = page.id
order by v.{sort} {direction}, v.id {direction};

-- name: match_domains
-- The same where it is not: what holds it is found by trigrams first, and its rows are read once. Row level security
-- hides from the planner how many that will be, so it is told.
with found as materialized (
  select d.* from public.domain d
  where d.domain_name like %(text)s or d.unicode_name <> d.domain_name and d.unicode_name like %(text)s
)
select v.id, v.domain_name, v.unicode_name, v.registrable_domain, v.tld, v.subdomain, v.mention_count, v.video_count,
       v.comment_count, v.unique_commenters, v.first_seen_at, v.last_seen_at, v.is_suspicious, v.is_verified, v.kind,
       page.verdict, {looked_up}
from (
  select d.id, d.verdict, d.metadata from found d
  where d.mention_count > 0 and {filter} and {after}
  order by d.{sort} {direction}, d.id {direction}
  limit %(limit)s
) page
join private.mentioned_domain v on v.id = page.id
order by v.{sort} {direction}, v.id {direction};

-- name: domain_by_name
-- What is known about one domain; none when it has no shown mention and no shown sighting, and nobody judged it.
select d.id, d.domain_name, d.unicode_name, d.tld, d.public_suffix, d.registrable_domain, d.subdomain, d.kind,
       d.is_suspicious, d.is_verified, d.verified_at, d.mention_count, d.first_seen_at, d.last_seen_at,
       d.notes, d.metadata, d.mention_count as comment_count,
       coalesce(d.video_count, (
         select count(distinct m.video_id) from public.domain_mention m where m.domain_id = d.id and m.tier = 'shown'
       )) as video_count,
       nullif(coalesce(d.commenter_count, (
         select count(distinct c.username)
         from public.domain_mention m join public.comment c on c.id = m.comment_id
         where m.domain_id = d.id and m.tier = 'shown'
       )), 0) as unique_commenters, d.verdict
from public.domain d
where d.domain_name = %(domain_name)s
  and (d.mention_count > 0 or exists (select from public.sighting s where s.domain_id = d.id and s.tier = 'shown')
       or exists (select from public.review r where r.domain_id = d.id));

-- name: evidence
-- One page of the comments that mention a domain, newest first.
select m.id, c.comment_id, c.text, c.username, c.posted_at, m.discovered_at, c.like_count,
       v.video_id, v.username as video_username, v.video_url, v.is_promoted,
       m.mention_text, m.occurrences, m.confidence_score::float8 as confidence, m.extraction_method as method, m.url
from public.domain_mention m
join public.comment c on c.id = m.comment_id
join public.video v on v.id = m.video_id
where m.domain_id = %(domain_id)s and m.tier = 'shown' and {after}
order by m.discovered_at desc, m.id desc
limit %(limit)s;

-- name: new_today
-- Domains first seen today (UTC), most mentioned first. Those of today are found first: they are few, and the order by
-- mentions would otherwise be walked through all others.
with today as materialized (
  select d.id, d.mention_count from public.domain d
  where d.first_seen_at >= date_trunc('day', now(), 'UTC') and d.mention_count > 0
    and (%(platforms)s or d.kind is distinct from 'platform')
),
most as materialized (
  select id from today order by mention_count desc, id limit %(limit)s
)
select v.id, v.domain_name, v.unicode_name, v.mention_count, v.video_count, v.comment_count, v.video_usernames,
       v.first_mention_today, v.latest_mention_today
from most
join public.v_domains_new_today v on v.id = most.id
order by v.mention_count desc, v.id;

-- name: count_platforms
-- How many big platforms have shown mentions, hold a part in their name where one is given, and pass {filter}: all that
-- a listing without them leaves out. An index holds them alone.
select count(*) as n
from public.domain d
where d.kind = 'platform' and d.mention_count > 0
  and (%(text)s::text is null or d.domain_name like %(text)s
       or d.unicode_name <> d.domain_name and d.unicode_name like %(text)s)
  and {filter};
