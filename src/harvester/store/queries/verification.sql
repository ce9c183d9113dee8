-- Stored statistics against what they are statistics of. Each difference is a row (kind, name, field, stored, actual).

-- name: differences
-- All of them, read in one snapshot.
with counted as (
  select domain_id, count(*) as mention_count, min(discovered_at) as first_seen_at, max(discovered_at) as last_seen_at
  from public.domain_mention
  where tier = 'shown'
  group by domain_id
)
select 'domain' as kind, d.domain_name as name, field.name as field, field.stored, field.actual
from public.domain d
left join counted c on c.domain_id = d.id
cross join lateral (
  values
    ('mention_count', d.mention_count::text, coalesce(c.mention_count, 0)::text),
    ('first_seen_at', d.first_seen_at::text, c.first_seen_at::text),
    ('last_seen_at', d.last_seen_at::text, c.last_seen_at::text)
) as field (name, stored, actual)
where (d.mention_count, d.first_seen_at, d.last_seen_at)
      is distinct from (coalesce(c.mention_count, 0), c.first_seen_at, c.last_seen_at)
  and field.stored is distinct from field.actual
union all
select 'mention', d.domain_name || ' in comment ' || c.comment_id, field.name, field.stored, field.actual
from public.domain_mention m
join public.comment c on c.id = m.comment_id
join public.domain d on d.id = m.domain_id
cross join lateral (
  values
    ('discovered_at', m.discovered_at::text, c.discovered_at::text),
    ('video_id', m.video_id::text, c.video_id::text)
) as field (name, stored, actual)
where (m.discovered_at, m.video_id) <> (c.discovered_at, c.video_id) and field.stored <> field.actual
union all
select 'mention', d.domain_name || ' in comment ' || c.comment_id, 'mention_text', m.mention_text,
       substr(c.text, m.position_start + 1, m.position_end - m.position_start)
from public.domain_mention m
join public.comment c on c.id = m.comment_id
join public.domain d on d.id = m.domain_id
where substr(c.text, m.position_start + 1, m.position_end - m.position_start) <> m.mention_text
union all
-- What the keys and generated columns guarantee is looked at, too: a hand may have switched the triggers off.
select 'sighting', coalesce(d.domain_name, s.domain_id::text) || ' in ' || s.place, field.name, field.stored, field.actual
from public.sighting s
left join public.domain d on d.id = s.domain_id
cross join lateral (
  select private.sighting_text(s.place, coalesce(s.video_id, s.creator_id, s.ad_id)) as whole
) text
cross join lateral (
  values
    ('domain_id', s.domain_id::text, d.id::text),
    ('tier', s.tier, case when s.confidence_score >= 0.50 then 'shown' else 'held' end),
    ('mention_text', s.mention_text, substr(text.whole, s.position_start + 1, s.position_end - s.position_start))
) as field (name, stored, actual)
where field.stored is distinct from field.actual
union all
select 'comment', reply.comment_id, 'parent_comment_id', null, parent.comment_id
from public.comment reply
join public.comment parent on parent.comment_id = reply.parent_ref and parent.video_id = reply.video_id
where reply.parent_comment_id is null and reply.parent_ref is not null and parent.id <> reply.id
order by 1, 2, 3;

-- name: repair_mentions
-- Gives mentions the time and video of their comment, and takes away those that do not quote it; the counters
-- of domain follow by trigger. A sighting that does not quote its text, or names no domain, goes as well.
delete from public.sighting s
where not exists (select from public.domain d where d.id = s.domain_id)
   or substr(private.sighting_text(s.place, coalesce(s.video_id, s.creator_id, s.ad_id)), s.position_start + 1,
             s.position_end - s.position_start) is distinct from s.mention_text;
delete from public.domain_mention m
using public.comment c
where c.id = m.comment_id and substr(c.text, m.position_start + 1, m.position_end - m.position_start) <> m.mention_text;
update public.domain_mention m
set discovered_at = c.discovered_at, video_id = c.video_id
from public.comment c
where c.id = m.comment_id and (m.discovered_at, m.video_id) <> (c.discovered_at, c.video_id);

-- name: lock_domains
-- The domains whose counters may be wrong, in the order in which every writer locks them.
with counted as (
  select domain_id, count(*) as mention_count, min(discovered_at) as first_seen_at, max(discovered_at) as last_seen_at
  from public.domain_mention
  where tier = 'shown'
  group by domain_id
)
select d.id
from public.domain d
left join counted c on c.domain_id = d.id
where (d.mention_count, d.first_seen_at, d.last_seen_at)
      is distinct from (coalesce(c.mention_count, 0), c.first_seen_at, c.last_seen_at)
order by d.id
for no key update of d;

-- name: repair_domains
-- Counts anew, under the locks of the statement before.
update public.domain d
set mention_count = c.mention_count, first_seen_at = c.first_seen_at, last_seen_at = c.last_seen_at
from (
  select wanted.id, count(m.id) as mention_count, min(m.discovered_at) as first_seen_at,
         max(m.discovered_at) as last_seen_at
  from unnest(%(domains)s::uuid[]) as wanted (id)
  left join public.domain_mention m on m.domain_id = wanted.id and m.tier = 'shown'
  group by wanted.id
) c
where d.id = c.id;
