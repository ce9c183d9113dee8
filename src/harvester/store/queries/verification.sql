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
select 'mention', d.domain_name || ' in comment ' || c.comment_id, 'username', m.username, c.username
from public.domain_mention m
join public.comment c on c.id = m.comment_id
join public.domain d on d.id = m.domain_id
where m.username is distinct from c.username and d.video_count is not null
union all
select 'domain', d.domain_name, field.name, field.stored, field.actual
from public.domain d
left join (
  select m.domain_id, count(distinct m.video_id) as videos, count(distinct c.username) as commenters
  from public.domain_mention m join public.comment c on c.id = m.comment_id
  where m.tier = 'shown'
  group by m.domain_id
) distinct_of on distinct_of.domain_id = d.id
cross join lateral (
  values
    ('video_count', d.video_count::text, coalesce(distinct_of.videos, 0)::text),
    ('commenter_count', d.commenter_count::text, coalesce(distinct_of.commenters, 0)::text)
) as field (name, stored, actual)
where d.video_count is not null and field.stored <> field.actual
union all
select 'tally', coalesce(t.id, a.id)::text, coalesce(t.kind, a.kind), t.mention_count || ' until ' || t.last_seen_at,
       a.mention_count || ' until ' || a.last_seen_at
from private.mention_tally t
full join private.counted_tally a on a.id = t.id
where (t.kind, t.domain_id, t.mention_count) is distinct from (a.kind, a.domain_id, a.mention_count)
   or t.kind <> 'commenter' and t.last_seen_at <> a.last_seen_at
union all
select 'day', day::text, kind, stored::text, actual::text
from private.day_differences()
union all
select 'list', l.name, 'entry_count', l.entry_count::text, counted.entries::text
from public.reference_list l
cross join lateral (
  select count(*) as entries from public.reference_list_entry e where e.list_id = l.id
) counted
where l.entry_count <> counted.entries
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

-- name: repair_lists
-- Counts the entries of lists anew.
update public.reference_list l
set entry_count = counted.entries
from (
  select l.id, count(e.id) as entries
  from public.reference_list l left join public.reference_list_entry e on e.list_id = l.id
  group by l.id
) counted
where l.id = counted.id and l.entry_count <> counted.entries;

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
-- Counts anew, under the locks of the statement before. Videos and commenters follow; more than mentions there are none.
update public.domain d
set mention_count = c.mention_count, video_count = least(d.video_count, c.mention_count),
    commenter_count = least(d.commenter_count, c.mention_count), first_seen_at = c.first_seen_at, last_seen_at = c.last_seen_at
from (
  select wanted.id, count(m.id) as mention_count, min(m.discovered_at) as first_seen_at,
         max(m.discovered_at) as last_seen_at
  from unnest(%(domains)s::uuid[]) as wanted (id)
  left join public.domain_mention m on m.domain_id = wanted.id and m.tier = 'shown'
  group by wanted.id
) c
where d.id = c.id;

-- name: hold_mentions
-- Nobody adds, changes or removes a mention until this transaction ends; readers go on.
lock table public.domain_mention in share row exclusive mode;

-- name: repair_usernames
-- Gives mentions of counted domains the author of their comment.
update public.domain_mention m
set username = c.username
from public.comment c, public.domain d
where c.id = m.comment_id and d.id = m.domain_id and d.video_count is not null
  and m.username is distinct from c.username;

-- name: drop_wrong_tallies
-- Rows that are not what the mentions say.
delete from private.mention_tally t
where not exists (
  select from private.counted_tally a
  where a.id = t.id and (a.kind, a.mention_count) = (t.kind, t.mention_count)
    and a.domain_id is not distinct from t.domain_id and (t.kind = 'commenter' or a.last_seen_at = t.last_seen_at));

-- name: add_missing_tallies
-- What the mentions say and no row holds.
insert into private.mention_tally (id, kind, domain_id, mention_count, last_seen_at)
select a.id, a.kind, a.domain_id, a.mention_count, a.last_seen_at
from private.counted_tally a
where not exists (select from private.mention_tally t where t.id = a.id)
order by a.id;

-- name: repair_distinct_counts
-- Videos and commenters of the counted domains, by their rows of the tally.
update public.domain d
set video_count = c.videos, commenter_count = c.commenters
from (
  select d.id, count(t.id) filter (where t.kind = 'pair') as videos,
         count(t.id) filter (where t.kind = 'commenter') as commenters
  from public.domain d left join private.mention_tally t on t.domain_id = d.id
  where d.video_count is not null
  group by d.id
) c
where d.id = c.id and (d.video_count, d.commenter_count) <> (c.videos, c.commenters);

-- name: settle_days
-- Adds to the tally of days what it lacks.
select private.settle_days();

-- name: count_domains
-- Videos and commenters of some domains that are not counted yet; 0 when none is left.
select private.count_domains(%(most)s) as n;
